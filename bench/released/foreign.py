#!/usr/bin/env python3
"""Released documents in layouts that the labelled corpus does not have, scored against the truth.

    bench/released/foreign.py MAIL.mbox[.zst] [--count 30] [--seed 1] [--program PATH] [--errors]

Takes messages of a public mailbox, makes chains of two or three of them, and prints each chain in
three programs: LibreOffice Writer (Mozilla's header table, quotations with `>`), Chromium (Outlook's
bold labels, quotations below a rule) and enscript with Ghostscript (a terminal mail program, «Original
Message»). Each PDF is read twice: with its text layer, and as images at 200 dots an inch through
Tesseract. Nothing of the mail is kept.

Needs: soffice, chromium, enscript, ps2pdf, gs, tesseract (Debian: libreoffice-writer chromium
enscript ghostscript tesseract-ocr), zstd for a compressed mailbox. Values are compared by letters
and digits; in recognised pages, by letters and digits with one in twelve misread.
"""

import argparse
import email.header
import email.utils
import html
import json
import mailbox
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import timezone

import score

LAYOUTS = ["writer", "chromium", "enscript"]


def messages(path, folder):
    """Plain short messages of a mailbox with everything a header has."""
    if path.endswith(".zst"):
        plain = os.path.join(folder, "mail.mbox")
        with open(plain, "wb") as out:
            subprocess.run(["zstd", "-dc", path], stdout=out, check=True)
        path = plain
    for message in mailbox.mbox(path):
        if message.is_multipart() or not all(message.get(key) for key in ("From", "To", "Date", "Subject")):
            continue
        try:
            date = email.utils.parsedate_to_datetime(message["Date"])
            body = message.get_payload(decode=True).decode("ascii")
            fields = {key: str(email.header.make_header(email.header.decode_header(message[key]))) for key in ("From", "To", "Subject")}
            sender = email.utils.getaddresses([fields["From"]])[0]
            to = email.utils.getaddresses([fields["To"]])
            fields["Subject"].encode("ascii")
        except Exception:  # what cannot be read is no sample
            continue
        lines = [line.rstrip() for line in body.strip().splitlines()]
        # Lines that are a header's or a quotation's themselves would make the truth uncertain.
        odd = re.compile(r"^\s*([>|:]|[A-Za-z-]{1,15}:|-{3,}|_{3,}|Begin |On .* wrote|.*wrote:|.*writes:)")
        if not 3 <= len(lines) <= 25 or any(odd.match(line) or len(line) > 76 for line in lines):
            continue
        if not sender[1] or not 1 <= len(to) <= 3 or not all("@" in address for _, address in to) or date.year < 1990:
            continue
        if not re.fullmatch(r"[\w .,'-]*", sender[0]) or len(score.squeeze(lines[0])) < 6 or len(score.squeeze(lines[-1])) < 3:
            continue
        subject = " ".join(fields["Subject"].split())
        if not 3 <= len(subject) <= 60:
            continue
        yield {
            "from": sender, "to": to, "subject": subject, "lines": lines,
            "date": date.replace(tzinfo=date.tzinfo or timezone.utc),
        }


def person(pair):
    name, address = pair
    return f"{name} <{address}>" if name else address


def chains(path, folder, count, seed):
    pool = list(messages(path, folder))
    rng = random.Random(seed)
    rng.shuffle(pool)
    pool = pool[: count * 3]
    print(f"{len(pool)} messages of the mailbox", file=sys.stderr)
    made = []
    while len(made) < count and pool:
        size = 1 + len(made) % 3
        chain = sorted((pool.pop() for _ in range(min(size, len(pool)))), key=lambda m: m["date"], reverse=True)
        made.append(chain)
    return made


def outlook(message):
    date = message["date"]
    return f"{date:%A}, {date:%B} {date.day}, {date.year} {date.hour % 12 or 12}:{date.minute:02d} {'AM' if date.hour < 12 else 'PM'}"


