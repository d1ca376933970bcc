"""The least: `asking.py FILE INTERVAL` looks at a file's stamp, or asks a SQLite file for its last change."""

import os
import sqlite3
import sys
import time
from collections.abc import Callable

import lines


def main(file: str, interval_s: str) -> None:
    ask = last_change(file) if file.endswith(".sqlite") else lambda: os.stat(file).st_mtime_ns
    last = ask()
    lines.say(ready=True)
    while True:
        time.sleep(float(interval_s))  # this is what is measured: asking from time to time
        if (found := ask()) != last:
            last = found
            lines.say(answer=True, at=time.time())


def last_change(file: str) -> Callable[[], int]:
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
    return lambda: database.execute("SELECT max(sequence) FROM changes").fetchone()[0]


main(*sys.argv[1:])
