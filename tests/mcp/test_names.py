"""What clients call a tool: one name for each, whatever else there is."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.mcp import names

WORDS = st.from_regex(r"[^\W\d]\w*", fullmatch=True).filter(str.isidentifier)
TOOLS = st.tuples(WORDS.filter(lambda name: name != names.PLATFORM), WORDS)


def test_a_name_says_package_and_tool() -> None:
    assert names.listed("notes", "add_note") == "notes-add_note"
    assert names.listed("peers", "promote-package-version") == "promote-package-version"


@given(TOOLS, TOOLS)
def test_two_tools_never_have_one_name(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (names.listed(*one) == names.listed(*other)) == (one == other)


@given(TOOLS)
def test_every_clienttakes_it(tool: tuple[str, str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", names.listed(*tool))


def test_no_package_can_take_the_name_of_the_platform() -> None:
    assert names.listed("promote", "package_version") != "promote-package-version"
    assert names.listed("été", "à") != names.listed("ete", "a")
    assert names.listed("a" * 40, "b" * 40) != names.listed("a" * 40, "b" * 41)
