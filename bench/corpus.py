"""Mail corpora for the benchmarks: split an mbox, repeat it, write it as Maildir.

The boundary rule is the one that cahoots documents for mbox: a line `From … HH:MM[:SS] … YYYY…`
is a boundary when a header line follows it, with or without a blank line before. Everything is
read as a stream, so that these scripts stay small beside the programs they measure.
"""

import os
import re
import subprocess

BOUNDARY = re.compile(rb"From .*\b\d\d?:\d\d(:\d\d)?\b.*\b\d{4}\b")
HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
ID_HEADERS = (b"message-id:", b"in-reply-to:", b"references:")


ADDRESS = re.compile(rb"(?i)from:.*?([a-z0-9._+-]+@[a-z0-9.-]+\.[a-z]+)")


def frequent_sender(path):
    """The address that stands most often in the `From:` lines of an mbox."""
    counts = {}
    with open(path, "rb") as file:
        for line in file:
            found = line[:5].lower() == b"from:" and ADDRESS.match(line)
            if found:
                address = found[1].lower()
                counts[address] = counts.get(address, 0) + 1
    if not counts:
        return "nobody@nowhere.example"
    return min(counts, key=lambda address: (-counts[address], address)).decode()


def messages(lines):
    """Yields each message of an mbox as a list of lines; the first is its From_ line.

    Lines before the first boundary belong to no message and are left out.
    """
    current = None
    held = None
    for line in lines:
        if held is not None:
            if HEADER.match(line):
                if current is not None:
                    yield current
                current = [held]
            elif current is not None:
                current.append(held)
            held = None
        if line.startswith(b"From ") and BOUNDARY.match(line):
            held = line
        elif current is not None:
            current.append(line)
    if held is not None and current is not None:
        current.append(held)
    if current is not None:
        yield current


def read(path, limit=None):
    """Yields the messages of an mbox file, plain or .zst, at most `limit` of them."""
    if str(path).endswith(".zst"):
        with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE) as unpack:
            yield from _first(messages(unpack.stdout), limit)
            unpack.kill()
    else:
        with open(path, "rb") as file:
            yield from _first(messages(file), limit)


def _first(found, limit):
    for number, message in enumerate(found):
        if limit is not None and number >= limit:
            return
        yield message


def body_of(message):
    """The message as a file of its own: without the From_ line and the blank line that ends it."""
    lines = message[1:]
    if len(lines) > 1 and lines[-1] in (b"\n", b"\r\n"):
        lines = lines[:-1]
    return b"".join(lines)


def changed(message, mark):
    """The message with other Message-IDs, references and subject: the same mail, another item."""
    mark = mark.encode()
    out = []
    in_headers, id_header, marked = True, False, False
    for line in message:
        if in_headers and line in (b"\n", b"\r\n"):
            in_headers = False
            if not marked:
                out.append(b"Subject: " + mark + b"\n")
        if in_headers:
            name = line.lower()
            if not line[:1].isspace():
                id_header = name.startswith(ID_HEADERS)
            if id_header:
                line = line.replace(b">", b"." + mark + b">")
            elif name.startswith(b"subject:"):
                line = line.rstrip(b"\r\n") + b" " + mark + b"\n"
                marked = True
        out.append(line)
    return out


def write_mbox(path, original, repeat=1, limit=None):
    """Writes an mbox of `repeat` times the messages of another. Copies after the first get changed
    ids and subjects. Returns how many messages were written."""
    count = 0
    with open(path, "wb") as out:
        for copy in range(repeat):
            for message in read(original, limit):
                out.write(b"".join(changed(message, f"r{copy}") if copy else message))
                count += 1
    return count


def write_maildir(path, mbox_path):
    """Writes the messages of an mbox as a Maildir, files named by ordinal. Returns their number."""
    for folder in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(path, folder), exist_ok=True)
    count = 0
    for message in read(mbox_path):
        with open(os.path.join(path, "cur", f"{count:08}:2,S"), "wb") as out:
            out.write(body_of(message))
        count += 1
    return count


def first_message_id(path):
    """The Message-ID of the first message that has one, without its angle brackets."""
    for message in read(path):
        for line in message[1:]:
            if line in (b"\n", b"\r\n"):
                break
            if line.lower().startswith(b"message-id:"):
                return line.split(b":", 1)[1].strip().strip(b"<>").decode("ascii", "replace")
    return ""
