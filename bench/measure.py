"""Runs programs as whole processes and says what they cost."""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass


@dataclass
class Cost:
    """What one run of a program took."""

    wall: float
    """Seconds from start to end."""
    cpu: float
    """Seconds of processor time, user and system, all threads."""
    peak: float
    """Most resident memory at one time, in megabytes (10^6 bytes)."""
    code: int
    """Exit code."""

    def as_json(self):
        return asdict(self)


def run(argv, env=None, expect=(0,)):
    """Runs a program with its output thrown away and returns its `Cost`.

    Ends the benchmark when the exit code is not expected: a failed run measures nothing.
    """
    full_env = dict(os.environ, **(env or {}))
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=full_env,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in expect:
            errors.seek(0)
            sys.stderr.write(errors.read().decode("utf-8", "replace")[-2000:])
            sys.exit(f"error: exit code {process.returncode}: {' '.join(map(str, argv))}")
    return Cost(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss * 1024 / 1e6,
        code=process.returncode,
    )


def output(argv, env=None, expect=(0,)):
    """Runs a program and returns what it printed, as text."""
    full_env = dict(os.environ, **(env or {}))
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, env=full_env, check=False
    )
    if done.returncode not in expect:
        sys.stderr.write(done.stderr.decode("utf-8", "replace")[-2000:])
        sys.exit(f"error: exit code {done.returncode}: {' '.join(map(str, argv))}")
    return done.stdout.decode("utf-8", "replace")


def size_on_disk(path):
    """Bytes that a file or folder takes on disk."""
    if os.path.isfile(path):
        return os.stat(path).st_blocks * 512
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            total += os.lstat(os.path.join(folder, name)).st_blocks * 512
    return total


def warm(path):
    """Reads every file once, so that all programs find the input in the file cache."""
    paths = [path]
    if os.path.isdir(path):
        paths = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    for each in paths:
        with open(each, "rb") as file:
            while file.read(1 << 20):
                pass


def median(values):
    """The median, or None of nothing."""
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def machine():
    """One line on where and when this was measured."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()} {platform.release()}, "
        f"load {load:.1f} at the start"
    )
