"""A source as a snapshot: read, evaluated in a throw-away realm, described.

Stores nothing but what a lock names and this device lacks: private distributions, and packages.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.contributions import definition
from peers_runtime.importing.finder import finder
from peers_runtime.model.manifest import Definition, Dependency, Manifest
from peers_runtime.operations import closure, dependencies, needed
from peers_runtime.projects import environment, sources
from peers_runtime.rules import dependencies as dependency_rules
from peers_runtime.snapshots import capture as snapshot
from peers_runtime.snapshots.draft import Draft

if TYPE_CHECKING:
    from peers_runtime.contributions.author import Loaded, Refused
    from peers_runtime.contributions.references import Load, Logical
    from peers_runtime.importing.realm import Realm
    from peers_runtime.operations.services import Services


@dataclass(frozen=True)
class Captured:
    source: sources.Source
    manifest: Manifest


def capture(
    services: Services,
    source: str | os.PathLike[str] | sources.Source,
    offered: Sequence[sources.Source] = (),
    refused: Refused | None = None,
) -> Captured:
    """Read a folder, a wheel or `entry-point:NAME`, unless that is done, and evaluate its definition.

    What it depends on and is not here is taken from the `offered` sources. Package code runs in a realm of
    its own, which is gone when this returns or raises. With `refused` more than the first error of the
    definition is told, as `definition.evaluate` does. Raises what is wrong with the source, its code or its
    definition, and `DependencyNotFound`, `CircularDependency` or `InvalidPackageDependency`.
    """
    read = source if isinstance(source, sources.Source) else sources.read(source)
    _have_here(services, read, offered)
    realms = _Realms(services, read, services.snapshots.draft(read))
    try:
        described = realms.evaluate(refused)
    finally:
        realms.drop()
    captured = _captured(services, read, described, refused=refused)
    _refuse_other_description(captured)
    return captured


class Candidate:
    """The next state of a working copy that runs: captured, evaluated, and ready to be switched to.

    The realm in which its definition was evaluated is the one that goes live: code runs once. Only when the
    definition itself has changed is it run again, because the snapshot's id, which names the realm, covers
    the definition. Until `close` the snapshot can be read from memory.
    """

    def __init__(
        self, services: Services, read: sources.Source, like: Manifest, in_use: Sequence[str] = ()
    ) -> None:
        """`like` is the snapshot that runs, of which the modules `in_use` have been imported.

        These are imported here too, so that what worked before is known to work now. Raises as `capture`,
        and `RestartNeeded`.
        """
        _refuse_other_needs(read, like)
        if (read.private, read.dependencies) != (like.private, like.dependencies):
            _have_here(services, read, ())
        guessed = snapshot.manifest(read, like.definition, services.timestamp(), like)
        draft = services.snapshots.draft(read, guessed)
        draft.compile({file.digest for file in like.files})
        self._realms = _Realms(services, read, draft)
        try:
            # What is loaded as this very snapshot is in use in another context, and was evaluated.
            described = like.definition if self._realms.are_loaded() else self._realms.evaluate()
            self.captured = Captured(read, guessed)
            # as JSON, where 1 and True differ
            if described.model_dump_json() != like.definition.model_dump_json():
                self._realms.drop()
                self.captured = _captured(services, read, described, guessed)
                _refuse_other_package(self.captured.manifest, like)
                draft = services.snapshots.draft(read, self.captured.manifest)
                self._realms = _Realms(services, read, draft)
                self._realms.fresh()
            else:
                _contents_exist(guessed)
            self._realms.import_again(in_use)
        except BaseException:
            self._realms.drop()
            raise

    @property
    def manifest(self) -> Manifest:
        return self.captured.manifest

    def close(self) -> None:
        """Let go of the realm; who runs it meanwhile holds it."""
        self._realms.drop()


def _captured(
    services: Services,
    read: sources.Source,
    described: Definition,
    like: Manifest | None = None,
    refused: Refused | None = None,
) -> Captured:
    manifest = snapshot.manifest(read, described, services.timestamp(), like)
    _contents_exist(manifest, refused)
    needed.manifests(services, manifest)  # it does not depend on itself, whose id is known now
    return Captured(read, manifest)


def _have_here(services: Services, read: sources.Source, offered: Sequence[sources.Source]) -> None:
    """All that a source needs, on this device, where it can run."""
    label = f"{read.name} {read.version}"
    environment.check(read.requires, read.private, label)
    dependencies.have_here(services, read)

    def bring(wanted: Dependency) -> bool:
        for one in offered:
            if (one.name, one.version) == (wanted.name, wanted.version):
                captured = capture(services, one, offered)
                if captured.manifest.id == wanted.digest:
                    services.snapshots.add(captured.source, captured.manifest)
                    return True
        return False

    needs = needed.needs(services, label, bring)
    found = dependency_rules.closure(read.name, read.dependencies, needs, read.version)
    needed.check(label, (services.snapshots.manifest(one.digest) for one in found))


def _refuse_other_description(captured: Captured) -> None:
    """What a packed wheel says of itself was compared with its files; now with what its code says."""
    packed, manifest = captured.source.packed, captured.manifest
    if packed is None or packed.id == manifest.id:
        return
    said, found = packed.definition, manifest.definition
    parts = [name for name in type(said).model_fields if getattr(said, name) != getattr(found, name)]
    raise errors.ManifestMismatch(
        f"the code of the packed wheel of {packed.name} {packed.version} gives the snapshot "
        f"{manifest.id[:12]} here, and its manifest says {packed.id[:12]}: other {', '.join(parts)}",
        hint="pack it again; see that its definition depends on nothing but the package's files",
        package=packed.name,
        version=packed.version,
        expected=packed.id,
        found=manifest.id,
        parts=parts,
    )


def _refuse_other_needs(read: sources.Source, like: Manifest) -> None:
    if read.requires.shared != like.requires.shared or read.name != like.name:
        what = (
            f"needs {', '.join(read.requires.shared) or 'no distributions'} now"
            if read.name == like.name
            else f"is called {read.name} now"
        )
        raise errors.RestartNeeded(
            f"{like.name} {what}, which cannot be changed while it runs",
            hint="install what is missing, and start the host, or `peers dev`, again",
            package=like.name,
        )


def _refuse_other_package(manifest: Manifest, like: Manifest) -> None:
    if manifest.package_id != like.package_id:
        raise errors.RestartNeeded(
            f"{like.name} has another package id now ({manifest.package_id}, it was {like.package_id}), "
            "and so is another package",
            hint=f"put the id back, or uninstall {like.name} and start the host, or `peers dev`, again",
            package=like.name,
        )


def _contents_exist(manifest: Manifest, refused: Refused | None = None) -> None:
    """A UI's `"module:attribute"` is only imported when it is shown; that the module is there is seen now."""
    modules = {module.name for module in manifest.modules}
    missing = [
        errors.InvalidDefinition(
            f"the content of the UI {ui.name!r} is {ui.reference!r}, "
            f"but {manifest.name} has no module {module!r}",
            hint=f"correct it in {manifest.definition.uis_module}",
            where=manifest.definition.uis_module,
        )
        for ui in manifest.definition.uis
        if (module := (ui.reference or "").partition(":")[0]) and module not in modules
    ]
    if refused is not None:
        for error in missing:
            refused(error)
    if missing:
        raise missing[0]


