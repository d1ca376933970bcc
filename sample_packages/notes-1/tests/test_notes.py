"""notes 1.0.0 in a runtime in memory."""

import pytest
from peers_runtime import InvalidInput


@pytest.fixture
def personal(peers_package):
    return peers_package().context


def test_a_note_that_was_added_is_listed_and_has_a_page(personal):
    note = personal.tools["add_note"](title="Buy milk", body="Two bottles")
    assert [kept.title for kept in personal.tools["list_notes"]().notes] == ["Buy milk"]
    assert str(personal.render("notes").content) == "My notes\n- Buy milk"
    assert str(personal.render(f"notes/{note.note_id}").content) == "Buy milk\nTwo bottles"


def test_what_a_note_says_is_escaped_in_html(personal):
    personal.tools["add_note"](title="<b>bold</b>")
    assert "&lt;b&gt;bold&lt;/b&gt;" in personal.render("notes").content.__html__()


def test_a_note_that_does_not_exist_is_said_so(personal):
    assert "no note missing" in str(personal.render("notes/missing").content)


def test_a_note_needs_a_title(personal):
    with pytest.raises(InvalidInput):
        personal.tools["add_note"](title="")
    assert personal.tools["list_notes"]().notes == []
