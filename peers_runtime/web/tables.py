"""The rows that active packages keep in a context, some at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import to_jsonable_python
from starlette.responses import Response

from peers_runtime.web import answers
from peers_runtime.web.visit import Visit

if TYPE_CHECKING:
    from peers_runtime.model.manifest import TableData

_ROWS: Final = 50  # on a page
_WIDEST: Final = 200  # characters of a value


@dataclass(frozen=True)
class Kept:
    """A table, and how many rows it has."""

    full_name: str
    data: TableData
    count: int


def tables(visit: Visit) -> Response:
    """Every table of the active versions."""
    found = [Kept(name, table.data, table.count()) for name, table in visit.handle.tables.items()]
    return answers.page("tables.html", visit=visit, tables=found)


def rows(visit: Visit) -> Response:
    """The rows of one table by primary key, those after `after`. Only reads."""
    after = visit.request.query_params.get("after")
    with visit.handle:
        table = visit.handle.tables[visit.request.path_params["table_id"]]
        found = table.list(limit=_ROWS + 1, after=after)
        told = [to_jsonable_python(row.model_dump(mode="json", by_alias=False)) for row in found[:_ROWS]]
        data: TableData = table.data
    columns = list(data.row_schema.get("properties", {}))
    return answers.page(
        "rows.html",
        visit=visit,
        table=data,
        columns=columns,
        rows=[[_said(row.get(column)) for column in columns] for row in told],
        after=after,
        following=_key(told[-1].get(data.primary_key)) if len(found) > _ROWS else None,
    )


def _said(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


def _key(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
