"""Contracts in a context: what is on record of them, who provides and consumes them, and whom it chooses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from peers_runtime.activation import check
from peers_runtime.base import errors
from peers_runtime.contracts.registry import Providers, moved
from peers_runtime.model.catalog import Package, PackageVersion, ProviderChoice
from peers_runtime.model.contracts import Claimant, Consumer, Contract, Offered
from peers_runtime.model.decision import Decision, Effect
from peers_runtime.operations import access
from peers_runtime.operations.effects import of_consumer
from peers_runtime.operations.plan import catch_up
from peers_runtime.rules import providing
from peers_runtime.rules.permissions import Act
from peers_runtime.rules.providing import ContractRecords, Named, Provided, written

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.model.manifest import Definition
    from peers_runtime.operations.services import Services


def records(services: Services, context_id: str) -> ContractRecords:
    """The shapes that are frozen in a context, and the providers that it has chosen."""
    with services.catalog.read() as reader:
        return _records(reader, context_id)


def would_provide(
    services: Services, context_id: str, contract_id: str, version: int
) -> Sequence[PackageVersion]:
    """The versions stored in a context that say they provide a contract; claims are not judged."""
    return [
        one
        for one, definition in stored(services, context_id)
        if not one.yanked
        and one.device_id in (None, services.device)
        and any((contract_id, version) in providing.claimed(contract) for contract in definition.contracts)
    ]


def stored(services: Services, context_id: str) -> Iterator[tuple[PackageVersion, Definition]]:
    """Every version that a context stores and whose snapshot is here, those of later versions later."""
    with services.catalog.read() as reader:
        found = [
            version
            for package in reader.packages(context_id)
            for version in reader.versions(context_id, package.package_id)
        ]
    for version in found:
        if services.snapshots.has(version.snapshot_digest):
            yield version, services.snapshots.manifest(version.snapshot_digest).definition


def listed(services: Services, context_id: str) -> Sequence[Contract]:
    """Every contract that active versions provide, claim or consume, or that is frozen; by id and version.

    Raises `UnknownContext` or `RoleTooLow`.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, services.actor, Act.READ)
    binding = services.engine.binding(context_id)
    providers = Providers([*binding.active.sound], records(services, context_id))
    definitions = [
        *(definition for _, definition in stored(services, context_id)),
        *(version.definition for version in binding.active.sound),
    ]
    names = {one.contract_id: one.name for definition in definitions for one in definition.contracts}
    consumers = list(providers.consumers())
    found = {
        *(one.contract for one in providers.offers),
        *(one.contract for one in providers.unfit),
        *((consumed.contract_id, consumed.version) for _, consumed, _ in consumers),
        *providers.records.frozen,
        *providers.records.seen,
        *providers.records.choices,
    }
    return [_contract(named, names.get(named[0]), providers, consumers) for named in sorted(found)]


def shown(services: Services, context_id: str, which: str) -> tuple[Contract, Mapping[str, Any] | None]:
    """One contract with its shape, None while nobody has shown it. `which`: `NAME`, `ID`, either with `@N`.

    Without a version it is the highest. Raises `UnknownContract`.
    """
    everything = listed(services, context_id)
    chosen = find(everything, which, context_id)
    return chosen, known_shapes(services, context_id).get((chosen.contract_id, chosen.version))


def known_shapes(services: Services, context_id: str) -> Mapping[Named, Mapping[str, Any]]:
    """The shapes that are frozen in a context, those of active versions, and those that it remembers."""
    binding = services.engine.binding(context_id)
    definitions = [(one.label, one.definition) for one in binding.active.sound]
    return providing.shapes(definitions, records(services, context_id))


def find(known: Iterable[Contract], which: str, context_id: str) -> Contract:
    """The contract that a person names, see `shown`."""
    known = list(known)
    name, at, number = which.rpartition("@") if "@" in which else (which, "", "")
    found = [one for one in known if name in (one.contract_id, one.name)]
    if at:
        found = [one for one in found if str(one.version) == number]
    if len({one.contract_id for one in found}) == 1:
        return max(found, key=lambda one: one.version)
    if found:
        raise errors.UnknownContract(
            f"{name!r} names several contracts in context {context_id!r}",
            hint=f"name one by its id: {', '.join(sorted({one.label for one in found}))}",
            contract=which,
        )
    there = [one.label for one in known] + [f"{one.name}@{one.version}" for one in known if one.name]
    raise errors.UnknownContract(
        f"context {context_id!r} knows no contract {which!r}{access.near(which, there)}",
        hint=f"peers contracts list --context {context_id}",
        contract=which,
        known=there,
    )


