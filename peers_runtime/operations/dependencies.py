"""What a project depends on, distributions and packages: resolved when its author says so, and locked.

An act resolves and reads all it needs first; then it writes: the wheels into the home, and `peers.lock` and
pyproject.toml, both or neither.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.dependencies import Dependencies, Locked
from peers_runtime.model.manifest import Dependency, PrivateEntry, Requires
from peers_runtime.operations import access, needed
from peers_runtime.projects import (
    environment,
    lock_files,
    package_index,
    private_wheels,
    project_files,
    ranges,
)
from peers_runtime.projects.project_files import ProjectFiles
from peers_runtime.rules.permissions import Act
from peers_runtime.snapshots import requirements
from peers_runtime.snapshots.source import is_import_name

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services
    from peers_runtime.snapshots.private import PrivateDistribution
    from peers_runtime.snapshots.source import Source

_NAMED = re.compile(r"\s*(\w*)\s*(.*?)\s*", re.ASCII | re.DOTALL)  # a package, and the range after it


def look(path: str | os.PathLike[str]) -> Dependencies:
    """What a project asks for and what is locked. Raises what is wrong with its pyproject.toml."""
    files = project_files.read(path)
    locked, trouble = _locked(files)
    return Dependencies(
        project=str(files.folder),
        asked=files.requires.private,
        private=locked.private,
        packages=locked.packages,
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


def add_packages(
    services: Services,
    path: str | os.PathLike[str],
    added: Sequence[str],
    context_id: str,
    actor: str,
    *,
    dry_run: bool,
) -> Dependencies:
    """Let a project depend on packages of a context, each as "notes" or "notes>=1,<2", and lock.

    Without a range the newest version is taken, and those that are compatible with it are asked for. Raises
    what is wrong with the project, `InvalidSetting`, and what `update_packages` raises.
    """
    _authorise(services, context_id, actor)
    files = project_files.read(path)
    asked: dict[str, str] = {}
    for text in added:
        name, version_range = _named(text)
        needed.refuse_itself(files.needs.name, name)
        newest = needed.newest(services, name, version_range, context_id)
        asked[name] = version_range or ranges.compatible(newest.version)
    return _lock_packages(services, files, files.with_packages(asked), asked, context_id, dry_run)


def remove_packages(
    services: Services,
    path: str | os.PathLike[str],
    removed: Sequence[str],
    context_id: str,
    actor: str,
    *,
    dry_run: bool,
) -> Dependencies:
    """Let a project depend on these packages no more. Raises `InvalidSetting` for one that it does not."""
    _authorise(services, context_id, actor)
    files = project_files.read(path)
    for name in removed:
        _require_package(files, name)
    after = files.without_packages(list(dict.fromkeys(removed)))
    return _lock_packages(services, files, after, (), context_id, dry_run)


def update_packages(
    services: Services,
    path: str | os.PathLike[str],
    names: Sequence[str],
    context_id: str,
    actor: str,
    *,
    dry_run: bool,
) -> Dependencies:
    """Lock the newest versions of a context that are in the project's ranges, of the `names` alone or of all.

    Raises `DependencyNotFound`, `VersionNotFound`, `CircularDependency`, `InvalidPackageDependency` or
    `ProjectNotWritable`; the project is then as it was.
    """
    _authorise(services, context_id, actor)
    files = project_files.read(path)
    for name in names:
        _require_package(files, name)
    return _lock_packages(services, files, files, names or [*files.dependencies], context_id, dry_run)


def have_here(services: Services, source: Source) -> None:
    """Have the private distributions of a source on this device; nothing is resolved.

    They came with it, or are here; else they are fetched from where homes exchange snapshots, or from the
    package index. Raises `WheelUnavailable`, `LockOutdated`, `NoResolver` or `HomeNotWritable`.
    """
    missing = [
        one
        for one in source.private
        if one.digest not in source.carried and not needed.arrives(services, one.digest)
    ]
    if not missing:
        return
    for one, (filename, data) in zip(missing, package_index.fetch(missing), strict=True):
        read = private_wheels.read(data, filename)
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
    known = _locked(before)[0]
    locked = known.model_copy(update={"asked": asked, "private": entries})
    if not dry_run:
        for _, distribution in found:
            services.snapshots.add_distribution(distribution)
    return _written(after, locked, lock_files.changes(known.private, entries), dry_run)


def _lock_packages(
    services: Services,
    before: ProjectFiles,
    after: ProjectFiles,
    free: Iterable[str],
    context_id: str,
    dry_run: bool,
) -> Dependencies:
    """Lock the packages that `after` asks for; those that are locked and not `free` stay as they are."""
    known = _locked(before)[0]
    kept = {one.name: one for one in known.direct if one.name not in set(free)}
    direct: dict[str, Dependency] = {}
    for name, version_range in after.dependencies.items():
        needed.refuse_itself(after.needs.name, name)
        one = kept.get(name)
        if one is None or not ranges.takes(version_range, one.version):
            one = needed.newest(services, name, version_range, context_id)
        direct[name] = one
    found = needed.locked(services, after.needs.name, direct, after.dependencies)
    changes = lock_files.package_changes(known.packages, found)
    return _written(after, known.model_copy(update={"packages": found}), changes, dry_run)


def _written(files: ProjectFiles, locked: Locked, changes: tuple[str, ...], dry_run: bool) -> Dependencies:
    if not dry_run:
        files.write(lock_files.text(locked) if locked.asked or locked.packages else None)
    return Dependencies(
        project=str(files.folder),
        asked=locked.asked,
        private=locked.private,
        packages=locked.packages,
        changes=changes,
        written=not dry_run,
    )


def _authorise(services: Services, context_id: str, actor: str) -> None:
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)


def _named(text: str) -> tuple[str, str | None]:
    """Name and range of "notes>=1,<2"; no range for "notes"."""
    name, version_range = _NAMED.fullmatch(text).groups()  # type: ignore[union-attr]  # it takes any text
    if is_import_name(name):
        return name, ranges.normalise(version_range, f"the range of {name!r}") if version_range else None
    raise errors.InvalidSetting(
        f"{text!r} names no package: it has to begin with its import name",
        hint="write it like notes, or 'notes>=1.2,<2'",
        given=text,
    )


def _require_package(files: ProjectFiles, name: str) -> None:
    if name not in files.dependencies:
        listed = ", ".join(files.dependencies) or "none"
        raise errors.InvalidSetting(
            f"{files.folder} depends on no package {name!r}; there are: {listed}",
            hint=f"peers deps list --project {files.folder}",
            name=name,
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
    read = [private_wheels.read(data, filename) for filename, data in wheels]
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
        lock_files.fitting(locked, files.requires.private, files.dependencies, str(files.folder))
    except errors.LockOutdated as error:
        return error.message
    return ""


def _not_asked(name: str, known: Sequence[str] | set[str], files: ProjectFiles) -> errors.InvalidSetting:
    listed = ", ".join(sorted(known)) or "none"
    return errors.InvalidSetting(
        f"{files.folder} has no private distribution {name!r}; there are: {listed}",
        hint=f"peers deps list --project {files.folder}",
        name=name,
    )
