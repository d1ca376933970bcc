"""What is imported is declared, what is declared is imported, and what must stay pure stays pure."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import peers_runtime

ROOT = Path(__file__).parents[2]
OURS = {"peers_runtime", "peers_packages"}
# part of the interface of a dependency, which pins or bounds it
COMES_WITH = {
    "anyio": "mcp",
    "mcp_types": "mcp",
    "markupsafe": "jinja2",
    "pydantic_core": "pydantic",
    "referencing": "jsonschema",
}
BY_OTHERS = {"python-multipart"}  # which Starlette imports when it reads a form with a file
PURE = ("authoring", "rules", "model", "base")
OUTSIDE = {"open", "input", "print", "exec", "eval", "__import__"}  # built in, so invisible to import-linter


def test_dependencies_are_exactly_what_the_package_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    declared = {re.split(r"[^\w-]", dependency)[0] for dependency in (*project["dependencies"], *extras)}
    imported = {name.partition(".")[0] for folder in sorted(OURS) for _, name in imports(ROOT / folder)}
    distributions = importlib.metadata.packages_distributions()
    foreign = {COMES_WITH.get(name, name) for name in imported - OURS - sys.stdlib_module_names}
    assert declared - BY_OTHERS == {distributions.get(name, [f"? {name}"])[0].lower() for name in foreign}


def test_the_pure_floor_calls_nothing_of_the_outside_world() -> None:
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.func.id}"
        for room in PURE
        for path in (ROOT / "peers_runtime" / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OUTSIDE
    ]
    assert not calls


@pytest.mark.parametrize(
    "sample",
    sorted(path.parent for path in (ROOT / "sample_packages").glob("*/pyproject.toml")),
    ids=lambda p: p.name,
)
def test_samples_use_public_names_only(sample: Path) -> None:
    public = {"peers_runtime", *(f"peers_runtime.{name}" for name in peers_runtime.__all__)}
    hidden = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, name in imports(sample)
        if name.partition(".")[0] in OURS and name not in public
    ]
    assert not hidden


def imports(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every absolute import below the folder: `from a.b import c` counts as `a.b.c`."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield from ((path, f"{node.module}.{name.name}") for name in node.names)
