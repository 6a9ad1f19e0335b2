#!/usr/bin/env python3
"""Runs the Coordination Network Toolkit on one table: run by bench/coordination, with the Python
that has the toolkit.

    coordination_cnt.py MESSAGES.csv WINDOW EDGES.csv

Prints the seconds of its ingest and of its compute as JSON. Edges are written without loops, which
the published version and its later source count differently.
"""

import contextlib
import csv
import io
import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from coordination_network_toolkit.compute_networks import compute_co_link_network
from coordination_network_toolkit.preprocess import preprocess_csv_files


def main() -> None:
    messages, window, edges = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "cnt.db")
        with contextlib.redirect_stdout(io.StringIO()):
            start = time.perf_counter()
            preprocess_csv_files(database, [messages])
            ingested = time.perf_counter()
            compute_co_link_network(database, window, n_threads=2, min_edge_weight=1)
            computed = time.perf_counter()
        connection = sqlite3.connect(database)
        rows = connection.execute(
            "select user_1, user_2, weight from co_link_network where user_1 != user_2 "
            "order by 1, 2"
        )
        with open(edges, "w", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["source", "target", "weight"])
            writer.writerows(rows)
    print(json.dumps({"ingest": ingested - start, "compute": computed - ingested}))


if __name__ == "__main__":
    main()
