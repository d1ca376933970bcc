"""One active package version: light until it is needed, then its definition as data and its realm.

On a host's start path: imports late.
"""

from __future__ import annotations

from _thread import RLock
from types import MappingProxyType

from peers_runtime.base import errors
from peers_runtime.contributions.belongings import Belongings
from peers_runtime.importing.current import current

_PATIENCE_S = 30.0  # how long a first use waits for another thread's to be over

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType
    from typing import Any

    from peers_runtime.activation.binding import Binding
    from peers_runtime.activation.ports import Memory
    from peers_runtime.contributions.lines import Line
    from peers_runtime.importing.ports import Bytes
    from peers_runtime.importing.realm import Realm
    from peers_runtime.model.active import ActivePackage
    from peers_runtime.model.manifest import Definition, Dependency, PrivateEntry


class ActiveVersion:
    """A package version that at least one active set holds.

    Its realm is acquired on first use and given back when the last set that holds the version is gone, or at
    `discard`: `hold(self, realm, bytes)` sees to that, as `Reaper.hold`.
    """

    __slots__ = (
        "__weakref__",
        "_announcing",
        "_being_told",
        "_definition",
        "_dependencies",
        "_give_back",
        "_hold",
        "_left_at",
        "_memory",
        "_private",
        "_realm",
        "_reported",
        "_shared",
        "_used_in",
        "belongings",
        "package",
    )

    def __init__(
        self,
        package: ActivePackage,
        memory: Memory,
        hold: Callable[[object, Realm, Bytes], Callable[[], object]],
    ) -> None:
        self.package = package
        self.belongings = Belongings()
        self._memory = memory
        self._hold = hold
        self._definition: Definition | None = None
        self._shared: Sequence[str] = ()  # the distributions that it shares with the host
        self._private: Sequence[PrivateEntry] = ()  # and those that are its own
        self._dependencies: Sequence[Dependency] = ()  # the packages that it depends on itself
        self._realm: Realm | None = None
        self._give_back: Callable[[], object] | None = None
        self._used_in: set[str | None] = set()  # contexts whose use the version has been told of
        self._left_at: dict[str | None, int] = {}  # context -> the generation whose end it was told of
        self._being_told: set[str | None] = set()
        self._announcing = RLock()
        self._reported: dict[tuple[str, str], set[str | None]] = {}  # what, and in which contexts

    @property
    def label(self) -> str:
        return self.package.label

    @property
    def name(self) -> str:
        return self.package.name

    @property
    def digest(self) -> str:
        return self.package.digest

    @property
    def definition(self) -> Definition:
        """What the package contributes, read from its snapshot's manifest; no package code runs."""
        if self._definition is None:
            manifest = self._memory.manifest(self.package.digest)
            self._shared, self._private = manifest.requires.shared, manifest.private
            self._dependencies = manifest.dependencies
            self._definition = manifest.definition
        return self._definition

    @property
    def realm(self) -> Realm:
        """The version's own modules. Acquired on first use, which imports none of them yet."""
        if self._realm is None:
            from peers_runtime.importing.finder import finder

            # Two threads may both come here. Equal closures are one realm and each acquisition is counted
            # and held, so the second is given back when this object dies or the runtime is closed.
            # The realm must not hold this object, whose death gives the realm back.
            memory, label = self._memory, self.label
            _ = self.definition  # the manifest is read once for both
            read = memory.bytes(self.package)
            realm = finder().acquire(
                memory.lock(self.package, self._shared, self._private, self._dependencies),
                read,
                lambda code, message: memory.report(code, message, "", label, None),
            )
            give_back = self._hold(self, realm, read)
            self._realm, self._give_back = realm, give_back
        return self._realm

    @property
    def dependencies(self) -> Sequence[LockedVersion]:
        """The packages that it depends on itself, each in the version that is locked for it."""
        _ = self.definition  # which knows them
        return locked(self.realm, self._dependencies, self._memory, self.belongings)

    @property
    def imported(self) -> tuple[str, ...]:
        """The modules that have been imported in this process, by their authors' names, in that order."""
        return self._realm.loaded() if self._realm is not None else ()

    def load(self, reference: str) -> object:
        """The object that `"module:attribute"` names in this version, importing the module when needed."""
        self.announce(None)
        return self.realm.load(reference)

    def module(self, name: str) -> ModuleType:
        self.announce(None)
        return self.realm.module(name)

    def logical(self, text: str) -> str:
        """`text` with the author's own module names."""
        return self._realm.logical(text) if self._realm is not None else text

    @property
    def first_uses(self) -> RLock:
        """Whoever holds it lets everybody else's first use of the version in a context wait."""
        return self._announcing

    @property
    def has_ended(self) -> bool:
        """Whether it was told that nobody uses it any more; requests may still be running on it."""
        return self._realm is not None and self._realm.ended

    def end(self) -> None:
        """Its modules are not for new use: who wants the version again gets them afresh."""
        if self._realm is not None:
            self._realm.ended = True

    def announce(self, previous: str | None, data: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Call the version's `peers_activated` for the current context, before its first use there.

        `data` is what the version before it has handed over. Others who come meanwhile wait, and get
        `ActivationFailed` when that takes half a minute. Once for each context and process, and again after
        `leave`, but not for a request that began before that.
        """
        entered = current.get()
        context_id = entered[0].context_id if entered is not None else None
        if context_id in self._used_in or self._has_left(entered):
            return
        if not self._announcing.acquire(timeout=_PATIENCE_S):
            raise self._never_ready()
        try:
            if context_id in self._used_in or context_id in self._being_told or self._has_left(entered):
                return
            from peers_runtime.activation import lifecycle

            self._being_told.add(context_id)  # the hook's own module comes here, too
            try:
                lifecycle.activated(self, previous, data)
                self._used_in.add(context_id)
                if self._realm is not None:
                    self._realm.ended = False
            finally:
                self._being_told.discard(context_id)
        finally:
            self._announcing.release()

    def is_used_in(self, context_id: str) -> bool:
        """Whether the version was told that this context uses it."""
        return context_id in self._used_in

    def is_used_beside(self, context_id: str) -> bool:
        """Whether the version was told that another context uses it."""
        return not self._used_in <= {context_id}

    def leave(self, context_id: str, generation: int) -> None:
        """The context no longer uses it after this generation."""
        self._used_in.discard(context_id)
        self._left_at[context_id] = generation

    def never_was_in(self, binding: Binding) -> None:
        """A generation of that number is to come again, and may have the version."""
        if self._left_at.get(binding.context_id) == binding.generation:
            self._left_at[binding.context_id] -= 1

    def discard(self) -> None:
        """Give the realm back now, although a failed act's traceback may still hold this object."""
        give_back, self._give_back, self._realm = self._give_back, None, None
        self._used_in.clear()
        self._left_at.clear()
        self.belongings.leave()
        if give_back is not None:
            give_back()

    def _has_left(self, entered: Any) -> bool:
        """Whether the binding that is entered is one whose end the version was told of."""
        return entered is not None and self._left_at.get(entered[0].context_id, -1) >= entered[0].generation

    def _never_ready(self) -> errors.ActivationFailed:
        return errors.ActivationFailed(
            f"{self.label} is still being activated after {_PATIENCE_S:g} s: its peers_activated, or "
            "peers_dispose of the version before it, has not returned",
            hint="these hooks must not wait for a thread that uses the package through a context",
            package=self.name,
            version=self.package.version,
        )

    def report(
        self, code: str, message: str, hint: str = "", context_id: str | None = None, line: Line | None = None
    ) -> None:
        """List something that went wrong with this version and stopped nothing else; once in this process.

        With the context in which it did, where that matters: once for each, and not again what was so in all.
        """
        told = self._reported.setdefault((code, message), set())
        if None in told or context_id in told:
            return
        told.add(context_id)
        self._memory.report(code, self.logical(message), hint, self.label, context_id, line)

    def __repr__(self) -> str:
        return f"<ActiveVersion {self.label}>"


class LockedVersion:
    """A package version that another one depends on: part of that one's closure, and of no active set.

    It lives as long as the version that depends on it, which holds its realm, and leaves with it: what it has
    subscribed to belongs to that one.
    """

    __slots__ = ("__weakref__", "_manifest", "_memory", "_realm", "belongings", "digest")

    def __init__(self, realm: Realm, digest: str, memory: Memory, belongings: Belongings) -> None:
        self.belongings = belongings
        self.digest = digest
        self._realm = realm
        self._memory = memory
        self._manifest = memory.manifest(digest)

    @property
    def label(self) -> str:
        return self._realm.label

    @property
    def definition(self) -> Definition:
        return self._manifest.definition

    @property
    def dependencies(self) -> Sequence[LockedVersion]:
        return locked(self._realm, self._manifest.dependencies, self._memory, self.belongings)

    def load(self, reference: str) -> object:
        return self._realm.load(reference)

    def logical(self, text: str) -> str:
        return self._realm.logical(text)

    def __repr__(self) -> str:
        return f"<LockedVersion {self.label}>"


def locked(
    realm: Realm, dependencies: Sequence[Dependency], memory: Memory, belongings: Belongings
) -> Sequence[LockedVersion]:
    """What the version in `realm` depends on, of which it holds the realms."""
    realms = {one.lock.digest: one for one in realm.packages}
    return [LockedVersion(realms[one.digest], one.digest, memory, belongings) for one in dependencies]
