#!/usr/bin/env python3
"""Holds `cahoots coordination --compat` against the peers' own tables, cell for cell.

    golden.py PROGRAM FOLDER

FOLDER holds share tables (`NAME.csv`) and, for each, what the peers made of them:
`coortweet_NAME_wSECONDS_mpN_edges.csv` and `cnt_NAME_wSECONDS_minN.csv`, also as .zst. Every cell
of every edge is compared as text; numbers that differ in the last of fifteen digits would differ.
Prints one line a table; ends with 1 when any cell differs.
"""

import csv
import io
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def rows(path: Path) -> list[list[str]]:
    if path.suffix == ".zst":
        text = subprocess.run(["zstd", "-dc", path], check=True, capture_output=True).stdout.decode()
    else:
        text = path.read_text()
    return list(csv.reader(io.StringIO(text)))


def ours(program: str, table: Path, args: list[str]) -> tuple[list[list[str]], float]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "edges.csv"
        start = time.perf_counter()
        command = [program, "coordination", str(table), "--edges", str(out), "--quiet", *args]
        done = subprocess.run(command, capture_output=True, text=True)
        took = time.perf_counter() - start
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        return list(csv.reader(out.open())), took


def main() -> None:
    program, folder = sys.argv[1], Path(sys.argv[2])
    wrong = 0
    for path in sorted(folder.iterdir()):
        name = path.name.removesuffix(".zst")
        coortweet = re.fullmatch(r"coortweet_(.+)_w(\d+)_mp(\d+)_edges\.csv", name)
        cnt = re.fullmatch(r"cnt_(.+)_w(\d+)_min(\d+)\.csv", name)
        found = coortweet or cnt
        if not found:
            continue
        table, window, least = found.groups()
        if coortweet:
            args = ["--compat", "coortweet", "--min-participation", least]
        else:
            args = ["--compat", "cnt", "--min-weight", least]
        have, took = ours(program, folder / f"{table}.csv", [*args, "--within", f"{window}s"])
        want = rows(path)
        # The peer calls the first two columns by its graph's words.
        header = ["from", "to", *have[0][2:]] if coortweet else have[0]
        if header != want[0]:
            sys.exit(f"{name}: columns {have[0]}, and not {want[0]}")
        theirs = {tuple(row[:2]): row[2:] for row in want[1:]}
        mine = {tuple(row[:2]): row[2:] for row in have[1:]}
        missing, extra = len(theirs.keys() - mine.keys()), len(mine.keys() - theirs.keys())
        differing = [key for key in theirs.keys() & mine.keys() if theirs[key] != mine[key]]
        wrong += missing + extra + len(differing)
        print(
            f"{name}: {len(mine)} edges, {missing} missing, {extra} extra, "
            f"{len(differing)} differing; {took * 1000:.0f} ms"
        )
        for key in differing[:3]:
            print(f"  {key}: {mine[key]} and not {theirs[key]}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
