#!/usr/bin/env python3
"""Precision and recall of the importer of released documents against hand-made labels.

    bench/released/score.py DATA [--labels FILE.jsonl ...] [--program PATH] [--errors] [--json]

DATA is the folder of the unpacked documents. Labels are positions and hashes (labels.py says how
they are made): `open.jsonl`, which the importer was written against, and `held.jsonl`, whose
documents and errors nobody looked at meanwhile. A document whose digest is not the label's is
refused. PATH is the example `read_archive` of cahoots-import; without it, it is built.

`second.jsonl` holds documents of both sets that another person labelled again. Their labels are
compared with the first ones in the same way: no program can be expected to do better than that.

A message is found when its header overlaps a labelled one. Every field is compared by the letters
and digits of what is printed, whatever the case. A withheld or empty value that is read as a value
counts against precision. Intervals are 95 %: the wider of Wilson's, which takes values for
independent, and a bootstrap over documents (2000 draws, seed 1).
"""

import argparse
import hashlib
import json
import math
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FIELDS = ["messages", "sender", "recipients", "time", "subject", "body first line", "body last line"]


def squeeze(text):
    return "".join(c for c in text.casefold() if c.isalnum())


def digest(text):
    return hashlib.sha256(squeeze(text).encode()).hexdigest()[:16]


def program(path):
    """The command that prints items, and whether it must be built first."""
    if path:
        return [path]
    command = ["cargo", "build", "--release", "-q", "-p", "cahoots-import", "--example", "read_archive"]
    subprocess.run(command, cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    return [os.path.join(target, "release", "examples", "read_archive")]


def read_items(command, data, paths):
    """Messages of each document, in the order of the chain."""
    files = [os.path.join(data, path) for path in paths]
    found = defaultdict(list)
    for start in range(0, len(files), 500):
        run = subprocess.run(
            command + ["released", "--show"] + files[start : start + 500],
            check=True,
            capture_output=True,
            text=True,
        )
        for line in run.stdout.splitlines():
            item = json.loads(line)
            if item["kind"] == "message":
                found[item["locator"]["member"]].append(message_of(item))
    return {path: sorted(found[file], key=lambda m: m["header"][0]) for path, file in zip(paths, files)}


def message_of(item):
    """A message in the shape of a label, with the words kept for --errors."""
    detail = item["detail"]
    printed = detail["printed"]
    fields, shown = {}, {}
    for key in ("from", "to", "cc", "bcc"):
        if key in printed:
            fields[key] = [digest(text) for text in printed[key]]
            shown[key] = printed[key]
    if "subject" in printed:
        text = printed["subject"]
        fields["subj"] = digest(text) if squeeze(text) else None
        shown["subj"] = text
    fields["time"] = printed.get("time")
    shown["time"] = printed.get("time"), printed.get("sent")
    zones = detail.get("body_lines")
    return {
        "header": detail["header_lines"],
        "body": zones[0] if zones else None,
        "fields": fields,
        "shown": shown,
    }


def message_of_label(label):
    """A message as somebody else labelled it, in the shape of one that was read."""
    fields = {key: [value for value in values if value is not None] for key, values in label["fields"].items() if key in ("from", "to", "cc", "bcc")}
    subject = label["fields"].get("subj")
    fields["subj"] = subject[0] if subject else None
    time = label["fields"].get("time")
    clock = time.get("clock") if time else None
    fields["time"] = None if time is None or "raw" in time else time["date"] + (f"T{clock:0>5}" if clock else "")
    shown = {"time": (fields["time"], None)}
    return {"header": label["header"], "body": label["body"], "fields": fields, "shown": shown}


def pair(labels, found):
    """Pairs labelled messages with found ones by overlap of headers, the largest first."""
    overlaps = []
    for l, label in enumerate(labels):
        for f, message in enumerate(found):
            a, b = label["header"], message["header"]
            overlap = min(a[1], b[1]) - max(a[0], b[0]) + 1
            if overlap > 0:
                overlaps.append((-overlap, l, f))
    pairs, used_l, used_f = [], set(), set()
    for _, l, f in sorted(overlaps):
        if l not in used_l and f not in used_f:
            pairs.append((l, f))
            used_l.add(l)
            used_f.add(f)
    return pairs, used_l, used_f


def same_time(label, text):
    """Whether a time read is the one labelled: the date, the clock, and seconds where both have."""
    if text is None or "raw" in label:
        return False
    date, _, clock = text.partition("T")
    if date != label["date"]:
        return False
    want = label.get("clock") or ""
    if not want or not clock:
        return not want and not clock
    return want[:5].rjust(5, "0") == clock[:5] and (len(want) < 8 or len(clock) < 8 or want == clock)


class Counts:
    """Right, wrong and missed values by field, for each document."""

    def __init__(self):
        self.documents = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))

    def add(self, document, field, right=0, wrong=0, missed=0):
        counts = self.documents[field][document]
        counts[0] += right
        counts[1] += wrong
        counts[2] += missed

    def total(self, field):
        return [sum(counts[i] for counts in self.documents[field].values()) for i in range(3)]


