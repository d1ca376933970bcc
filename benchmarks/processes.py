"""Whole starts: a new process, the interpreter included, until it says that it has its answer.

A program is a module of `benchmarks.starters`. It runs without `site`: nothing that happens to be
installed beside it takes part, and bare Python is as short as it can be.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cache

_STARTERS = Path(__file__).parent / "starters"
# Appended, so that the standard library is looked for first, as in any environment.
_PROGRAM = """
import sys
_, starters, program, expected, *arguments = sys.argv
sys.path.append(starters)
from answered import answered
answered(__import__(program).main(*arguments), expected)
"""


@dataclass(frozen=True)
class Start:
    """What one start took: seconds to its answer; bytes of memory resident then, and at most."""

    seconds: float
    resident: float
    peak: float


def start(program: str, *arguments: str, expected: str) -> Start:
    """Raises RuntimeError with what the process wrote when its answer is not the expected one."""
    command = [sys.executable, "-S", "-P", "-c", _PROGRAM, str(_STARTERS), program, expected, *arguments]
    began = time.perf_counter_ns()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = os.read(process.stdout.fileno(), 1)
        took = time.perf_counter_ns() - began
        rest = process.stdout.read().decode()
        failure = process.stderr.read().decode()
    if not first or process.returncode:
        raise RuntimeError(f"{program} {' '.join(arguments)} failed:\n{failure}")
    resident, peak = (int(number) for number in rest.split())
    return Start(took / 1e9, resident, peak)


def processor(*options: str) -> float:
    """The seconds of processor time that the interpreter takes with these options, site included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *options], stdout=subprocess.DEVNULL, env=_environment(), check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment() -> dict[str, str]:
    """The user's own, without what changes how Python starts; caches go where ours are."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PEERS", "COV"))
    }
    return {**kept, "XDG_CACHE_HOME": str(cache.folder("xdg", lambda _: None))}
