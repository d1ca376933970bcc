"""The hooks of peers itself, project name `peers`.

What a package contributes is answered from its definition, as data; a package implements the three hooks
of a version's life only, in the module that `pkg.hooks` names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from peers_runtime.contributions.tool_context import ToolContext
    from peers_runtime.model.contributions import AppNav
    from peers_runtime.model.manifest import (
        ContractData,
        EventData,
        ObservableData,
        RouteData,
        TableData,
        ToolData,
        UIData,
    )
    from peers_runtime.model.workflows import AssistantData, WorkflowData

PROJECT = "peers"
LIFE = ("peers_activated", "peers_deactivating", "peers_dispose")

_hookspec = pluggy.HookspecMarker(PROJECT)

# A specification is its signature and its docstring; hence the bodies that type checkers find empty.


@_hookspec
def peers_routes() -> Sequence[RouteData]:  # type: ignore[empty-body]  # see above
    """The routes of each active version."""


@_hookspec(firstresult=True)
def peers_uis(peers_ui_id: str) -> UIData | None:
    """The UI with this id, from the version that contributes it."""


@_hookspec
def peers_app_navs() -> Sequence[AppNav]:  # type: ignore[empty-body]  # see above
    """The apps that each active version has in the launcher."""


@_hookspec
def peers_tools() -> Sequence[ToolData]:  # type: ignore[empty-body]  # see above
    """The tools of each active version."""


@_hookspec
def peers_tables() -> Sequence[TableData]:  # type: ignore[empty-body]  # see above
    """The tables of each active version."""


@_hookspec
def peers_observables() -> Sequence[ObservableData]:  # type: ignore[empty-body]  # see above
    """The observables of each active version."""


@_hookspec
def peers_events() -> Sequence[EventData]:  # type: ignore[empty-body]  # see above
    """The events of each active version."""


@_hookspec
def peers_workflows() -> Sequence[WorkflowData]:  # type: ignore[empty-body]  # see above
    """The workflows of each active version."""


@_hookspec
def peers_assistants() -> Sequence[AssistantData]:  # type: ignore[empty-body]  # see above
    """The assistants of each active version."""


@_hookspec
def peers_contracts() -> Sequence[ContractData]:  # type: ignore[empty-body]  # see above
    """The contracts that each active version provides."""


@_hookspec
def peers_activated(
    context: str, version: str, previous: str | None, data: Any, ctx: ToolContext | None
) -> None:
    """The version is now active in a context, or is used there for the first time in this process.

    `previous` is the version that it replaces. `data` is a dictionary with what the previous state of a
    working copy has handed over, see `peers_dispose`; it is empty at every other activation. When this
    raises, the previous version goes on; one that had disposed already is activated again, with its own data.

    `ctx` is what a tool of the version gets there, None outside of any context. What the version subscribes
    to by it ends when the version leaves the context.

    Other acts of the same runtime wait until this returns, so it must not wait for one of them that runs in
    another thread.
    """


@_hookspec
def peers_deactivating(context: str, version: str) -> None:
    """The version has left a context; requests that began on it may still be running."""


@_hookspec
def peers_dispose(data: dict[str, Any]) -> None:
    """No context uses the version any more: it should give up threads, files and whatever else it holds.

    When a working copy is reloaded, what is put into `data` goes to the `peers_activated` of its next state,
    which is called after this. Plain data, and objects of the standard library and of shared
    distributions, may go; what is, or leads to, a class, a function or an object of the package itself is
    left out and listed as a diagnostic, because it would keep this version in memory. Requests that began on
    this version may still be running. Other acts wait until this returns.
    """
