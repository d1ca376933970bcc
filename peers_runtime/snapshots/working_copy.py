"""A package as its author's project folder, read again and again at the cost of what has changed."""

from __future__ import annotations

import dataclasses
import os
import stat
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from peers_runtime.base import errors
from peers_runtime.snapshots import layout, projects
from peers_runtime.snapshots.blobs import digest_of
from peers_runtime.snapshots.projects import Project
from peers_runtime.snapshots.source import GROUP, Source

_ATTEMPTS = 10  # how often a folder is read again that changes while it is read
_PAUSE = 0.02  # seconds between two of them
# A file system's clock ticks: a file that changed this shortly before it was read may change again within
# the same tick, and look as if it had not. Ticks are 4 to 10 ms on Linux, up to 2 s on FAT and old NFS.
_TICK_NS = 2_000_000_000

Signature = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Folders:
    """What to watch, as absolute real folders: `deep` ones with all below, of `flat` ones what they hold."""

    deep: frozenset[str]
    flat: frozenset[str]


class WorkingCopy:
    """`pyproject.toml`, and the import package beside it or under `src/`.

    Symbolic links are followed; hidden files, caches and compiled code are left out. One thread reads;
    others may ask the rest meanwhile.
    """

    def __init__(self, folder: str | os.PathLike[str], version: str | None = None) -> None:
        """`version` is the one that the project is to be of: needed where [project] leaves it dynamic."""
        self.folder = Path(folder).resolve()
        self._version = version
        self.pyproject = self.folder / "pyproject.toml"
        self._known: dict[str, _Known] = {}
        self._project: tuple[bytes, Project] | None = None
        self._last: Source | None = None
        self._surveyed = _Survey(None)  # at the last look
        self._taken = _Survey(None)  # at the last reading
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
        entries = [*self._glance().entries.values()]
        pyproject = _entry(str(self.pyproject))
        if pyproject is not None:
            entries.append(pyproject)
        return {one.path: (one.status.st_mtime_ns, one.status.st_size, one.status.st_ino) for one in entries}

    def folders(self) -> Folders:
        """The folders in which a change can matter; through links they may lie anywhere."""
        survey = self._glance()
        places = {self.folder, self.folder / "src"}
        flat = {str(place) for place in places} | {os.path.dirname(target) for target in survey.targets}
        flat.update(os.path.dirname(target) for target in _hops(str(self.pyproject)))
        roots = survey.roots
        deep = {root for root in roots if not any(_is_below(root, other) for other in roots)}
        return Folders(
            frozenset(deep),
            frozenset(
                place
                for place in flat
                if os.path.isdir(place)
                and place not in deep
                and not any(_is_below(place, root) for root in deep)
            ),
        )

    def holds(self, path: str) -> bool:
        """Whether a change at this absolute path can matter to the package, as far as the last look goes."""
        survey = self._surveyed
        if path in survey.targets or path == str(self.pyproject) or path in self._package_folders():
            return True
        for root in survey.roots:
            if _is_below(path, root):
                *above, last = path[len(root) + 1 :].split(os.sep)
                return all(map(layout.keeps_folder, (*above, last))) and layout.keeps_file(last)
        return path in _hops(str(self.pyproject))

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
        owed = {path.removeprefix(start).replace(os.sep, "/"): _entry(path) for path in self._owed}
        entries = dict(survey.entries)
        try:
            for path, entry in owed.items():
                if path not in entries or entry is None or os.path.islink(entry.path):
                    return None
                entries[path] = entry
                self._known[entry.path] = self._bytes(entry)
        except _Changed:
            return None
        again = [_entry(entries[path].path) for path in owed]
        if [entries[path].signature for path in owed] != [one and one.signature for one in again]:
            return None
        self._taken = dataclasses.replace(survey, entries=entries)
        known = {path: self._known[entry.path] for path, entry in entries.items()}
        return self._source(project[1], self._taken, known)

    def _read_all(self) -> Source | None:
        """None when something changed meanwhile."""
        try:
            read = self._bytes(self._pyproject_entry())
            project = self._parsed(read.data)
            survey = self._survey(project.name)
            if survey.wrong is not None:
                raise survey.wrong
            files = {path: self._bytes(entry) for path, entry in survey.entries.items()}
            if (
                self._survey(project.name).signatures != survey.signatures
                or self._bytes(self._pyproject_entry()) != read
            ):
                return None
        except _Changed:
            return None
        self._known = {entry.path: files[path] for path, entry in survey.entries.items()} | {
            str(self.pyproject): read
        }
        self._taken = survey
        return self._source(project, survey, files)

    def _source(self, project: Project, survey: _Survey, files: Mapping[str, _Known]) -> Source:
        last = self._last
        same_names = last is not None and last.name == project.name and last.files.keys() == files.keys()
        return Source(
            name=project.name,
            version=project.version,
            reference=project.reference,
            files={path: known.data for path, known in files.items()},
            requires=project.requires,
            metadata=project.metadata,
            folder=str(self.folder),
            package_folder=survey.package_folder,
            dependencies=project.dependencies,
            budget_ms=project.budget_ms,
            digests={path: known.digest for path, known in files.items()},
            modules=last.modules if last is not None and same_names else {},
        )

    def _parsed(self, data: bytes) -> Project:
        if self._project is None or self._project[0] != data:
            self._project = data, projects.read(self.pyproject, data, self._version)
        return self._project[1]

    def _pyproject_entry(self) -> _Entry:
        entry = _entry(str(self.pyproject))
        if entry is None:
            raise errors.NoPackageThere(
                f"{self.folder} holds no package: there is no pyproject.toml in it",
                hint=f"a package is a project with an entry point in the group {GROUP!r}, or a wheel of one",
                where=str(self.folder),
            )
        return entry

    def _bytes(self, entry: _Entry) -> _Known:
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
            raise _unreadable(entry.path, error) from error
        if _signature(status) != entry.signature:
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

    def _glance(self) -> _Survey:
        """The same for who does not read: what cannot be looked at is as it was."""
        try:
            return self._surveyed if self._project is None else self._survey(self._project[1].name)
        except errors.PackageError:
            return self._surveyed

    def _survey(self, name: str) -> _Survey:
        """All that belongs to the import package `name` now."""
        place = _package_folder(self.folder, name)
        survey = _Survey(str(place) if place is not None else None)
        if place is not None:
            real = os.path.realpath(place / name)
            survey.roots.append(real)
            survey.targets.update(_hops(str(place / name)))
            _scan(str(place / name), name, real, frozenset(), survey)
        self._surveyed = survey
        return survey


