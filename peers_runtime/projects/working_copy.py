"""A package as its author's project folder, read again and again at the cost of what has changed."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from peers_runtime.base import errors
from peers_runtime.model.dependencies import Locked
from peers_runtime.projects import declarations, lock_files
from peers_runtime.projects.declarations import Project
from peers_runtime.projects.survey import (
    Entry,
    Signature,
    Survey,
    entry_at,
    hops,
    is_below,
    signature_of,
    survey_of,
    unreadable,
)
from peers_runtime.snapshots import layout
from peers_runtime.snapshots.blobs import digest_of
from peers_runtime.snapshots.source import GROUP, Source

_ATTEMPTS = 10  # how often a folder is read again that changes while it is read
_PAUSE = 0.02  # seconds between two of them
# A file system's clock ticks: a file that changed this shortly before it was read may change again within
# the same tick, and look as if it had not. Ticks are 4 to 10 ms on Linux, up to 2 s on FAT and old NFS.
_TICK_NS = 2_000_000_000


@dataclass(frozen=True)
class Folders:
    """What to watch, as absolute real folders: `deep` ones with all below, of `flat` ones what they hold."""

    deep: frozenset[str]
    flat: frozenset[str]


class WorkingCopy:
    """`pyproject.toml`, `peers.lock` if there is one, and the import package beside them or under `src/`.

    Symbolic links are followed; hidden files, caches and compiled code are left out. One thread reads;
    others may ask the rest meanwhile.
    """

    def __init__(self, folder: str | os.PathLike[str], version: str | None = None) -> None:
        """`version` is the one that the project is to be of: needed where [project] leaves it dynamic."""
        self.folder = Path(folder).resolve()
        self._version = version
        self.pyproject = self.folder / "pyproject.toml"
        self.lock_file = self.folder / lock_files.NAME
        self._known: dict[str, _Known] = {}
        self._project: tuple[bytes, Project] | None = None
        self._locked: tuple[object, Locked] | None = None  # and what it was read from
        self._last: Source | None = None
        self._surveyed = Survey(None)  # at the last look
        self._taken = Survey(None)  # at the last reading
        self._owed: set[str] | None = None  # what has changed since, by absolute path; None: anything

    def read(self, changed: Collection[str] | None = None) -> Source:
        """What the project holds now, whole: every file is looked at before reading it and at the end.

        Files that look as they did are not read again, unless they changed in the last two seconds. With
        `changed`, absolute paths of all that changed since the last call, only these are looked at, as long
        as none is new, gone or a link. Raises what is wrong with the project, and `StillChanging` when it
        does not come to rest.
        """
        if changed is None:
            self._owed = None
        elif self._owed is not None:  # what a reading that failed was to find is still to be found
            self._owed |= set(changed)
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE)  # whoever writes there may come to an end
            source = self._read_some() or self._read_all()
            if source is not None:
                self._last = source
                self._owed = set()
                return source
        raise errors.StillChanging(
            f"{self.folder} keeps changing while it is read",
            hint="stop what writes there, or let it write outside the import package",
            path=str(self.folder),
        )

    def look(self) -> Mapping[str, tuple[int, int, int]]:
        """Absolute path -> (mtime in ns, size, inode) of every file that counts; nothing is read."""
        beside = [entry_at(path) for path in self._beside]
        entries = [*self._glance().entries.values(), *(entry for entry in beside if entry is not None)]
        return {one.path: (one.status.st_mtime_ns, one.status.st_size, one.status.st_ino) for one in entries}

    def folders(self) -> Folders:
        """The folders in which a change can matter; through links they may lie anywhere."""
        survey = self._glance()
        places = {self.folder, self.folder / "src"}
        flat = {str(place) for place in places} | {os.path.dirname(target) for target in survey.targets}
        flat.update(os.path.dirname(target) for path in self._beside for target in hops(path))
        roots = survey.roots
        deep = {root for root in roots if not any(is_below(root, other) for other in roots)}
        return Folders(
            frozenset(deep),
            frozenset(
                place
                for place in flat
                if os.path.isdir(place)
                and place not in deep
                and not any(is_below(place, root) for root in deep)
            ),
        )

    def holds(self, path: str) -> bool:
        """Whether a change at this absolute path can matter to the package, as far as the last look goes."""
        survey = self._surveyed
        if path in survey.targets or path in self._beside or path in self._package_folders():
            return True
        for root in survey.roots:
            if is_below(path, root):
                *above, last = path[len(root) + 1 :].split(os.sep)
                return all(map(layout.keeps_folder, (*above, last))) and layout.keeps_file(last)
        return any(path in hops(one) for one in self._beside)

    @property
    def project(self) -> Project:
        """What pyproject.toml said when the project was read last."""
        assert self._project is not None
        return self._project[1]

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def _read_some(self) -> Source | None:
        """None when more has to be looked at than the files that are owed."""
        survey, project = self._taken, self._project
        if self._owed is None or project is None or survey.package_folder is None:
            return None
        if survey.targets:  # through links, one file may be several modules
            return None
        start = survey.package_folder + os.sep
        owed = {path.removeprefix(start).replace(os.sep, "/"): entry_at(path) for path in self._owed}
        entries = dict(survey.entries)
        try:
            for path, entry in owed.items():
                if path not in entries or entry is None or os.path.islink(entry.path):
                    return None
                entries[path] = entry
                self._known[entry.path] = self._bytes(entry)
        except _Changed:
            return None
        again = [entry_at(entries[path].path) for path in owed]
        if [entries[path].signature for path in owed] != [one and one.signature for one in again]:
            return None
        self._taken = dataclasses.replace(survey, entries=entries)
        known = {path: self._known[entry.path] for path, entry in entries.items()}
        return self._source(project[1], self._taken, known)

    def _read_all(self) -> Source | None:
        """None when something changed meanwhile."""
        try:
            beside = self._read_beside()
            project = self._parsed(beside[str(self.pyproject)].data)
            survey = self._survey(project.name)
            if survey.wrong is not None:
                raise survey.wrong
            files = {path: self._bytes(entry) for path, entry in survey.entries.items()}
            if self._survey(project.name).signatures != survey.signatures or self._read_beside() != beside:
                return None
        except _Changed:
            return None
        self._known = {entry.path: files[path] for path, entry in survey.entries.items()} | beside
        self._taken = survey
        return self._source(project, survey, files)

    def _source(self, project: Project, survey: Survey, files: Mapping[str, _Known]) -> Source:
        last, locked = self._last, self._locked_for(project)
        same_names = last is not None and last.name == project.name and last.files.keys() == files.keys()
        return Source(
            name=project.name,
            version=project.version,
            reference=project.reference,
            files={path: known.data for path, known in files.items()},
            requires=project.requires,
            private=locked.private,
            metadata=project.metadata,
            folder=str(self.folder),
            package_folder=survey.package_folder,
            dependencies=locked.direct,
            budget_ms=project.budget_ms,
            digests={path: known.digest for path, known in files.items()},
            modules=last.modules if last is not None and same_names else {},
        )

    def _parsed(self, data: bytes) -> Project:
        if self._project is None or self._project[0] != data:
            self._project = data, declarations.read(self.pyproject, data, self._version)
        return self._project[1]

    def _locked_for(self, project: Project) -> Locked:
        """What the project asks for was resolved to. Raises `LockOutdated` for a lock made for others."""
        known = self._known.get(str(self.lock_file))
        asked = known.data if known is not None else None, project.requires.private, project.dependencies
        if self._locked is None or self._locked[0] != asked:
            locked = lock_files.read(known.data, str(self.lock_file)) if known is not None else None
            found = lock_files.fitting(
                locked, project.requires.private, project.dependencies, str(self.folder)
            )
            self._locked = asked, found
        return self._locked[1]

    def _read_beside(self) -> dict[str, _Known]:
        """pyproject.toml, and the lock if there is one."""
        found = {path: entry for path in self._beside if (entry := entry_at(path)) is not None}
        if str(self.pyproject) not in found:
            raise errors.NoPackageThere(
                f"{self.folder} holds no package: there is no pyproject.toml in it",
                hint=f"a package is a project with an entry point in the group {GROUP!r}, or a wheel of one",
                where=str(self.folder),
            )
        return {path: self._bytes(entry) for path, entry in found.items()}

    @property
    def _beside(self) -> tuple[str, str]:
        """The files that say something of the package and are not in it."""
        return str(self.pyproject), str(self.lock_file)

    def _bytes(self, entry: Entry) -> _Known:
        """The file's content. Raises `_Changed` when it is not what the survey saw."""
        known = self._known.get(entry.path)
        if known is not None and known.is_still(entry):
            return known
        try:
            with open(entry.path, "rb", buffering=0) as file:
                read_at_ns = time.time_ns()
                data = file.readall()
                status = os.fstat(file.fileno())
        except FileNotFoundError:
            raise _Changed from None
        except OSError as error:
            raise unreadable(entry.path, error) from error
        if signature_of(status) != entry.signature:
            raise _Changed
        if known is not None and known.data == data:  # touched; one copy of the bytes is enough
            return _Known(entry.signature, read_at_ns, known.data, known.digest)
        return _Known(entry.signature, read_at_ns, data, digest_of(data))

    # ── looking ──────────────────────────────────────────────────────────────────────────────────

    def _package_folders(self) -> tuple[str, ...]:
        """Where the import package may lie."""
        if self._project is None:
            return (str(self.folder / "src"),)
        name = self._project[1].name
        return str(self.folder / "src"), str(self.folder / name), str(self.folder / "src" / name)

    def _glance(self) -> Survey:
        """The same for who does not read: what cannot be looked at is as it was."""
        try:
            return self._surveyed if self._project is None else self._survey(self._project[1].name)
        except errors.PackageError:
            return self._surveyed

    def _survey(self, name: str) -> Survey:
        """All that belongs to the import package `name` now."""
        self._surveyed = survey_of(self.folder, name)
        return self._surveyed


class _Changed(Exception):
    """What is being read is no longer what was seen."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a file held when it was read last."""

    signature: Signature
    read_at_ns: int
    data: bytes
    digest: str

    def is_still(self, entry: Entry) -> bool:
        changed_at_ns = max(entry.status.st_mtime_ns, entry.status.st_ctime_ns)
        return self.signature == entry.signature and self.read_at_ns - changed_at_ns > _TICK_NS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)
