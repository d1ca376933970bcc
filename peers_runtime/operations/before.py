"""What a package that is about to be made is compared with: the versions before it, and their components."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import PackageVersion, VersionTag
from peers_runtime.model.components import PackedVersion, Publication
from peers_runtime.model.manifest import Manifest
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access
from peers_runtime.projects import sources
from peers_runtime.rules import components

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services
    from peers_runtime.rules.components import Content


@dataclass(frozen=True)
class Known:
    """What a context has of a package: packed and stored versions, and published components."""

    context_id: str
    packed: Sequence[PackedVersion]
    versions: Sequence[PackageVersion]
    publications: Sequence[Publication]

    @property
    def released(self) -> Sequence[PackageVersion]:
        return [one for one in self.versions if one.version_tag is not VersionTag.DEV]

    @property
    def latest(self) -> tuple[str, str] | None:
        """Version and snapshot of the latest that was packed or released, and not yanked."""
        found = {one.version: one.snapshot_digest for one in self.packed}
        for one in self.released:
            if one.yanked:
                found.pop(one.version, None)
            else:
                found[one.version] = one.snapshot_digest
        return max(found.items(), key=lambda one: precedence(one[0]), default=None)


@dataclass(frozen=True)
class Before:
    """A package, and the content of its components."""

    manifest: Manifest
    contents: Mapping[str, Content]

    def publications(self) -> Iterator[Publication]:
        """Its components as they were published with it, where they have numbers."""
        for one in self.manifest.components:
            if one.version is not None:
                yield Publication(
                    component_id=one.id,
                    number=one.version,
                    name=one.name,
                    type=one.type,
                    content_digest=self.contents[one.id].digest,
                    version=self.manifest.version,
                    snapshot_digest=self.manifest.id,
                    at=self.manifest.created_at,
                    by=self.manifest.metadata.author,
                )


def known(reader: Reader, context_id: str, package_id: str) -> Known:
    """What the context has now."""
    return Known(
        context_id,
        reader.packed(context_id, package_id),
        reader.versions(context_id, package_id),
        reader.publications(context_id, package_id),
    )


def package_id(reader: Reader, context_id: str, name: str) -> str | None:
    """Of the package that the context knows by an import name; None when there is none, or several."""
    installed = reader.package(context_id, name)
    if installed is not None:
        return installed.package_id
    packed = {one.package_id for one in reader.packed(context_id) if one.name == name}
    return packed.pop() if len(packed) == 1 else None


def last(found: Known, package: Before | None) -> Mapping[str, Publication]:
    """The last published version of each component, as far as the context and the `package` before know."""
    return components.latest((*found.publications, *(package.publications() if package else ())))


def kept(services: Services, digest: str) -> Before:
    """A package whose snapshot this home has. Raises a `StorageError` when it has not, or it is damaged."""
    with services.catalog.read() as reader:
        numbers = reader.component_numbers(digest)
    manifest = components.numbered(services.snapshots.manifest(digest), numbers)
    return Before(manifest, components.contents(manifest, partial(services.snapshots.source, digest)))


def latest(services: Services, found: Known) -> Before | None:
    """The latest package that the context has; None when there is none, or it cannot be read."""
    try:
        return None if found.latest is None else kept(services, found.latest[1])
    except errors.StorageError:  # what was published is recorded all the same
        return None


def named(services: Services, previous: str | os.PathLike[str], found: Known, manifest: Manifest) -> Before:
    """The package that a person names as the one before `manifest`: a packed wheel, or NAME@VERSION.

    Raises what is wrong with the wheel, `UnknownVersion`, and `InvalidSetting` for another package.
    """
    said = os.fspath(previous) if isinstance(previous, os.PathLike) else previous
    access.require_name(said, "the package before")
    name, _, version = said.rpartition("@")
    if said.endswith(".whl"):
        package = _of_wheel(said)
        _require_same(said, package.manifest.package_id == manifest.package_id, manifest)
        return package
    _require_same(said, name in (manifest.name, manifest.package_id), manifest)
    hint = "name the packed wheel of the version before: --previous WHEEL"
    return kept(services, stored(found, manifest.name, version, hint))


def stored(found: Known, name: str, version: str, hint: str) -> str:
    """The snapshot of a version that the context has, packed, released or else. Raises `UnknownVersion`."""
    packed = [one.snapshot_digest for one in found.packed if one.version == version]
    others = [one.snapshot_digest for one in (*found.released, *found.versions) if one.version == version]
    for digest in (*packed, *others):
        return digest
    versions = {one.version for one in found.packed} | {one.version for one in found.versions}
    there = sorted(versions, key=precedence)
    raise errors.UnknownVersion(
        f"context {found.context_id!r} has no version {version!r} of {name}"
        f"; there are: {', '.join(there) or 'none'}{access.near(version, there)}",
        hint=hint,
        package=name,
        version=version,
        known=there,
    )


def _of_wheel(path: str) -> Before:
    source = sources.read(path)
    if source.packed is None:
        raise errors.InvalidSetting(
            f"{path} was not packed by `peers pack`: its components have no numbers to go on from",
            hint="name a packed wheel, or leave --previous out",
            given=path,
        )
    return Before(source.packed, components.contents(source.packed, source.files.__getitem__))


def _require_same(said: str, is_same: bool, manifest: Manifest) -> None:
    if not is_same:
        raise errors.InvalidSetting(
            f"{said} is no version of {manifest.name} ({manifest.package_id}), which is to be packed",
            hint=f"name a packed wheel of it, or {manifest.name}@VERSION",
            given=said,
            package=manifest.name,
        )
