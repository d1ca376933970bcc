"""What the tests of this room work with: realms from strings, and a context that names some of them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.importing.current import current
from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock, Private
from peers_runtime.importing.realm import Realm
from tests.fakes.disk_bytes import DiskBytes

VERSIONS = ("1", "2")
Both = Callable[..., list[tuple[Realm, str]]]


def feature(title: str, group: str) -> pytest.MarkDecorator:
    """Marks a test as one line of docs/reference/realms.md."""
    return pytest.mark.realm_feature(title, group=group)


class Workshop:
    """Makes realms, and takes them apart again at the end."""

    def __init__(self, folder: Path) -> None:
        self.bytes = DiskBytes(folder)
        self.reports: list[tuple[str, str]] = []
        self._acquired: list[Realm] = []

    def lock(
        self,
        files: Mapping[str, str | bytes],
        version: str = "1.0.0",
        name: str = "notes",
        **others: Any,
    ) -> Lock:
        return Lock(name, version, self.bytes.add(_dedented(files)), **others)

    def private(
        self, name: str, version: str, files: Mapping[str, str | bytes] | Path, imports: Sequence[str] = ()
    ) -> Private:
        """A private distribution from strings, or from a folder that holds an unpacked wheel."""
        digest = self.bytes.add_folder(files) if isinstance(files, Path) else self.bytes.add(_dedented(files))
        return Private(name, version, digest, imports or (name,))

    def acquire(self, lock: Lock) -> Realm:
        realm = finder().acquire(lock, self.bytes, lambda code, text: self.reports.append((code, text)))
        self._acquired.append(realm)
        return realm

    def realm(self, files: Mapping[str, str | bytes], **others: Any) -> Realm:
        return self.acquire(self.lock(files, **others))

    def release(self, realm: Realm) -> None:
        self._acquired.remove(realm)
        finder().release(realm, self.bytes)

    def both(self, files: Mapping[str, str | bytes], **others: Any) -> list[tuple[Realm, str]]:
        """Versions 1.0.0 and 2.0.0 side by side; `$V` in the files is "1" and "2"."""
        return [
            (
                self.realm(
                    {
                        path: text.replace("$V", v) if isinstance(text, str) else text
                        for path, text in files.items()
                    },
                    version=f"{v}.0.0",
                    **others,
                ),
                v,
            )
            for v in VERSIONS
        ]

    def close(self) -> None:
        for realm in self._acquired:
            finder().release(realm, self.bytes, collect=False)


class Modules(dict[str, ModuleType]):
    """The modules of active versions, by logical name, as the activation of a context has them."""

    def __init__(self, realms: Sequence[Realm]) -> None:
        self._realms = {realm.lock.name: realm for realm in realms}

    def __missing__(self, logical: str) -> ModuleType:
        realm = self._realms.get(logical.partition(".")[0])
        if realm is None:
            raise errors.NoActiveVersion(f"{logical!r} has no active version in this test's context")
        module = self[logical] = realm.module(logical)
        return module


class Active:
    __slots__ = ("modules",)

    def __init__(self, *realms: Realm) -> None:
        self.modules = Modules(realms)


@contextmanager
def entered(*realms: Realm) -> Iterator[Active]:
    """A context in which these versions are active."""
    active = Active(*realms)
    token = current.set((active, None, {}))
    try:
        yield active
    finally:
        current.reset(token)


def _dedented(files: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    return {path: textwrap.dedent(text) if isinstance(text, str) else text for path, text in files.items()}


def with_private(
    workshop: Workshop, app: str, *private: Private, version: str = "1.0.0", **others: object
) -> Realm:
    return workshop.realm(
        {"notes/__init__.py": "", "notes/app.py": app}, version=version, private=private, **others
    )
