"""Asks tglib for earliest arrivals. Runs in an environment that has tglib-python.

    exposure_tglib.py CONTACTS START RUNS

CONTACTS has one line `from,to,at` for each contact, in the order of time. Every contact takes tglib
one second to travel, which makes its paths strictly increasing; that second is taken off again.
"""

import json
import os
import sys
import tempfile
import time
from importlib import metadata

import tglib


def main():
    path, start, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        spaced = os.path.join(folder, "contacts")
        with open(path, encoding="ascii") as read, open(spaced, "w", encoding="ascii") as write:
            for line in read:
                write.write(line.replace(",", " "))
        graph = tglib.load_ordered_edge_list(spaced)
    number = graph.getNodeMap()
    # The interval is of arrivals too: the last contact arrives a second after its time.
    first, last = graph.getTimeInterval()
    interval, begin = (first, last + 1), number[start]
    seconds = []
    for _ in range(runs):
        since = time.perf_counter()
        times = tglib.earliest_arrival_times(graph, begin, interval)
        seconds.append(time.perf_counter() - since)
    never = max(times)
    arrivals = {}
    for node, place in number.items():
        at = times[place]
        if node != start and (at != never or at <= last + 1):
            arrivals[node] = at - 1
    result = {
        "version": metadata.version("tglib-python"),
        "seconds": seconds,
        "arrivals": arrivals,
    }
    json.dump(result, sys.stdout)


main()
