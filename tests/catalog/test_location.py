from __future__ import annotations

import os
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.location import Location


def test_by_default_it_is_the_homes_own_wherever_the_home_lies(home: Path) -> None:
    own = Location(Home(home))
    assert own.is_own
    assert own.name == ""
    assert own.path == str(home / "catalog.sqlite")
    assert own.index_path == str(home / "index.json")


def test_every_spelling_of_a_file_is_one_place(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "team.sqlite")
    opened = Home(home)
    found = [
        Location(opened, given)
        for given in (
            "team.sqlite",
            "./x/../team.sqlite",
            "~/team.sqlite",
            "link.sqlite",
            tmp_path / "team.sqlite",
            "sqlite:///team.sqlite",
            f"sqlite:///{tmp_path}/team.sqlite",
        )
    ]
    assert {one.name for one in found} == {str(tmp_path / "team.sqlite")}
    assert len({one.index_path for one in found}) == 1
    assert not any(one.is_own for one in found)
    assert {one.lock_path for one in found} == {f"{tmp_path}/team.sqlite.lock"}


def test_each_catalog_has_an_index_of_its_own(home: Path, tmp_path: Path) -> None:
    opened = Home(home)
    given = [None, tmp_path / "one.sqlite", tmp_path / "two.sqlite", "postgresql+psycopg://ada@db/peers"]
    indexes = {Location(opened, one).index_path for one in given}
    assert len(indexes) == 4
    assert {os.path.dirname(path) for path in indexes} == {str(home)}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql+psycopg://ada:secret@db:5433/peers", "postgresql://ada@db:5433/peers"),
        ("postgresql+psycopg://ada:se%40cret@db/peers", "postgresql://ada@db/peers"),
        ("postgresql+psycopg:///peers?host=/run/pg&password=secret", "postgresql:///peers?host=/run/pg"),
        ("postgresql+psycopg://db/peers?sslmode=require&application_name=x", None),
    ],
)
def test_a_server_is_named_without_its_password(home: Path, url: str, name: str | None) -> None:
    found = Location(Home(home), url)
    assert found.url == url
    assert "secret" not in found.name + repr(found)
    assert name is None or found.name == name


@pytest.mark.parametrize(
    "given",
    ["", "mysql://db/peers", "sqlite://team", "postgresql://db/peers", "postgresql+psycopg://[db/peers", "."],
)
def test_what_is_no_place_for_a_catalog_is_refused(home: Path, given: str) -> None:
    with pytest.raises(errors.InvalidSetting) as caught:
        Location(Home(home), given)
    assert caught.value.hint


def test_a_catalog_in_a_home_is_not_shared(home: Path, tmp_path: Path) -> None:
    """Its own hosts trust an index that others would not keep."""
    Home(tmp_path / "other")
    for place in (home, tmp_path / "other"):
        with pytest.raises(errors.InvalidSetting, match="lies in a home"):
            Location(Home(home), place / "catalog.sqlite")