class _Changed(Exception):
    """What is being read is no longer what was seen."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file as a look at it found it."""

    path: str
    status: os.stat_result

    @property
    def signature(self) -> Signature:
        return _signature(self.status)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a file held when it was read last."""

    signature: Signature
    read_at_ns: int
    data: bytes
    digest: str

    def is_still(self, entry: _Entry) -> bool:
        changed_at_ns = max(entry.status.st_mtime_ns, entry.status.st_ctime_ns)
        return self.signature == entry.signature and self.read_at_ns - changed_at_ns > _TICK_NS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@dataclass
class _Survey:
    """What one look found; it is not changed afterwards."""

    package_folder: str | None
    entries: dict[str, _Entry] = field(default_factory=dict[str, "_Entry"])  # by posix path
    roots: list[str] = field(default_factory=list[str])  # real folders: the package's, and linked ones
    targets: set[str] = field(default_factory=set[str])  # what links lead to, by every step
    wrong: errors.PeersError | None = None  # why it must not be read; what else was found is right

    @property
    def signatures(self) -> Mapping[str, Signature]:
        return {path: entry.signature for path, entry in self.entries.items()}

    def add(self, path: str, entry: _Entry) -> None:
        self.entries[path] = entry
        try:
            path.encode()
        except UnicodeEncodeError:
            text = f"the file name {path!r} is not UTF-8"
            self.refuse(errors.InvalidDefinition(text, hint="rename the file", path=repr(path)))

    def refuse(self, error: errors.PeersError) -> None:
        self.wrong = self.wrong or error


def _scan(folder: str, prefix: str, here: str, above: frozenset[str], survey: _Survey) -> None:
    """`here` is the folder's real path, `above` those of the folders that led to it."""
    if here in above:  # a symbolic link to a folder above itself
        return
    above |= {here}
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return  # gone since its own folder was read; the look at the end sees it
    except OSError as error:
        survey.refuse(_unreadable(folder, error))
        return
    for entry in found:
        path = f"{prefix}/{entry.name}"
        try:
            status = entry.stat()
        except OSError:  # gone, or a link that leads nowhere
            continue
        is_link = entry.is_symlink()
        if is_link:
            survey.targets.update(_hops(entry.path))
        if stat.S_ISDIR(status.st_mode):
            if layout.keeps_folder(entry.name):
                real = os.path.realpath(entry.path) if is_link else f"{here}{os.sep}{entry.name}"
                if is_link and real not in above:
                    survey.roots.append(real)
                _scan(entry.path, path, real, above, survey)
        elif stat.S_ISREG(status.st_mode) and layout.keeps_file(entry.name):
            survey.add(path, _Entry(entry.path, status))


def _hops(path: str) -> list[str]:
    """Where a symbolic link leads, step by step, as absolute paths; nothing for what is no link."""
    hops: list[str] = []
    while os.path.islink(path) and len(hops) < 40:  # as many as Linux follows
        try:
            leads_to = os.readlink(path)
        except OSError:  # gone meanwhile
            break
        path = os.path.normpath(os.path.join(os.path.realpath(os.path.dirname(path)), leads_to))
        hops.append(path)
    return hops and [*hops, os.path.realpath(path)]


def _package_folder(folder: Path, name: str) -> Path | None:
    """The folder that contains the import package: the project's own or `src/` in it."""
    candidates = [place for place in (folder, folder / "src") if (place / name).is_dir()]
    regular = [place for place in candidates if (place / name / "__init__.py").is_file()]
    found = regular or [place for place in candidates if any((place / name).rglob("*.py"))]
    if len(found) > 1:
        raise errors.InvalidDefinition(
            f"the import package {name} lies beside pyproject.toml and also under src/",
            hint="keep one of the two folders",
            folder=str(folder),
        )
    return found[0] if found else None


def _entry(path: str) -> _Entry | None:
    """None for what is no regular file: a pipe may block whoever opens it."""
    try:
        status = os.stat(path)
        return _Entry(path, status) if stat.S_ISREG(status.st_mode) else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(path, error) from error


def _signature(status: os.stat_result) -> Signature:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder + os.sep)


def _unreadable(path: str, error: OSError) -> errors.NoPackageThere:
    return errors.NoPackageThere(
        f"{path} cannot be read: {error.strerror}", hint="see to its permissions", where=path
    )
