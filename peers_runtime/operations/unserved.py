"""Consumers whose contract nobody provides, although no act was refused: a version became active by itself.

Looked for when somebody asks, so that it is listed at once, of every context, and gone once it is solved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.active import ActivePackage, State
from peers_runtime.model.diagnostic import Diagnostic
from peers_runtime.operations import contracts
from peers_runtime.rules import providing

if TYPE_CHECKING:
    from peers_runtime.model.catalog import PackageVersion
    from peers_runtime.model.manifest import ConsumedData, Definition
    from peers_runtime.operations.services import Services


class Unserved:
    """Of one runtime; what was found of a state is remembered as long as that is the engine's."""

    def __init__(self) -> None:
        self._state: State | None = None
        self._found: Sequence[Diagnostic] = ()

    def diagnostics(self, services: Services) -> Sequence[Diagnostic]:
        """One for each consumer and contract. Raises `CatalogUnreachable`."""
        state = services.engine.state
        with services.catalog.read() as reader:
            is_newest = state.sequence == reader.sequence()
        if not is_newest:
            state = services.catalog.state(services.device)
        if state is not self._state:
            began = {_what(one): one.at for one in self._found}
            found = [*_found(services, state)]
            self._found = [one.model_copy(update={"at": began.get(_what(one), one.at)}) for one in found]
            self._state = state
        return self._found


def _found(services: Services, state: State) -> Iterator[Diagnostic]:
    definitions = _Definitions(services)
    sets: dict[int, Sequence[tuple[ActivePackage, Definition]]] = {}
    for context_id, (_, position, _) in state.contexts.items():
        if position not in sets:
            active = [state.packages[number] for number in state.sets[position]]
            described = [(one, definitions[one.digest]) for one in active]
            sets[position] = [(one, definition) for one, definition in described if definition is not None]
        yield from _of_context(services, context_id, sets[position])


def _of_context(
    services: Services, context_id: str, active: Sequence[tuple[ActivePackage, Definition]]
) -> Iterator[Diagnostic]:
    if all(consumed.optional for _, definition in active for consumed in definition.consumes):
        return
    labelled = [(one.label, definition) for one, definition in active]
    records = contracts.records(services, context_id)
    offers, unfit = providing.offers(labelled, providing.shapes(labelled, records))
    for label, consumed, found in providing.consumers(labelled, offers, records.choices):
        if isinstance(found, providing.Missing) and not consumed.optional:
            named = consumed.contract_id, consumed.version
            reasons = [found.reason, *(one.reason for one in unfit if one.contract == named)]
            yield _diagnostic(services, context_id, label, consumed, reasons, active)


def _diagnostic(
    services: Services,
    context_id: str,
    label: str,
    consumed: ConsumedData,
    reasons: Sequence[str],
    active: Sequence[tuple[ActivePackage, Definition]],
) -> Diagnostic:
    running = {(one.package_id, one.digest) for one, _ in active}
    would = [
        one
        for one in contracts.would_provide(services, context_id, consumed.contract_id, consumed.version)
        if (one.package_id, one.snapshot_digest) not in running
        and (consumed.fallback or one.package_id in consumed.providers)
    ]
    known = ", ".join(f"{one.name} {one.version}" for one in would)
    return Diagnostic(
        code=errors.ConsumerUnserved.code,
        message=f"{label} consumes the contract {consumed.label}, and nobody provides it there now: "
        f"{'; '.join(reasons)}{f'; installed, and would provide it: {known}' if would else ''}",
        hint=_hint(would[-1] if would else None, label, context_id),
        subject=label,
        context_id=context_id,
        at=services.timestamp(),
    )


def _hint(would: PackageVersion | None, label: str, context_id: str) -> str:
    if would is not None:
        return f"peers activate {would.name} {would.version} --context {context_id}"
    name = label.partition("@")[0]
    return (
        f"peers install SOURCE --context {context_id}, of a package that provides it; "
        f"or: peers disable {name} --context {context_id}"
    )


class _Definitions(dict[str, "Definition | None"]):
    """By the digest of a snapshot; None where it cannot be read, which is said where it is used."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._snapshots = services.snapshots

    def __missing__(self, digest: str) -> Definition | None:
        try:
            found = self._snapshots.manifest(digest).definition
        except errors.StorageError:
            found = None
        self[digest] = found
        return found


def _what(one: Diagnostic) -> tuple[str, str | None, str]:
    return one.subject, one.context_id, one.message
