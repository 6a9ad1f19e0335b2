"""Puts queries to notmuch in one process. Started by warm.py with Debian's Python.

Reads {"runs", "most", "queries"} from standard input; writes the seconds of every run of every
query to standard output, both as JSON. The database is the one NOTMUCH_CONFIG names.
"""

import json
import os
import sys
import time

import notmuch2


def once(database, query, most):
    """Seconds for the exact count and the ids of the newest `most` messages."""
    start = time.perf_counter()
    database.count_messages(query, exclude_tags=[])
    ids = []
    newest = notmuch2.Database.SORT.NEWEST_FIRST
    for message in database.messages(query, sort=newest, exclude_tags=[]):
        ids.append(message.messageid)
        if len(ids) >= most:
            break
    return time.perf_counter() - start


def main():
    asked = json.load(sys.stdin)
    mode = notmuch2.Database.MODE.READ_ONLY
    database = notmuch2.Database(mode=mode, config=os.environ["NOTMUCH_CONFIG"])
    found = [
        [once(database, query, asked["most"]) for _ in range(asked["runs"])]
        for query in asked["queries"]
    ]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
