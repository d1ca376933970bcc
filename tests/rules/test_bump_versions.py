"""The version that changes call for: the first that is far enough above the one before."""

from __future__ import annotations

from typing import Any

import pytest

from peers_runtime.model.differences import Bump, Suggestion
from peers_runtime.model.manifest import Definition, Manifest, UIData
from peers_runtime.rules import bumps


def version_with(version: str, *names: str) -> Manifest:
    """A version with UIs of these names."""
    uis = tuple(UIData(peers_ui_id=name, name=name, type="view", target="html") for name in names)
    given: dict[str, Any] = {"id": "", "name": "notes", "files": (), "modules": (), "created_at": ""}
    definition = Definition(package_id="p1", reference="notes.package:package", uis=uis)
    return Manifest(**given, version=version, definition=definition, updated_at="")


AFTER = {Bump.PATCH: ("Home",), Bump.MINOR: ("Home", "More"), Bump.MAJOR: ()}


def suggested(before: str, bump: Bump) -> Suggestion:
    return bumps.compare(version_with(before, "Home"), version_with("9.9.9", *AFTER[bump])).suggestion


VERSIONS = [
    ("1.2.3", Bump.PATCH, "1.2.4"),
    ("1.2.3", Bump.MINOR, "1.3.0"),
    ("1.2.3", Bump.MAJOR, "2.0.0"),
    ("1.2.3+local", Bump.PATCH, "1.2.4"),
    ("0.2.3", Bump.MAJOR, "1.0.0"),
    ("2.0.0-rc.1", Bump.MAJOR, "2.0.0"),
    ("2.0.0-rc.1", Bump.PATCH, "2.0.0"),
    ("2.1.0-rc.1", Bump.MINOR, "2.1.0"),
    ("2.1.0-rc.1", Bump.MAJOR, "3.0.0"),
    ("2.1.3-rc.1", Bump.PATCH, "2.1.3"),
    ("2.1.3-rc.1", Bump.MINOR, "2.2.0"),
]


@pytest.mark.parametrize(("before", "bump", "version"), VERSIONS)
def test_the_first_version_that_is_far_enough_above_is_suggested(
    before: str, bump: Bump, version: str
) -> None:
    found = suggested(before, bump)
    assert (found.bump, found.version) == (bump, version)


@pytest.mark.parametrize(
    ("version", "is_below"),
    [("1.2.9", True), ("1.3.0", False), ("1.3.0-rc.1", False), ("1.4.0", False), ("2.0.0", False)],
)
def test_a_version_is_far_enough_from_the_suggested_one_on(version: str, is_below: bool) -> None:
    assert bumps.is_below(version, suggested("1.2.3", Bump.MINOR)) is is_below
