"""The public API is typed: checkers take what is right and see what is wrong, on the very line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ACCEPTED = HERE / "accepted.py"
REJECTED = HERE / "rejected.py"
MARKED = {
    number
    for number, line in enumerate(REJECTED.read_text(encoding="utf-8").splitlines(), start=1)
    if line.endswith("# rejected")
}


def test_mypy_takes_what_is_right_and_sees_what_is_wrong() -> None:
    told = _run(sys.executable, "-m", "mypy", str(ACCEPTED), str(REJECTED))
    found = {(name, int(line)) for name, line in re.findall(r"(\w+)\.py:(\d+): error:", told)}
    assert found == {("rejected", line) for line in MARKED}, told


def test_pyright_takes_what_is_right_and_sees_what_is_wrong() -> None:
    told = _run(sys.executable, "-m", "pyright", "--outputjson", str(ACCEPTED), str(REJECTED))
    problems = [found for found in json.loads(told)["generalDiagnostics"] if found["severity"] == "error"]
    found = {(Path(found["file"]).stem, found["range"]["start"]["line"] + 1) for found in problems}
    assert found == {("rejected", line) for line in MARKED}, told


def _run(*command: str) -> str:
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=150)
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout
