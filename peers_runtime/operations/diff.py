"""Comparing two versions of a package, wherever each of them is. Stores nothing."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.differences import Diff
from peers_runtime.model.manifest import Manifest
from peers_runtime.operations import access, capture, inspect
from peers_runtime.projects import sources
from peers_runtime.rules import bumps
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services

_NAMED = re.compile(r"(?P<name>[^@/\\]+)@(?P<version>[^/\\]+)")


def diff(services: Services, a: str | os.PathLike[str], b: str | os.PathLike[str], context_id: str) -> Diff:
    """What `b` has that `a` has not, and the other way round.

    Each is `NAME@VERSION` of the context, the digest of a snapshot that the context has or at least 12
    characters of it, a wheel, or a project's folder. Raises `UnknownPackage`, `UnknownVersion`,
    `DifferentPackages`, and what is wrong with a source.
    """
    inspect.may_read(services, context_id, services.actor)
    before, after = (_manifest(services, given, context_id) for given in (a, b))
    return bumps.compare(before, after)


def _manifest(services: Services, given: str | os.PathLike[str], context_id: str) -> Manifest:
    if isinstance(given, str):
        if named := _NAMED.fullmatch(given):
            return inspect.manifest(services, named["name"], context_id, named["version"])
        if access.is_digest(given):
            return services.snapshots.manifest(_digest(services, given, context_id))
    source = sources.read(given)
    # what a packed wheel says of itself fits its files; its code is run by who installs it, not by who looks
    return source.packed or capture.capture(services, source).manifest


def _digest(services: Services, given: str, context_id: str) -> str:
    """The whole digest of the one snapshot among the context's versions. Raises `UnknownVersion`."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, services.actor, Act.READ)
        known = [
            version
            for package in reader.packages(context_id)
            for version in reader.versions(context_id, package.package_id)
        ]
    found = {one.snapshot_digest for one in known if one.snapshot_digest.startswith(given)}
    if len(found) == 1:
        return found.pop()
    raise errors.UnknownVersion(
        f"{len(found) or 'no'} snapshots of context {context_id!r} have a digest that begins with {given}",
        hint="give more of it"
        if found
        else f"write ./{given} if it is a folder; else see peers versions NAME",
        version=given,
        known=sorted(found),
    )
