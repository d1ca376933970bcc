"""A small table of notes, as the tests of tables and their shapes want it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from peers_runtime.model.manifest import TableData
from tests.catalog import records

PACKAGE = records.an_id(1)


class Note(BaseModel):
    note_id: str
    title: str


def table(model: type[BaseModel], key: str = "note_id", version: int = 1, **fields: Any) -> TableData:
    return TableData(
        **{
            "table_id": records.an_id(7),
            "name": "Notes",
            "version": version,
            "primary_key": key,
            "row_schema": model.model_json_schema(),
            **fields,
        }
    )
