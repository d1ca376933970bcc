"""What a project's requirements were resolved to, as its `peers.lock` says."""

from __future__ import annotations

from peers_runtime.model.manifest import Dependency, PrivateEntry
from peers_runtime.model.wire import Record


class LockedPackage(Dependency):
    """A package in a lock. `range` is what the project asks for, empty for what only others depend on."""

    range: str = ""

    @property
    def dependency(self) -> Dependency:
        """Without the range."""
        return Dependency(**{name: getattr(self, name) for name in Dependency.model_fields})


class Locked(Record):
    """A lock: `asked` are the requirements it was made for, `private` all the wheels that they need.

    `packages` are all those that the project depends on, itself or through others, by name and version.
    """

    asked: tuple[str, ...] = ()
    private: tuple[PrivateEntry, ...] = ()
    packages: tuple[LockedPackage, ...] = ()

    @property
    def direct(self) -> tuple[Dependency, ...]:
        """The packages that the project asks for itself, by name."""
        return tuple(one.dependency for one in sorted(self.packages, key=lambda one: one.name) if one.range)


class Use(Record):
    """A private distribution of what is active in this home, and who uses it: `notes@1.0.0 in acme`."""

    name: str
    version: str
    digest: str
    used_by: tuple[str, ...]


class Dependencies(Record):
    """What a project asks for and what it gets; `changes` are those of an act, in words.

    `trouble` says why the lock cannot be used, when it cannot.
    """

    project: str  # its folder
    asked: tuple[str, ...]
    private: tuple[PrivateEntry, ...]
    packages: tuple[LockedPackage, ...] = ()
    trouble: str = ""
    changes: tuple[str, ...] = ()
    written: bool = False
