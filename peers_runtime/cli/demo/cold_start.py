"""A start in a process of its own, timed from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIBRARIES: Final = ("pydantic", "pluggy", "sqlalchemy", "jsonschema")  # what a start can do without

_START: Final = """
import sys
from peers_runtime import Runtime

match = Runtime.open(sys.argv[1]).context(sys.argv[2]).routes.match(sys.argv[3])

import json
print(json.dumps({"label": f"{match.package} {match.version}", "modules": list(sys.modules)}))
"""


@dataclass(frozen=True)
class ColdStart:
    """`seconds` from the start to the end of the process; `bare_s` is what an empty one takes."""

    label: str
    seconds: float
    bare_s: float
    modules: frozenset[str]


def measure(home: Path, context: str, path: str) -> ColdStart:
    """Starts a new process that opens the home and matches one path."""
    _, bare_s = _timed("pass")
    said, seconds = _timed(_START, str(home), context, path)
    answer = json.loads(said)
    return ColdStart(answer["label"], seconds, bare_s, frozenset(answer["modules"]))


def _timed(source: str, *arguments: str) -> tuple[str, float]:
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", source, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return run.stdout, time.perf_counter() - started