def compare_value(counts, document, field, label, value, errors, where):
    """One value that both sides have at most once; `None` is nothing."""
    if label is None and value is None:
        return
    right = label is not None and label == value
    counts.add(
        document, field, int(right), int(not right and value is not None), int(not right and label is not None)
    )
    if not right:
        errors.append((field, where))


def score_document(counts, path, labels, found, errors):
    pairs, used_l, used_f = pair(labels, found)
    for l in range(len(labels)):
        part = "top" if l == 0 else "quoted"
        if l not in used_l:
            counts[part].add(path, "messages", missed=1)
            miss_all(counts[part], path, labels[l])
            errors.append(("messages", f"{path}:{labels[l]['header']} missed"))
    for f in range(len(found)):
        if f not in used_f:
            part = "top" if f == 0 else "quoted"
            counts[part].add(path, "messages", wrong=1)
            errors.append(("messages", f"{path}:{found[f]['header']} made up"))
    for l, f in pairs:
        label, message = labels[l], found[f]
        part = "top" if l == 0 else "quoted"
        tally = counts[part]
        tally.add(path, "messages", right=1)
        where = f"{path}:{label['header'][0]}"
        fields, shown = label["fields"], message["shown"]
        one = lambda values: values[0] if values else None
        compare_value(
            tally, path, "sender", one(fields.get("from")), one(message["fields"].get("from")), errors,
            f"{where} {shown.get('from')}",
        )
        want, got = Counter(), Counter()
        for key in ("to", "cc", "bcc"):
            want.update((key, value) for value in fields.get(key, []) if value is not None)
            got.update((key, value) for value in message["fields"].get(key, []))
        right = sum((want & got).values())
        tally.add(path, "recipients", right, sum(got.values()) - right, sum(want.values()) - right)
        if want != got:
            errors.append(("recipients", f"{where} to {shown.get('to')} cc {shown.get('cc')}"))
        time = fields.get("time")
        value = message["fields"]["time"]
        if time is not None or value is not None:
            fits = time is not None and same_time(time, value)
            unread = time is not None and "raw" in time
            tally.add(path, "time", int(fits), int(not fits and value is not None), int(not fits and time is not None and not unread))
            if not fits and not (unread and value is None):
                errors.append(("time", f"{where} {shown['time']} label {time}"))
        subject = fields.get("subj")
        compare_value(
            tally, path, "subject", one(subject), message["fields"].get("subj"), errors, f"{where} {shown.get('subj')}"
        )
        for index, field in ((0, "body first line"), (1, "body last line")):
            compare_value(
                tally, path, field,
                label["body"][index] if label["body"] else None,
                message["body"][index] if message["body"] else None,
                errors, f"{where} label {label['body']} found {message['body']}",
            )


