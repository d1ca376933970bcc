"""letters with its own parser, which a package index has."""

import importlib.util
from pathlib import Path

import pytest
from peers_runtime import Runtime

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def runtime():
    with Runtime.in_memory() as opened:
        opened.install(PROJECT)
        yield opened


def test_a_letter_is_html_for_a_browser_and_text_for_a_terminal(runtime):
    letter = runtime.context().render("letters").content
    assert letter.__html__().splitlines() == ["<h1>Dear reader</h1>", "<p>This is <em>short</em>.</p>"]
    assert str(letter).startswith("# Dear reader")


def test_tags_in_a_letter_are_escaped(runtime):
    letter = runtime.context().render("letters", props={"text": "<script>"}).content
    assert "<script>" not in letter.__html__()


def test_nobody_else_sees_the_parser(runtime):
    assert importlib.util.find_spec("mistune") is None
    assert [(use.name, use.used_by) for use in runtime.private_uses()] == [
        ("mistune", ("letters@1.0.0 in personal",))
    ]
