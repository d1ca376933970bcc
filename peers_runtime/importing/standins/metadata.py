"""`importlib.metadata` for a realm's code: the package itself and its private distributions come first.

Those of the host come after, unless a private one has the name. All can be read; of their entry points only
those are seen that the realm's code may load.
"""

from __future__ import annotations

import csv
import functools
import importlib.metadata as real
import io
import itertools
import os
import re

from peers_runtime.importing import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from peers_runtime.importing.realm import Realm


class Distribution(real.Distribution):
    """The package, or one of its private distributions. Without a `METADATA` file it has name and version."""

    def __init__(self, realm: Realm, name: str, version: str, digest: str) -> None:
        self._realm = realm
        self._digest = digest
        self._named = name
        self._given = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"

    def is_called(self, name: str) -> bool:
        """Whether the lock has it under this name, or its own metadata, which may say another."""
        wanted = _normal(name)
        return wanted == _normal(self._named) or wanted == _normal(self.metadata["Name"])

    def read_text(self, filename: str | os.PathLike[str]) -> str | None:
        wanted = os.fspath(filename)
        paths = self._realm.read.paths(self._digest)
        for path in paths:
            folder, _, name = path.partition("/")
            if folder.endswith(".dist-info") and name == wanted:
                return self._realm.read.source(self._digest, path).decode()
        if wanted == "RECORD":
            return _record(paths)
        return self._given if wanted == "METADATA" else None

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        from pathlib import Path

        return Path(self._realm.contents.folder(self._digest)) / path

    @property
    def entry_points(self) -> real.EntryPoints:
        return real.EntryPoints(EntryPoint(self._realm, self, each) for each in super().entry_points)


class EntryPoint(real.EntryPoint):
    """Loads what it names from the realm."""

    def __init__(self, realm: Realm, distribution: Distribution, told: real.EntryPoint) -> None:
        super().__init__(told.name, told.value, told.group)
        vars(self).update(dist=distribution, _realm=realm)  # attributes cannot be set

    def load(self) -> Any:
        realm: Realm = vars(self)["_realm"]
        attributes = (self.attr or "").split(".")
        return functools.reduce(getattr, filter(None, attributes), realm.imports.module(self.module))


class HostDistribution(real.Distribution):
    """One of the host's."""

    def __init__(self, realm: Realm, held: real.Distribution) -> None:
        self._realm = realm
        self._held = held

    def read_text(self, filename: str) -> str | None:
        return self._held.read_text(filename)

    def locate_file(self, path: str | os.PathLike[str]) -> Any:
        return self._held.locate_file(path)

    @property
    def entry_points(self) -> real.EntryPoints:
        """Those that name something which the realm's code would import from the host."""
        return real.EntryPoints(each for each in self._held.entry_points if self._is_loadable(each.value))

    def _is_loadable(self, value: str) -> bool:
        root = re.split(r"\W", value, maxsplit=1)[0]
        imports = self._realm.imports
        return imports.is_declared(root) and imports.prefix(root) is None


def members(realm: Realm) -> dict[str, Any]:
    functions = _Functions(realm)
    return {name: getattr(functions, name) for name in _FUNCTIONS}


def found(realm: Realm, name: str | None) -> list[Distribution]:
    """The realm's own of that name, or all: for another copy of `importlib.metadata` in its code."""
    lock = realm.lock
    own = [Distribution(realm, one.name, one.version, one.digest) for one in lock.private]
    own.append(Distribution(realm, lock.name, lock.version, lock.digest))
    return own if name is None else [each for each in own if each.is_called(name)]


class _Functions:
    """Those of `importlib.metadata`, with what they say there."""

    def __init__(self, realm: Realm) -> None:
        self._realm = realm

    def distribution(self, distribution_name: str) -> real.Distribution:
        if self._realm.owns(distribution_name):  # a module's own `__name__`
            distribution_name = names.split(distribution_name)[1]
        own = found(self._realm, distribution_name)
        return own[0] if own else real.distribution(distribution_name)

    def distributions(self, **wanted: Any) -> Iterable[real.Distribution]:
        if wanted:  # on a path of the caller's, say
            return real.distributions(**wanted)
        return _all(self._realm)

    def version(self, distribution_name: str) -> str:
        return self.distribution(distribution_name).version

    def metadata(self, distribution_name: str) -> Any:
        return self.distribution(distribution_name).metadata

    def requires(self, distribution_name: str) -> list[str] | None:
        return self.distribution(distribution_name).requires

    def files(self, distribution_name: str) -> Any:
        return self.distribution(distribution_name).files

    def entry_points(self, **wanted: Any) -> Any:
        seen = itertools.chain.from_iterable(each.entry_points for each in _all(self._realm))
        groups = getattr(real, "SelectableGroups", None)  # before CPython 3.12
        return (real.EntryPoints(seen) if groups is None else groups.load(seen)).select(**wanted)

    def packages_distributions(self) -> dict[str, list[str]]:
        lock, own = self._realm.lock, self._realm.contents.roots
        told = {
            name: list(given)
            for name, given in real.packages_distributions().items()
            if name in lock.declared
        }
        told.update((name, []) for name in own)
        told[lock.name].append(lock.name)
        for private in lock.private:
            for name in private.imports:
                if name in own:
                    told[name].append(private.name)
        return told


_FUNCTIONS = [name for name in vars(_Functions) if not name.startswith("_")]


def _all(realm: Realm) -> Iterator[real.Distribution]:
    """Each name once: the realm's own, then what the host has besides."""
    own = found(realm, None)
    yield from own
    seen = {_normal(each.metadata["Name"]) for each in own} | {_normal(realm.lock.name)}
    for each in real.distributions():
        name = _normal(_quick_name(each))
        if name not in seen:
            seen.add(name)
            yield HostDistribution(realm, each)


def _quick_name(distribution: Any) -> str:
    """By which importlib itself tells them apart: from the folder's name, without reading the metadata."""
    name: str = distribution._normalized_name  # noqa: SLF001  # there is nothing public
    return name


def _record(paths: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((path, "", "") for path in paths)
    return text.getvalue()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
