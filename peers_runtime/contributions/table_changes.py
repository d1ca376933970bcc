"""Hearing of a table's changes, in the model of the version that judges them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from peers_runtime.contributions.hearing import Hearing
from peers_runtime.contributions.ports import RowTold, TableRows
from peers_runtime.model.manifest import TableData

if TYPE_CHECKING:
    from peers_runtime.contributions.tables import LoadedTable

OpenRows = Callable[[str, TableData], TableRows]
"""(package id, table) → its rows in the context."""

Kind = Literal["insert", "update", "delete"]


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a subscriber is told: `row` is as it was stored, or as it was before a "delete"."""

    kind: Kind
    key: Any
    row: Any


def subscribe(
    loaded: LoadedTable,
    rows: TableRows,
    open_rows: OpenRows,
    hearing: Hearing[LoadedTable],
    callback: Callable[[RowChange], object],
) -> Callable[[], None]:
    """Tell the callback of every change from now on; answers with the undo."""
    judge = hearing.judge(loaded, loaded.data.table_id)

    def told(change: RowTold) -> None:  # holds no version, unless it is the subscriber's own
        judged = judge()
        if judged is None:
            return
        stored = open_rows(judged.contributor.definition.package_id, judged.data).told(change.stored)
        row = judged.give(stored)
        callback(RowChange(change.kind, getattr(row, judged.data.primary_key), row))

    return hearing.subscribe(f"the table {loaded.data.name!r}", told, rows.data_changed)
