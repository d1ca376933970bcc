"""Ranges of versions of packages are spelled as those of Python distributions."""

from __future__ import annotations

import pytest

from peers_runtime import InvalidSetting
from peers_runtime.projects import ranges

KNOWN = ["0.9.0", "1.2.0", "1.10.0", "2.0.0-rc.1", "2.0.0", "2.1.0-beta.2"]


@pytest.mark.parametrize(
    ("version_range", "expected"),
    [
        (">=1,<2", ["1.10.0", "1.2.0"]),
        ("==1.2.0", ["1.2.0"]),
        ("~=1.2", ["1.10.0", "1.2.0"]),
        (">=2.0.0-rc.1,<2.1", ["2.0.0", "2.0.0-rc.1"]),
        (">2", ["2.1.0-beta.2"]),
        (">=3", []),
        ("", ["2.0.0", "1.10.0", "1.2.0", "0.9.0"]),
    ],
)
def test_the_newest_in_a_range_comes_first_and_a_pre_release_only_where_it_is_named_or_alone(
    version_range: str, expected: list[str]
) -> None:
    assert ranges.fitting(version_range, KNOWN) == expected


@pytest.mark.parametrize(
    ("version", "version_range"),
    [("1.2.3", ">=1.2.3,<2"), ("0.4.1", ">=0.4.1,<0.5"), ("2.0.0-rc.1", ">=2.0.0rc1,<3")],
)
def test_what_is_compatible_is_up_to_where_semantic_versioning_lets_something_break(
    version: str, version_range: str
) -> None:
    assert ranges.compatible(version) == version_range
    assert ranges.takes(version_range, version)


@pytest.mark.parametrize("text", ["", "^1.2", "1.2", "notes>=1", ">=x"])
def test_what_is_no_range_is_refused_naming_where_it_stands(text: str) -> None:
    with pytest.raises(InvalidSetting, match="here is"):
        ranges.normalise(text, "here")


def test_equal_ranges_have_one_spelling() -> None:
    assert ranges.normalise(" <2 , >= 1.0 ", "here") == ranges.normalise(">=1.0,<2", "here") == ">=1.0,<2"
