"""Running `peers` as a process, and a small project to install with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import warm

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_packages"
PATIENCE_S = 120


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        document: dict[str, Any] = json.loads(self.out)
        assert document["version"] == 1
        return document

    @property
    def data(self) -> Any:
        assert self.code == 0, self.out + self.err
        return self.document["data"]

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.document["error"]
        return error


def run_peers(*words: object, stdin: str = "", env: dict[str, str] | None = None, cwd: Path = ROOT) -> Ran:
    """Runs `peers` with these words in a process of its own; see `warm`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PEERS_")} | (env or {})
    told = [*map(str, words)]
    ran = warm.parent().run(told, stdin, own, cwd, PATIENCE_S)
    return Ran(*ran) if ran is not None else _run_anew(told, stdin, own, cwd)


def _run_anew(words: list[str], stdin: str, env: dict[str, str], cwd: Path) -> Ran:
    run = subprocess.run(
        [sys.executable, "-m", "peers_runtime.cli.main", *words],
        input=stdin,
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Ran(run.returncode, run.stdout, run.stderr)


PACKAGE_ID = "0mwqffjy66ljt95on2890q001"
UI_ID = "0mwqffjy66ljt95on2890q002"
OTHER_UI_ID = "0mwqffjy66ljt95on2890q003"
PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "plain"
version = "1.0.0"
dependencies = ["peers-runtime"]

[project.entry-points."peers.packages"]
plain = "plain.package:package"
"""
PLAIN = {
    "plain/__init__.py": "",
    "plain/routes.py": f"""
from peers_runtime import Route

routes = [Route(peers_ui_id="{UI_ID}", path="plain")]
""",
    "plain/uis.py": f"""
from peers_runtime import UI

uis = [UI(peers_ui_id="{UI_ID}", name="Plain", content="plain.screen:render")]
""",
    "plain/screen.py": """
def render(props, ctx):
    return "plain"
""",
    "plain/package.py": f"""
from peers_runtime import define_package


@define_package
def package(pkg):
    pkg.package_id = "{PACKAGE_ID}"
""",
}


def plain_project(
    folder: Path, files: dict[str, str] | None = None, pyproject: tuple[str, str] = ("", "")
) -> Path:
    """Writes a project named `plain` that is in order, but for what `files` and `pyproject` change."""
    made = folder / "plain-project"
    made.mkdir()
    shown = PYPROJECT.replace(*pyproject) if pyproject[0] else PYPROJECT
    for path, text in {"pyproject.toml": shown, **PLAIN, **(files or {})}.items():
        target = made / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return made
