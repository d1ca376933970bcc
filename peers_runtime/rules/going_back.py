"""Which files of a working copy become those of a published version of a component, and which go.

Only files that the component has to itself are changed. One that another component, the routes, a tool, a
table or a hook reaches too is left as it is, and so is one that the definition reaches. That the definition
imports a component to list it does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from peers_runtime.model.manifest import Definition, ModuleEntry, UIData
from peers_runtime.rules import components
from peers_runtime.rules.imports import Imports, Read


@dataclass(frozen=True)
class Tree:
    """The files of a package, and what its definition says of them."""

    name: str  # the import name
    definition: Definition
    modules: Sequence[ModuleEntry]
    files: Mapping[str, str]  # path -> digest
    read: Read

    def of(self, component: str) -> frozenset[str]:
        """The files that a component consists of, those that are there; none when it is not listed."""
        uis = _uis(self.definition, component)
        assets = {f"{self.name}/{asset}" for ui in uis for asset in ui.assets}
        return self._imports.reached(self._modules(uis)) | (assets & self.files.keys())

    def of_others(self, component: str) -> frozenset[str]:
        """The files that anything else than the component reaches."""
        said = self.definition
        listing = {_module(one) for one in (said.reference, said.uis_module) if one is not None}
        others = {ui.peers_ui_id for ui in said.uis} - {component}
        own = self._modules(_uis(said, component))
        found = self._imports.reached(listing, without=own)
        found |= self._imports.reached(set(_elsewhere(said)) - listing)
        return found.union(*map(self.of, others))

    def unread_of_others(self, component: str) -> frozenset[str]:
        """Those of them that are no Python, so that nobody knows what they reach."""
        return self.of_others(component) & frozenset(self._imports.unread)

    @cached_property
    def _imports(self) -> Imports:
        return Imports(self.modules, self.read)

    def _modules(self, uis: Iterable[UIData]) -> set[str]:
        return {module for ui in uis for module in components.modules(ui, self.definition.uis_module)}


@dataclass(frozen=True)
class Plan:
    """Paths of files that become those of the published version, and of those that are removed."""

    restored: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.restored or self.removed)


def plan(
    now: Tree,
    then: Tree,
    component: str,
    after: Callable[[Plan], Tree],
    left: Collection[str] = (),
    *,
    may_remove: bool = True,
) -> Plan:
    """What to change of the tree `now` so that the component is as in the published tree `then`.

    `after` answers with the tree that a plan would make. Files in `left` are left in any case. A file is
    removed when the published package did not have it, and nothing reaches it any more. No change of the
    plan touches what others reach, neither now nor then, and no module is restored that cannot be imported.
    """
    kept = now.of_others(component) | frozenset(left)
    while True:
        found = _plan(now, then, component, after, kept, may_remove)
        result = after(found)
        touched = found.restored & result.of_others(component)  # by what they import in vain now
        hidden = _sources(then) & found.restored - _sources(result)  # by a package of the same name
        if not touched | hidden:
            return found
        kept |= touched | hidden


def left(result: Tree, then: Tree, component: str) -> frozenset[str]:
    """The files by which the component differs from the published one still."""
    published, found = then.of(component), result.of(component)
    return frozenset(path for path in published | found if result.files.get(path) != then.files.get(path)) | (
        found - published
    )


def listed_otherwise(now: Definition, then: Definition, component: str) -> tuple[str, ...]:
    """What two definitions say differently of a component that both list, by the fields' names in JSON."""
    before, after = ({ui.target: ui.wire() for ui in _uis(one, component)} for one in (then, now))
    if before.keys() != after.keys():
        return ("target",)
    return tuple(
        sorted(
            {
                field
                for target, said in before.items()
                for field in said | after[target]
                if said.get(field) != after[target].get(field)
            }
        )
    )


def _plan(
    now: Tree,
    then: Tree,
    component: str,
    after: Callable[[Plan], Tree],
    kept: frozenset[str],
    may_remove: bool,
) -> Plan:
    published = then.of(component)
    restored = frozenset(path for path in published if now.files.get(path) != then.files[path]) - kept
    doomed = (now.of(component) - then.files.keys() - kept) if may_remove else frozenset[str]()
    # Of a module and a package of one name only one can be imported: the other must not hide it.
    names = {one.name for one in then.modules if one.path in restored}
    hiding = frozenset(one.path for one in now.modules if one.path in doomed and one.name in names)
    result = after(Plan(restored, hiding))
    return Plan(restored, doomed - (result.of(component) | result.of_others(component)))


def _uis(definition: Definition, component: str) -> list[UIData]:
    return [ui for ui in definition.uis if ui.peers_ui_id == component]


def _sources(tree: Tree) -> set[str]:
    """The files that can be imported."""
    return {one.path for one in tree.modules if one.path is not None}


def _elsewhere(definition: Definition) -> Iterator[str]:
    """The modules of all that a definition lists beside UIs."""
    if definition.routes_module is not None:
        yield definition.routes_module
    data = (definition.tools, definition.tables, definition.variables)
    listed = (*data, definition.workflows, definition.hooks, definition.lifecycle_hooks)
    references = [one.reference for kind in listed for one in kind]
    yield from (_module(reference) for reference in references if reference is not None)


def _module(reference: str) -> str:
    return reference.partition(":")[0]
