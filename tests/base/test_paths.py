"""The one spelling of route and launcher paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import paths


@pytest.mark.parametrize(
    ("given_path", "normal"),
    [
        ("Notes", "notes"),
        ("/notes//Archive/", "notes/archive"),
        ("My Notes!", "my-notes-"),
        ("notes/:noteId", "notes/:noteId"),
        ("Größe", "gr--e"),
        ("", ""),
        ("snake_case", "snake_case"),
    ],
)
def test_paths_are_lower_case_with_dashes_and_single_slashes(given_path: str, normal: str) -> None:
    assert paths.normalise(given_path) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(path: str) -> None:
    assert paths.normalise(paths.normalise(path)) == paths.normalise(path)


@given(st.text(alphabet=st.characters(exclude_characters=":")))
def test_a_request_for_a_navs_launcher_path_has_the_routes_segments(path: str) -> None:
    segments, _ = paths.split(paths.launcher("p" * 25, path))
    assert segments[2:] == [segment for segment in paths.normalise(path).split("/") if segment]
