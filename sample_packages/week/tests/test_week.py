"""week beside either version of notes: its own page is always that of notes 1."""

import pytest
from peers_runtime import DependencyNotFound


@pytest.mark.parametrize("own", ["notes-1", "notes-2"])
def test_the_screen_is_made_with_notes_1_whatever_the_context_uses(peers_package, own):
    for name in ("notes-1", "charts", own):
        peers_package(f"../{name}")
    week = peers_package()
    personal = week.context
    personal.tools["add_note"](title="Call the bank")
    assert str(week.render("week").content).splitlines() == [
        "This week",
        "- Call the bank",
        "Call the bank ### 3",
        "made with the page of: notes 1.0.0 keeps a title and a body, all in one module",
    ]
    assert "<p>- Call the bank</p>" in week.html("week")
    assert personal.module("notes.store").describe().startswith(f"notes {own[-1]}.0.0")


def test_without_what_it_depends_on_it_is_refused(peers_package, peers_runtime):
    with pytest.raises(DependencyNotFound, match="which is not here"):
        peers_package()
    assert peers_runtime.packages() == []
