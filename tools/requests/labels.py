"""The labelled sentences: reading them, and finding near copies.

DATA is a folder with `parakweet/` (ParakweetLabs/EmailIntentDataSet, Apache-2.0) and `verified/`
(vseledkin/enron_intent_dataset_verified, MIT: the same sentences judged again by somebody else).
"""

import html
import os
import re
from collections import Counter


def read(data, name):
    """[(1 or 0, sentence)] of a file of the first set."""
    rows = []
    with open(os.path.join(data, "parakweet", name), encoding="utf-8", errors="replace") as lines:
        for line in lines:
            label, tab, sentence = line.rstrip("\r\n").partition("\t")
            if tab:
                rows.append((int(label.strip() == "Yes"), html.unescape(sentence).strip()))
    return rows


def train(data):
    return read(data, "Ask0729-fixed.txt")


def held_out(data):
    return read(data, "testSet-qualifiedBatch-fixed.txt")


def plain(sentence):
    return re.sub(r"\W+", " ", html.unescape(sentence).lower()).strip()


def second_opinion(data):
    """{plain sentence: 1 or 0} of the other labelling."""
    opinions = {}
    for label, name in ((1, "intent_pos"), (0, "intent_neg")):
        path = os.path.join(data, "verified", name)
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                opinions.setdefault(plain(line), label)
    return opinions


def trigrams(sentence):
    words = re.findall(r"[a-z0-9$']+", sentence.lower())
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)} or {tuple(words)}


def near_pairs(left, right):
    """Pairs (i, j) of sentences whose word trigrams have a Jaccard index of at least 0.5."""
    index = {}
    sets = [trigrams(sentence) for sentence in right]
    for place, grams in enumerate(sets):
        for gram in grams:
            index.setdefault(gram, []).append(place)
    for i, sentence in enumerate(left):
        grams = trigrams(sentence)
        shared = Counter(j for gram in grams for j in index.get(gram, ()))
        for j, count in shared.items():
            if count / (len(grams) + len(sets[j]) - count) >= 0.5:
                yield i, j


def honest(data):
    """(training rows, test rows without a near copy in training, how many were left out)."""
    rows, test = train(data), held_out(data)
    near = {i for i, _ in near_pairs([s for _, s in test], [s for _, s in rows])}
    return rows, [row for place, row in enumerate(test) if place not in near], len(near)


def groups(rows):
    """A group number for each row; near copies of each other share one."""
    parent = list(range(len(rows)))

    def root(place):
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    sentences = [sentence for _, sentence in rows]
    for i, j in near_pairs(sentences, sentences):
        parent[root(i)] = root(j)
    return [root(place) for place in range(len(rows))]
