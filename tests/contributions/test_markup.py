"""What stands in HTML for a UI: its own HTML, its text escaped, or a card."""

from __future__ import annotations

import pytest

from peers_runtime.contributions.uis import ErrorCard, Rendered


def rendered(content: object, error: ErrorCard | None = None) -> Rendered:
    return Rendered("a" * 25, "notes", "1.0.0", "html", content, error)


class Page:
    def __html__(self) -> str:
        return "<h1>Notes</h1>"


class Broken:
    def __html__(self) -> str:
        raise ValueError("<no ink>")


class Stops:
    def __html__(self) -> str:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("content", "html"),
    [
        (Page(), "<h1>Notes</h1>"),
        ("<b>&", "&lt;b&gt;&amp;"),
        (3, "3"),
        (None, ""),
    ],
)
def test_content_is_html_that_can_stand_inside_of_other_html(content: object, html: str) -> None:
    assert rendered(content).__html__() == html


def test_an_error_is_a_card_that_holds_nothing_unescaped() -> None:
    card = ErrorCard("P0206", "<script>", "<hint>", "no<tes", "1.0.0", "a" * 25)
    html = rendered(None, card).__html__()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;hint&gt;" in html
    assert "no&lt;tes 1.0.0 could not show this" in html
    assert "Try again" in html
    assert "Try again" not in rendered(None, ErrorCard("P", "m", "", "n", "v", "i", retry=False)).__html__()


def test_what_fails_to_say_its_html_is_a_card() -> None:
    html = rendered(Broken()).__html__()
    assert "ValueError while it was shown: &lt;no ink&gt;" in html


def test_an_interrupt_has_no_card() -> None:
    with pytest.raises(KeyboardInterrupt):
        rendered(Stops()).__html__()