class _Realms:
    """One realm at a time, in which nothing of the package has been imported yet."""

    def __init__(self, services: Services, source: sources.Source, draft: Draft) -> None:
        self._source = source
        self._draft = draft
        label = f"{source.name}@{source.version}"
        self._report = lambda code, message: services.report(code, message, subject=label)
        self._lock = closure.lock(
            source.name,
            source.version,
            draft.digest,
            source.requires.shared,
            source.private,
            source.package_folder,
            closure.packages(source.dependencies, services.snapshots.manifest),
        )
        self._realm: Realm | None = None

    def evaluate(self, refused: Refused | None = None) -> Definition:
        """What the package's code says that it contributes."""
        realm, source = self._realm or self.fresh(), self._source
        return definition.evaluate(
            realm.load,
            realm.loaded,
            source.name,
            source.version,
            source.reference,
            logical=realm.logical,
            again=self._again,
            refused=refused,
        )

    def are_loaded(self) -> bool:
        """Whether somebody has loaded the snapshot."""
        return bool((self._realm or self.fresh()).loaded())

    def import_again(self, modules: Sequence[str]) -> None:
        """Import those of the modules that there still are. Raises `DefinitionFailed`."""
        realm = self._realm or self.fresh()
        for module in modules:
            if realm.has(module):
                definition.imported(realm.load, realm.loaded, self._source.name, module, realm.logical)

    def fresh(self) -> Realm:
        self.drop()
        self._realm = finder().acquire(self._lock, self._draft, self._report)
        return self._realm

    def drop(self) -> None:
        if self._realm is not None:
            realm, self._realm = self._realm, None
            finder().release(realm, self._draft, collect=False, watch=False)

    def _again(self) -> tuple[Load, Loaded, Logical]:
        realm = self.fresh()
        return realm.load, realm.loaded, realm.logical
