"""The one spelling of data in bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import canonical

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=10,
)


def test_the_example_of_the_standard_is_spelt_as_it_says() -> None:
    data = json.loads(
        r"""{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
        }"""
    )
    assert (
        canonical.dumps(data)
        == (
            r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            r'"string":"€$\u000f\nA'
            r"'"
            r'B\"\\\\\"/"}'
        ).encode()
    )


def test_names_are_sorted_by_utf_16() -> None:
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\xf6"]
    spelt = json.loads(canonical.dumps(dict.fromkeys(names)))
    assert list(spelt) == ["\r", "1", "\x80", "\xf6", "\u20ac", "\U0001f600", "\ufb33"]


@given(plain)
def test_what_is_spelt_is_the_data(data: Any) -> None:
    assert json.loads(canonical.dumps(data)) == data


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), plain))
def test_the_order_of_names_makes_no_difference(data: dict[str, Any]) -> None:
    turned = dict(reversed(data.items()))
    assert canonical.dumps(turned) == canonical.dumps(data)
    assert canonical.digest(turned) == hashlib.sha256(canonical.dumps(data)).hexdigest()


@pytest.mark.parametrize(
    "data", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800", {1: 2}, {"a": b""}, [object()]]
)
def test_what_json_cannot_hold_exactly_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical.dumps(data)