def writer_page(chain):
    """Mozilla's print: a table of labels, then `On …, … wrote:` and `>`."""
    top = chain[0]
    rows = [("Subject", top["subject"]), ("From", person(top["from"])), ("Date", email.utils.format_datetime(top["date"])), ("To", ", ".join(map(person, top["to"])))]
    table = "".join(f"<tr><td><b>{label}:</b></td><td>{html.escape(value)}</td></tr>" for label, value in rows)
    text, prefix = [line for line in top["lines"]], ""
    for message in chain[1:]:
        date = message["date"]
        text += ["", f"{prefix}On {date.month}/{date.day}/{date.year} {date.hour % 12 or 12}:{date.minute:02d} {'AM' if date.hour < 12 else 'PM'}, {message['from'][0] or message['from'][1]} wrote:"]
        prefix += ">"
        text += [f"{prefix} {line}" for line in message["lines"]]
    body = "<br>".join(html.escape(line) for line in text)
    return f"<html><body style='font-family:Liberation Serif;font-size:11pt'><table>{table}</table><p style='font-family:Liberation Mono;font-size:9pt'>{body}</p></body></html>"


def chromium_page(chain):
    """Outlook's reading pane: bold labels, quotations below a rule."""
    parts = []
    for place, message in enumerate(chain):
        rows = [("From", person(message["from"])), ("Sent", outlook(message)), ("To", "; ".join(map(person, message["to"]))), ("Subject", message["subject"])]
        rule = "<div style='border-top:solid #B5C4DF 1pt;padding-top:3pt'></div>" if place else ""
        parts.append(rule + "<p>" + "<br>".join(f"<b>{label}:</b> {html.escape(value)}" for label, value in rows) + "</p>")
        parts.append("<p>" + "<br>".join(html.escape(line) or "&nbsp;" for line in message["lines"]) + "</p>")
    return f"<html><body style='font-family:Liberation Sans;font-size:11pt'>{''.join(parts)}</body></html>"


def enscript_page(chain):
    """A terminal mail program: plain headers, «Original Message» before what is forwarded."""
    out = []
    for place, message in enumerate(chain):
        if place:
            out += ["", "----- Original Message -----"]
        out += [
            f"Date: {email.utils.format_datetime(message['date'])}",
            f"From: {person(message['from'])}",
            f"To: {', '.join(map(person, message['to']))}",
            f"Subject: {message['subject']}",
            "",
        ]
        out += message["lines"]
    return "\n".join(out) + "\n"


def run(command, folder):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def print_layout(layout, made, folder):
    """PDFs of every chain, with text and as images."""
    os.makedirs(folder)
    names = [f"{number:03d}" for number in range(len(made))]
    make = {"writer": writer_page, "chromium": chromium_page, "enscript": enscript_page}[layout]
    ending = "txt" if layout == "enscript" else "html"
    for name, chain in zip(names, made):
        with open(os.path.join(folder, f"{name}.{ending}"), "w", encoding="utf-8") as out:
            out.write(make(chain))
    if layout == "writer":
        run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf:writer_web_pdf_Export"] + [f"{name}.html" for name in names], folder)
    for name in names:
        if layout == "chromium":
            run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={folder}/{name}.pdf", f"file://{folder}/{name}.html"], folder)
        if layout == "enscript":
            run(["enscript", "-q", "-B", "-f", "Courier10", "-p", f"{name}.ps", f"{name}.txt"], folder)
            run(["ps2pdf", f"{name}.ps", f"{name}.pdf"], folder)
        run(["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfimage8", "-r200", f"-sOutputFile={name}-scan.pdf", f"{name}.pdf"], folder)
    return names


def near(want, got, loose):
    want, got = score.squeeze(want), score.squeeze(got or "")
    if want == got:
        return True
    if not loose or abs(len(want) - len(got)) > len(want) // 12 + 1:
        return False
    row = list(range(len(got) + 1))
    for i, a in enumerate(want):
        new = [i + 1]
        for j, b in enumerate(got):
            new.append(min(row[j] + (a != b), row[j + 1] + 1, new[j] + 1))
        row = new
    return row[-1] <= len(want) // 12 + 1


