"""One realm's closure, as data: what a package version is loaded from and what it may import."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, NoReturn

_DIGITS = 12  # hex digits of the closure digest that a tag carries


class Private:
    """A distribution that only this realm sees. `imports` are its top-level import names."""

    __slots__ = ("digest", "imports", "name", "version")

    name: str
    version: str
    digest: str
    imports: tuple[str, ...]

    def __init__(self, name: str, version: str, digest: str, imports: Iterable[str]) -> None:
        _freeze(self, name=name, version=version, digest=digest, imports=tuple(imports))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Private) and self.as_data() == other.as_data()

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.digest))

    def __repr__(self) -> str:
        return f"Private({self.name} {self.version})"

    def as_data(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "version": self.version,
            "digest": self.digest,
            "imports": list(self.imports),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Private:
        return cls(data["name"], data["version"], data["digest"], data["imports"])


class Lock:
    """What one realm is made of.

    `name` is the package's import name and `digest` its snapshot's. `packages` are realms of their own,
    shared by equal closure. `declared` are the top-level names that the package may import from the host
    beside the standard library. `origin` is only for dev: the author's folder that holds the import
    package; the code then names the author's files. `life` counts how often the same closure has been ended
    and was still held when it was wanted again: each life is a realm of its own.
    """

    __slots__ = ("_tag", "declared", "digest", "life", "name", "origin", "packages", "private", "version")

    name: str
    version: str
    digest: str
    private: tuple[Private, ...]
    packages: tuple[Lock, ...]
    declared: frozenset[str]
    origin: str | None
    life: int

    def __init__(
        self,
        name: str,
        version: str,
        digest: str,
        private: Iterable[Private] = (),
        packages: Iterable[Lock] = (),
        declared: Iterable[str] = (),
        origin: str | None = None,
        life: int = 0,
    ) -> None:
        _freeze(
            self,
            name=name,
            version=version,
            digest=digest,
            private=tuple(private),
            packages=tuple(packages),
            declared=frozenset(declared),
            origin=origin,
            life=life,
        )

    def next_life(self) -> Lock:
        return Lock.from_data({**self.as_data(), "life": self.life + 1})

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lock) and self.as_data() == other.as_data()

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.digest, self.origin, self.life))

    def __repr__(self) -> str:
        return f"Lock({self.name}@{self.version})"

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data, from which `from_data` makes an equal lock in another process."""
        return {
            "name": self.name,
            "version": self.version,
            "digest": self.digest,
            "private": [private.as_data() for private in self.private],
            "packages": [package.as_data() for package in self.packages],
            "declared": sorted(self.declared),
            "origin": self.origin,
            "life": self.life,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Lock:
        return cls(
            data["name"],
            data["version"],
            data["digest"],
            [Private.from_data(private) for private in data["private"]],
            [Lock.from_data(package) for package in data["packages"]],
            data["declared"],
            data["origin"],
            data["life"],
        )


def closure_digest(lock: Lock) -> str:
    """SHA-256, in hex, of everything that decides what the realm's code does and what it may import.

    The order in which private distributions and packages are listed does not count.
    """
    import hashlib
    import json

    closure = lock.as_data()
    closure["private"] = sorted(
        [private.name, private.version, private.digest, sorted(private.imports)] for private in lock.private
    )
    closure["packages"] = sorted([package.name, closure_digest(package)] for package in lock.packages)
    return hashlib.sha256(json.dumps(closure, sort_keys=True).encode()).hexdigest()


def tag(lock: Lock) -> str:
    """An identifier that names package, version and closure: `notes_1_2_0_3f2a9c01d4e5`."""
    known: str | None = getattr(lock, "_tag", None)
    if known is None:
        readable = "".join(
            letter if letter.isascii() and letter.isalnum() else "_"
            for letter in f"{lock.name}_{lock.version}"
        )
        known = f"{readable}_{closure_digest(lock)[:_DIGITS]}"
        _freeze(lock, _tag=known)
    return known


def _freeze(record: object, **values: object) -> None:
    for name, value in values.items():
        object.__setattr__(record, name, value)