def choose_provider(
    services: Services,
    which: str,
    provider: str | None,
    context_id: str,
    actor: str,
    *,
    dry_run: bool = False,
) -> Decision:
    """Let a context's consumers of a contract get it from one package; None: as they prefer again.

    What is under way ends on the old provider, subscriptions move. Raises `UnknownContract`,
    `UnknownPackage`, `RoleTooLow`, `ContractMissing` for a package that does not provide it now, and
    `ContractNeeded` when a consumer takes no other than the chosen one.
    """
    with services.engine.acts:
        with services.catalog.read() as reader:
            access.authorise(reader, context_id, actor, Act.CHOOSE_PROVIDER)
            package = None if provider is None else access.package(reader, context_id, provider)
            catch_up(services, reader.sequence())
        contract = find(listed(services, context_id), which, context_id)
        named = contract.contract_id, contract.version
        if package is not None:
            _require_offer(contract, package, context_id)
        before = records(services, context_id)
        choices = {one: chosen for one, chosen in before.choices.items() if one != named}
        if package is not None:
            choices[named] = package.package_id
        after = ContractRecords(before.frozen, before.seen, choices)
        versions = [*services.engine.binding(context_id).active.sound]
        then, now = Providers(versions, before), Providers(versions, after)
        check.refuse_loss(context_id, then, now)
        effects = _moved(named, then, now)
        if not dry_run and after != before:
            _record(services, context_id, named, package, actor)
        return Decision(
            context_id=context_id,
            name=package.name if package is not None else written(named),
            actor=actor,
            reason=f"{actor} chooses who provides {contract.name or contract.contract_id} {contract.version}",
            effects=effects,
            version=None,
            applied=not dry_run,
        )


def _record(services: Services, context_id: str, named: Named, package: Package | None, actor: str) -> None:
    with services.catalog.write() as writer:
        if package is None:
            writer.remove_provider_choice(context_id, *named)
        else:
            writer.put_provider_choice(
                ProviderChoice(
                    context_id=context_id,
                    contract_id=named[0],
                    version=named[1],
                    package_id=package.package_id,
                    by=actor,
                    at=services.timestamp(),
                )
            )
    services.engine.adopt(services.catalog.state(services.device))


def _moved(named: Named, then: Providers, now: Providers) -> tuple[Effect, ...]:
    """What changes for whom."""
    effects = [
        Effect(
            device_id=None,
            what=f"chosen provider of {written(named)}",
            before=then.records.choices.get(named, "none"),
            after=now.records.choices.get(named, "none"),
        )
    ]
    effects += [of_consumer(None, one) for one in moved(then, now)]
    return tuple(one for one in effects if one.before != one.after)


def _require_offer(contract: Contract, package: Package, context_id: str) -> None:
    if any(one.package_id == package.package_id for one in contract.providers):
        return
    unfit = [one.reason for one in contract.unfit if one.package.partition("@")[0] == package.name]
    why = unfit[0] if unfit else f"its active version provides it not, or {package.name} is not active"
    raise errors.ContractMissing(
        f"{package.name} cannot provide {contract.label} in context {context_id!r}: {why}",
        hint=f"those who do: {', '.join(one.package for one in contract.providers) or 'none'}",
        contract=contract.contract_id,
        version=contract.version,
        package=package.name,
    )


def _contract(
    named: Named,
    name: str | None,
    providers: Providers,
    consumers: Sequence[tuple[str, Any, Any]],
) -> Contract:
    chosen = providers.records.choices.get(named)
    return Contract(
        contract_id=named[0],
        version=named[1],
        name=name,
        is_frozen=named in providers.records.frozen,
        chosen=chosen,
        providers=tuple(
            Offered(package=one.label, package_id=one.package_id, is_own=one.is_own)
            for one in providers.offers
            if one.contract == named
        ),
        unfit=tuple(
            Claimant(package=one.label, reason=one.reason) for one in providers.unfit if one.contract == named
        ),
        consumers=tuple(
            Consumer(
                package=label,
                optional=consumed.optional,
                provider=found.offer.label if isinstance(found, Provided) else None,
                reason=found.reason,
            )
            for label, consumed, found in consumers
            if (consumed.contract_id, consumed.version) == named
        ),
    )


def _records(reader: Reader, context_id: str) -> ContractRecords:
    return ContractRecords(
        {(one.contract_id, one.version): one.shape for one in reader.frozen_shapes(context_id)},
        {(one.contract_id, one.version): one.shape for one in reader.dev_shapes(context_id)},
        {(one.contract_id, one.version): one.package_id for one in reader.provider_choices(context_id)},
    )
