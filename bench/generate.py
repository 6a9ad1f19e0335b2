#!/usr/bin/env python3
"""Makes mailboxes that break importers. Everything in them is invented; the same call gives the
same bytes.

    bench/generate.py huge-message OUT [--megabytes 200]    one message of that size among small ones
    bench/generate.py tiny-messages OUT [--count 1000000]   that many messages of a few bytes
    bench/generate.py cut OUT [--from MBOX]                 an mbox that ends in mid-message
"""

import argparse
import os

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def stamp(number):
    """A time of day and date for the message of this number: one minute after the one before."""
    minute, hour, day = number % 60, number // 60 % 24, number // 1440
    month, year = day // 28 % 12, 2001 + day // 336
    return hour, minute, day % 28 + 1, MONTHS[month], year


def head(number, subject):
    """The From_ line and headers of a message."""
    hour, minute, day, month, year = stamp(number)
    return (
        f"From ann@example.org Mon {month} {day:2} {hour:02}:{minute:02}:00 {year}\n"
        f"From: Ann <ann@example.org>\nTo: bob@example.net\n"
        f"Date: {day} {month} {year} {hour:02}:{minute:02}:00 +0000\n"
        f"Subject: {subject}\nMessage-ID: <{number}.bench@example.org>\n\n"
    ).encode()


def tiny(number):
    """A message of a few bytes."""
    return head(number, f"note {number}") + b"Yes.\n\n"


def huge_message(out, arguments):
    """Small messages around one of `--megabytes`, half text and half one unbroken attachment line
    of base64 characters."""
    half = arguments.megabytes * 500_000
    out.write(tiny(0))
    out.write(head(1, "the whole archive").rstrip(b"\n"))
    out.write(b'\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="cut"\n\n')
    out.write(b"--cut\nContent-Type: text/plain\n\n")
    line = b"the minutes of the committee, again and again, page %08d\n"
    written = 0
    while written < half:
        written += out.write(line % (written // 1000))
    out.write(b"\n--cut\nContent-Type: application/octet-stream\n")
    out.write(b"Content-Transfer-Encoding: base64\n")
    out.write(b'Content-Disposition: attachment; filename="all.bin"\n\n')
    for _ in range(half // 1000):
        out.write(b"QUJD" * 250)
    out.write(b"\n--cut--\n\n")
    out.write(tiny(2))


def tiny_messages(out, arguments):
    """`--count` messages of a few bytes."""
    for number in range(arguments.count):
        out.write(tiny(number))


def cut(out, arguments):
    """A mailbox whose last message stops in the middle of a word: `--from`, or 1,000 notes."""
    if arguments.original is None:
        for number in range(999):
            out.write(tiny(number))
        message = tiny(999)
        out.write(message[: len(message) - 4])
        return
    left = os.path.getsize(arguments.original) * 2 // 3
    with open(arguments.original, "rb") as original:
        while left > 0:
            part = original.read(min(left, 1 << 20))
            if not part:
                break
            left -= len(part)
            out.write(part)


KINDS = {"huge-message": huge_message, "tiny-messages": tiny_messages, "cut": cut}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("out")
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--from", dest="original")
    arguments = parser.parse_args()
    with open(arguments.out, "wb") as out:
        KINDS[arguments.kind](out, arguments)


if __name__ == "__main__":
    main()
