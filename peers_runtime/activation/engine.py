"""Which binding each context has now; preparing, switching and freeing.

The engine knows no catalog: an operation hands it facts (`State`) and asks for a prepared set, records
the outcome, and then switches. On a host's start path: imports late.
"""

from __future__ import annotations

from _thread import RLock  # `threading` costs a millisecond of every start
from _weakref import ref
from functools import partial

from peers_runtime.activation.active_set import ActiveSet
from peers_runtime.activation.binding import Binding, Entered
from peers_runtime.base import errors
from peers_runtime.importing.finder import finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from peers_runtime.activation.ports import Memory
    from peers_runtime.activation.reaper import Reaper
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contributions.registry import HostSpecs
    from peers_runtime.model.active import ActivePackage, Key, State


class Engine:
    """What is live in one runtime. A context gets its binding when it is first used."""

    def __init__(self, state: State, memory: Memory, facades: bool) -> None:
        self.memory = memory
        self.hook_specs: tuple[HostSpecs, ...] = ()
        self.state = state
        self.bindings: dict[str, Binding] = {}  # of contexts in use, by id; changed by the engine only
        self._versions: dict[Key, ref[ActiveVersion]] = {}
        self._sets: dict[tuple[Key, ...], ref[ActiveSet]] = {}
        self.acts = RLock()  # held through an act, from its plan to its switch
        self._lock = RLock()  # guards the tables above; never held while package code runs
        self._reaper: Reaper | None = None
        self._facades = facades
        self._occupied: set[str] = set()  # names that were reported: an ordinary module has them
        self._unmanage: Callable[[], object] = self._manage()
        self._closed = False

    def binding(self, context_id: str) -> Binding:
        """The current generation of a context. Raises `UnknownContext` or `RuntimeClosed`."""
        try:
            return self.bindings[context_id]
        except KeyError:
            pass
        with self._lock:
            if self._closed:
                raise errors.RuntimeClosed(
                    "the runtime was closed", hint="open one again with Runtime.open(home)"
                )
            if context_id not in self.bindings:
                packages = self._active(self.state, context_id)
                self.bindings[context_id] = Binding(context_id, self._active_set(packages), 0)
            return self.bindings[context_id]

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def prepare(self, context_id: str, packages: Sequence[ActivePackage]) -> Prepared:
        """Load and check everything that the context does not run yet; nothing is switched.

        Imports each new version's definition and routes and tells it that it is activated. Raises what is
        wrong, and then leaves nothing loaded that was not loaded before.
        """
        from peers_runtime.activation import check

        before = self.binding(context_id)
        with self._lock:
            known = {one for one, found in self._versions.items() if found() is not None}
            active = self._active_set(packages)
            fresh = [version for version in active.versions.values() if version.package.key not in known]
        prepared = Prepared(active, fresh, _without(before.active, active))
        running = {version.package.key for version in before.versions.values()}
        new = [version for version in active.versions.values() if version.package.key not in running]
        try:
            check.no_conflicts(active)
            with Entered(Binding(context_id, active, before.generation + 1)):
                for version in new:
                    check.starts(version, before.versions.get(version.name), self.hook_specs)
        except BaseException:
            self.discard(prepared)
            raise
        return prepared

    def discard(self, prepared: Prepared) -> None:
        """Undo `prepare`: what it loaded is unloaded when this returns."""
        for version in prepared.fresh:
            version.discard()
        self.drain()

    def switch(self, context_id: str, prepared: Prepared) -> Binding:
        """Make a prepared set the context's; costs the same however many packages and contexts there are.

        The switch is one reference: a request sees the old generation or the new one. Versions that the
        context no longer has are then told so; an error of their own there is a diagnostic.
        """
        before = self.binding(context_id)
        after = Binding(context_id, prepared.active, before.generation + 1)
        self.bindings[context_id] = after
        self._part(before, prepared.gone)
        return after

    def adopt(self, state: State) -> None:
        """Take over what the catalog says of all contexts, those included that other processes changed."""
        made: dict[int, ActiveSet] = {}  # by position in `state.sets`: contexts are many, distinct sets few
        parted: list[tuple[Binding, ActiveSet]] = []
        with self._lock:
            self.state = state
            for context_id, binding in list(self.bindings.items()):
                if context_id not in state.contexts:
                    del self.bindings[context_id]
                    continue
                position = state.contexts[context_id][2]
                active = made.get(position)
                if active is None:
                    active = made[position] = self._active_set(state.active(context_id))
                if active is not binding.active:
                    self.bindings[context_id] = Binding(context_id, active, binding.generation + 1)
                    parted.append((binding, active))
            unmanage, self._unmanage = self._unmanage, self._manage()
            unmanage()
        for binding, active in parted:
            self._part(binding, _without(binding.active, active))

    def add_hook_specs(self, specs: HostSpecs) -> None:
        """Applies to every set from its next hook call on. Raises `InvalidSetting`, and then adds nothing."""
        from peers_runtime.contributions import registry

        added = (*self.hook_specs, specs)
        registry.managers(added)
        self.hook_specs = added

    # ── freeing ──────────────────────────────────────────────────────────────────────────────────

    def drain(self) -> None:
        """Collect garbage and unload every version that nothing can come back to; returns when it is done."""
        if self._reaper is not None:
            self._reaper.drain()

    def close(self) -> None:
        """Unload everything this runtime loaded. Calls on its contexts raise `RuntimeClosed` from now on."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self.bindings.clear()
            living = [version for found in self._versions.values() if (version := found()) is not None]
        if self._reaper is not None:
            self._reaper.watching = False  # what a host's own frames hold at its end is no leak
        for version in living:
            version.discard()
        del living
        if self._reaper is not None:
            self._reaper.close()
        self._unmanage()

    # ── tables ───────────────────────────────────────────────────────────────────────────────────

    def _active(self, state: State, context_id: str) -> Sequence[ActivePackage]:
        try:
            return state.active(context_id)
        except KeyError:
            raise errors.UnknownContext(
                f"there is no data context {context_id!r}",
                hint=f"peers contexts create {context_id} --kind group",
                context=context_id,
                known=sorted(state.contexts),
            ) from None

    def _active_set(self, packages: Sequence[ActivePackage]) -> ActiveSet:
        keys = tuple([package.key for package in packages])
        with self._lock:
            found = self._sets.get(keys)
            active = found() if found is not None else None
            if active is None:
                active = ActiveSet(packages, self._version_of, self.memory)
                self._sets[keys] = ref(active, partial(_forget, self._sets, keys))
            return active

    def _version_of(self, package: ActivePackage) -> ActiveVersion:
        with self._lock:
            found = self._versions.get(package.key)
            version = found() if found is not None else None
            if version is None:
                from peers_runtime.activation.versions import ActiveVersion

                if self._reaper is None:
                    from peers_runtime.activation.reaper import Reaper

                    self._reaper = Reaper(lambda: self.memory.bytes)
                version = ActiveVersion(package, self.memory, self._reaper.retire)
                self._versions[package.key] = ref(version, partial(_forget, self._versions, package.key))
            return version

    def _manage(self) -> Callable[[], object]:
        """Answer `import NAME` for every installed package, while this runtime is open."""
        if not self._facades:
            return lambda: None
        names = self.state.names
        undo = finder().manage(names, self, self._submodules)
        for name in finder().occupied(names):
            if name not in self._occupied:
                self._occupied.add(name)
                self.memory.report(
                    errors.NameOccupied.code,
                    f"{name!r} was imported in this process before the runtime opened, and stays that module",
                    f"open the runtime first, or use: context.module({name!r})",
                    name,
                    None,
                )
        return undo

    def _submodules(self, logical: str) -> set[str]:
        """The last names of what lies directly under a package, in any active version of it."""
        root, start = logical.partition(".")[0], logical + "."
        found: set[str] = set()
        for package in self.state.packages:
            if package.name == root:
                try:
                    modules = self.memory.bytes.modules(package.digest)
                except errors.StorageError:
                    continue  # said where the version itself is used
                found.update(name[len(start) :] for name in modules if name.startswith(start))
        return {name for name in found if "." not in name}

    def _part(self, before: Binding, gone: Sequence[ActivePackage]) -> None:
        """Tell the versions that a generation had and the next has not."""
        announced = [version for package in gone if (version := before.versions[package.name]).is_announced]
        if not any(version.definition.lifecycle_hooks for version in announced):
            return
        from peers_runtime.activation import lifecycle

        living = {binding.active for binding in list(self.bindings.values())}
        elsewhere = {package.key for active in living for package in active.packages}
        with Entered(before):
            for version in announced:
                lifecycle.deactivated(version, is_last=version.package.key not in elsewhere)


def _without(before: ActiveSet, after: ActiveSet) -> Sequence[ActivePackage]:
    """The packages of one set that another has not."""
    kept = {package.key for package in after.packages}
    return [package for package in before.packages if package.key not in kept]


def _forget(table: dict[Any, Any], entry: object, dead: object) -> None:
    """Drop a dead reference, unless a new object has taken its place."""
    if table.get(entry) is dead:
        table.pop(entry, None)


class Prepared:
    """A set that is loaded and checked.

    `fresh` are the versions that nobody held before, `gone` those that the context will no longer have.
    """

    __slots__ = ("active", "fresh", "gone")

    def __init__(
        self, active: ActiveSet, fresh: Sequence[ActiveVersion], gone: Sequence[ActivePackage]
    ) -> None:
        self.active = active
        self.fresh = fresh
        self.gone = gone
