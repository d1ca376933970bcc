"""Permanent ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import errors, ids

moments = st.integers(0, 36**9 - 1)
entropies = st.integers(0, 2**83)


@given(moments, entropies)
def test_what_is_made_is_an_id(moment: int, entropy: int) -> None:
    assert ids.is_id(ids.make(moment, entropy))


@given(moments, moments, entropies, entropies)
def test_ids_sort_by_the_time_they_were_made(first: int, second: int, one: int, other: int) -> None:
    if first < second:
        assert ids.make(first, one) < ids.make(second, other)


@pytest.mark.parametrize(
    "text", ["", "abc", "A" * 25, "a" * 24, "a" * 26, "a" * 24 + "-", None, 7, "ä" * 25], ids=repr
)
def test_a_malformed_id_is_refused_with_the_place_it_was_written(text: object) -> None:
    with pytest.raises(
        errors.MalformedId, match=r"Route\.peers_ui_id is .*25 characters.*\[P0102\]"
    ) as caught:
        ids.check(text, "Route.peers_ui_id")
    assert caught.value.facts["field"] == "Route.peers_ui_id"
    assert caught.value.hint == "make one with: peers id"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *((one, True) for one in ("a", "7", "Acme-Ltd_2.0", "a" * 64)),
        *(
            (one, False)
            for one in ("", "../etc", ".a", "-a", "_a", "a/b", "a b", "é", "a\n", "a" * 65, None, 7)
        ),
    ],
)
def test_what_can_be_the_id_of_a_context(text: object, is_one: bool) -> None:
    assert ids.is_context_id(text) is is_one
