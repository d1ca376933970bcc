"""A whole world for tests: projects written from strings, and a runtime to install them in."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from peers_runtime.base import ids

_PYPROJECT = """
[project]
name = "{name}"
version = "{version}"
dependencies = {dependencies}

[project.entry-points."peers.packages"]
{name} = "{name}.package:package"
{more}
"""

_DEFINITION = """
from peers_runtime import define_package

@define_package
def package(pkg):
    pkg.package_id = {package_id!r}
"""


def an_id(*words: object) -> str:
    """The same id for the same words, so that two versions of a package agree on theirs."""
    import hashlib

    return ids.make(0, int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:10]))


def project(
    folder: Path,
    name: str = "notes",
    version: str = "1.0.0",
    files: Mapping[str, str] | None = None,
    *,
    definition: str = "",
    more: str = "",
    dependencies: str = "[]",
) -> Path:
    """Write a project and return its folder.

    `files` are module files of the import package by their path in it; `definition` is indented into the
    definition's function. Writing the same folder again replaces files and keeps the others.
    """
    package = folder / name
    package.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(
        _PYPROJECT.format(name=name, version=version, more=more, dependencies=dependencies)
    )
    body = textwrap.indent(textwrap.dedent(definition).strip(), "    ")
    written = {
        "__init__.py": "",
        "package.py": _DEFINITION.format(package_id=an_id(name)) + body + "\n",
        **(files or {}),
    }
    for path, text in written.items():
        target = package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text))
    return folder


def screen(name: str, path: str, shows: str) -> dict[str, str]:
    """Files for a package with one route and one UI, which shows a text."""
    ui = an_id(name, "ui", path)
    return {
        "routes.py": f"""
            from peers_runtime import Route
            routes = [Route(peers_ui_id={ui!r}, path={path!r})]
            """,
        "uis.py": f"""
            from peers_runtime import UI
            uis = [UI(peers_ui_id={ui!r}, name="Home", content="{name}.ui:home")]
            """,
        "ui.py": f"""
            def home(props, ctx):
                return {shows!r}
            """,
    }
