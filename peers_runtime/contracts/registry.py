"""Who provides what among a set of active versions, and whom a consumer gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from peers_runtime.base import errors
from peers_runtime.contributions import acceptance
from peers_runtime.contributions.ports import Contributor
from peers_runtime.model.manifest import ConsumedData, ContractData
from peers_runtime.rules import providing
from peers_runtime.rules.providing import Missing, Offer, Provided, Unfit

_IDS: Mapping[str, str] = {
    "tools": "tool_id",
    "tables": "table_id",
    "observables": "observable_id",
    "events": "event_id",
}


class Provider:
    """A version as the provider of a contract: which of its own members stand for which names."""

    def __init__(self, contributor: Contributor, offer: Offer) -> None:
        self.contributor = contributor
        self.offer = offer
        self._judges: dict[str, Callable[[object], str | None]] = {}

    @property
    def label(self) -> str:
        return self.contributor.label

    @property
    def contract(self) -> str:
        """How messages call the contract: `Tasks 1`."""
        return f"{self.offer.by.name} {self.offer.contract[1]}"

    def member(self, kind: str, name: str) -> tuple[str, Mapping[str, Any]]:
        """The provider's own id of a member, and the member's shape in the contract.

        Raises `UnknownMember` for what the contract lacks, whatever the provider may have besides.
        """
        shape = self._shapes[kind].get(name) if isinstance(name, str) else None
        if shape is None:
            there = ", ".join(sorted(self._shapes[kind])) or "none"
            raise errors.UnknownMember(
                f"the contract {self.contract} has no {kind.removesuffix('s')} {name!r}",
                hint=f"its {kind} are: {there}",
                contract=self.offer.contract[0],
                version=self.offer.contract[1],
                name=name,
            )
        return self._ids[kind][name], shape

    def refusal(self, tool: str, arguments: object) -> str | None:
        """Why arguments do not fit the contract's own tool, in a line, or None."""
        judge = self._judges.get(tool)
        if judge is None:
            _, shape = self.member("tools", tool)
            judge = self._judges[tool] = acceptance.compiled(shape["arguments"])
        return judge(arguments)

    def names(self, kind: str) -> Sequence[str]:
        """The members of a kind, by name."""
        return sorted(self._shapes[kind])

    @cached_property
    def _shapes(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        return {kind: {one["name"]: one for one in self.offer.shape.get(kind, {}).values()} for kind in _IDS}

    @cached_property
    def _ids(self) -> Mapping[str, Mapping[str, str]]:
        return {kind: _by_name(self.contributor, self.offer.by, kind, word) for kind, word in _IDS.items()}


class Providers:
    """Of one set of versions, with the shapes that are frozen in the context and whom it has chosen."""

    def __init__(self, versions: Sequence[Contributor], records: providing.ContractRecords) -> None:
        self.records = records
        self._versions = {one.label: one for one in versions}
        self._found: dict[ConsumedData, Provider | Missing] = {}

    @cached_property
    def offers(self) -> Sequence[Offer]:
        return self._judged[0]

    @cached_property
    def unfit(self) -> Sequence[Unfit]:
        """The claims of these versions that do not hold."""
        return self._judged[1]

    def provider(self, consumed: ConsumedData) -> Provider | None:
        """Whom a consumer gets; None when there is nobody and it is optional. Raises `ContractMissing`."""
        found = self._found.get(consumed)
        if found is None:
            chosen = self._choose(consumed)
            found = (
                Provider(self._versions[chosen.offer.label], chosen.offer)
                if isinstance(chosen, Provided)
                else chosen
            )
            self._found[consumed] = found
        if isinstance(found, Provider):
            return found
        if consumed.optional:
            return None
        raise errors.ContractMissing(
            f"nobody provides the contract {consumed.label} here: {found.reason}",
            hint="see who could: peers contracts list",
            contract=consumed.contract_id,
            version=consumed.version,
        )

    def consumers(self) -> Iterator[tuple[str, ConsumedData, Provided | Missing]]:
        """Every consumer, by label, with what it consumes and whom it gets."""
        return providing.consumers(self._definitions, self.offers, self.records.choices)

    def _choose(self, consumed: ConsumedData) -> Provided | Missing:
        chosen = self.records.choices.get((consumed.contract_id, consumed.version))
        return providing.choose(consumed, self.offers, chosen)

    @cached_property
    def _judged(self) -> tuple[Sequence[Offer], Sequence[Unfit]]:
        known = providing.shapes(self._definitions, self.records)
        return providing.offers(self._definitions, known)

    @cached_property
    def _definitions(self) -> Sequence[tuple[str, Any]]:
        return [(label, version.definition) for label, version in self._versions.items()]


@dataclass(frozen=True)
class Moved:
    """That a consumer gets a contract from another package than before; None: from nobody."""

    consumer: str  # "projects@1.0.0"
    contract: providing.Named
    before: Offer | None
    after: Offer | None

    @property
    def packages(self) -> frozenset[str]:
        """Those that it gets it from, before and after, by package id."""
        return frozenset(one.package_id for one in (self.before, self.after) if one is not None)

    @property
    def what(self) -> str:
        """Of the contract's name as its own package says it, where that is one of the two."""
        offers = [one for one in (self.before, self.after) if one is not None]
        names = [one.by.name for one in sorted(offers, key=lambda one: not one.is_own)]
        return f"{self.consumer} gets {names[0]} {self.contract[1]} from"


def moved(before: Providers, after: Providers) -> Iterator[Moved]:
    """What changes for the consumers that are in both; a provider's next version is no other package."""
    had = {(label, consumed): _offer(found) for label, consumed, found in before.consumers()}
    for label, consumed, found in after.consumers():
        is_now = _offer(found)
        was = had.get((label, consumed), is_now)
        if (was and was.package_id) != (is_now and is_now.package_id):
            yield Moved(label, (consumed.contract_id, consumed.version), was, is_now)


def _offer(found: Provided | Missing) -> Offer | None:
    return found.offer if isinstance(found, Provided) else None


def _by_name(contributor: Contributor, contract: ContractData, kind: str, word: str) -> Mapping[str, str]:
    members = {getattr(one, word): one for one in getattr(contributor.definition, kind)}
    return {members[one].name: one for one in getattr(contract, kind)}
