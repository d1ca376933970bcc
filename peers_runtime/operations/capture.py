"""A source as a snapshot: read, evaluated in a throw-away realm, described. Stores nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.contributions import definition
from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock
from peers_runtime.model.manifest import Manifest
from peers_runtime.snapshots import capture as snapshot
from peers_runtime.snapshots import environment, sources
from peers_runtime.snapshots.draft import Draft

if TYPE_CHECKING:
    from peers_runtime.contributions.definition import Loaded
    from peers_runtime.contributions.references import Load, Logical
    from peers_runtime.importing.realm import Realm
    from peers_runtime.operations.services import Services


@dataclass(frozen=True)
class Captured:
    source: sources.Source
    manifest: Manifest


def capture(services: Services, source: str | os.PathLike[str]) -> Captured:
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
    if read.dependencies:
        raise errors.InvalidSetting(
            f"{read.name} depends on other packages ({', '.join(read.dependencies)}), "
            "which this version of peers_runtime cannot lock yet",
            hint="remove [tool.peers.dependencies]; a contract's tools can be called by name: ctx.tools[...]",
            package=read.name,
        )
    environment.check(read.requires.shared, f"{read.name} {read.version}")
    draft = services.snapshots.draft(read)
    realms = _ThrowAwayRealms(services, read, draft)
    try:
        realm = realms.fresh()
        described = definition.evaluate(
            realm.load,
            realm.loaded,
            read.name,
            read.version,
            read.reference,
            logical=realm.logical,
            again=realms.again,
        )
    finally:
        realms.drop()
    manifest = snapshot.manifest(read, described, services.timestamp())
    _contents_exist(manifest)
    return Captured(read, manifest)


def _contents_exist(manifest: Manifest) -> None:
    """A UI's `"module:attribute"` is only imported when it is shown; that the module is there is seen now."""
    modules = {module.name for module in manifest.modules}
    for ui in manifest.definition.uis:
        module = (ui.reference or "").partition(":")[0]
        if module and module not in modules:
            raise errors.InvalidDefinition(
                f"the content of the UI {ui.name!r} is {ui.reference!r}, "
                f"but {manifest.name} has no module {module!r}",
                hint=f"correct it in {manifest.definition.uis_module}",
                where=manifest.definition.uis_module,
            )


class _ThrowAwayRealms:
    """One realm at a time, in which nothing of the package has been imported yet."""

    def __init__(self, services: Services, source: sources.Source, draft: Draft) -> None:
        self._draft = draft
        self._report = lambda code, message: services.report(code, message, subject=source.name)
        self._lock = Lock(
            name=source.name,
            version=source.version,
            digest=draft.digest,
            declared=environment.import_names(source.requires.shared),
            origin=source.package_folder,
        )
        self._realm: Realm | None = None

    def fresh(self) -> Realm:
        self.drop()
        self._realm = finder().acquire(self._lock, self._draft, self._report)
        return self._realm

    def again(self) -> tuple[Load, Loaded, Logical]:
        realm = self.fresh()
        return realm.load, realm.loaded, realm.logical

    def drop(self) -> None:
        if self._realm is not None:
            realm, self._realm = self._realm, None
            finder().release(realm, self._draft, collect=False, watch=False)
