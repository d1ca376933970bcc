"""Hints on pages: commands as code, each with the page that does the same."""

from __future__ import annotations

import pytest

from peers_runtime.web.addresses import Addresses
from peers_runtime.web.hints import shown

HERE = Addresses("", "acme")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "peers list --context acme",
            '<code>peers list --context acme</code> (<a href="/c/acme/packages">Packages</a>)',
        ),
        (
            "look with: peers versions notes --context globex",
            (
                "look with: <code>peers versions notes --context globex</code> "
                '(<a href="/c/globex/packages/notes">notes in globex</a>)'
            ),
        ),
        ("take it from: peers versions NAME", "take it from: <code>peers versions NAME</code>"),
        (
            "peers contexts create acme, then: peers members set ada admin --context acme",
            (
                "<code>peers contexts create acme</code>, then: "
                "<code>peers members set ada admin --context acme</code> "
                '(<a href="/c/acme/members">Members</a>)'
            ),
        ),
        (
            "install it for itself: peers install SOURCE, or leave it out",
            (
                "install it for itself: <code>peers install SOURCE</code> "
                '(<a href="/c/acme/install">Install</a>), or leave it out'
            ),
        ),
        ("`peers pack` publishes what has changed", "<code>peers pack</code> publishes what has changed"),
        ("send a .whl, as peers pack makes it", "send a .whl, as peers pack makes it"),
        ("see who could: <b>", "see who could: &lt;b&gt;"),
        ("peers routes explain <b>", "<code>peers routes explain &lt;b&gt;</code>"),
        (
            "peers versions n --context <b>",
            (
                "<code>peers versions n --context &lt;b&gt;</code> "
                '(<a href="/c/%3Cb%3E/packages/n">n in &lt;b&gt;</a>)'
            ),
        ),
    ],
)
def test_a_command_is_code_with_its_page(text: str, expected: str) -> None:
    assert shown(text, HERE) == expected


def test_without_a_place_there_is_no_link() -> None:
    assert shown("peers list") == "<code>peers list</code>"
