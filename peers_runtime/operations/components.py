"""Components: the status of each in a working copy or a packed version, and what was published of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.components import ComponentState, Publication
from peers_runtime.operations import access, before, capture
from peers_runtime.projects import sources
from peers_runtime.projects.working_copy import WorkingCopy
from peers_runtime.rules import components
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services


def states(
    services: Services, path: str | os.PathLike[str], context_id: str, actor: str
) -> Sequence[ComponentState]:
    """Each component of a project beside its last published version in a context, by name.

    Package code runs, as for an installation. Raises what is wrong with the project.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
    captured = capture.capture(services, WorkingCopy(sources.folder(path)).read())
    manifest = captured.manifest
    with services.catalog.read() as reader:
        known = before.known(reader, context_id, manifest.package_id)
    content = components.contents(manifest, captured.source.files.__getitem__)
    return components.states(manifest, content, before.last(known, before.latest(services, known)))


def of_version(
    services: Services, path: str | os.PathLike[str], version: str, context_id: str, actor: str
) -> Sequence[ComponentState]:
    """The components of a version of a project's package in a context, by name; no package code runs.

    Raises what is wrong with the project, `UnknownVersion`, and a `StorageError` when it cannot be read.
    """
    access.require_name(version, "a version")
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
    name = WorkingCopy(sources.folder(path)).read().name
    with services.catalog.read() as reader:
        package_id = before.package_id(reader, context_id, name)
        known = before.known(reader, context_id, package_id or "")
    digest = before.stored(known, name, version, f"pack it, or see what there is: peers versions {name}")
    return components.as_published(before.kept(services, digest).manifest)


def history(services: Services, name: str, context_id: str, actor: str) -> Sequence[Publication]:
    """What was published of a component in a context, by number.

    `name` is one that it had, its id, or either after the package's name: "notes.Home". Raises
    `UnknownComponent`, and `AmbiguousName` when several had the name.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
        names = {one.package_id: one.name for one in reader.packed(context_id)}
        known = {package: reader.publications(context_id, package) for package in names}
    found: dict[tuple[str, str], list[Publication]] = {}
    for package, publications in known.items():
        called = {
            one.component_id
            for one in publications
            if name in _names(one) or name in {f"{names[package]}.{each}" for each in _names(one)}
        }
        for one in publications:
            if one.component_id in called:
                found.setdefault((package, one.component_id), []).append(one)
    if len(found) > 1:
        owners = sorted(f"{names[package]}.{each}" for package, each in found)
        raise errors.AmbiguousName(
            f"several components were published as {name!r} in context {context_id!r}: {', '.join(owners)}",
            hint=f"name one of them: peers component history {owners[0]}",
            name=name,
            owners=owners,
        )
    if not found:
        there = sorted({one.name for publications in known.values() for one in publications})
        raise errors.UnknownComponent(
            f"no component {name!r} was published in context {context_id!r}{access.near(name, there)}",
            hint="a component is published when its package is packed: peers pack",
            name=name,
            known=there,
        )
    (publications,) = found.values()
    return publications


def _names(publication: Publication) -> tuple[str, str]:
    return publication.name, publication.component_id
