"""What differs between two versions of a package, and how far the later should be above the earlier.

Parts are told apart by what others call them by: a tool or a table by its id and its name, a UI by its id
and target, a contract by its id and version, a route by what it matches. So a tool with another name is one
removed and one added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from peers_runtime.base import errors
from peers_runtime.model.differences import Bump, Change, Compared, Diff, Suggestion
from peers_runtime.model.manifest import ContractData, Definition, FileEntry, JSONSchema, Manifest
from peers_runtime.model.versions import precedence
from peers_runtime.rules import contracts, requirements

_ORDER: Final = (Bump.PATCH, Bump.MINOR, Bump.MAJOR)
_SCHEMAS: Final = ("props_schema", "input_schema", "row_schema")  # of what others give to a part
_Parts = Mapping[tuple[str, ...], list[Any]]  # by the kind, the name and the rest of what a part is known by


def compare(before: Manifest, after: Manifest) -> Diff:
    """Contributions come first, then requirements and files; of each kind by name.

    Major where a contribution is gone, something is newly required, or consumers of a contract may lose;
    minor where a contribution is new, or they gain; else patch. Raises `DifferentPackages`.
    """
    if before.package_id != after.package_id:
        raise errors.DifferentPackages(
            f"{_said(before)} and {_said(after)} are versions of two packages",
            hint="compare two versions with one package id; peers show NAME tells it",
            before=before.package_id,
            after=after.package_id,
        )
    changes = tuple(_changes(before, after))
    return Diff(
        before=_compared(before),
        after=_compared(after),
        changes=changes,
        suggestion=_suggestion(before.version, changes),
    )


def is_below(version: str, suggestion: Suggestion) -> bool:
    """Whether `version` is not as far above the one before it as suggested; its pre-releases are."""
    return _core(version) < _core(suggestion.version)


def _said(manifest: Manifest) -> str:
    return f"{manifest.name} {manifest.version} ({manifest.package_id})"


def _compared(manifest: Manifest) -> Compared:
    return Compared(id=manifest.id, name=manifest.name, version=manifest.version)


# ── how far above ────────────────────────────────────────────────────────────────────────────────


def _suggestion(before: str, changes: Iterable[Change]) -> Suggestion:
    found = [reason for change in changes for reason in _reasons(change)]
    for bump in (Bump.MAJOR, Bump.MINOR):
        words = tuple(reason for calls_for, reason in found if calls_for is bump)
        if words:
            return Suggestion(bump=bump, version=_above(before, bump), reasons=words)
    none = "no contribution is gone or new, and nothing is newly required"
    return Suggestion(bump=Bump.PATCH, version=_above(before, Bump.PATCH), reasons=(none,))


def _reasons(change: Change) -> Iterator[tuple[Bump, str]]:
    """Why the change calls for more than a patch."""
    what = f"the {change.kind} {change.name}"
    if change.kind in _CONTRIBUTED and change.change == "removed":
        yield Bump.MAJOR, f"{what} is gone"
    if change.kind in _CONTRIBUTED and change.change == "added":
        yield Bump.MINOR, f"{what} is new"
    if change.needs:
        needs = ", ".join(change.needs)
        yield (
            Bump.MAJOR,
            f"the {_WHO_NEEDS[change.kind]} newly needs {needs}"
            if change.kind in _WHO_NEEDS
            else f"{what} newly requires {needs}",
        )
    for bump, differences in ((Bump.MAJOR, change.losses), (Bump.MINOR, change.gains)):
        for difference in differences:
            yield bump, f"{what}: {difference}"


def _above(version: str, bump: Bump) -> str:
    """The first release that is so far above; that of a pre-release itself, when it announces that much."""
    major, minor, patch = _core(version)
    if _is_pre_release(version) and _ORDER.index(_announced(version)) >= _ORDER.index(bump):
        return f"{major}.{minor}.{patch}"
    return {
        Bump.MAJOR: f"{major + 1}.0.0",
        Bump.MINOR: f"{major}.{minor + 1}.0",
        Bump.PATCH: f"{major}.{minor}.{patch + 1}",
    }[bump]


def _announced(version: str) -> Bump:
    _, minor, patch = _core(version)
    return Bump.PATCH if patch else Bump.MINOR if minor else Bump.MAJOR


def _core(version: str) -> tuple[int, int, int]:
    found = precedence(version)
    return found.major, found.minor, found.patch


def _is_pre_release(version: str) -> bool:
    return precedence(version) < precedence(".".join(map(str, _core(version))))


# ── what differs ─────────────────────────────────────────────────────────────────────────────────


class _Contract(NamedTuple):
    """A contract beside the definition that its members stand in."""

    data: ContractData
    definition: Definition

    @property
    def name(self) -> str:
        return f"{self.data.name} (version {self.data.version})"


def _changes(before: Manifest, after: Manifest) -> Iterator[Change]:
    was, now = _parts(before), _parts(after)
    for key in sorted(was.keys() | now.keys(), key=lambda key: (_KINDS.index(key[0]), key)):
        change = _change(key, was.get(key, []), now.get(key, []))
        if change is not None:
            yield change


def _change(key: tuple[str, ...], was: list[Any], now: list[Any]) -> Change | None:
    kind, name = key[0], _name(key, now or was)
    if kind == "contract" and was and now:
        return _of_contract(name, was[0], now[0])
    if was == now:
        return None
    before, after = (next(iter(parts), None) for parts in (was, now))
    return Change(
        kind=kind,
        name=name,
        change="changed" if was and now else "added" if now else "removed",
        needs=_needs(kind, was, now),
        size_before=before.size if isinstance(before, FileEntry) else None,
        size_after=after.size if isinstance(after, FileEntry) else None,
    )


def _of_contract(name: str, was: _Contract, now: _Contract) -> Change | None:
    found = _differences(was, now)
    if was.data == now.data and not found:
        return None
    return Change(
        kind="contract",
        name=name,
        change="changed",
        losses=tuple(one.words for one in found if one.is_lossy),
        gains=tuple(one.words for one in found if not one.is_lossy),
    )


def _differences(was: _Contract, now: _Contract) -> tuple[contracts.Difference, ...]:
    try:
        shapes = [contracts.shape(one.definition, one.data) for one in (was, now)]
    except errors.ContractNotFreezable as error:  # what it is to consumers cannot be told
        if _members(was.definition) == _members(now.definition):
            return ()
        return (contracts.Difference(f"cannot be compared: {error.facts['fault']}", is_lossy=True),)
    return contracts.compared(*shapes)


def _members(definition: Definition) -> tuple[object, ...]:
    return definition.tools, definition.tables, definition.observables, definition.events


def _needs(kind: str, was: list[Any], now: list[Any]) -> tuple[str, ...]:
    if kind == "requirement":
        return requirements.newly_asked(was, now)
    if kind == "consumed contract":  # a context without a provider cannot go on to this version
        required = [one.label for one in now if not one.optional]
        return () if any(not one.optional for one in was) else tuple(required)
    return tuple(sorted(_required(now) - _required(was))) if was else ()


def _required(parts: Iterable[Any]) -> set[str]:
    schemas: Iterator[JSONSchema | None] = (
        getattr(part, field, None) for part in parts for field in _SCHEMAS
    )
    return {str(name) for schema in schemas if schema for name in schema.get("required", ())}


def _name(key: tuple[str, ...], parts: list[Any]) -> str:
    """What a person calls it."""
    kind, name = key[:2]
    return str(parts[0].name) if kind in ("UI", "contract") else name


def _parts(manifest: Manifest) -> _Parts:
    found: dict[tuple[str, ...], list[Any]] = {}
    for key, part in (*_contributions(manifest.definition), *_others(manifest)):
        found.setdefault(key, []).append(part)
    return found


def _contributions(definition: Definition) -> Iterator[tuple[tuple[str, ...], Any]]:
    for route in definition.routes:
        place = route.path if route.pattern is None else route.pattern
        wanted = (route.ui_category, route.ui_subcategory or "", route.ui_edit_mode or "")
        yield ("route", place or "/", *wanted), route
    for ui in definition.uis:
        yield ("UI", ui.peers_ui_id, ui.target), ui
    named: Mapping[str, Sequence[Any]] = {
        "tool": definition.tools,
        "table": definition.tables,
        "observable": definition.observables,
        "event": definition.events,
        "variable": definition.variables,
        "workflow": definition.workflows,
        "assistant": definition.assistants,
    }
    for kind, parts in named.items():
        for part in parts:
            yield (kind, part.name, getattr(part, f"{kind}_id")), part
    for contract in definition.contracts:
        key = ("contract", contract.contract_id, str(contract.version))
        yield key, _Contract(contract, definition)
    for hook in definition.hooks:
        yield ("hook", f"{hook.project_name}:{hook.hook}"), hook
    for nav in definition.app_navs:
        yield ("app nav", nav.name), nav


def _others(manifest: Manifest) -> Iterator[tuple[tuple[str, ...], object]]:
    for consumed in manifest.definition.consumes:
        yield ("consumed contract", consumed.label), consumed
    for requirement in manifest.requires.shared:
        yield ("requirement", requirements.name(requirement)), requirement
    for requirement in manifest.requires.private:
        yield ("private requirement", requirements.name(requirement)), requirement
    for dependency in manifest.dependencies:
        yield ("dependency", dependency.name), (dependency.version, dependency.digest)
    for one in manifest.private:
        yield ("private distribution", one.name), (one.version, one.wheel.digest)
    for file in manifest.files:
        yield ("file", file.path), file


_WHO_NEEDS: Final = {"requirement": "host", "consumed contract": "context"}
_CONTRIBUTED: Final = (
    "route",
    "UI",
    "tool",
    "table",
    "observable",
    "event",
    "variable",
    "workflow",
    "assistant",
    "contract",
    "hook",
    "app nav",
)
_KINDS: Final = (
    *_CONTRIBUTED,
    "consumed contract",
    "requirement",
    "private requirement",
    "private distribution",
    "dependency",
    "file",
)
