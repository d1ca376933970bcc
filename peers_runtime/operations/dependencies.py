"""What a project depends on: its private distributions, resolved when its author says so, and locked.

An act resolves and reads all it needs first; then it writes: the wheels into the home, and `peers.lock` and
pyproject.toml, both or neither.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.dependencies import Dependencies, Locked
from peers_runtime.model.manifest import PrivateEntry, Requires
from peers_runtime.snapshots import (
    environment,
    lock_files,
    package_index,
    private,
    project_files,
    requirements,
)
from peers_runtime.snapshots.project_files import ProjectFiles

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services
    from peers_runtime.snapshots.private import PrivateDistribution
    from peers_runtime.snapshots.source import Source


def look(path: str | os.PathLike[str]) -> Dependencies:
    """What a project asks for and what is locked. Raises what is wrong with its pyproject.toml."""
    files = project_files.read(path)
    locked, trouble = _locked(files)
    return Dependencies(
        project=str(files.folder),
        asked=files.requires.private,
        private=locked.private,
        trouble=trouble or _misfit(locked, files),
    )


def add(
    services: Services,
    path: str | os.PathLike[str],
    added: Sequence[str],
    *,
    index: str | None,
    dry_run: bool,
) -> Dependencies:
    """Make requirements private ones of a project, in place of those of the same distributions, and lock.

    What is locked already stays in its version, as far as that is possible. Raises what is wrong with the
    project, `InvalidSetting` for what is no requirement or has an address, and what `update` raises.
    """
    files = project_files.read(path)
    wanted = requirements.private(added, "a private requirement")
    return _change(services, files, files.with_private(added), _others(files, wanted), index, dry_run)


def remove(
    services: Services,
    path: str | os.PathLike[str],
    removed: Sequence[str],
    *,
    index: str | None,
    dry_run: bool,
) -> Dependencies:
    """Take private requirements away, by the names of their distributions, and what only they needed.

    Raises `InvalidSetting` for one that the project does not ask for, else as `add`.
    """
    files = project_files.read(path)
    asked = requirements.names(files.requires.private)
    for name in removed:
        if requirements.canonical(name) not in asked:
            raise _not_asked(name, asked, files)
    return _change(services, files, files.without_private(removed), _others(files, ()), index, dry_run)


def update(
    services: Services,
    path: str | os.PathLike[str],
    names: Sequence[str] = (),
    *,
    index: str | None,
    dry_run: bool,
) -> Dependencies:
    """Resolve a project's private requirements anew, those of the `names` alone or all, and lock.

    Raises `Unresolvable`, `CompiledDistribution`, `ReservedName`, `BadWheel`, `WheelUnavailable`,
    `NoResolver`, `ProjectNotWritable` or `HomeNotWritable`; the project is then as it was.
    """
    files = project_files.read(path)
    kept = {} if not names else _others(files, names)
    known = {*requirements.names(files.requires.private), *(one.name for one in _locked(files)[0].private)}
    for name in names:
        if requirements.canonical(name) not in known:
            raise _not_asked(name, known, files)
    return _change(services, files, files, kept, index, dry_run)


def have_here(services: Services, source: Source) -> None:
    """Have the private distributions of a source on this device; nothing is resolved.

    They came with it, or are here; else they are fetched from where homes exchange snapshots, or from the
    package index. Raises `WheelUnavailable`, `LockOutdated`, `NoResolver` or `HomeNotWritable`.
    """
    missing = [
        one
        for one in source.private
        if one.digest not in source.carried and not _arrives(services, one.digest)
    ]
    if not missing:
        return
    for one, (filename, data) in zip(missing, package_index.fetch(missing), strict=True):
        read = private.read(data, filename)
        if read.entry(one.extras) != one:
            raise errors.LockOutdated(
                f"{source.folder}: {lock_files.NAME} tells other things of {filename} than the wheel itself",
                hint="peers deps update",
                path=source.folder,
            )
        services.snapshots.add_distribution(read)


def _change(
    services: Services,
    before: ProjectFiles,
    after: ProjectFiles,
    kept: dict[str, str],
    index: str | None,
    dry_run: bool,
) -> Dependencies:
    """Lock what `after` asks for; `kept` are versions that nothing but a conflict may change."""
    asked = after.requires.private
    found = _resolved(after.requires, kept, index) if asked else []
    entries = tuple(entry for entry, _ in found)
    environment.check(Requires(), entries, str(after.folder))
    locked = Locked(asked=asked, private=entries)
    changed = lock_files.changes(_locked(before)[0].private, entries)
    if not dry_run:
        for _, distribution in found:
            services.snapshots.add_distribution(distribution)
        after.write(lock_files.text(locked) if asked else None)
    return Dependencies(
        project=str(after.folder), asked=asked, private=entries, changes=changed, written=not dry_run
    )


def _resolved(
    requires: Requires, kept: dict[str, str], index: str | None
) -> list[tuple[PrivateEntry, PrivateDistribution]]:
    own = requirements.names(requires.private)
    shared = environment.host_versions(requires.shared)
    host = {name: version for name, version in shared.items() if name not in own}
    try:
        candidates = package_index.resolve(requires.private, host, kept, index)
    except errors.Unresolvable:
        if not kept:
            raise
        candidates = package_index.resolve(requires.private, host, {}, index)
    wheels = package_index.download(candidates, index)
    read = [private.read(data, filename) for filename, data in wheels]
    return [(one.entry(candidate.extras), one) for candidate, one in zip(candidates, read, strict=True)]


def _others(files: ProjectFiles, names: Sequence[str]) -> dict[str, str]:
    """What is locked, by name, without these: they may change."""
    free = requirements.names(names)
    return {one.name: one.version for one in _locked(files)[0].private if one.name not in free}


def _locked(files: ProjectFiles) -> tuple[Locked, str]:
    """The lock, and why it cannot be read when it cannot."""
    try:
        return files.locked(), ""
    except errors.LockOutdated as error:
        return Locked(), error.message


def _misfit(locked: Locked, files: ProjectFiles) -> str:
    try:
        lock_files.fitting(locked, files.requires.private, str(files.folder))
    except errors.LockOutdated as error:
        return error.message
    return ""


def _arrives(services: Services, digest: str) -> bool:
    try:
        services.snapshots.fetch(digest)
    except errors.NotArrived:
        return False
    return services.snapshots.has(digest)


def _not_asked(name: str, known: Sequence[str] | set[str], files: ProjectFiles) -> errors.InvalidSetting:
    listed = ", ".join(sorted(known)) or "none"
    return errors.InvalidSetting(
        f"{files.folder} has no private distribution {name!r}; there are: {listed}",
        hint=f"peers deps list --project {files.folder}",
        name=name,
    )
