"""What differs between two versions of a package, and how far the later should be above the earlier.

Parts are told apart by what others call them by: a tool or a table by its id and its name, a UI by its id
and target, a contract by its id and version, a route by what it matches. So a tool with another name is one
removed and one added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from peers_runtime.model.manifest import Definition, JSONSchema, Manifest
from peers_runtime.model.packed import Bump, Change, Suggestion
from peers_runtime.model.versions import precedence

_ORDER: Final = (Bump.PATCH, Bump.MINOR, Bump.MAJOR)
_SCHEMAS: Final = ("props_schema", "input_schema", "row_schema")  # of what others give to a part
_Parts = Mapping[tuple[str, ...], list[Any]]  # by the kind, the name and the rest of what a part is known by


def changes(before: Manifest, after: Manifest) -> tuple[Change, ...]:
    """Contributions first, then files; of each kind by name."""
    return (
        *_changes(_contributions(before.definition), _contributions(after.definition)),
        *_changes(_files(before), _files(after)),
    )


def suggest(before: Manifest, after: Manifest) -> Suggestion:
    """Major where a contribution is gone or newly requires something, minor where one is new, else patch."""
    found = [one for one in changes(before, after) if one.kind != "file"]
    breaking = [
        *(f"the {one.kind} {one.name} is gone" for one in found if one.change == "removed"),
        *(f"the {one.kind} {one.name} newly requires {', '.join(one.needs)}" for one in found if one.needs),
    ]
    new = [f"the {one.kind} {one.name} is new" for one in found if one.change == "added"]
    for bump, reasons in ((Bump.MAJOR, breaking), (Bump.MINOR, new)):
        if reasons:
            return Suggestion(bump=bump, version=_above(before.version, bump), reasons=tuple(reasons))
    none = "no contribution is gone, is new or newly requires anything"
    return Suggestion(bump=Bump.PATCH, version=_above(before.version, Bump.PATCH), reasons=(none,))


def is_below(version: str, suggestion: Suggestion) -> bool:
    """Whether `version` is not as far above the one before it as suggested; its pre-releases are."""
    return _core(version) < _core(suggestion.version)


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


def _contributions(definition: Definition) -> _Parts:
    found: dict[tuple[str, ...], list[Any]] = {}
    for key, part in _parts(definition):
        found.setdefault(key, []).append(part)
    return found


def _parts(definition: Definition) -> Iterator[tuple[tuple[str, ...], Any]]:
    for route in definition.routes:
        place = route.path if route.pattern is None else route.pattern
        wanted = (route.ui_category, route.ui_subcategory or "", route.ui_edit_mode or "")
        yield ("route", place or "/", *wanted), route
    for ui in definition.uis:
        yield ("UI", ui.peers_ui_id, ui.target), ui
    for tool in definition.tools:
        yield ("tool", tool.name, tool.tool_id), tool
    for table in definition.tables:
        yield ("table", table.name, table.table_id), table
    for contract in definition.contracts:
        yield ("contract", contract.contract_id, str(contract.version)), contract
    for hook in definition.hooks:
        yield ("hook", f"{hook.project_name}:{hook.hook}"), hook
    for nav in definition.app_navs:
        yield ("app nav", nav.name), nav


def _files(manifest: Manifest) -> _Parts:
    return {("file", file.path): [file.digest] for file in manifest.files}


def _changes(before: _Parts, after: _Parts) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys(), key=lambda key: (_KINDS.index(key[0]), key)):
        was, now = before.get(key, []), after.get(key, [])
        kind, name = key[0], _name(key, now or was)
        if not was or not now:
            yield Change(kind=kind, name=name, change="added" if now else "removed")
        elif was != now:
            needs = tuple(sorted(_required(now) - _required(was)))
            yield Change(kind=kind, name=name, change="changed", needs=needs)


def _name(key: tuple[str, ...], parts: list[Any]) -> str:
    """What a person calls it."""
    kind, name = key[:2]
    if kind == "contract":
        return f"{parts[0].name} (version {parts[0].version})"
    return parts[0].name if kind == "UI" else name


def _required(parts: Iterable[Any]) -> set[str]:
    schemas: Iterator[JSONSchema | None] = (
        getattr(part, field, None) for part in parts for field in _SCHEMAS
    )
    return {str(name) for schema in schemas if schema for name in schema.get("required", ())}


_KINDS: Final = ("route", "UI", "tool", "table", "contract", "hook", "app nav", "file")
