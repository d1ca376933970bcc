"""What a host pays for at its start: nothing that the first route does not need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from peers_runtime import Runtime

ROOT = Path(__file__).parents[2]
HEAVY = {
    "alembic",
    "click",
    "dataclasses",
    "importlib.metadata",
    "inspect",
    "jsonschema",
    "pluggy",
    "pydantic",
    "rich",
    "sqlalchemy",
    "typing",
}

IMPORT = """
import sys
before = set(sys.modules)
import peers_runtime
after = set(sys.modules)
import json
json.dump(sorted(after - before), sys.stdout)
"""
FIRST_MATCH = """
import json, sys
from peers_runtime import Runtime
with Runtime.open(sys.argv[1]) as runtime:
    match = runtime.context("personal").routes.match("notes")
    json.dump([match.package, sorted(sys.modules)], sys.stdout)
"""


def test_importing_peers_runtime_imports_nothing_else() -> None:
    assert set(_run(IMPORT)) <= {"__future__", "peers_runtime"}


def test_the_first_match_imports_nothing_heavy_and_no_package_code(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(str(ROOT / "sample_packages" / "notes-1"))
    package, modules = _run(FIRST_MATCH, str(tmp_path / "home"))
    assert package == "notes"
    assert not HEAVY & set(modules)
    assert not [name for name in modules if name.startswith(("peers_packages.", "notes."))]


def _run(program: str, *arguments: str) -> list[object]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
