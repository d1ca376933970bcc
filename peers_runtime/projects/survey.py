"""What a look at a project's folder finds: the files of its import package, through links too."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from peers_runtime.base import errors
from peers_runtime.snapshots import layout

Signature = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as a look at it found it."""

    path: str
    status: os.stat_result

    @property
    def signature(self) -> Signature:
        return signature_of(self.status)


@dataclass
class Survey:
    """What one look found; it is not changed afterwards."""

    package_folder: str | None
    entries: dict[str, Entry] = field(default_factory=dict[str, "Entry"])  # by posix path
    roots: list[str] = field(default_factory=list[str])  # real folders: the package's, and linked ones
    targets: set[str] = field(default_factory=set[str])  # what links lead to, by every step
    wrong: errors.PeersError | None = None  # why it must not be read; what else was found is right

    @property
    def signatures(self) -> Mapping[str, Signature]:
        return {path: entry.signature for path, entry in self.entries.items()}

    def add(self, path: str, entry: Entry) -> None:
        self.entries[path] = entry
        try:
            path.encode()
        except UnicodeEncodeError:
            text = f"the file name {path!r} is not UTF-8"
            self.refuse(errors.InvalidDefinition(text, hint="rename the file", path=repr(path)))

    def refuse(self, error: errors.PeersError) -> None:
        self.wrong = self.wrong or error


def survey_of(folder: Path, name: str) -> Survey:
    """All that belongs to the import package `name` of the project in `folder` now."""
    place = _package_folder(folder, name)
    survey = Survey(str(place) if place is not None else None)
    if place is not None:
        real = os.path.realpath(place / name)
        survey.roots.append(real)
        survey.targets.update(hops(str(place / name)))
        _scan(str(place / name), name, real, frozenset(), survey)
    return survey


def _scan(folder: str, prefix: str, here: str, above: frozenset[str], survey: Survey) -> None:
    """`here` is the folder's real path, `above` those of the folders that led to it."""
    if here in above:  # a symbolic link to a folder above itself
        return
    above |= {here}
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return  # gone since its own folder was read; the look at the end sees it
    except OSError as error:
        survey.refuse(unreadable(folder, error))
        return
    for entry in found:
        path = f"{prefix}/{entry.name}"
        try:
            status = entry.stat()
        except OSError:  # gone, or a link that leads nowhere
            continue
        is_link = entry.is_symlink()
        if is_link:
            survey.targets.update(hops(entry.path))
        if stat.S_ISDIR(status.st_mode):
            if layout.keeps_folder(entry.name):
                real = os.path.realpath(entry.path) if is_link else f"{here}{os.sep}{entry.name}"
                if is_link and real not in above:
                    survey.roots.append(real)
                _scan(entry.path, path, real, above, survey)
        elif stat.S_ISREG(status.st_mode) and layout.keeps_file(entry.name):
            survey.add(path, Entry(entry.path, status))


def hops(path: str) -> list[str]:
    """Where a symbolic link leads, step by step, as absolute paths; nothing for what is no link."""
    found: list[str] = []
    while os.path.islink(path) and len(found) < 40:  # as many as Linux follows
        try:
            leads_to = os.readlink(path)
        except OSError:  # gone meanwhile
            break
        path = os.path.normpath(os.path.join(os.path.realpath(os.path.dirname(path)), leads_to))
        found.append(path)
    return found and [*found, os.path.realpath(path)]


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


def entry_at(path: str) -> Entry | None:
    """None for what is no regular file: a pipe may block whoever opens it."""
    try:
        status = os.stat(path)
        return Entry(path, status) if stat.S_ISREG(status.st_mode) else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise unreadable(path, error) from error


def signature_of(status: os.stat_result) -> Signature:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev


def is_below(path: str, folder: str) -> bool:
    return path.startswith(folder + os.sep)


def unreadable(path: str, error: OSError) -> errors.NoPackageThere:
    return errors.NoPackageThere(
        f"{path} cannot be read: {error.strerror}", hint="see to its permissions", where=path
    )
