"""Semantic Versions and their form in wheels."""

from __future__ import annotations

from itertools import pairwise

import pytest
import semver
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
        "1.0.0\n",
        "1\u0663.0.0",
        f"1.0.{'9' * 252}",
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


# from lowest to highest, as semver.org, section 11, has it
ORDER = [
    "0.0.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1-0",
    "1.0.1-1.9.9",
    "1.0.1-10",
    "1.0.1--",
    "1.0.1-A",
    "1.0.1-a",
    "1.0.1",
    "1.0.10",
    "1.2.0",
    "1.10.0",
    "2.0.0",
    "10.0.0",
]


def test_versions_are_ordered_as_semantic_versioning_says() -> None:
    assert all(versions.precedence(one) < versions.precedence(other) for one, other in pairwise(ORDER))


@pytest.mark.parametrize("version", ["1.0.0", "1.0.0-rc.1"])
def test_build_metadata_is_ignored(version: str) -> None:
    assert (
        versions.precedence(f"{version}+a.1")
        == versions.precedence(f"{version}+b")
        == versions.precedence(version)
    )


identifiers = st.one_of(
    st.integers(0, 30).map(str), st.from_regex(r"[0-9]?[a-cA-C-][0-9a-c-]?", fullmatch=True)
)
any_phases = st.lists(identifiers, max_size=3).map(lambda parts: "-" + ".".join(parts) if parts else "")
few = st.integers(0, 2)
any_semvers = st.builds(
    lambda a, b, c, phase, local: f"{a}.{b}.{c}{phase}{local}", few, few, few, any_phases, locals_
)


@given(any_semvers, any_semvers)
def test_the_order_is_that_of_the_semver_library(one: str, other: str) -> None:
    ours = (versions.precedence(one) > versions.precedence(other)) - (
        versions.precedence(one) < versions.precedence(other)
    )
    assert ours == semver.Version.parse(one).compare(other)


@given(semvers)
def test_every_version_that_is_accepted_has_its_place(version: str) -> None:
    parsed = versions.precedence(versions.check(version))
    assert version.startswith(f"{parsed.major}.{parsed.minor}.{parsed.patch}")


@pytest.mark.parametrize(
    "text", ["", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0-01", "1.0.0+", f"1.0.{'9' * 5000}"]
)
def test_what_is_no_version_has_no_place(text: str) -> None:
    with pytest.raises(errors.InvalidVersion):
        versions.precedence(text)