def miss_all(tally, path, label):
    """A message that was not found loses all its values."""
    fields = label["fields"]
    values = lambda key: sum(value is not None for value in fields.get(key) or [])
    tally.add(path, "sender", missed=values("from"))
    tally.add(path, "recipients", missed=values("to") + values("cc") + values("bcc"))
    time = fields.get("time")
    tally.add(path, "time", missed=int(time is not None and "raw" not in time))
    tally.add(path, "subject", missed=values("subj"))
    if label["body"]:
        tally.add(path, "body first line", missed=1)
        tally.add(path, "body last line", missed=1)


def wilson(k, n):
    if n == 0:
        return (0.0, 1.0)
    z = 1.959964
    p = k / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return ((middle - half) / scale, (middle + half) / scale)


def interval(documents, against):
    """Value and interval of right / (right + counts[against])."""
    rows = [(counts[0], counts[against]) for counts in documents.values()]
    right, other = sum(r for r, _ in rows), sum(o for _, o in rows)
    n = right + other
    if n == 0:
        return None
    low, high = wilson(right, n)
    rng = random.Random(1)
    draws = []
    for _ in range(2000):
        drawn = [rows[rng.randrange(len(rows))] for _ in rows]
        r, o = sum(r for r, _ in drawn), sum(o for _, o in drawn)
        if r + o:
            draws.append(r / (r + o))
    draws.sort()
    if draws:
        low = min(low, draws[int(len(draws) * 0.025)])
        high = max(high, draws[min(len(draws) - 1, int(len(draws) * 0.975))])
    return right / n, low, high, n


def read_labels(file):
    with open(file, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def score_set(name, labels, found, args):
    """Scores of a set of documents; prints them unless JSON is wanted."""
    counts, errors = {"top": Counts(), "quoted": Counts()}, []
    for path, messages in labels.items():
        score_document(counts, path, messages, found[path], errors)
    if not args.json:
        print(f"{name}: {len(labels)} documents, {sum(map(len, labels.values()))} messages labelled")
        print(f"  {'':8}{'field':<18}{'precision':<28}{'recall':<28}".rstrip())
    scores = {}
    for part in ("top", "quoted"):
        for field in FIELDS:
            tally = counts[part].documents[field]
            precision, recall = interval(tally, 1), interval(tally, 2)
            scores.setdefault(part, {})[field] = {"precision": precision, "recall": recall}
            if not args.json:
                show = lambda v: "-" if v is None else f"{v[0]:.3f} [{v[1]:.3f}, {v[2]:.3f}] {v[3]:>4}"
                print(f"  {part:<8}{field:<18}{show(precision):<28}{show(recall):<28}".rstrip())
    if args.errors:
        for field, where in sorted(errors):
            print(f"  {field}: {where}")
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--labels", nargs="*")
    parser.add_argument("--program")
    parser.add_argument("--errors", action="store_true", help="print what differs, with the words found")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    command = program(args.program)
    labels = args.labels or [os.path.join(HERE, "open.jsonl"), os.path.join(HERE, "held.jsonl")]
    first, report = {}, {}
    for file in labels:
        documents = read_labels(file)
        for document in documents:
            with open(os.path.join(args.data, document["path"]), "rb") as original:
                if hashlib.sha256(original.read()).hexdigest() != document["sha256"]:
                    sys.exit(f"{document['path']}: not the document that was labelled")
            first[document["path"]] = document["messages"]
        found = read_items(command, args.data, [document["path"] for document in documents])
        name = os.path.splitext(os.path.basename(file))[0]
        report[name] = score_set(name, {document["path"]: document["messages"] for document in documents}, found, args)
    second = {document["path"]: document["messages"] for document in read_labels(os.path.join(HERE, "second.jsonl"))}
    twice = {path: first[path] for path in second if path in first}
    if twice:
        other = {path: [message_of_label(label) for label in second[path]] for path in twice}
        report["labelled twice"] = score_set("labelled twice, the second labelling against the first", twice, other, args)
    if args.json:
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
