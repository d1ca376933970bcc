"""A requirement asks for more when what met those before might not meet it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version

from peers_runtime.rules import requirements
from peers_runtime.snapshots.requirements import normalise

MET = [
    ("httpx", "httpx"),
    ("httpx>=1", "httpx"),
    ("httpx>=1.2", "httpx>=1"),
    ("httpx>1", "httpx>=1.0"),
    ("httpx<2", "httpx<=2"),
    ("httpx<2", "httpx<3"),
    ("httpx<3,>=2", "httpx>=1.9"),
    ("httpx[http2]", "httpx"),
    ("httpx", 'httpx; os_name == "nt"'),
    ('httpx>=2; os_name == "nt"', 'httpx>=1; os_name == "nt"'),
    ("httpx @ https://example.com/httpx.whl", "httpx @ https://example.com/httpx.whl"),
]
ASKED = [
    ("", "httpx"),
    ("anyio", "httpx"),
    ("httpx", "httpx>=1"),
    ("httpx>=1", "httpx>=1.2"),
    ("httpx>=1", "httpx>1"),
    ("httpx<3", "httpx<2"),
    ("httpx>=2", "httpx<3,>=2"),
    ("httpx>=2", "httpx==2.1"),
    ("httpx", "httpx[http2]"),
    ('httpx; os_name == "nt"', "httpx"),
    ('httpx; os_name == "nt"', 'httpx; os_name == "posix"'),
    ("httpx", "httpx @ https://example.com/httpx.whl"),
]


@pytest.mark.parametrize(("before", "after"), MET)
def test_what_was_met_already_is_not_newly_asked(before: str, after: str) -> None:
    assert requirements.newly_asked(normalise([before], ""), normalise([after], "")) == ()


@pytest.mark.parametrize(("before", "after"), ASKED)
def test_whatever_might_not_be_met_is_newly_asked(before: str, after: str) -> None:
    known, wanted = normalise(filter(None, [before]), ""), normalise([after], "")
    assert requirements.newly_asked(known, wanted) == wanted


def test_only_what_is_newly_asked_is_named_in_order() -> None:
    before, after = ("anyio", "httpx>=1"), ("anyio", "zstd", "httpx>=2")
    assert requirements.newly_asked(before, after) == ("httpx>=2", "zstd")


releases = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
clauses = st.builds("".join, st.tuples(st.sampled_from([">=", ">", "<", "<=", "==", "!="]), releases))
ranges = st.lists(clauses, max_size=2).map(lambda one: normalise(["httpx" + ",".join(one)], ""))


@given(ranges, ranges, st.lists(releases, min_size=1, max_size=9))
def test_every_release_that_was_good_enough_still_is_when_nothing_is_newly_asked(
    before: tuple[str, ...], after: tuple[str, ...], known: list[str]
) -> None:
    if requirements.newly_asked(before, after):
        return
    was, now = Requirement(before[0]).specifier, Requirement(after[0]).specifier
    assert all(Version(one) in now for one in known if Version(one) in was)
