"""A project becomes a packed wheel: read, and written as bytes once it has been captured."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from peers_runtime.model.manifest import Manifest
from peers_runtime.model.packed import Wheel
from peers_runtime.projects import archive, core_metadata, left_out, packed, record, sources
from peers_runtime.projects.core_metadata import CoreMetadata
from peers_runtime.projects.working_copy import WorkingCopy
from peers_runtime.snapshots.source import Source

_TAG = "py3-none-any"
_WHEEL = f"Wheel-Version: 1.0\nGenerator: peers_runtime\nRoot-Is-Purelib: true\nTag: {_TAG}\n"


@dataclass(frozen=True)
class Project:
    """What a folder holds, ready to be captured; `warnings` are for its author."""

    source: Source
    metadata: CoreMetadata
    warnings: tuple[str, ...]

    @property
    def filename(self) -> str:
        return f"{self.metadata.stem}-{_TAG}.whl"


def read(path: str | os.PathLike[str], version: str | None) -> Project:
    """Read a project's folder, as it is to be in `version`; none of its code runs.

    Raises what `sources.read` does for a folder.
    """
    copy = WorkingCopy(sources.folder(path), version)
    source = copy.read()
    metadata = core_metadata.read(copy.project.table, copy.folder, source.version)
    return Project(source, metadata, (*metadata.warnings, *left_out.remarks(source)))


def wheel(project: Project, manifest: Manifest, private: Callable[[str], bytes]) -> tuple[bytes, Wheel]:
    """The packed wheel of a project with the manifest that was captured of it, and what is in it.

    `private` gives the wheel of a private distribution, by its digest; these are carried along. It has been
    read again as everybody reads it. Raises `BadWheel` for files that no wheel may have.
    """
    folder = f"{project.metadata.stem}.dist-info"
    described = {
        **project.metadata.files,
        "WHEEL": _WHEEL.encode(),
        packed.MANIFEST: packed.encoded(packed.undated(manifest)),
        **{f"{packed.CARRIED}/{one.wheel.path}": private(one.digest) for one in manifest.private},
    }
    files = {
        **project.source.files,
        **{f"{folder}/{name}": content for name, content in described.items()},
    }
    data = archive.write(record.added(files))
    return data, packed.described(data, project.filename)
