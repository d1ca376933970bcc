"""A working copy beside what was published of its components: which they are, and under which numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.components import Publication
from peers_runtime.model.manifest import Definition, Manifest
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access, before, capture
from peers_runtime.rules.going_back import Tree
from peers_runtime.snapshots import capture as snapshot
from peers_runtime.snapshots import layout

if TYPE_CHECKING:
    from peers_runtime.operations.before import Before, Known
    from peers_runtime.operations.services import Services
    from peers_runtime.snapshots.source import Source


@dataclass(frozen=True)
class Published:
    """A published version of a component, and the package that it stood in."""

    number: int
    version: str
    snapshot_digest: str


@dataclass(frozen=True)
class Project:
    """A working copy as it was read, and what a context knows of its package.

    Where its code does not evaluate, `trouble` says why, and `definition` is that of the `latest` package.
    """

    source: Source
    definition: Definition
    known: Known
    latest: Before | None
    trouble: errors.PackageError | None

    @property
    def last(self) -> Mapping[str, Publication]:
        """The last published version of each component."""
        return before.last(self.known, self.latest)

    @property
    def tree(self) -> Tree:
        return tree(self.source, self.definition)

    def component(self, name: str) -> str:
        """The id of the component that a person calls so, deleted ones included.

        Raises `UnknownComponent`, and `AmbiguousName` when several have or had the name.
        """
        called = self._names
        plain = name.removeprefix(f"{self.source.name}.")
        found = [plain] if plain in called else [each for each, names in called.items() if plain in names]
        if len(found) > 1:
            owners = [f"{self.source.name}.{each}" for each in sorted(found)]
            raise errors.AmbiguousName(
                f"{name!r} is or was the name of several components: {', '.join(owners)}",
                hint="give the id of the one that is meant: peers component list",
                name=name,
                owners=owners,
            )
        if not found:
            there = sorted({one for names in called.values() for one in names})
            raise errors.UnknownComponent(
                f"{self.source.name} has no component {name!r}, nor had in context "
                f"{self.known.context_id!r}{access.near(name, there)}",
                hint=f"see its components: peers component list {self.source.folder}",
                name=name,
                known=there,
            )
        return found[0]

    def numbers(self, services: Services, component: str) -> Mapping[int, Published]:
        """What was packed of a component, by number: here, or elsewhere and then released here."""
        found = {
            one.number: Published(one.number, one.version, one.snapshot_digest)
            for one in (*self.known.publications, *self.last.values())
            if one.component_id == component
        }
        with services.catalog.read() as reader:
            for one in sorted(self.known.released, key=lambda one: precedence(one.version)):
                number = reader.component_numbers(one.snapshot_digest).get(component)
                if number is not None:
                    found.setdefault(number, Published(number, one.version, one.snapshot_digest))
        return found

    @property
    def _names(self) -> Mapping[str, set[str]]:
        """The names that each component has and had, by id."""
        found: dict[str, set[str]] = {}
        for ui in self.definition.uis:
            found.setdefault(ui.peers_ui_id, set()).add(ui.name)
        for one in (*self.known.publications, *self.last.values()):
            found.setdefault(one.component_id, set()).add(one.name)
        return found


def project(services: Services, source: Source, context_id: str) -> Project:
    """Evaluate a working copy, and read what the context knows of it; package code runs.

    Raises what is wrong with the project, unless the context has a package of its name to compare with.
    """
    trouble: errors.PackageError | None = None
    definition: Definition | None = None
    try:
        definition = capture.capture(services, source).manifest.definition
    except errors.PackageError as error:
        trouble = error
    with services.catalog.read() as reader:
        package_id = (
            definition.package_id if definition else before.package_id(reader, context_id, source.name)
        )
        known = before.known(reader, context_id, package_id or "")
    latest = before.latest(services, known)
    if definition is None and latest is not None:
        definition = latest.manifest.definition
    if definition is None:
        assert trouble is not None
        raise trouble
    return Project(source, definition, known, latest, trouble)


def tree(source: Source, definition: Definition) -> Tree:
    """The files of a source, whatever a definition says of them."""
    return Tree(
        source.name, definition, snapshot.entries(source.modules), source.digests, source.files.__getitem__
    )


def kept(services: Services, digest: str) -> tuple[Manifest, Tree]:
    """A published package. Raises a `StorageError` when this home has it not, or it is damaged."""
    manifest = services.snapshots.manifest(digest)
    files = {file.path: file.digest for file in manifest.files}
    read = partial(services.snapshots.source, digest)
    modules = snapshot.entries(layout.modules(files))
    return manifest, Tree(manifest.name, manifest.definition, modules, files, read)
