"""Tokens, rules and word sequences, as crates/cahoots-analyze/src/requests has them.

Works on bytes, so that nothing depends on a library's idea of a word. tokens.rs and features.rs
say why each step is as it is.
"""

import os

M64 = (1 << 64) - 1
CLASSES = (
    "verb please you your first we ours third wh aux modal greet time meet want ad let me lets "
    "join copula if look forward"
).split()
BIT = {name: 1 << place for place, name in enumerate(CLASSES)}
KNOWN = (1 << 24) - 1
QUESTION, STOP, URL, CAPITAL = (1 << place for place in range(24, 28))
RULES = 22
SPACE = set(range(0x21))
WORD = set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'") | set(range(0x80, 256))
DIGITS = set(b"0123456789")
STOPS = set(b",:;-.!\"*>)")


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & M64
    return value


def read_lexicon(path):
    classes = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            name, words = line.rstrip("\n").split("\t")
            for word in words.split(" "):
                classes[word.encode()] = classes.get(word.encode(), 0) | BIT[name]
    return classes


LEXICON = read_lexicon(
    os.path.join(
        os.path.dirname(os.path.abspath(__file__)),
        "../../crates/cahoots-analyze/src/requests/lexicon.tsv",
    )
)


def is_address(chunk):
    lower = chunk.lower()
    return lower.startswith(b"www.") or b"://" in lower or b"$link" in lower


def tokens(sentence):
    """[(normal form, classes)] of a sentence."""
    data = sentence.encode("utf-8").replace(b"\xe2\x80\x98", b"'").replace(b"\xe2\x80\x99", b"'")
    data = data.replace(b"\xc2\xa0", b"  ")
    found, at = [], 0
    while at < len(data):
        if data[at] in SPACE:
            at += 1
            continue
        start = at
        while at < len(data) and data[at] not in SPACE:
            at += 1
        chunk = data[start:at]
        if is_address(chunk):
            found.append((b"<url>", URL))
        elif b"@" in chunk and b"." in chunk:
            found.append((b"<mail>", 0))
        else:
            read_chunk(chunk, found)
    return found


def read_chunk(chunk, found):
    at = 0
    while at < len(chunk):
        byte = chunk[at]
        if byte not in WORD:
            at += 1
            mark = bytes([byte])
            if not found or found[-1][0] != mark:
                classes = QUESTION | STOP if byte == 63 else STOP if byte in STOPS else 0
                found.append((mark, classes))
            continue
        start = at
        while at < len(chunk) and chunk[at] in WORD:
            at += 1
        raw = chunk[start:at].strip(b"'")
        if not raw:
            continue
        if all(byte in DIGITS for byte in raw):
            found.append((b"0" if len(raw) <= 2 else b"00" if len(raw) <= 4 else b"000", 0))
            continue
        word = raw.lower()  # bytes.lower() is ASCII only
        capital = CAPITAL if 65 <= chunk[start] <= 90 else 0
        found.append((word, LEXICON.get(word, 0) | capital))


def rules(found):
    """The rules that hold, as a list of numbers."""
    b = BIT
    every = 0
    for _, classes in found:
        every |= classes
    has = lambda bits: bool(every & bits)
    hold = [False] * RULES
    hold[0] = has(QUESTION)
    hold[1] = bool(found) and bool(found[-1][1] & QUESTION)
    hold[2] = has(b["please"])
    hold[3], hold[4] = commands(found)
    hold[11] = has(b["lets"])
    hold[18] = has(b["meet"]) and has(b["time"])
    hold[19] = has(QUESTION) and has(b["you"] | b["your"])
    hold[20] = sum(1 for _, classes in found if classes & b["ad"]) >= 2
    hold[21] = has(URL)
    pairs = [
        ("modal", b["you"], 5),
        ("modal", b["we"], 6),
        ("modal", b["first"], 7),
        ("first", b["want"], 8),
        ("we", b["want"], 9),
        ("let", b["me"], 10),
        ("you", b["modal"], 12),
        ("you", b["want"], 13),
        ("if", b["you"], 14),
        ("aux", b["you"], 15),
        ("look", b["forward"], 16),
        ("wh", b["aux"] | b["modal"], 17),
    ]
    for (_, one), (_, two) in zip(found, found[1:]):
        for left, right, rule in pairs:
            if one & b[left] and two & right:
                hold[rule] = True
    return [rule for rule in range(RULES) if hold[rule]]


def commands(found):
    b = BIT
    begins, heads = True, 0
    not_after = b["copula"] | b["you"] | b["first"] | b["we"]
    for at, (_, classes) in enumerate(found):
        if classes & STOP:
            begins = True
        elif begins:
            heads += 1
            following = found[at + 1][1] if at + 1 < len(found) else 0
            if classes & b["verb"] and not following & not_after:
                return True, heads == 1
            name = at == 0 and classes & CAPITAL and not classes & KNOWN
            begins = bool(classes & (b["greet"] | b["please"]) or name)
            heads -= begins
        else:
            begins = bool(classes & b["join"])
    return False, False


SPREAD, MIX = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9
START, END = fnv(b"<s>"), fnv(b"</s>")
_hashes = {}


def hashed(word):
    if word not in _hashes:
        _hashes[word] = fnv(word)
    return _hashes[word]


def key(value, words):
    value = (value + words) & M64
    return (((value ^ (value >> 29)) * MIX) & M64) >> 32


def sequences(found):
    """Keys of all sequences of one to three tokens, edges included, in the program's order."""
    keys = [key(START, 1)]
    one, two = START, 0
    for at, value in enumerate([hashed(word) for word, _ in found] + [END]):
        keys.append(key(value, 1))
        pair = (one * SPREAD + value) & M64
        keys.append(key(pair, 2))
        if at > 0:
            keys.append(key((two * SPREAD + value) & M64, 3))
        two, one = pair, value
    return keys
