from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime.authoring.tables import Table
from peers_runtime.base import errors

ID = "0mwqffk1yugb2e7ml041psbwr"


class Limited(BaseModel):
    note_id: str
    limit: int


class Followed(BaseModel):
    note_id: str
    after: str


class Row(BaseModel):
    note_id: str
    title: str


def test_a_table_keeps_what_it_was_given_and_where() -> None:
    table = Table(table_id=ID, name="Notes", model=Row, primary_key="note_id", indexes=["title"], version=2)
    assert (table.name, table.primary_key, table.indexes, table.version) == (
        "Notes",
        "note_id",
        ("title",),
        2,
    )
    assert table.place.module == __name__
    assert table.place.file == __file__


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"primary_key": "id"}, "primary_key names 'id', but Row has no such field"),
        ({"indexes": ["title", "when"]}, "indexes names 'when'"),
        ({"indexes": "title"}, "indexes is the text 'title'"),
        ({"model": dict}, "not a pydantic model"),
        ({"model": Limited}, "Limited has a field 'limit'"),
        ({"model": Followed}, "Followed has a field 'after'"),
        ({"name": ""}, "needs a name"),
        ({"version": 0}, "not a positive integer"),
        ({"version": True}, "not a positive integer"),
    ],
)
def test_a_table_that_cannot_be_is_refused_where_it_is_written(wrong: dict[str, Any], said: str) -> None:
    right: dict[str, Any] = {"table_id": ID, "name": "Notes", "model": Row, "primary_key": "note_id"}
    with pytest.raises(errors.InvalidDefinition, match=said) as caught:
        Table(**{**right, **wrong})
    assert str(caught.value.facts["where"]).startswith(__file__)


def test_a_malformed_table_id_is_refused_with_its_place() -> None:
    with pytest.raises(errors.MalformedId, match=r"test_tables\.py:\d+: Table\.table_id"):
        Table(table_id="NOTES", name="Notes", model=Row, primary_key="note_id")
