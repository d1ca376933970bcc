"""A source as a snapshot: read, evaluated in a throw-away realm, described. Stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.contributions import definition
from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock
from peers_runtime.model.manifest import Manifest
from peers_runtime.operations import environment
from peers_runtime.snapshots import capture as snapshot
from peers_runtime.snapshots import sources

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services


@dataclass(frozen=True)
class Captured:
    source: sources.Source
    manifest: Manifest


def capture(services: Services, source: str | Path) -> Captured:
    """Read a folder, a wheel or `entry-point:NAME`, and evaluate its definition.

    Package code runs in a realm of its own, which is gone when this returns or raises. Raises what is
    wrong with the source, its code or its definition.
    """
    read = sources.read(source)
    if read.requires.private:
        raise errors.InvalidSetting(
            f"{read.name} asks for private distributions ({', '.join(read.requires.private)}), "
            "which need a lock that this version of peers_runtime cannot make yet",
            hint="list them under [project] dependencies, to share the host's, or vendor them in the package",
            package=read.name,
        )
    environment.check(read.requires.shared, f"{read.name} {read.version}")
    draft = services.snapshots.draft(read)
    lock = Lock(
        name=read.name,
        version=read.version,
        digest=draft.digest,
        declared=environment.import_names(read.requires.shared),
        origin=read.package_folder,
    )
    realm = finder().acquire(
        lock, draft, lambda code, message: services.report(code, message, subject=read.name)
    )
    try:
        described = definition.evaluate(
            realm.load, realm.loaded, realm.logical, read.name, read.version, read.reference
        )
    finally:
        finder().release(realm)
    return Captured(read, snapshot.manifest(read, described, services.timestamp()))
