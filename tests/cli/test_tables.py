"""`peers tables`: which there are, and their rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import postgres
from tests.cli.running import Ran

Peers = Callable[..., Ran]


@pytest.fixture
def filled(peers: Peers) -> Peers:
    """Three notes in acme."""
    for title in ("milk", "bread", "milk"):
        peers("tools", "run", "notes:add_note", f'{{"title": "{title}"}}', "-c", "acme", "--json").data  # noqa: B018  # checks it
    return peers


def test_tables_are_listed_with_their_rows_counted(filled: Peers) -> None:
    (notes,) = filled("tables", "-c", "acme", "--json").data
    assert (notes["name"], notes["package"], notes["rows"], notes["version"]) == ("Notes", "notes", 3, 1)
    assert notes["columns"] == ["note_id", "body", "title"]
    header, line = filled("tables", "list", "-c", "acme").out.splitlines()
    assert header.split() == ["NAME", "PACKAGE", "VERSION", "ROWS", "PRIMARY", "KEY"]
    assert line.split() == ["Notes", "notes", "1", "3", "note_id"]
    assert filled("tables", "-c", "personal").out == "no tables in personal\n"


def test_rows_are_shown_page_by_page(filled: Peers) -> None:
    every = filled("tables", "show", "Notes", "-c", "acme", "--json").data
    assert sorted(row["title"] for row in every["rows"]) == ["bread", "milk", "milk"]
    assert every["after"] is None
    first = filled("tables", "show", "notes:Notes", "--limit", 2, "-c", "acme", "--json").data
    rest = filled("tables", "show", "Notes", "--after", first["after"], "-c", "acme", "--json").data
    assert first["rows"] + rest["rows"] == every["rows"]
    text = filled("tables", "show", "Notes", "--limit", 2, "-c", "acme").out.splitlines()
    assert text[0].split() == ["NOTE_ID", "BODY", "TITLE"]
    assert text[-1] == f"there are more: --after {first['after']}"


def test_only_rows_that_equal_what_is_asked_for_are_shown(filled: Peers) -> None:
    shown = filled("tables", "show", "Notes", "-w", "title=milk", "-w", "body=", "-c", "acme", "--json").data
    assert [row["title"] for row in shown["rows"]] == ["milk", "milk"]
    none = filled("tables", "show", "Notes", "--where", "title=beer", "-c", "acme")
    assert (none.code, none.out) == (0, "no such rows in Notes\n")


def test_what_cannot_be_asked_is_said(filled: Peers) -> None:
    for words, said in (
        (("Nots",), "P0506"),
        (("Notes", "--where", "title"), "P0901"),
        (("Notes", "--where", "size=3"), "P0507"),
    ):
        ran = filled("tables", "show", *words, "-c", "acme", "--json")
        assert ran.code != 0
        assert ran.error["code"] == said
        assert ran.error["hint"]


@pytest.mark.postgres
def test_rows_lie_where_the_option_says(peers: Peers, postgres_server: postgres.Server) -> None:
    url = postgres_server.new_database()
    words = ("tools", "run", "notes:add_note", '{"title": "milk"}', "-c", "acme")
    assert peers("--data", url, *words).code == 0
    (there,) = peers("tables", "-c", "acme", "--data", url, "--json").data
    (here,) = peers("tables", "-c", "acme", "--json").data
    assert (there["rows"], here["rows"]) == (1, 0)
    refused = peers("tables", "-c", "acme", "--data", "rows.sqlite")
    assert "error[P0901]" in refused.err
