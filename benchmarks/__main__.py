"""`python -m benchmarks [NAME…] [--quick] [--json FILE] [--markdown FILE]`: run families, show one table.

Exits with 1 only when a family could not be measured; a goal that is missed says so in the table.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

from benchmarks import table
from benchmarks.cache import ROOT
from benchmarks.families import FAMILIES
from benchmarks.rows import Row


def main() -> int:
    given = _arguments()
    rows: list[Row] = []
    broken: list[str] = []
    for name in given.names or FAMILIES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        found = _measured(name, given.quick)
        if found is None:
            broken.append(name)
        else:
            rows += found
    table.write(rows, sys.stdout)
    if given.json:
        data = {"machine": table.machine(), "command": _command(), "rows": [row.as_data() for row in rows]}
        given.json.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if given.markdown:
        given.markdown.write_text(table.markdown(rows, _command()), encoding="utf-8")
    if broken:
        print(f"could not be measured: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(FAMILIES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="every row, with few rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the table as Markdown")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in FAMILIES]
    if unknown:
        parser.error(f"there is no family {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
    return given


def _measured(name: str, quick: bool) -> list[Row] | None:
    """The rows of a family, measured in a process of its own; None when that failed."""
    command = [sys.executable, "-m", "benchmarks.alone", name, *(["--quick"] if quick else [])]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if run.returncode:
        return None
    return [Row.from_data(data) for data in json.loads(run.stdout)]


def _command() -> str:
    kept = []
    given = iter(sys.argv[1:])
    for word in given:
        if word in ("--json", "--markdown"):
            next(given, None)
        elif not word.startswith(("--json=", "--markdown=")):
            kept.append(word)
    return shlex.join(["python", "-m", "benchmarks", *kept])


if __name__ == "__main__":
    sys.exit(main())
