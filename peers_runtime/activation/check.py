"""What must hold before a set of versions may be switched to."""

from __future__ import annotations

from collections.abc import Container, Generator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.contracts import registry as contract_registry
from peers_runtime.contributions import conflicts, interrupts, registry
from peers_runtime.rules import providing

if TYPE_CHECKING:
    from peers_runtime.activation.active_set import ActiveSet
    from peers_runtime.activation.binding import Binding
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contracts.registry import Moved, Providers
    from peers_runtime.contributions.registry import HostSpecs
    from peers_runtime.model.manifest import ConsumedData
    from peers_runtime.rules.providing import Unfit


def together(before: Binding, after: Binding) -> Sequence[Unfit]:
    """What the versions of `after` contribute belongs to one of them only, and consumers have providers.

    Versions that cannot be read, and quarrels between those that run already, are no concern of an act.
    Raises `ContributionConflict` naming both, `ContractNotFulfilled` for a new version's claim that does not
    hold, `ContractMissing` for a new consumer without a provider, and `ContractNeeded` for consumers that had
    one and would lose it; for what workflows and assistants of new versions name `UnknownReference` and
    `CircularWorkflow`, of tools of contracts also `InvalidRunner`. Answers with the new versions' claims on
    contracts of which the context knows nothing yet: each counts once that is known.
    """
    running = {version.package.key for version in before.versions.values()}
    new = {one.label for one in after.versions.values() if one.package.key not in running}
    _no_conflicts(after.active, new)
    unknown: Sequence[Unfit] = ()
    if any(_takes_part(one) for one in (*before.active.sound, *after.active.sound)):
        unknown = _claims(after.providers, new)
        _consumers(before, after, new)
    _references(after, new)
    return unknown


def moved(before: Binding, after: Binding) -> Sequence[Moved]:
    """The consumers that would get a contract from another package, as far as `together` came to ask."""
    then, now = before.known_providers, after.known_providers
    return [] if then is None or now is None else [*contract_registry.moved(then, now)]


def list_claim(claim: Unfit, of: Binding) -> None:
    """Say that nobody knows yet whether it holds."""
    hint = "it counts as soon as the context has a package of that contract"
    of.active.memory.report(errors.ContractNotFulfilled.code, claim.reason, hint, claim.label, of.context_id)


def lost(before: Providers, after: Providers) -> Mapping[str, Sequence[str]]:
    """The consumers, by contract, that have a provider before and none after, and are in both."""
    had = {
        (label, consumed)
        for label, consumed, found in before.consumers()
        if isinstance(found, providing.Provided)
    }
    found: dict[str, list[str]] = {}
    for label, consumed, whom in after.consumers():
        is_served = consumed.optional or isinstance(whom, providing.Provided)
        if not is_served and (label, consumed) in had:
            found.setdefault(consumed.label, []).append(label)
    return found


def refuse_loss(context_id: str, before: Providers, after: Providers) -> None:
    """Raises `ContractNeeded` when consumers would lose their provider."""
    losing = lost(before, after)
    if losing:
        consumers = sorted({user for users in losing.values() for user in users})
        words = "; ".join(f"{', '.join(users)} of {contract}" for contract, users in losing.items())
        claims = [one.reason for one in after.unfit if providing.written(one.contract) in losing]
        raise errors.ContractNeeded(
            "; ".join(
                [f"context {context_id!r} would leave without a provider the consumers {words}", *claims]
            ),
            hint="give the context another provider first, or disable those, before or in one act: "
            f"peers disable {' '.join(sorted({user.partition('@')[0] for user in consumers}))}",
            context=context_id,
            consumers=consumers,
        )


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


def _no_conflicts(active: ActiveSet, new: Container[str]) -> None:
    for conflict in conflicts.conflicts([(one.label, one.definition) for one in active.sound]):
        owners = conflict.facts["owners"]
        if isinstance(owners, list) and any(owner in new for owner in owners):
            raise conflict


def _claims(providers: Providers, new: Container[str]) -> Sequence[Unfit]:
    """Those of new versions on contracts of which nobody knows. Raises for one that does not hold."""
    of_new = [claim for claim in providers.unfit if claim.label in new]
    for claim in of_new:
        if claim.faults:
            raise errors.ContractNotFulfilled(
                claim.reason,
                hint="was: as the contract says; is: as the package says. Change the package, or its claim",
                contract=claim.contract[0],
                version=claim.contract[1],
                package=claim.label,
                faults=list(claim.faults),
            )
    return of_new


def _consumers(before: Binding, after: Binding, new: Container[str]) -> None:
    for label, consumed, found in after.providers.consumers():
        if label in new and isinstance(found, providing.Missing) and not consumed.optional:
            raise _missing(after, label, consumed, found)
    refuse_loss(after.context_id, before.providers, after.providers)


def _references(after: Binding, new: Container[str]) -> None:
    for version in after.active.sound:
        definition = version.definition
        if version.label in new and (definition.workflows or definition.assistants):
            from peers_runtime.activation import references

            references.check(version, after.providers)


def _takes_part(version: ActiveVersion) -> bool:
    definition = version.definition
    return bool(definition.consumes) or any(one.also_implements for one in definition.contracts)


def _missing(
    after: Binding, label: str, consumed: ConsumedData, found: providing.Missing
) -> errors.ContractMissing:
    would = after.active.memory.would_provide(after.context_id, consumed.contract_id, consumed.version)
    return errors.ContractMissing(
        f"{label} consumes the contract {consumed.label}: {found.reason}",
        hint=f"activate first, or in the same act, what would provide it: {', '.join(would)}"
        if would
        else "install first a package that provides it, or both in one act: peers install SOURCE SOURCE; "
        "or let it be optional=True",
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
