"""A definition's data as implementations of peers' own hooks."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import ref

import pluggy

from peers_runtime.base import errors
from peers_runtime.contributions import hookspecs
from peers_runtime.contributions.ports import Contributor
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

_hookimpl = pluggy.HookimplMarker(hookspecs.PROJECT)


class Declared:
    """One version as a plugin; each answer is read from its definition when it is asked for."""

    def __init__(self, version: Contributor) -> None:
        self._held = ref(version)  # weakly: pluggy's managers are reference cycles
        self._label = version.label

    @property
    def _version(self) -> Contributor:
        version = self._held()
        if version is None:
            raise errors.NoActiveVersion(
                f"{self._label} is no longer active anywhere", hint="ask the context again"
            )
        return version

    @_hookimpl
    def peers_routes(self) -> Sequence[RouteData]:
        return self._version.definition.routes

    @_hookimpl
    def peers_uis(self, peers_ui_id: str) -> UIData | None:
        return next((ui for ui in self._version.definition.uis if ui.peers_ui_id == peers_ui_id), None)

    @_hookimpl
    def peers_app_navs(self) -> Sequence[AppNav]:
        return self._version.definition.app_navs

    @_hookimpl
    def peers_tools(self) -> Sequence[ToolData]:
        return self._version.definition.tools

    @_hookimpl
    def peers_tables(self) -> Sequence[TableData]:
        return self._version.definition.tables

    @_hookimpl
    def peers_observables(self) -> Sequence[ObservableData]:
        return self._version.definition.observables

    @_hookimpl
    def peers_events(self) -> Sequence[EventData]:
        return self._version.definition.events

    @_hookimpl
    def peers_workflows(self) -> Sequence[WorkflowData]:
        return self._version.definition.workflows

    @_hookimpl
    def peers_assistants(self) -> Sequence[AssistantData]:
        return self._version.definition.assistants

    @_hookimpl
    def peers_contracts(self) -> Sequence[ContractData]:
        return self._version.definition.contracts
