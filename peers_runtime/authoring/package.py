"""`define_package`, and the `pkg` that a definition fills in.

What an author assigns is checked at that line, so that the error names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from peers_runtime.authoring import contracts, places
from peers_runtime.authoring.contracts import Consumed, ContractBuilder
from peers_runtime.authoring.events import Event
from peers_runtime.authoring.observables import Observable
from peers_runtime.authoring.tables import Table
from peers_runtime.authoring.tools import Tool
from peers_runtime.authoring.variables import Variable
from peers_runtime.authoring.workflows import Assistant, Workflow
from peers_runtime.base import errors, ids
from peers_runtime.model.contributions import AppNav

Item = TypeVar("Item")

_TAGS = frozenset({"version_tag", "versionTag", "tag", "dev_tag", "beta", "stable"})
_STATUS = frozenset({"status", "published"})
_FROM_PROJECT = frozenset({"name", "version"})


class PackageBuilder:
    """The `pkg` of a definition: `package_id` is needed, the rest may stay as it is.

    `hooks`, `routes` and `uis` are names of modules; routes and UIs are looked for in the siblings
    `routes` and `uis` of the definition's module when they are not set.
    """

    __slots__ = (
        "_consumed", "_contracts", "_name", "_version", "app_navs", "assistants", "hooks", "package_id",
        "routes", "uis", "variables", "workflows",
    )  # fmt: skip

    app_navs: Sequence[AppNav]
    assistants: Sequence[Assistant]
    hooks: str | None
    package_id: str
    routes: str | None
    uis: str | None
    variables: Sequence[Variable]
    workflows: Sequence[Workflow]
    _consumed: list[Consumed]
    _contracts: list[ContractBuilder]
    _name: str
    _version: str

    def __init__(self, name: str, version: str) -> None:
        for attribute, value in (
            ("_name", name), ("_version", version), ("_consumed", []), ("_contracts", []), ("package_id", ""),
            ("app_navs", []), ("hooks", None), ("routes", None), ("uis", None), ("variables", []),
            ("assistants", []), ("workflows", []),
        ):  # fmt: skip
            object.__setattr__(self, attribute, value)

    @property
    def name(self) -> str:
        """The import name, as `[project]` and the entry point say it."""
        return self._name

    @property
    def version(self) -> str:
        """The Semantic Version, as `[project]` says it."""
        return self._version

    def contract(self, contract_id: str, version: int, name: str) -> ContractBuilder:
        """Declare a contract; set its tools, tables, observables and events. `version` counts 1, 2, 3, …"""
        place = places.caller()
        ids.check(contract_id, f"{place}: contract_id")
        contracts.check_version(version, place)
        if not places.is_text(name):
            raise places.invalid(place, f"contract name is {name!r}; a contract needs a name")
        for other in self._contracts:
            if contract_id == other.contract_id or name == other.name:
                raise _duplicate("contracts", "contract", contract_id, name, place, other.place)
        builder = ContractBuilder(contract_id, version, name, place)
        self._contracts.append(builder)
        return builder

    def consumes(
        self,
        contract_id: str,
        version: int,
        optional: bool = False,
        providers: Sequence[str] = (),
        fallback: bool = True,
    ) -> Consumed:
        """Use a contract of another package: `ctx.contract(contract_id, version)` then leads to its provider.

        Without a provider the package is not activated, unless it is `optional`. `providers` are package ids
        that are taken before others, in that order; without `fallback`, no others are taken. What an Admin
        has chosen for the context goes before both.
        """
        place = places.caller()
        consumed = contracts.consumed(contract_id, version, optional, providers, fallback, place)
        for other in self._consumed:
            if (contract_id, version) == (other.contract_id, other.version):
                raise places.invalid(place, f"version {version} of this contract is consumed twice")
        self._consumed.append(consumed)
        return consumed

    @property
    def contracts(self) -> Sequence[ContractBuilder]:
        return tuple(self._contracts)

    @property
    def consumed(self) -> Sequence[Consumed]:
        return tuple(self._consumed)

    @property
    def tools(self) -> Sequence[Tool[..., Any]]:
        """Every tool once, in the order of the contracts."""
        return tuple(_once(tool for contract in self._contracts for tool in contract.tools))

    @property
    def tables(self) -> Sequence[Table]:
        """Every table once, in the order of the contracts."""
        return tuple(_once(table for contract in self._contracts for table in contract.tables))

    @property
    def observables(self) -> Sequence[Observable]:
        """Every observable once, in the order of the contracts."""
        return tuple(_once(one for contract in self._contracts for one in contract.observables))

    @property
    def events(self) -> Sequence[Event]:
        """Every event once, in the order of the contracts."""
        return tuple(_once(one for contract in self._contracts for one in contract.events))

    if not TYPE_CHECKING:  # static tools shall see an unknown attribute as the mistake that it is

        def __setattr__(self, name: str, value: object) -> None:
            place = places.caller()
            check = _CHECKS.get(name)
            if check is None:
                raise _unknown(name, value, place)
            object.__setattr__(self, name, check(value, f"pkg.{name}", place))


class PackageDefinition:
    """What `@define_package` makes of a function; evaluated when a version is captured, never at a start."""

    __slots__ = ("function", "place")

    def __init__(self, function: Callable[[PackageBuilder], object]) -> None:
        self.function = function
        self.place = places.of(function)

    def evaluate(self, name: str, version: str) -> PackageBuilder:
        """Run the definition and check what it says as a whole.

        Raises `InvalidDefinition`, `MalformedId`, `DuplicateId` or `TagInCode`, or what the function raises.
        """
        builder = PackageBuilder(name, version)
        self.function(builder)
        if not builder.package_id:
            raise places.invalid(
                self.place, "the definition sets no pkg.package_id", "make an id once with: peers id"
            )
        places.listed(builder.app_navs, AppNav, "pkg.app_navs", self.place)
        variables = places.listed(builder.variables, Variable, "pkg.variables", self.place)
        workflows = places.listed(builder.workflows, Workflow, "pkg.workflows", self.place)
        assistants = places.listed(builder.assistants, Assistant, "pkg.assistants", self.place)
        for contract in builder.contracts:
            contract.check()  # again: lists may have been appended to
        _refuse_duplicates("tools", [(each.tool_id, each.name, each.place) for each in builder.tools])
        _refuse_duplicates("tables", [(each.table_id, each.name, each.place) for each in builder.tables])
        _refuse_duplicates(
            "observables", [(each.observable_id, each.name, each.place) for each in builder.observables]
        )
        _refuse_duplicates("events", [(each.event_id, each.name, each.place) for each in builder.events])
        _refuse_duplicates("variables", [(each.variable_id, each.name, each.place) for each in variables])
        _refuse_duplicates("workflows", [(each.workflow_id, each.name, each.place) for each in workflows])
        _refuse_duplicates("assistants", [(each.assistant_id, each.name, each.place) for each in assistants])
        _refuse_duplicates("app_navs", [(nav.name, nav.name, self.place) for nav in builder.app_navs])
        return builder

    def __repr__(self) -> str:
        return f"<PackageDefinition {self.place.module}>"


def define_package(function: Callable[[PackageBuilder], object]) -> PackageDefinition:
    """Mark the function that describes the package: `def package(pkg): pkg.package_id = …`."""
    if not callable(function):
        raise places.invalid(
            places.caller(),
            f"@define_package was given {function!r}, not a function",
            "write it without parentheses above: def package(pkg)",
        )
    return PackageDefinition(function)


def _unknown(name: str, value: object, place: places.Place) -> errors.PackageError:
    if name in _TAGS:
        return errors.TagInCode(
            f"{place}: pkg.{name} = {value!r} sets a version tag in code",
            hint="remove the line: the platform tags a version, code never does",
            where=str(place),
        )
    if name in _STATUS:
        return errors.InvalidStatusTransition(
            f"{place}: pkg.{name} = {value!r} sets the status of components in code",
            hint="remove the line: `peers pack` publishes what has changed",
            where=str(place),
            to=repr(value),
        )
    if name in _FROM_PROJECT:
        return places.invalid(
            place, f"pkg.{name} cannot be set", f"the {name} is that of [project] in pyproject.toml"
        )
    return places.invalid(
        place,
        f"pkg.{name} is not a part of a definition",
        f"there are: contract(…), consumes(…), {', '.join(sorted(_CHECKS))}",
    )


def _check_id(value: object, what: str, place: places.Place) -> str:
    return ids.check(value, f"{place}: {what}")


def _check_module(value: object, what: str, place: places.Place) -> str | None:
    if value is None or (isinstance(value, str) and all(part.isidentifier() for part in value.split("."))):
        return value
    raise places.invalid(
        place, f"{what} is {value!r}, not the name of a module", "write the full name as text: 'notes.hooks'"
    )


def _check_app_navs(value: object, what: str, place: places.Place) -> list[AppNav]:
    return places.listed(value, AppNav, what, place)


def _check_assistants(value: object, what: str, place: places.Place) -> list[Assistant]:
    return places.listed(value, Assistant, what, place)


def _check_workflows(value: object, what: str, place: places.Place) -> list[Workflow]:
    return places.listed(value, Workflow, what, place)


def _check_variables(value: object, what: str, place: places.Place) -> list[Variable]:
    return places.listed(value, Variable, what, place)


_CHECKS: dict[str, Callable[[object, str, places.Place], object]] = {
    "app_navs": _check_app_navs,
    "assistants": _check_assistants,
    "hooks": _check_module,
    "package_id": _check_id,
    "routes": _check_module,
    "uis": _check_module,
    "variables": _check_variables,
    "workflows": _check_workflows,
}


def _once(items: Iterable[Any]) -> Iterator[Any]:
    """Each object the first time it comes; one tool may stand in two contracts."""
    seen: set[int] = set()
    for item in items:
        if id(item) not in seen:
            seen.add(id(item))
            yield item


def _refuse_duplicates(kind: str, items: Iterable[tuple[str, str, places.Place]]) -> None:
    by_id: dict[str, places.Place] = {}
    by_name: dict[str, places.Place] = {}
    for item_id, name, place in items:
        first = by_id.get(item_id) or by_name.get(name)
        if first is not None:
            raise _duplicate(kind, kind[:-1], item_id, name, place, first)
        by_id[item_id] = by_name[name] = place


def _duplicate(
    kind: str, word: str, item_id: str, name: str, place: places.Place, first: places.Place
) -> errors.DuplicateId:
    return errors.DuplicateId(
        f"{place}: the {word} {name!r} has the id {item_id!r} or the name of one at {first}",
        hint=f"ids and names are unique among a package's {kind}; make a new id with: peers id",
        where=str(place),
        id=item_id,
        name=name,
    )
