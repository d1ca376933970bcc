"""What a definition says of contracts: those that the package provides, and those that it consumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from peers_runtime.authoring import places
from peers_runtime.authoring.events import Event
from peers_runtime.authoring.observables import Observable
from peers_runtime.authoring.tables import Table
from peers_runtime.authoring.tools import Tool
from peers_runtime.base import ids
from peers_runtime.model.manifest import MOST_CLAIMED

_MEMBERS = {"events": Event, "observables": Observable, "tables": Table, "tools": Tool}


class Claim(NamedTuple):
    """That a contract fulfils another one as well, or older versions of itself: `first` to `last`."""

    contract_id: str
    first: int
    last: int


class ContractTool:
    """A tool of a contract that the package consumes, whoever provides it: a step of a workflow calls it."""

    __slots__ = ("contract_id", "name", "version")

    def __init__(self, contract_id: str, version: int, name: str) -> None:
        place = places.caller()
        self.contract_id = ids.check(contract_id, f"{place}: contract_id")
        self.version = check_version(version, place)
        self.name = name
        if not places.is_text(name):
            raise places.invalid(place, f"the tool's name is {name!r}", "name a tool of the contract")

    def __repr__(self) -> str:
        return f"<ContractTool {self.name} of {self.contract_id}@{self.version}>"


class Consumed(NamedTuple):
    """A contract that the package uses. Called with a `ctx`, it gives what `ctx.contract` does."""

    contract_id: str
    version: int
    optional: bool
    providers: Sequence[str]  # package ids, the preferred one first
    fallback: bool  # whether others will do, too

    def __call__(self, ctx: Any) -> Any:
        return ctx.contract(self.contract_id, self.version)


class ContractBuilder:
    """One contract that the package provides: what stands in it is the package's own."""

    __slots__ = (
        "claims", "contract_id", "events", "name", "observables", "place", "tables", "tools", "version"
    )  # fmt: skip

    claims: Sequence[Claim]
    contract_id: str
    events: Sequence[Event]
    name: str
    observables: Sequence[Observable]
    place: places.Place
    tables: Sequence[Table]
    tools: Sequence[Tool[..., Any]]
    version: int

    def __init__(self, contract_id: str, version: int, name: str, place: places.Place) -> None:
        for attribute, value in (
            ("contract_id", contract_id), ("version", version), ("name", name), ("place", place),
            ("claims", ()), ("tools", []), ("tables", []), ("observables", []), ("events", []),
        ):  # fmt: skip
            object.__setattr__(self, attribute, value)

    def also_implements(self, contract_id: str, versions: int | tuple[int, int]) -> None:
        """Claim that this contract fulfils another one, or older versions of itself, with members of its own.

        `versions` is one version, or the first and the last of a range. What stands in such a version must be
        here under the same name, and fit. Raises `MalformedId` or `InvalidDefinition`.
        """
        place = places.caller()
        ids.check(contract_id, f"{place}: contract_id")
        first, last = versions if isinstance(versions, tuple) and len(versions) == 2 else (versions, versions)
        for one in (first, last):
            check_version(one, place)
        assert isinstance(first, int)  # or it would have been refused
        assert isinstance(last, int)
        if first > last:
            raise places.invalid(
                place,
                f"the versions {first} to {last} are none",
                f"write the lower one first: ({last}, {first})",
            )
        if last - first >= MOST_CLAIMED:
            raise places.invalid(
                place,
                f"the versions {first} to {last} are more than {MOST_CLAIMED}, each of which would be judged",
                "name those that are in use",
            )
        if contract_id == self.contract_id and first <= self.version <= last:
            raise places.invalid(
                place,
                f"version {self.version} of {self.name} is this contract itself",
                "name the versions before it only",
            )
        object.__setattr__(self, "claims", (*self.claims, Claim(contract_id, first, last)))

    def check(self) -> None:
        """Raises `InvalidDefinition` for what is not what it must be."""
        for word, kind in _MEMBERS.items():
            places.listed(getattr(self, word), kind, f"{self.name}.{word}", self.place)

    if not TYPE_CHECKING:  # static tools shall see an unknown attribute as the mistake that it is

        def __setattr__(self, name: str, value: object) -> None:
            place = places.caller()
            kind = _MEMBERS.get(name)
            if kind is None:
                raise places.invalid(
                    place,
                    f"a contract has no {name!r} that could be set",
                    f"set its {', '.join(sorted(_MEMBERS))}; or call also_implements(…)",
                )
            object.__setattr__(self, name, places.listed(value, kind, f"{self.name}.{name}", place))


def consumed(
    contract_id: object,
    version: object,
    optional: object,
    providers: object,
    fallback: object,
    place: places.Place,
) -> Consumed:
    """What `pkg.consumes` was given at `place`. Raises `MalformedId` or `InvalidDefinition`."""
    checked_id = ids.check(contract_id, f"{place}: contract_id")
    checked_version = check_version(version, place)
    preferred = places.listed(providers, str, "providers", place)
    package_ids = tuple(ids.check(one, f"{place}: providers") for one in preferred)
    if not fallback and not package_ids:
        raise places.invalid(
            place, "fallback=False without providers takes none at all", "name the packages that will do"
        )
    return Consumed(checked_id, checked_version, bool(optional), package_ids, bool(fallback))


def check_version(version: object, place: places.Place) -> int:
    """Raises `InvalidDefinition` for what is no positive integer."""
    if isinstance(version, int) and not isinstance(version, bool) and version >= 1:
        return version
    raise places.invalid(
        place, f"contract version is {version!r}, not a positive integer", "contracts count 1, 2, 3, …"
    )
