#!/usr/bin/env python3
"""Hand-made labels of released documents: checked against the documents, written as positions
and hashes.

    bench/released/labels.py DATA LABELS.txt... [--out FILE.jsonl]
    bench/released/labels.py DATA --sample SEED COUNT

A label file, one block a document:

    doc PATH
    none REASON                   no e-mail in it: a memorandum, a schedule, a blank page
    msg hdr=A-B body=C-D          lines counted from 1; body=- when the message has no words of its own
    from TEXT | blank             as printed, joined over broken lines; `blank`: the label stands there
    to TEXT | blank               and nothing behind it; one line for each recipient
    cc TEXT | blank
    bcc TEXT | blank
    time YYYY-MM-DD [HH:MM[:SS]] [ZONE, not scored] | blank | raw TEXT
    subj TEXT | blank
    note TEXT                     not scored

A field whose label is not printed is left out. What is written holds no words: each value is the
SHA-256 of its letters and digits in lower case, cut to 16 digits. `--sample` prints the paths
that a seed draws: all paths ranked by the SHA-256 of `SEED PATH`.
"""

import argparse
import hashlib
import json
import os
import re
import sys


def squeeze(text):
    return "".join(c for c in text.casefold() if c.isalnum())


def digest(text):
    return hashlib.sha256(squeeze(text).encode()).hexdigest()[:16]


def sample(data, seed, count):
    paths = []
    for folder, _, files in os.walk(data):
        paths += [os.path.relpath(os.path.join(folder, file), data) for file in files]
    paths.sort(key=lambda path: hashlib.sha256(f"{seed} {path}".encode()).hexdigest())
    print("\n".join(paths[:count]))


class Reader:
    """Reads label files; counts what is wrong with them."""

    def __init__(self, data):
        self.data = data
        self.documents = []
        self.problems = 0

    def problem(self, place, what, line):
        self.problems += 1
        print(f"{place}: {what}: {line}", file=sys.stderr)

    def read(self, path):
        message = None
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                line = line.rstrip("\n")
                if not line.strip() or line.startswith("#"):
                    continue
                key, _, value = line.strip().partition(" ")
                message = self.take(f"{path}:{number}", key, value.strip(), message, line)

    def take(self, place, key, value, message, line):
        if key == "doc":
            with open(os.path.join(self.data, value), "rb") as file:
                raw = file.read()
            self.lines = raw.decode("utf-8", "replace").split("\n")
            self.documents.append(
                {"path": value, "sha256": hashlib.sha256(raw).hexdigest(), "lines": len(self.lines), "messages": []}
            )
            return None
        if not self.documents:
            self.problem(place, "no document", line)
        elif key == "none":
            self.documents[-1]["none"] = True
        elif key == "note":
            pass
        elif key == "msg":
            return self.message(place, value, line)
        elif message is None:
            self.problem(place, "no message", line)
        elif key in ("from", "to", "cc", "bcc", "subj"):
            values = message["fields"].setdefault(key, [])
            values.append(None if value == "blank" else digest(value))
            words = value.split() if value != "blank" else []
            if not all(squeeze(word) in self.header for word in words):
                self.problem(place, "words are not in the header's lines", line)
        elif key == "time":
            message["fields"]["time"] = self.time(place, value, line)
        else:
            self.problem(place, "unknown key", line)
        return message

    def message(self, place, value, line):
        match = re.fullmatch(r"hdr=(\d+)-(\d+) body=(?:(\d+)-(\d+)|-)", value)
        if not match:
            self.problem(place, "not a message line", line)
            return None
        first, last = int(match[1]), int(match[2])
        body = [int(match[3]), int(match[4])] if match[3] else None
        if last < first or last > len(self.lines):
            self.problem(place, "no such header lines", line)
        if body and (body[1] < body[0] or body[1] > len(self.lines)):
            self.problem(place, "no such body lines", line)
        elif body and not (self.lines[body[0] - 1].strip() and self.lines[body[1] - 1].strip()):
            self.problem(place, "the body starts or ends on a blank line", line)
        self.header = squeeze(" ".join(self.lines[first - 1 : last]))
        message = {"header": [first, last], "body": body, "fields": {}}
        self.documents[-1]["messages"].append(message)
        return message

    def time(self, place, value, line):
        if value == "blank":
            return None
        if value.startswith("raw "):
            return {"raw": digest(value[4:])}
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d(?::\d\d)?))?(?: (.+))?", value)
        if not match:
            self.problem(place, "not a time", line)
            return None
        return {"date": match[1], "clock": match[2]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("labels", nargs="*")
    parser.add_argument("--out")
    parser.add_argument("--sample", nargs=2, metavar=("SEED", "COUNT"))
    args = parser.parse_args()
    if args.sample:
        sample(args.data, args.sample[0], int(args.sample[1]))
        return
    reader = Reader(args.data)
    for path in args.labels:
        reader.read(path)
    messages = sum(len(document["messages"]) for document in reader.documents)
    print(f"{len(reader.documents)} documents, {messages} messages, {reader.problems} problems")
    if args.out:
        with open(args.out, "w", encoding="utf-8") as out:
            for document in reader.documents:
                out.write(json.dumps(document, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
