"""Which of a context's packages provides what, and which provider a consumer gets.

Pure: from the definitions of a set of versions, the shapes that are frozen in the context, and its choices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peers_runtime.base import errors
from peers_runtime.model.manifest import ConsumedData, ContractData, Definition
from peers_runtime.rules import compatibility, contracts

Named = tuple[str, int]
"""A contract: its id and version."""

Shape = Mapping[str, Any]


@dataclass(frozen=True)
class ContractRecords:
    """What is on record in a context: shapes, and whom (by package id) it has chosen.

    `frozen` ones are final; `seen` are those that contracts last had while they were not.
    """

    frozen: Mapping[Named, Shape] = field(default_factory=dict[Named, Shape])
    seen: Mapping[Named, Shape] = field(default_factory=dict[Named, Shape])
    choices: Mapping[Named, str] = field(default_factory=dict[Named, str])


@dataclass(frozen=True)
class Offer:
    """That a package version provides a version of a contract: with this contract of its own.

    `shape` is that of the contract which it fulfils, not its own, which may hold more.
    """

    label: str  # "tasks@1.2.0"
    package_id: str
    contract: Named
    by: ContractData
    shape: Shape

    @property
    def is_own(self) -> bool:
        """Whether the contract is the package's own, and not one that it fulfils as well."""
        return self.by.contract_id == self.contract[0]


@dataclass(frozen=True)
class Unfit:
    """A claim that does not hold, or of which nobody knows: then it is no offer."""

    label: str
    contract: Named
    by: ContractData
    faults: Sequence[str]  # empty: no shape of this contract is known in the context

    @property
    def reason(self) -> str:
        said = "; ".join(self.faults) or "no package of the context has shown what that is"
        return f"{self.by.name} of {self.label} claims {written(self.contract)}: {said}"


@dataclass(frozen=True)
class Provided:
    """The provider that a consumer gets, and why this one."""

    offer: Offer
    reason: str


@dataclass(frozen=True)
class Missing:
    """That there is no provider for a consumer, and why."""

    reason: str


def written(contract: Named) -> str:
    return f"{contract[0]}@{contract[1]}"


def shapes(versions: Iterable[tuple[str, Definition]], records: ContractRecords) -> Mapping[Named, Shape]:
    """The shape of every contract that is known.

    That is the frozen one, else as its own package says it now, else as it was last seen.
    """
    found: dict[Named, Shape] = {}
    for _, definition in versions:
        for contract in definition.contracts:
            shape = _shape(definition, contract)
            if shape is not None:
                found[contract.contract_id, contract.version] = shape
    return {**records.seen, **found, **records.frozen}


def offers(
    versions: Sequence[tuple[str, Definition]], known: Mapping[Named, Shape]
) -> tuple[Sequence[Offer], Sequence[Unfit]]:
    """What versions, given as (label, definition), provide; and which of their claims are none.

    A claim is judged against each version that it names; a contract of a package's own, against the shape
    that is frozen in the context, which a build may have left.
    """
    good: list[Offer] = []
    bad: list[Unfit] = []
    for label, definition in versions:
        for contract in definition.contracts:
            own = _shape(definition, contract)
            if own is None:
                continue  # said when its package is promoted; nobody can be given what has no shape
            for named in claimed(contract):
                wanted = known.get(named)
                faults = () if wanted is None else compatibility.faults(wanted, own)
                if wanted is None or faults:
                    bad.append(Unfit(label, named, contract, faults))
                else:
                    good.append(Offer(label, definition.package_id, named, contract, wanted))
    return good, bad


def choose(consumed: ConsumedData, found: Iterable[Offer], chosen: str | None) -> Provided | Missing:
    """The provider for a consumer: the context's choice (a package id), else what the consumer prefers.

    Else the package whose contract it is, else the one that claims it and came into being first.
    """
    named = consumed.contract_id, consumed.version
    there = {one.package_id: one for one in sorted(found, key=_last_first) if one.contract == named}
    if chosen in there:
        return Provided(there[chosen], "chosen for the context")
    passed = "" if chosen is None else f"; {chosen}, which the context has chosen, does not provide it now"
    for package_id in consumed.providers:
        if package_id in there:
            return Provided(there[package_id], f"preferred by the consumer{passed}")
    if not consumed.fallback:
        return Missing(f"none of the packages that the consumer takes provides it{passed}")
    if not there:
        return Missing(f"no active package provides it{passed}")
    first = min(there.values(), key=lambda one: (not one.is_own, one.package_id))
    why = "the contract is its own" if first.is_own else "it fulfils the contract"
    others = ", ".join(sorted(one.label for one in there.values() if one is not first))
    return Provided(first, f"{why}{f'; {others} would do, too' if others else ''}{passed}")


def consumers(
    versions: Iterable[tuple[str, Definition]], found: Sequence[Offer], choices: Mapping[Named, str]
) -> Iterator[tuple[str, ConsumedData, Provided | Missing]]:
    """Every consumer, by label, with what it consumes and whom it gets."""
    for label, definition in versions:
        for consumed in definition.consumes:
            chosen = choices.get((consumed.contract_id, consumed.version))
            yield label, consumed, choose(consumed, found, chosen)


def claimed(contract: ContractData) -> Iterator[Named]:
    """What a contract says that it provides: itself first, then what it claims to fulfil."""
    yield contract.contract_id, contract.version
    for claim in contract.also_implements:
        for version in range(claim.first, claim.last + 1):
            yield claim.contract_id, version


def _last_first(offer: Offer) -> bool:
    """Of one package's offers of one contract its own goes last, and so wins."""
    return offer.is_own


def _shape(definition: Definition, contract: ContractData) -> Shape | None:
    try:
        return contracts.shape(definition, contract)
    except errors.ContractNotFreezable:
        return None
