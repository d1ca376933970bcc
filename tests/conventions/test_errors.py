"""Every error has a code of its own, of its area, with a page; and everybody can catch it by name."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from peers_runtime.base import code_errors, errors, families, host_errors, run_errors, store_errors

ROOT = Path(__file__).parents[2]
MODULES = [
    Path(inspect.getfile(module)) for module in (families, code_errors, host_errors, run_errors, store_errors)
]
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
AREAS = dict(re.findall(r"(\d\d) ([a-z][a-zA-Z ]+)", " ".join((errors.__doc__ or "").split())))
CLASSES = [getattr(errors, node.name) for node in ast.parse(SOURCE).body if isinstance(node, ast.ClassDef)]
CODED = [error for error in CLASSES if "code" in vars(error) and error is not errors.PeersError]
FAMILIES = [error for error in CLASSES if "code" not in vars(error)]
BY_NAME = {"ids": lambda error: error.__name__}


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in CODED]
    assert len(codes) == len(set(codes))


def test_errors_stand_in_the_order_of_their_codes() -> None:
    codes = [error.code for error in CODED]
    assert codes == sorted(codes)


def test_codes_stand_under_the_heading_of_their_area() -> None:
    area = ""
    for line in SOURCE.splitlines():
        if heading := re.match(r"# ── (\d\d) (.+?) ─", line):
            area = heading[1]
            assert AREAS[area] == heading[2]
        elif code := re.match(r' {4}code = "P(\d\d)\d\d"', line):
            assert code[1] == area or code[1] == "00", line


@pytest.mark.parametrize("error", CODED, **BY_NAME)
def test_an_error_belongs_to_one_family_and_explains_itself(error: type[errors.PeersError]) -> None:
    assert sum(issubclass(error, family) for family in FAMILIES) == 1
    assert error.__doc__
    assert error.__name__.isidentifier()


@pytest.mark.parametrize("error", CODED, **BY_NAME)
def test_an_error_has_a_page(error: type[errors.PeersError]) -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    assert re.search(rf"^### {error.code} {error.__name__}$", page, re.MULTILINE)


def test_error_classes_live_in_their_modules_only() -> None:
    elsewhere = []
    known = {error.__name__ for error in CLASSES}
    for path in (ROOT / "peers_runtime").rglob("*.py"):
        if path in MODULES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base).removeprefix("errors.") for base in node.bases}
                elsewhere += [f"{path.relative_to(ROOT)}: {node.name}"] if bases & known else []
    assert not elsewhere