def found_in(command, path):
    said = subprocess.run(command + ["released", "--show", path], check=True, capture_output=True, text=True).stdout
    items = [json.loads(line) for line in said.splitlines()]
    items = [item for item in items if item["kind"] == "message"]
    return sorted(items, key=lambda item: int(item["detail"]["position"].split()[0]))


def compare(layout, chain, items, loose, tally, errors):
    count = lambda part, field, right, wrong=0, missed=0: [tally[part, field].__setitem__(i, tally[part, field][i] + n) for i, n in enumerate((right, wrong, missed))]
    for place, message in enumerate(chain):
        part = "top" if place == 0 else "quoted"
        item = items[place] if place < len(items) else None
        count(part, "messages", int(item is not None), 0, int(item is None))
        if item is None:
            errors.append((layout, "messages", message["subject"], len(items)))
            continue
        printed = item["detail"]["printed"]
        attributed = layout == "writer" and place > 0
        sender = (message["from"][0] or message["from"][1]) if attributed else person(message["from"])

        def value(field, want, got):
            right = near(want, got, loose)
            count(part, field, int(right), int(not right and got is not None), int(not right))
            if not right:
                errors.append((layout, field, want, got))

        value("sender", sender, (printed.get("from") or [None])[0])
        minute = message["date"].strftime("%Y-%m-%dT%H:%M")
        value("time", minute, (printed.get("time") or "")[:16] or None)
        if not attributed:
            value("subject", message["subject"], printed.get("subject"))
            got = list(printed.get("to") or [])
            for want in map(person, message["to"]):
                match = next((one for one in got if near(want, one, loose)), None)
                if match is None:
                    errors.append((layout, "recipients", want, got))
                else:
                    got.remove(match)
                count(part, "recipients", int(match is not None), 0, int(match is None))
            count(part, "recipients", 0, len(got))
        lines = [line for line in item["text"].splitlines() if score.squeeze(line)]
        for field, index in (("body first line", 0), ("body last line", -1)):
            # A line may be wrapped in print: its end or beginning is what stands at the edge.
            line = lines[index] if lines else None
            want = message["lines"][index]
            cut = score.squeeze(want)
            if line and not near(want, line, loose):
                got = score.squeeze(line)
                want = cut[: len(got)] if index == 0 else cut[-len(got):]
                value(field, want if len(got) >= 4 else message["lines"][index], line)
            else:
                value(field, want, line)
    for extra in items[len(chain):]:
        count("quoted", "messages", 0, 1)
        errors.append((layout, "messages", "made up", extra["detail"]["printed"].get("subject")))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mail")
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args()
    command = score.program(args.program)
    command[0] = os.path.abspath(command[0])
    with tempfile.TemporaryDirectory() as folder:
        made = chains(os.path.abspath(args.mail), folder, args.count, args.seed)
        for layout in LAYOUTS:
            names = print_layout(layout, made, os.path.join(folder, layout))
            for kind, suffix, loose in (("text layer", "", False), ("recognised", "-scan", True)):
                tally, errors = defaultdict(lambda: [0, 0, 0]), []
                for name, chain in zip(names, made):
                    items = found_in(command, os.path.join(folder, layout, f"{name}{suffix}.pdf"))
                    compare(layout, chain, items, loose, tally, errors)
                print(f"{layout}, {kind}: {len(made)} documents, {sum(map(len, made))} messages")
                for part in ("top", "quoted"):
                    for field in score.FIELDS:
                        right, wrong, missed = tally[part, field]
                        if right + wrong + missed == 0:
                            continue
                        show = lambda k, n: f"{k / n:.3f} [{score.wilson(k, n)[0]:.3f}, {score.wilson(k, n)[1]:.3f}] {n:>4}" if n else "-"
                        print(f"  {part:<8}{field:<18}{show(right, right + wrong):<28}{show(right, right + missed):<28}")
                if args.errors:
                    for error in errors:
                        print("   ", *error, sep=" | ")


if __name__ == "__main__":
    main()
