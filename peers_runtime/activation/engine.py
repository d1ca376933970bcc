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
from peers_runtime.activation.live import Live
from peers_runtime.activation.prepared import Prepared
from peers_runtime.base import errors
from peers_runtime.importing.finder import finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from concurrent.futures import Executor
    from typing import Any

    from peers_runtime.activation.ports import Memory
    from peers_runtime.activation.reaper import Reaper
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contributions.registry import HostSpecs
    from peers_runtime.model.active import ActivePackage, Key, State


_PATIENCE = 10.0  # seconds that closing waits for an act


class Engine:
    """What is live in one runtime. A context gets its binding when it is first used."""

    def __init__(self, state: State, memory: Memory, facades: bool) -> None:
        self.memory = memory
        self.hook_specs: tuple[HostSpecs, ...] = ()
        self.executor: Executor | None = None  # through which contexts call tools
        self.state = state
        self.live = Live(self.binding, lambda context_id: self.state.contexts[context_id], memory.report)
        self.bindings: dict[str, Binding] = {}  # of contexts in use, by id; changed by the engine only
        self._versions: dict[Key, ref[ActiveVersion]] = {}
        self._ended: list[ref[ActiveVersion]] = []  # those that another life has followed
        self._sets: dict[tuple[Key, ...], ref[ActiveSet]] = {}
        self._by_position: dict[int, ref[ActiveSet]] = {}  # of the state's sets
        self.acts = RLock()  # held through an act, from its plan to its switch, package code included
        self._lock = RLock()  # guards the tables above; never held while package code runs
        self._reaper: Reaper | None = None
        self.facades = facades
        self._occupied: set[str] = set()  # names that were reported: an ordinary module has them
        self._unmanage: Callable[[], object] = self._manage()
        self._closed = False
        memory.uses(state.packages)

    def binding(self, context_id: str) -> Binding:
        """The current generation of a context. Raises `UnknownContext` or `RuntimeClosed`."""
        try:
            return self.bindings[context_id]
        except KeyError:
            pass
        with self._lock:
            self.require_open()
            if context_id not in self.bindings:
                if context_id not in self.state.contexts:
                    raise self._unknown(context_id)
                self._bind(Binding(context_id, self._set_at(self.state.contexts[context_id][1]), 0))
            return self.bindings[context_id]

    def generation(self, context_id: str, packages: Sequence[ActivePackage]) -> Binding:
        """These versions as a context's, whatever it has now; whoever holds it keeps them."""
        self.require_open()
        return Binding(context_id, self._active_set(packages), 0)

    def require_open(self) -> None:
        """Raises `RuntimeClosed` after `close`."""
        if self._closed:
            raise errors.RuntimeClosed(
                "the runtime was closed", hint="open one again with Runtime.open(home)"
            )

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def prepare(self, context_id: str, packages: Sequence[ActivePackage], *, tell: bool = True) -> Prepared:
        """Load and check everything that the context does not run yet; nothing is switched.

        Imports each new version's definition and routes and, with `tell`, tells it that it is activated.
        Raises what is wrong, and then leaves nothing loaded that was not loaded before.
        """
        from peers_runtime.activation import check

        before = self.binding(context_id)
        with self._lock:
            known = {one for one, found in self._versions.items() if found() is not None}
            active = self._active_set(packages)
            fresh = [version for version in active.versions.values() if version.package.key not in known]
        provisional = Binding(context_id, active, before.generation + 1)
        running = {version.package.key for version in before.versions.values()}
        new = [version for version in active.versions.values() if version.package.key not in running]
        prepared = Prepared(provisional, new, fresh, _without(before.active, active))
        try:
            for claim in check.together(before, provisional):
                check.list_claim(claim, provisional)
            with Entered(provisional):
                for version in new:
                    check.starts(version, self.hook_specs)
                    if tell:
                        check.takes_over(version, before.versions.get(version.name))
        except BaseException:
            self.discard(prepared)
            raise
        return prepared

    def discard(self, prepared: Prepared) -> None:
        """Undo `prepare`: those it told of their beginning are told their end.

        What it loaded, and nobody else has come to hold, is unloaded when this returns.
        """
        context_id = prepared.binding.context_id
        with self._lock:
            held = {
                package.key
                for active in self._living()
                if active is not prepared.active or active.bindings
                for package in active.packages
            }
        unused = [version for version in prepared.fresh if version.package.key not in held]
        held |= {one.package.key for one in prepared.new if one.is_used_beside(context_id)}
        self.tell_end(prepared.binding, prepared.new, held)
        for version in prepared.new:
            version.never_was_in(prepared.binding)
        for version in unused:
            version.discard()
        self.drain()

    def switch(self, context_id: str, prepared: Prepared) -> Binding:
        """Make a prepared set the context's; costs the same however many packages and contexts there are.

        The switch is one reference: a request sees the old generation or the new one. Versions that the
        context no longer has are then told so; an error of their own there is a diagnostic.
        """
        before = self.binding(context_id)
        after = self.bind(context_id, prepared.active)
        self._part(before, prepared.gone)
        self.live.moved(context_id)
        return after

    def bind(self, context_id: str, active: ActiveSet) -> Binding:
        """`switch` without telling anybody; the same set again is no new generation."""
        with self._lock:
            before = self.binding(context_id)
            if before.active is active:
                return before
            after = Binding(context_id, active, before.generation + 1)
            self._bind(after)
            return after

    def tell_end(
        self, binding: Binding, versions: Sequence[ActiveVersion], elsewhere: Container[Key]
    ) -> dict[str, Any]:
        """Call the hooks of the end of those versions that were told of their beginning in this context.

        Those that are in use `elsewhere` are not asked to dispose. Answers with what was handed over.
        """
        from peers_runtime.activation import lifecycle

        data: dict[str, Any] = {}
        for version in versions:
            if version.is_used_in(binding.context_id):
                is_last = version.package.key not in elsewhere
                with Entered(binding):
                    data.update(lifecycle.deactivated(version, is_last=is_last))
                version.leave(binding.context_id, binding.generation)
                self.live.left(binding.context_id, version)
                if is_last:
                    version.end()
        return data

    def in_use(self) -> set[Key]:
        """The versions that some context has now."""
        with self._lock:
            return {
                package.key for active in self._living() if active.bindings for package in active.packages
            }

    def adopt(self, state: State) -> None:
        """Take over what the catalog says of all contexts, those included that other processes changed."""
        parted: list[tuple[Binding, ActiveSet]] = []
        with self._lock:
            self.state = state
            self._by_position.clear()
            for context_id, binding in list(self.bindings.items()):
                if context_id not in state.contexts:
                    self._unbind(context_id)
                    continue
                active = self._set_at(state.contexts[context_id][1])
                if active is not binding.active or self._has_other_records(binding):
                    self._bind(Binding(context_id, active, binding.generation + 1))
                    parted.append((binding, active))
            unmanage, self._unmanage = self._unmanage, self._manage()
            unmanage()
            self._tell_uses()
        for binding, active in parted:
            self._part(binding, _without(binding.active, active))
            self.live.moved(binding.context_id)
        self.live.changed()

    def add_hook_specs(self, specs: HostSpecs) -> None:
        """Applies to every set from its next hook call on. Raises `InvalidSetting`, and then adds nothing."""
        from peers_runtime.contributions import registry

        with self._lock:
            added = (*self.hook_specs, specs)
            registry.managers(added)
            self.hook_specs = added

    # ── freeing ──────────────────────────────────────────────────────────────────────────────────

    def drain(self) -> None:
        """Collect garbage and unload every version that nothing can come back to; returns when it is done.

        What was unloaded is no longer in use then, so that it can be pruned.
        """
        if self._reaper is not None:
            self._reaper.drain()
        with self._lock:
            if not self._closed:
                self._tell_uses()

    def sweep(self) -> None:
        """`drain` in the reaper's own time, without waiting for it."""
        if self._reaper is not None:
            self._reaper.sweep()

    def close(self) -> None:
        """Tell the versions in use that it is over, and unload everything this runtime loaded.

        Waits for an act that is under way, but not for ever. Calls on contexts raise `RuntimeClosed` from
        now on.
        """
        waited = self.acts.acquire(timeout=_PATIENCE)
        try:
            with self._lock:
                if self._closed:
                    return
                self._closed = True
                bindings = list(self.bindings.values())
                self.bindings.clear()
                living = self._loaded()
            used = [binding for binding in bindings if any(v.is_used_in(binding.context_id) for v in living)]
            for number, binding in enumerate(used, start=1):
                later = {package.key for other in used[number:] for package in other.active.packages}
                self.tell_end(binding, list(binding.versions.values()), later)
            if self._reaper is not None:
                self._reaper.watching = False  # what a host's own frames hold at its end is no leak
            for version in living:
                version.discard()
            del living, bindings, used
            if self._reaper is not None:
                self._reaper.close()
            self._unmanage()
        finally:
            if waited:
                self.acts.release()

    # ── tables ───────────────────────────────────────────────────────────────────────────────────

    def _unknown(self, context_id: str) -> errors.UnknownContext:
        return errors.UnknownContext(
            f"there is no data context {context_id!r}",
            hint=f"peers contexts create {context_id} --kind group",
            context=context_id,
            known=sorted(self.state.contexts),
        )

    def _bind(self, binding: Binding) -> None:
        before = self.bindings.get(binding.context_id)
        if before is not None:
            before.active.bindings -= 1
        binding.active.bindings += 1
        self.bindings[binding.context_id] = binding

    def _unbind(self, context_id: str) -> None:
        self.bindings.pop(context_id).active.bindings -= 1

    def _tell_uses(self) -> None:
        pinned = [package for active in self._living() for package in active.packages]
        loaded = [version.package for version in self._loaded()]
        self.memory.uses([*self.state.packages, *pinned, *loaded])

    def _living(self) -> list[ActiveSet]:
        return [active for found in self._sets.values() if (active := found()) is not None]

    def _loaded(self) -> list[ActiveVersion]:
        """Every version that somebody holds."""
        self._ended = [found for found in self._ended if found() is not None]
        found = [*self._versions.values(), *self._ended]
        return [version for one in found if (version := one()) is not None]

    def _set_at(self, position: int) -> ActiveSet:
        """The set at a position of the state: contexts are many, and a set's keys take a while to compare."""
        found = self._by_position.get(position)
        active = found() if found is not None else None
        if active is None:
            state = self.state
            active = self._active_set([state.packages[number] for number in state.sets[position]])
            self._by_position[position] = ref(active)
        return active

    def _active_set(self, packages: Sequence[ActivePackage]) -> ActiveSet:
        keys = tuple([package.key for package in packages])
        with self._lock:
            found = self._sets.get(keys)
            active = found() if found is not None else None
            if active is None or active.has_ended:
                active = ActiveSet(packages, self._version_of, self.memory, self.live)
                self._sets[keys] = ref(active, partial(_forget, self._sets, keys))
            return active

    def _version_of(self, package: ActivePackage) -> ActiveVersion:
        with self._lock:
            found = self._versions.get(package.key)
            version = found() if found is not None else None
            if version is None or version.has_ended:
                from peers_runtime.activation.versions import ActiveVersion

                if self._reaper is None:
                    self.require_open()  # nobody would end its thread
                    from peers_runtime.activation.reaper import Reaper

                    self._reaper = Reaper()
                if found is not None and version is not None:
                    self._ended.append(found)
                version = ActiveVersion(package, self.memory, self._reaper.hold)
                self._versions[package.key] = ref(version, partial(_forget, self._versions, package.key))
            return version

    def _manage(self) -> Callable[[], object]:
        """Answer `import NAME` for every installed package, while this runtime is open."""
        if not self.facades:
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
                    modules = self.memory.bytes(package).modules(package.digest)
                except errors.StorageError:
                    continue  # said where the version itself is used
                found.update(name[len(start) :] for name in modules if name.startswith(start))
        return {name for name in found if "." not in name}

    def _has_other_records(self, binding: Binding) -> bool:
        """Whether a context froze a contract, or chose a provider, since somebody asked for its providers."""
        known = binding.known_providers
        return known is not None and known.records != self.memory.contract_records(binding.context_id)

    def _part(self, before: Binding, gone: Sequence[ActivePackage]) -> None:
        """Tell the versions that a generation had and the next has not."""
        versions = [before.versions[package.name] for package in gone]
        if any(version.is_used_in(before.context_id) for version in versions):
            self.tell_end(before, versions, self.in_use())
        self.live.left(before.context_id, *versions)


def _without(before: ActiveSet, after: ActiveSet) -> Sequence[ActivePackage]:
    """The packages of one set that another has not."""
    kept = {package.key for package in after.packages}
    return [package for package in before.packages if package.key not in kept]


def _forget(table: dict[Any, Any], entry: object, dead: object) -> None:
    """Drop a dead reference, unless a new object has taken its place."""
    if table.get(entry) is dead:
        table.pop(entry, None)
