"""Records on the wire."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from peers_runtime.base import errors
from peers_runtime.model.catalog import PackageVersion
from peers_runtime.model.contributions import AppNav, Route
from peers_runtime.model.wire import wire_name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("peers_ui_id", "peersUIId"),
        ("package_id", "packageId"),
        ("version_tag", "versionTag"),
        ("app_navs", "appNavs"),
        ("icon_class_name", "iconClassName"),
    ],
)
def test_the_seeds_field_names_are_the_wire_format(field: str, name: str) -> None:
    assert wire_name(field) == name


def test_a_record_goes_over_the_wire_and_back() -> None:
    nav = AppNav(name="Notes", navigation_path="notes")
    assert nav.wire() == {"name": "Notes", "navigationPath": "notes", "alwaysNewTab": False}
    assert AppNav.model_validate(nav.wire()) == nav


def test_a_record_is_frozen_and_knows_its_fields() -> None:
    nav = AppNav(name="Notes")
    with pytest.raises(ValidationError):
        nav.name = "Other"
    with pytest.raises(ValidationError):
        AppNav.model_validate({"name": "Notes", "colour": "red"})


def test_a_route_is_kept_in_its_normal_spelling() -> None:
    assert Route(peers_ui_id="a" * 25, path="/Notes/:noteId/").path == "notes/:noteId"


def test_a_route_has_a_path_or_a_pattern_but_not_both() -> None:
    with pytest.raises(errors.InvalidDefinition, match="a path and a pattern"):
        Route(peers_ui_id="a" * 25, path="notes", pattern="notes")


def test_a_pattern_that_does_not_compile_is_refused_where_it_is_written() -> None:
    with pytest.raises(errors.InvalidDefinition, match="not a regular expression"):
        Route(peers_ui_id="a" * 25, pattern="(")


def test_the_fields_of_a_version_have_one_name_each() -> None:
    aliases = [field.alias for field in PackageVersion.model_fields.values()]
    assert len(aliases) == len(set(aliases))
