"""notes 2.0.0 in a runtime in memory."""

import pytest
from peers_runtime import InvalidInput


@pytest.fixture
def personal(peers_package):
    return peers_package().context


@pytest.fixture
def add(personal):
    return personal.tools["add_note"]


def titles(notes):
    return [note.title for note in notes]


def test_important_notes_come_first(personal, add):
    add(title="Apples")
    add(title="Zip code", priority="high")
    assert titles(personal.tools["list_notes"]().notes) == ["Zip code", "Apples"]
    assert "* ! Zip code\n* Apples" in str(personal.render("notes").content)


def test_notes_are_listed_by_tag(personal, add):
    add(title="Report", tags=["work"])
    add(title="Milk", tags=["home"])
    assert titles(personal.tools["list_notes"](tag="work").notes) == ["Report"]


def test_a_path_that_names_a_tag_shows_the_notes_under_it(personal, add):
    add(title="Report", tags=["work"])
    add(title="Milk", tags=["home"])
    page = str(personal.render("notes/tag-work").content)
    assert "Report #work" in page
    assert "Milk" not in page


def test_every_other_path_below_notes_shows_a_note(personal, add):
    note = add(title="Report", text="Due on Friday", tags=["work"])
    assert "Due on Friday" in str(personal.render(f"notes/{note.note_id}").content)


def test_search_finds_words_in_title_text_and_tags(personal, add):
    add(title="Report", text="Due on Friday", tags=["work"])
    add(title="Milk")
    found = str(personal.render("notes/search", props={"words": "friday work"}).content)
    assert "Report" in found
    assert found.endswith("1 found")


def test_the_body_of_1_0_0_is_called_text_now(add):
    with pytest.raises(InvalidInput, match="body"):
        add(title="Milk", body="Two bottles")
