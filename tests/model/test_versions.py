"""Semantic Versions and their form in wheels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.model import versions

numbers = st.integers(0, 999)
phases = st.one_of(
    st.just(""), st.tuples(st.sampled_from(["alpha", "beta", "rc"]), numbers).map(lambda p: f"-{p[0]}.{p[1]}")
)
locals_ = st.one_of(st.just(""), st.from_regex(r"\+[0-9a-z]{1,5}(\.[0-9a-z]{1,3})?", fullmatch=True))
semvers = st.builds(
    lambda a, b, c, phase, local: f"{a}.{b}.{c}{phase}{local}", numbers, numbers, numbers, phases, locals_
)


@given(semvers)
def test_a_version_comes_back_from_its_wheel_form_unchanged(version: str) -> None:
    assert versions.from_wheel(versions.to_wheel(version)) == version


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.0",
        "v1.0.0",
        "01.0.0",
        "1.0.0-",
        "1.0.0-alpha",
        "1.0.0-alpha.01",
        "1.0.0-x.1",
        "1.0.0+",
        "1.0.0.dev1",
        "1.0.0 ",
    ],
    ids=repr,
)
def test_anything_else_is_refused_with_what_was_given_and_what_was_expected(text: str) -> None:
    with pytest.raises(errors.InvalidVersion) as caught:
        versions.from_wheel(text, "[project] version")
    assert caught.value.facts["provided"] == text
    assert repr(text) in caught.value.message
    assert "MAJOR.MINOR.PATCH" in caught.value.message


@pytest.mark.parametrize(
    ("wheel", "version"),
    [("1.2.0rc1", "1.2.0-rc.1"), ("1.0.0a0", "1.0.0-alpha.0"), ("2.0.0b3+x", "2.0.0-beta.3+x")],
)
def test_a_pre_release_has_one_form_in_each_world(wheel: str, version: str) -> None:
    assert versions.from_wheel(wheel) == version
    assert versions.to_wheel(version) == wheel
