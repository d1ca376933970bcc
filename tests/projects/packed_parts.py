"""Packed wheels to read: a true one, and ones in which something was changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from peers_runtime.base import canonical
from peers_runtime.model.manifest import Definition, Manifest, UIData
from peers_runtime.model.packed import Wheel
from peers_runtime.projects import archive, packing, record
from peers_runtime.snapshots import capture
from peers_runtime.snapshots.private import PrivateDistribution
from tests.snapshots.parts import CREATED_AT, PACKAGE_ID, UI_ID

INFO = "notes-1.0.0.dist-info"
MANIFEST = f"{INFO}/peers.json"
UIS = (UIData(peers_ui_id=UI_ID, name="Note", type="view", target="html", assets=("assets/logo.svg",)),)


def manifest_of(project: packing.Project) -> Manifest:
    definition = Definition(package_id=PACKAGE_ID, reference=project.source.reference, uis=UIS)
    return capture.manifest(project.source, definition, CREATED_AT)


def packed_wheel(
    folder: Path, version: str | None = None, private: Sequence[PrivateDistribution] = ()
) -> tuple[bytes, Wheel]:
    """The project's wheel, as if its definition were `UIS`; `private` are those that it has locked."""
    project = packing.read(folder, version)
    wheels = {one.digest: one.data for one in private}
    return packing.wheel(project, manifest_of(project), wheels.__getitem__)


def files_of(data: bytes) -> dict[str, bytes]:
    return dict(archive.read(data))


def with_files(data: bytes, changed: Mapping[str, bytes | None]) -> bytes:
    """The wheel with these files instead, or without those that are None; RECORD says so."""
    files = {**files_of(data), **changed}
    return archive.write(
        record.added({name: content for name, content in files.items() if content is not None})
    )


def with_manifest(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The wheel with the manifest changed, and its id made right again."""
    told = json.loads(files_of(data)[MANIFEST])
    change(told)
    told["id"] = capture.digest_of(capture.content(Manifest.model_validate(told)))
    return with_files(data, {MANIFEST: canonical.dumps(told)})
