"""Snapshots in a home, the realms made from them, and the same files for stock importlib."""

from __future__ import annotations

import compileall
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks import packages
from peers_runtime.catalog.home import Home
from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock
from peers_runtime.importing.realm import Realm
from peers_runtime.model.manifest import Definition
from peers_runtime.snapshots import capture
from peers_runtime.snapshots.source import Source
from peers_runtime.snapshots.store import SnapshotStore


def described(files: Mapping[str, str], number: int = 0, version: str = "1.0.0") -> tuple[Source, Definition]:
    """A package of these files that contributes nothing: a host imports its modules."""
    own = next(iter(files)).partition("/")[0]
    source = Source(
        name=own,
        version=version,
        reference=f"{own}:package",
        files={path: text.encode() for path, text in files.items()},
    )
    return source, Definition(package_id=packages.package_id(number), reference=f"{own}:package")


class Store:
    """The snapshots of the home in `folder`, and realms made from them without a runtime."""

    def __init__(self, folder: Path) -> None:
        self._home = Home(folder)
        self.reopen()

    def add(self, files: Mapping[str, str], version: str = "1.0.0", siblings: Iterable[str] = ()) -> Lock:
        """The lock of a released version; `dev` makes one of it that names the author's files."""
        source, definition = described(files, version=version)
        manifest = capture.manifest(source, definition, "2026-01-01T00:00:00+00:00")
        self.bytes.add(source, manifest, siblings)
        return Lock(name=source.name, version=version, digest=manifest.id, declared=("pydantic",))

    def reopen(self) -> None:
        """Forget what is kept ready in memory: every snapshot is opened for the first time again."""
        self.bytes = SnapshotStore(self._home.path, self._home.key())

    def realm(self, lock: Lock) -> Realm:
        return finder().acquire(lock, self.bytes, _raise)

    def imported(self, lock: Lock) -> Realm:
        """The realm with its `main` imported, and all that imports."""
        realm = self.realm(lock)
        realm.module(f"{lock.name}.main")
        return realm


def dev(lock: Lock, folder: Path) -> Lock:
    """The lock of the same snapshot as an author's working copy in `folder`."""
    return Lock(
        name=lock.name, version=lock.version, digest=lock.digest, declared=lock.declared, origin=str(folder)
    )


def installed(folder: Path, files: Mapping[str, str]) -> str:
    """Write a package for stock importlib into a folder of `sys.path`, bytecode included; its name."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    own = next(iter(files)).partition("/")[0]
    if not compileall.compile_dir(folder / own, quiet=1):
        raise RuntimeError(f"{folder / own} could not be compiled")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    return own


def uninstall(own: str) -> None:
    """Let stock importlib import the package for the first time again."""
    for name in [name for name in sys.modules if name.partition(".")[0] == own]:
        del sys.modules[name]
    for path in [path for path in sys.path_importer_cache if own in Path(path).parts]:
        del sys.path_importer_cache[path]


def _raise(code: str, message: str) -> None:
    raise RuntimeError(f"{code}: {message}")
