"""What must hold before a set of versions may be switched to."""

from __future__ import annotations

from collections.abc import Container, Generator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.contributions import conflicts, interrupts, registry
from peers_runtime.rules import providing

if TYPE_CHECKING:
    from peers_runtime.activation.active_set import ActiveSet
    from peers_runtime.activation.binding import Binding
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contributions.registry import HostSpecs
    from peers_runtime.model.manifest import ConsumedData


def no_conflicts(active: ActiveSet, new: Container[str]) -> None:
    """What the `new` versions (by label) contribute belongs to nobody else.

    Raises `ContributionConflict` naming both. Versions that cannot be read, and quarrels between others,
    are no concern of this act.
    """
    for conflict in conflicts.conflicts([(one.label, one.definition) for one in active.sound]):
        owners = conflict.facts["owners"]
        if isinstance(owners, list) and any(owner in new for owner in owners):
            raise conflict


def contracts(before: Binding, after: Binding, new: Container[str]) -> None:
    """Consumers have providers, and what the `new` versions (by label) claim to fulfil, they do.

    Raises `ContractNotFulfilled`, `ContractMissing` for a new consumer without a provider, and
    `ContractNeeded` for consumers that had one and would lose it. A claim on a contract of which the context
    knows nothing yet is listed; it counts once that is known.
    """
    if not any(_takes_part(one) for one in (*before.active.sound, *after.active.sound)):
        return
    providers, memory = after.providers, after.active.memory
    for claim in providers.unfit:
        if claim.label in new and claim.faults:
            raise errors.ContractNotFulfilled(
                claim.reason,
                hint="was: as the contract says; is: as the package says. Change the package, or its claim",
                contract=claim.contract[0],
                version=claim.contract[1],
                package=claim.label,
                faults=list(claim.faults),
            )
        if claim.label in new:
            hint = "it counts as soon as the context has a package of that contract"
            memory.report(errors.ContractNotFulfilled.code, claim.reason, hint, claim.label, after.context_id)
    lost: dict[str, list[str]] = {}
    had = {
        (label, consumed)
        for label, consumed, found in before.providers.consumers()
        if isinstance(found, providing.Provided)
    }
    for label, consumed, found in providers.consumers():
        if consumed.optional or isinstance(found, providing.Provided):
            continue
        if label in new:
            raise _missing(after, label, consumed, found)
        if (label, consumed) in had:
            lost.setdefault(consumed.label, []).append(label)
    if lost:
        words = "; ".join(f"{', '.join(users)} of {contract}" for contract, users in lost.items())
        claims = [one.reason for one in providers.unfit if providing.written(one.contract) in lost]
        raise errors.ContractNeeded(
            "; ".join(
                [
                    f"context {after.context_id!r} would leave without a provider the consumers {words}",
                    *claims,
                ]
            ),
            hint="give the context another provider first, or disable those: peers disable NAME",
            context=after.context_id,
            consumers=sorted({user for users in lost.values() for user in users}),
        )


def references(after: Binding, new: Container[str]) -> None:
    """What workflows and assistants of the `new` versions (by label) name is there.

    Raises `UnknownReference` and `CircularWorkflow`, of tools of contracts also `InvalidRunner`. A contract
    that nobody provides and that is optional is passed over.
    """
    from peers_runtime.activation import references

    for version in after.active.sound:
        definition = version.definition
        if version.label in new and (definition.workflows or definition.assistants):
            references.check(version, after.providers)


def starts(version: ActiveVersion, specs: Sequence[HostSpecs]) -> None:
    """Its hooks fit the host's, and its definition and routes import.

    Raises `InvalidHook`, or `ActivationFailed` with the package's own error as its cause.
    """
    definition = version.definition
    registry.check(version, specs)
    with _own_faults(version):
        version.realm.load(definition.reference)
        if definition.routes_module is not None:
            version.realm.module(definition.routes_module)


def takes_over(
    version: ActiveVersion, previous: ActiveVersion | None, data: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Its `peers_activated` returns, for the current context. Raises `ActivationFailed` as `starts`."""
    with _own_faults(version):
        version.announce(previous.package.version if previous is not None else None, data)


def _takes_part(version: ActiveVersion) -> bool:
    definition = version.definition
    return bool(definition.consumes) or any(one.also_implements for one in definition.contracts)


def _missing(
    after: Binding, label: str, consumed: ConsumedData, found: providing.Missing
) -> errors.ContractMissing:
    would = after.active.memory.would_provide(after.context_id, consumed.contract_id, consumed.version)
    return errors.ContractMissing(
        f"{label} consumes the contract {consumed.label}: {found.reason}",
        hint=f"activate first what would provide it: {', '.join(would)}"
        if would
        else "install first a package that provides it, or let it be optional=True",
        contract=consumed.contract_id,
        version=consumed.version,
        package=label,
        would_provide=list(would),
    )


@contextmanager
def _own_faults(version: ActiveVersion) -> Generator[None]:
    try:
        yield
    except errors.PeersError:
        raise
    except BaseException as error:
        if interrupts.is_interrupt(error):
            raise
        shown = version.logical(f"{type(error).__name__}: {error}")
        raise errors.ActivationFailed(
            f"{version.label} could not be started: {shown}",
            hint="mend the package and install it again; what was active before is still serving",
            package=version.name,
            version=version.package.version,
        ) from error
