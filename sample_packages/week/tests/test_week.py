"""week beside either version of notes: its own page is always that of notes 1."""

from pathlib import Path

import pytest
from peers_runtime import DependencyNotFound, Runtime

PROJECT = Path(__file__).parents[1]
SAMPLES = PROJECT.parent


@pytest.fixture
def runtime():
    with Runtime.in_memory() as opened:
        yield opened


@pytest.mark.parametrize("own", ["notes-1", "notes-2"])
def test_the_screen_is_made_with_notes_1_whatever_the_context_uses(runtime, own):
    for name in ("notes-1", "charts", own):
        runtime.install(SAMPLES / name)
    runtime.install(PROJECT)
    personal = runtime.context()
    personal.tools["add_note"](title="Call the bank")
    shown = personal.render("week")
    assert shown.error is None
    assert str(shown.content).splitlines() == [
        "This week",
        "- Call the bank",
        "Call the bank ### 3",
        "made with the page of: notes 1.0.0 keeps a title and a body, all in one module",
    ]
    assert "<p>- Call the bank</p>" in shown.content.__html__()
    assert personal.module("notes.store").describe().startswith(f"notes {own[-1]}.0.0")


def test_without_what_it_depends_on_it_is_refused(runtime):
    with pytest.raises(DependencyNotFound, match="which is not here"):
        runtime.install(PROJECT)
    assert runtime.packages() == []
