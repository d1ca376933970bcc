"""Hearing of a table's changes, in the model of the version that wants to hear of them."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from peers_runtime.base import errors
from peers_runtime.contributions.ports import Contributor, TableRows
from peers_runtime.contributions.subscribers import Subscribers

if TYPE_CHECKING:
    from peers_runtime.contributions.tables import LoadedTable

Kind = Literal["insert", "update", "delete"]
Undo = Callable[[], None]


class Owners(NamedTuple):
    """How subscriptions belong to versions, in one context."""

    keep: Callable[[Contributor, Undo], Undo]
    """Lets a version hold its subscription's undo, and call it when the version leaves the context.

    Answers how to drop it, when it has been called before.
    """
    report: Callable[[Contributor, str, str], object]
    """(version, code, message): lists what its subscriber raised."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a subscriber is told: `row` is as it was stored, or as it was before a "delete"."""

    kind: Kind
    key: Any
    row: Any


def subscribe(
    loaded: LoadedTable,
    rows: TableRows,
    model_of: Callable[[dict[str, Any]], Any],
    callback: Callable[[RowChange], object],
    owners: Owners | None,
) -> Undo:
    """Tell the callback of every change from now on; answers with the undo.

    With `owners`, the version holds the callback and nothing else does: they go together. Without, it is told
    until it is taken back, and what it raises comes to who writes.
    """
    subscribers = Subscribers[Callable[[], RowChange]](partial(_failed, loaded, owners))

    def told(change: Callable[[], RowChange]) -> None:
        callback(change())

    subscribers.add(told)

    def heard(kind: Kind, load: Callable[[], dict[str, Any]]) -> None:
        def change() -> RowChange:
            row = model_of(load())
            return RowChange(kind, getattr(row, loaded.data.primary_key), row)

        subscribers.tell(change)

    if owners is None:
        return rows.data_changed(heard)
    hearing = _Hearing(heard)
    hears = weakref.ref(hearing)

    def heard_while_kept(kind: Kind, load: Callable[[], dict[str, Any]]) -> None:
        kept = hears()
        if kept is not None:
            kept.heard(kind, load)

    hearing.undo = rows.data_changed(heard_while_kept)
    weakref.finalize(hearing, hearing.undo).atexit = False
    hearing.drop = owners.keep(loaded.contributor, hearing.close)
    return hearing.close


class _Hearing:
    """Held by its version only, so that the two are freed together."""

    __slots__ = ("__weakref__", "drop", "heard", "undo")

    def __init__(self, heard: Callable[[Kind, Callable[[], dict[str, Any]]], None]) -> None:
        self.heard = heard
        self.undo: Undo = _nothing
        self.drop: Undo = _nothing

    def close(self) -> None:
        self.undo()
        self.drop()


def _nothing() -> None:
    """Until there is something to undo."""


def _failed(loaded: LoadedTable, owners: Owners | None, error: BaseException) -> None:
    if owners is None:
        raise error
    owners.report(
        loaded.contributor,
        errors.SubscriberFailed.code,
        f"a subscriber of the table {loaded.data.name!r} raised {type(error).__name__}: {error}",
    )
