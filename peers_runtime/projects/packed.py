"""A packed wheel, read as hostile: whatever in it disagrees with something else in it is refused.

Beside the package's files it holds only its dist-info folder, with the snapshot's manifest in `peers.json`:
RFC 8785 JSON, dated like every file of the archive; and the wheels of private distributions in `peers/`.
None of its code has run when this module is done; that the code describes itself as the manifest does is for
whoever evaluates it to see.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.metadata import parse_email
from pydantic import ValidationError

from peers_runtime.base import canonical
from peers_runtime.model import versions
from peers_runtime.model.manifest import FileEntry, Manifest
from peers_runtime.model.packed import Wheel
from peers_runtime.projects import archive, lock_files, private_wheels, record, refusals, wheels
from peers_runtime.projects.archive import Archive
from peers_runtime.projects.refusals import Broken
from peers_runtime.snapshots import capture, layout
from peers_runtime.snapshots.blobs import digest_of
from peers_runtime.snapshots.private import PrivateDistribution
from peers_runtime.snapshots.source import Source, only_entry_point

MANIFEST: Final = "peers.json"  # in the dist-info folder
CARRIED: Final = "peers"  # the folder beside it, with the wheels of private distributions

_MAX_MANIFEST = 16 * 1024 * 1024  # bytes
_WHEN = "1980-01-01T00:00:00.000+00:00"  # the same content gives the same wheel at any time


@dataclass(frozen=True)
class PackedWheel:
    """`source.packed` is the wheel's manifest."""

    archive: Archive
    source: Source


def read(path: str | os.PathLike[str]) -> PackedWheel:
    """Read a packed wheel. Raises `BadWheel`, `NoPackageThere`, and what is wrong with any source."""
    return _checked(archive.read(path))


def undated(manifest: Manifest) -> Manifest:
    """The manifest as a packed wheel has it."""
    return manifest.model_copy(update={"created_at": _WHEN, "updated_at": _WHEN})


def encoded(manifest: Manifest) -> bytes:
    """What `peers.json` holds."""
    stored = manifest.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_computed_fields=True)
    return canonical.dumps(stored)


def described(data: bytes, filename: str) -> Wheel:
    """What is in the packed wheel of these bytes, read as any other. Raises as `read`."""
    found = _checked(archive.read(data, filename))
    return _wheel(found, filename, digest_of(data), len(data))


def described_file(path: str | os.PathLike[str]) -> Wheel:
    """`described` for a file. Raises `BadWheel` also for a wheel that another tool made."""
    if not wheels.is_packed(Path(path)):
        with refusals.reading(os.fspath(path)):
            raise Broken("manifest-absent", "was not packed by `peers pack`, so it has no manifest")
    found = read(path)
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return _wheel(found, os.path.basename(path), digest, os.fstat(file.fileno()).st_size)


def _wheel(found: PackedWheel, filename: str, digest: str, size: int) -> Wheel:
    files = found.archive
    assert found.source.packed is not None  # a packed wheel has one
    return Wheel(
        filename=filename,
        digest=digest,
        size=size,
        entries=tuple(
            FileEntry(path=name, digest=files.digests[name], size=files.sizes[name]) for name in files
        ),
        manifest=found.source.packed,
    )


def _checked(files: Archive) -> PackedWheel:
    folder = record.verify(files)
    with refusals.reading(files.where):
        manifest = _manifest(files, f"{folder}/{MANIFEST}")
        source = _source(files, folder, manifest)
        definition = manifest.definition.model_copy(update={"reference": source.reference})
        expected = capture.manifest(source, definition, _WHEN)
        fields = type(manifest).model_fields
        differing = [one for one in fields if getattr(manifest, one) != getattr(expected, one)]
        if differing:
            raise Broken(
                "manifest-differs",
                f"does not describe what the wheel holds: {', '.join(differing)} differ",
                f"{folder}/{MANIFEST}",
            )
    return PackedWheel(files, source)


def _manifest(files: Archive, name: str) -> Manifest:
    if name not in files:
        raise Broken("manifest-absent", "is missing", name)
    if files.sizes[name] > _MAX_MANIFEST:
        raise Broken("manifest-syntax", f"has more than {_MAX_MANIFEST} bytes", name)
    data = files[name]
    try:
        manifest = Manifest.model_validate_json(data)
        if encoded(manifest) != data:
            raise Broken("manifest-syntax", "has another spelling than RFC 8785 JSON has", name)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "all of it"
        raise Broken(
            "manifest-syntax", f"is no manifest of this format: {place}: {first['msg']}", name
        ) from None
    except ValueError as error:
        raise Broken("manifest-syntax", f"holds what JSON cannot hold exactly: {error}", name) from None
    return manifest


def _source(files: Archive, folder: str, manifest: Manifest) -> Source:
    if f"{folder}/METADATA" not in files:
        raise Broken("metadata-absent", "is missing", f"{folder}/METADATA")
    metadata, _ = parse_email(files[f"{folder}/METADATA"])
    version = metadata.get("version", "")
    expected = f"{wheels.stem(metadata.get('name', ''), version)}.dist-info"
    if folder != expected:
        raise Broken("dist-info-name", f"says that its folder is called {expected!r}", f"{folder}/METADATA")
    listed = f"{folder}/entry_points.txt"
    text = files[listed].decode(errors="replace") if listed in files else ""
    name, reference = only_entry_point(wheels.entry_points(text, files.where), files.where)
    carried = _carried(files, f"{folder}/{CARRIED}", manifest)
    return Source(
        name=name,
        version=versions.from_wheel(version, f"{files.where}: Version"),
        reference=reference,
        files={path: files[path] for path in _own(files, folder, name)},
        requires=manifest.requires,
        private=tuple(one.entry(said.extras) for one, said in zip(carried, manifest.private, strict=True)),
        carried={one.digest: one for one in carried},
        dependencies=manifest.dependencies,
        metadata=manifest.metadata,
        packed=manifest,
    )


def _carried(files: Archive, folder: str, manifest: Manifest) -> list[PrivateDistribution]:
    """The private distributions that the manifest names, read from their wheels; there may be no others."""
    wanted = [f"{folder}/{one.wheel.path}" for one in manifest.private]
    for path in files:
        if path.startswith(f"{folder}/") and path not in wanted:
            raise Broken("stray-file", "is a private distribution that the manifest does not name", path)
    found, size = [], 0
    for path in wanted:
        if path not in files:
            raise Broken("private-absent", "is named by the manifest, and missing", path)
        read = private_wheels.read(files[path], path.rpartition("/")[2])
        size += sum(map(len, read.files.values()))
        if size > archive.MAX_TOTAL_SIZE:
            raise Broken(
                "total-size", f"unpacks, with others, to more than {archive.MAX_TOTAL_SIZE} bytes", path
            )
        found.append(read)
    trouble = lock_files.misfit(manifest.requires.private, manifest.private)
    if trouble:
        raise Broken("private-misfit", f"names private distributions that do not fit: {trouble}", folder)
    return found


def _own(files: Archive, folder: str, name: str) -> Iterator[str]:
    """The paths of the package's own files."""
    for path in files:
        if path.startswith(f"{name}/") and layout.keeps(path):
            yield path
        elif not path.startswith(f"{folder}/"):
            raise Broken("stray-file", f"belongs neither to the package {name} nor to {folder}", path)
