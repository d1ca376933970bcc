"""charts in a runtime in memory: what is broken stays where it is."""

import pytest


@pytest.fixture
def personal(peers_package):
    return peers_package().context


def test_the_bars_are_drawn(personal):
    rendered = personal.render("charts", props={"values": {"a": 1, "bc": 3}})
    assert rendered.error is None
    assert str(rendered.content) == "a  # 1\nbc ### 3"


@pytest.mark.parametrize(
    ("path", "what"), [("charts/pie", "ZeroDivisionError"), ("charts/gauge", "not connected")]
)
def test_a_broken_chart_is_an_error_card_and_the_bars_go_on(personal, path, what):
    card = personal.render(path).error
    assert card is not None
    assert (card.package, card.version) == ("charts", "1.0.0")
    assert what in card.message
    assert personal.render("charts").error is None


def test_values_that_are_no_numbers_are_refused_in_place(personal):
    card = personal.render("charts", props={"values": {"a": "many"}}).error
    assert card is not None
    assert card.code == "P0205"
