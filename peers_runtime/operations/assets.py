"""A package's assets, for whoever may read a context that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.manifest import Asset
from peers_runtime.operations import access, needed
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peers_runtime.model.manifest import Manifest
    from peers_runtime.operations.services import Services


def read(services: Services, context_id: str, digest: str, path: str, actor: str) -> tuple[Asset, bytes]:
    """An asset of a snapshot that is a version of the context, active or not, or that one depends on.

    `path` is the asset's `url`. Raises `UnknownContext`, `RoleTooLow`, and `UnknownAsset` for everything
    that is no declared asset of such a snapshot.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
        rows = [
            version.snapshot_digest
            for package in reader.packages(context_id)
            for version in reader.versions(context_id, package.package_id)
        ]
    active = [one.digest for one in services.engine.binding(context_id).active.packages]
    if digest in active or digest in rows:
        found = services.snapshots.manifest(digest)
    else:
        known = (one for label in active for one in _needed(services, label))
        named = next((one for one in known if one.id == digest), None)
        if named is None:
            raise _unknown(context_id, digest, path)
        found = named
    asset = next((one for one in found.assets if one.url == path), None)
    if asset is None:
        raise _unknown(context_id, digest, path)
    return asset, services.snapshots.reader(digest).source(digest, path)


def _needed(services: Services, digest: str) -> Iterator[Manifest]:
    """What an active version depends on, itself or through others."""
    yield from needed.manifests(services, services.snapshots.manifest(digest))


def _unknown(context_id: str, digest: str, path: str) -> errors.UnknownAsset:
    return errors.UnknownAsset(
        f"context {context_id!r} has no asset {path[:200]!r} in a snapshot {digest[:12]!r}",
        hint="name the file in UI(assets=[…]), and install the package again",
        context=context_id,
        digest=digest,
        path=path,
    )
