"""Every id has one owner in a context: found before a set of versions becomes active. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from peers_runtime.base import errors
from peers_runtime.model.manifest import Definition


def check(versions: Sequence[tuple[str, Definition]]) -> None:
    """Raises the first of `conflicts`."""
    for conflict in conflicts(versions):
        raise conflict


def conflicts(versions: Sequence[tuple[str, Definition]]) -> list[errors.ContributionConflict]:
    """One error for each id that two of the versions, given as (label, definition), contribute."""
    owners: dict[tuple[str, str], str] = {}
    found: list[errors.ContributionConflict] = []
    for label, definition in versions:
        for key, name in _ids(definition):
            first = owners.setdefault(key, label)
            if first != label:
                kind, contributed = key
                found.append(
                    errors.ContributionConflict(
                        f"{label} and {first} both contribute a {kind} with the id {contributed} ({name!r})",
                        hint=f"make a new id with: peers id; or: peers disable {label.partition('@')[0]}",
                        kind=kind,
                        id=contributed,
                        owners=[first, label],
                    )
                )
    return found


def _ids(definition: Definition) -> Iterator[tuple[tuple[str, str], str]]:
    """((kind, id), name) of everything that must be unique, each once."""
    yield from {("UI", ui.peers_ui_id): ui.name for ui in definition.uis}.items()
    for tool in definition.tools:
        yield ("tool", tool.tool_id), tool.name
    for table in definition.tables:
        yield ("table", table.table_id), table.name
    for observable in definition.observables:
        yield ("observable", observable.observable_id), observable.name
    for event in definition.events:
        yield ("event", event.event_id), event.name
    for variable in definition.variables:
        yield ("variable", variable.variable_id), variable.name
    for workflow in definition.workflows:
        yield ("workflow", workflow.workflow_id), workflow.name
    for assistant in definition.assistants:
        yield ("assistant", assistant.assistant_id), assistant.name
    for contract in definition.contracts:
        yield ("contract", contract.contract_id), contract.name
