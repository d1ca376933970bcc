from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.snapshots import requirements


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pydantic_Core >=2, <3", "pydantic-core<3,>=2"),
        ("six>=1.16.0", "six (>=1.16)"),
        ("six~=1.16", "six>=1.16,<2.0"),
        ("six~=1.16.2", "six>=1.16.2,<1.17"),
        ("six~=1!1.16", "six>=1!1.16,<1!2"),
        ("a[y,x]", "a[x,y]"),
        ("a; python_version<'3.12'", 'a ; python_version < "3.12"'),
    ],
)
def test_equal_requirements_have_one_spelling(one: str, other: str) -> None:
    assert requirements.normalise([one], "x") == requirements.normalise([other], "x")


@pytest.mark.parametrize(
    ("one", "other"),
    [("six>1", "six>=1"), ("six", "six; python_version < '3'"), ("a[x]", "a"), ("a==1.*", "a==1")],
)
def test_different_requirements_stay_different(one: str, other: str) -> None:
    assert requirements.normalise([one], "x") != requirements.normalise([other], "x")


@given(st.permutations(["six>=1", "click<9,>=8", "attrs", "attrs"]))
def test_their_order_does_not_matter(texts: list[str]) -> None:
    assert requirements.normalise(texts, "x") == ("attrs", "click<9,>=8", "six>=1")


def test_normalising_twice_changes_nothing() -> None:
    once = requirements.normalise(["six~=1.16", "A_b[x] >= 2.0 ; python_version > '3'"], "x")
    assert requirements.normalise(once, "x") == once


def test_a_condition_counts_in_an_id_but_not_its_spelling() -> None:
    uv, others = 'a>=1; python_full_version < "4"', 'a>=1; python_version < "4"'
    assert requirements.identity([uv]) == requirements.identity([others])
    assert requirements.identity([uv]) != requirements.identity(["a>=1"])
    assert requirements.identity(["a>=1"]) != requirements.identity(["a>=2"])


def test_what_is_no_requirement_is_refused_with_its_place() -> None:
    with pytest.raises(errors.InvalidSetting, match="there holds 'six >> 1'"):
        requirements.normalise(["six >> 1"], "there")


@pytest.mark.parametrize(
    "text", ['a; extra == "x"', 'a; python_version > "3" and (extra == "x" or extra=="y")']
)
def test_a_requirement_of_an_extra_is_known(text: str) -> None:
    assert requirements.is_extra(text)


@pytest.mark.parametrize("text", ["extra", 'a; platform_version != "extra"', "a[extra]"])
def test_a_requirement_that_only_names_extra_is_none(text: str) -> None:
    assert not requirements.is_extra(text)


def test_import_names_are_those_of_the_installed_files() -> None:
    assert "yaml" in requirements.own_import_names("PyYAML>=6")
    assert "pluggy" in requirements.own_import_names("pluggy")
    assert requirements.own_import_names("not-installed-here") == {"not_installed_here"}


def test_import_names_are_known_of_what_was_installed_without_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "of_old.py").touch()
    egg = tmp_path / "Old_Egg.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: Old-Egg\nVersion: 1\n")
    (egg / "installed-files.txt").write_text("../of_old.py\nPKG-INFO\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert requirements.own_import_names("old-egg") == {"old_egg", "of_old"}
