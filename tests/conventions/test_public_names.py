"""The public names are said three times, for people, type checkers and Python: they agree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import peers_runtime
from peers_runtime.base import errors

ROOT = Path(__file__).parents[2]
SOURCE = ast.parse(Path(peers_runtime.__file__).read_text(encoding="utf-8"))


def seen_by_type_checkers() -> dict[str, str]:
    """Public name -> the module that it is imported from for static tools."""
    return {
        name.asname or name.name: statement.module or ""
        for block in SOURCE.body
        if isinstance(block, ast.If)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for name in statement.names
    }


def test_all_names_are_what_type_checkers_see() -> None:
    assert set(peers_runtime.__all__) == {"__version__", *seen_by_type_checkers()}
    assert len(set(peers_runtime.__all__)) == len(peers_runtime.__all__)


def test_a_name_comes_from_where_type_checkers_look() -> None:
    lazy = {name: peers_runtime._HOMES.get(name, peers_runtime._ERRORS) for name in seen_by_type_checkers()}
    assert lazy == seen_by_type_checkers()
    assert not set(peers_runtime._HOMES) - set(lazy)


def test_every_error_is_a_public_name() -> None:
    classes = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert classes <= set(peers_runtime.__all__)


@pytest.mark.parametrize("name", peers_runtime.__all__)
def test_a_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(peers_runtime, name)
    assert name in dir(peers_runtime)
    assert name == "__version__" or value.__doc__


def test_every_public_name_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^from peers_runtime import (\w+)$", page, re.MULTILINE))
    assert told == {name for name, home in seen_by_type_checkers().items() if home != peers_runtime._ERRORS}


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'peers_runtime' has no attribute 'Runtme'"):
        peers_runtime.Runtme  # noqa: B018 - the attribute access is the test
