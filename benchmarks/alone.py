"""`python -m benchmarks.alone NAME [--quick]`: run one family in this process, write its rows as JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module

from benchmarks.families import Effort


def main(name: str, *options: str) -> None:
    found = import_module(f"benchmarks.{name}").rows(Effort(quick="--quick" in options))
    json.dump([row.as_data() for row in found], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
