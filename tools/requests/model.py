#!/usr/bin/env python3
"""The model's file, and scores from it.

    tools/requests/model.py WEIGHTS SENTENCES      one score a line; no library needed

The file, little-endian: `CAHREQ1\\n`; u32 number of sequences; f64 intercept; f64 thresholds (high
recall, balanced, high precision) as probabilities; 22 f64 weights of the rules; then the u32 keys
of the sequences, ascending; then their f32 weights.
"""

import math
import struct
import sys

sys.dont_write_bytecode = True
import features

MAGIC = b"CAHREQ1\n"


def write(path, intercept, thresholds, rules, weights):
    """`weights`: {key: weight}; returns what was written, as `read` would."""
    keys = sorted(weights)
    with open(path, "wb") as out:
        out.write(MAGIC)
        out.write(struct.pack("<I", len(keys)))
        out.write(struct.pack("<4d", intercept, *thresholds))
        out.write(struct.pack("<22d", *rules))
        out.write(struct.pack(f"<{len(keys)}I", *keys))
        out.write(struct.pack(f"<{len(keys)}f", *(weights[key] for key in keys)))
    return read(path)


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == MAGIC, "not a file of weights"
    (count,) = struct.unpack_from("<I", data, 8)
    numbers = struct.unpack_from("<26d", data, 12)
    at = 12 + 26 * 8
    keys = struct.unpack_from(f"<{count}I", data, at)
    values = struct.unpack_from(f"<{count}f", data, at + 4 * count)
    assert len(data) == at + 8 * count
    return {
        "intercept": numbers[0],
        "thresholds": numbers[1:4],
        "rules": numbers[4:],
        "weights": dict(zip(keys, values)),
    }


def score(model, sentence):
    """The probability that a sentence asks something of its reader."""
    found = features.tokens(sentence)
    total = 0.0
    for key in features.sequences(found):
        total += model["weights"].get(key, 0.0)
    total = model["intercept"] + total / math.sqrt(max(len(found), 1))
    for rule in features.rules(found):
        total += model["rules"][rule]
    return 1 / (1 + math.exp(-total))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    loaded = read(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8", newline="\n") as lines:
        for line in lines:
            print(f"{score(loaded, line.rstrip(chr(10))):.12f}")
