"""The two files of a project that say what it depends on: pyproject.toml and peers.lock, read and written.

pyproject.toml is the author's: what is not to change keeps its order, its comments and its spelling.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.model.dependencies import Locked
from peers_runtime.model.manifest import Requires
from peers_runtime.projects import declarations, lock_files, sources
from peers_runtime.projects.declarations import Needs
from peers_runtime.snapshots import disk, requirements
from peers_runtime.snapshots.source import GROUP

if TYPE_CHECKING:
    import tomlkit


@dataclass(frozen=True)
class ProjectFiles:
    """`pyproject` and `lock` are what the files hold, the latter None when there is none."""

    folder: Path
    pyproject: bytes
    lock: bytes | None
    needs: Needs

    @property
    def requires(self) -> Requires:
        return self.needs.requires

    @property
    def dependencies(self) -> Mapping[str, str]:
        """Import name of a package -> range."""
        return self.needs.dependencies

    def locked(self) -> Locked:
        """What the lock says, of nothing when there is none. Raises `LockOutdated`."""
        return Locked() if self.lock is None else lock_files.read(self.lock, str(_lock(self.folder)))

    def with_private(self, added: Sequence[str]) -> ProjectFiles:
        """The same with these private requirements, each in the place of one of the same distribution."""
        document = _document(self.pyproject)
        listed = _private(document)
        for text in added:
            names = [requirements.canonical(str(one)) for one in listed]
            name = requirements.canonical(text)
            if name in names:
                listed[names.index(name)] = text
            else:
                listed.append(text)
        return self._edited(document)

    def without_private(self, removed: Sequence[str]) -> ProjectFiles:
        """The same without the private requirements of these distributions."""
        document = _document(self.pyproject)
        listed = _private(document)
        gone = requirements.names(removed)
        for place in reversed(range(len(listed))):
            if requirements.canonical(str(listed[place])) in gone:
                del listed[place]
        return self._edited(document)

    def with_packages(self, added: Mapping[str, str]) -> ProjectFiles:
        """The same depending on these packages too, in these ranges."""
        document = _document(self.pyproject)
        _dependencies(document).update(added)
        return self._edited(document)

    def without_packages(self, removed: Sequence[str]) -> ProjectFiles:
        """The same without these packages, of which it depends on each."""
        document = _document(self.pyproject)
        table = _dependencies(document)
        for name in removed:
            del table[name]
        return self._edited(document)

    def write(self, lock: str | None) -> None:
        """Put both files in their places; without a `lock` there is none any more.

        Raises `ProjectNotWritable`; both are then as they were.
        """
        path = _lock(self.folder)
        try:
            _put(path, lock.encode() if lock is not None else None)
            try:
                _put(_pyproject(self.folder), self.pyproject)
            except OSError:
                _put(path, self.lock)
                raise
        except OSError as error:
            raise errors.ProjectNotWritable(
                f"{error.filename or path} cannot be written: {error.strerror or error}",
                hint="see to the rights of the user of this process, and to the space on the disk",
                path=str(self.folder),
            ) from error

    def _edited(self, document: tomlkit.TOMLDocument) -> ProjectFiles:
        import tomlkit

        data = tomlkit.dumps(document).encode()
        return replace(self, pyproject=data, needs=declarations.needs(_pyproject(self.folder), data))


def read(path: str | os.PathLike[str]) -> ProjectFiles:
    """Raises what is wrong with pyproject.toml, `NoPackageThere` when there is none."""
    folder = sources.folder(path).resolve()
    data = _bytes(_pyproject(folder))
    if data is None:
        raise errors.NoPackageThere(
            f"{folder} holds no package: there is no pyproject.toml in it",
            hint=f"a package is a project with an entry point in the group {GROUP!r}",
            where=str(folder),
        )
    return ProjectFiles(folder, data, _bytes(_lock(folder)), declarations.needs(_pyproject(folder), data))


def _pyproject(folder: Path) -> Path:
    return folder / "pyproject.toml"


def _lock(folder: Path) -> Path:
    return folder / lock_files.NAME


def _document(pyproject: bytes) -> tomlkit.TOMLDocument:
    import tomlkit

    return tomlkit.parse(pyproject)


def _private(document: tomlkit.TOMLDocument) -> Any:
    """The array `[tool.peers] private`, made when it is missing."""
    import tomlkit

    return _peers(document).setdefault("private", tomlkit.array())


def _dependencies(document: tomlkit.TOMLDocument) -> Any:
    """The table `[tool.peers.dependencies]`, made when it is missing."""
    import tomlkit

    return _peers(document).setdefault("dependencies", tomlkit.table())


def _peers(document: tomlkit.TOMLDocument) -> Any:
    import tomlkit

    tool = document.setdefault("tool", tomlkit.table(is_super_table=True))
    return tool.setdefault("peers", tomlkit.table())


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise errors.NoPackageThere(
            f"{path} cannot be read: {error.strerror}", hint="see to its permissions", where=str(path)
        ) from error


def _put(path: Path, data: bytes | None) -> None:
    """Replace a file, or remove it, durable on return; through a link, what it leads to. Raises OSError."""
    target = os.path.realpath(path)
    if data is None:
        path.unlink(missing_ok=True)
    elif _bytes(path) != data:
        disk.replace(target, data)
