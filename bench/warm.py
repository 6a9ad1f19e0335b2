"""Queries put to a process that is already running, as each program allows it.

Every function returns, for each query, the seconds of each run. The first run of a query counts
like the others; the median of the runs is what the tables show.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import measure
import programs

NOTMUCH_PYTHON = "/usr/bin/python3"
"""Debian's own Python: its package python3-notmuch2 is for no other."""


def cahoots(program, queries, runs):
    """`cahoots bench-queries FILE`: total and first results in one process. It answers with
    {"queries": [{"query": …, "total": …, "best_us": …, "median_us": …}]}, or with "us", the
    microseconds of each run."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("".join(query.cahoots + "\n" for query in queries))
        file.flush()
        ask = ["--case", program.case, "--json", "--runs", str(runs)]
        argv = [program.program, "bench-queries", *ask, file.name]
        answer = json.loads(measure.output(argv))
    # Two values whose least is the best run and a third that keeps the median what it was.
    known = [row.get("us") or [row["best_us"], *2 * [row["median_us"]]] for row in answer["queries"]]
    return [[us / 1e6 for us in runs] for runs in known]


def notmuch(program, queries, runs):
    """The notmuch2 Python bindings: exact count and the ids of the newest results."""
    asked = json.dumps({"runs": runs, "most": programs.MOST, "queries": [q.notmuch for q in queries]})
    done = subprocess.run(
        [NOTMUCH_PYTHON, os.path.join(programs.HERE, "warm_notmuch.py")],
        input=asked.encode(),
        stdout=subprocess.PIPE,
        env=dict(os.environ, **program.env()),
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def mu(program, queries, runs):
    """`mu server`, the process that mu4e talks to: the newest results with their headers."""
    server = subprocess.Popen(
        ["mu", "server", f"--muhome={program.home}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    found = []
    try:
        for query in queries:
            text = query.mu.replace("\\", "\\\\").replace('"', '\\"')
            ask = (
                f'(find :query "{text}" :threads nil :sortfield :date :descending t '
                f":maxnum {programs.MOST} :skip-dups nil :include-related nil)\n"
            )
            found.append([_mu_once(server, ask.encode()) for _ in range(runs)])
        return found
    except (BrokenPipeError, EOFError):
        return None
    finally:
        server.kill()
        server.wait()


def _mu_once(server, ask):
    start = time.perf_counter()
    server.stdin.write(ask)
    server.stdin.flush()
    answer = b""
    while True:
        part = os.read(server.stdout.fileno(), 1 << 16)
        if not part:
            raise EOFError
        answer += part
        if b"(:error" in answer:
            sys.exit(f"error: mu server: {answer[-300:]!r}")
        if b"(:found " in answer:
            return time.perf_counter() - start


RUNNERS = {"cahoots": cahoots, "notmuch": notmuch, "mu": mu}
