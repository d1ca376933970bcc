"""The rooms below the engine, each built when it is first needed: the one place that builds concrete things.

On a host's start path: imports late.
"""

from __future__ import annotations

from _thread import RLock

from peers_runtime.catalog import index
from peers_runtime.catalog.home import Home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from peers_runtime.activation.engine import Engine
    from peers_runtime.catalog.diagnostics import Diagnostics
    from peers_runtime.catalog.tables import TableStore
    from peers_runtime.contributions.ports import Contributor, TableRows
    from peers_runtime.importing.lock import Lock
    from peers_runtime.importing.ports import Bytes
    from peers_runtime.model.active import ActivePackage, State
    from peers_runtime.model.manifest import Manifest, TableData
    from peers_runtime.operations.services import Services
    from peers_runtime.snapshots.claims import Claims
    from peers_runtime.snapshots.store import SnapshotStore


class Storage:
    """One home's catalog, snapshots, tables and diagnostics; what the engine asks of it as its `Memory`."""

    engine: Engine

    def __init__(self, home: Home, actor: str) -> None:
        self.path = home.path
        self.outside: str | None = None  # kept for `workers`: what $PEERS_HOME was before the first home
        self._home = home
        self._actor = actor
        self._building = RLock()
        self._snapshots: SnapshotStore | None = None
        self._tables: TableStore | None = None
        self._diagnostics: Diagnostics | None = None
        self._services: Services | None = None
        self._claims: Claims | None = None
        self._platform: Contributor | None = None
        self._unwritten: dict[str, Lock] = {}  # closures of drafts, by digest

    def state(self) -> State:
        """What is active, from the index; from the catalog when the index is not to be trusted."""
        found = index.read(self._home.file("index.json"), self._home.device)
        if found is not None:
            return found
        from peers_runtime.catalog.store import Catalog

        with Catalog(self._home.path, self._actor) as catalog:
            return catalog.state(self._home.device)

    @property
    def snapshots(self) -> SnapshotStore:
        if self._snapshots is None:
            with self._building:
                if self._snapshots is None:
                    from peers_runtime.snapshots.store import SnapshotStore

                    self._snapshots = SnapshotStore(self._home.path, self._home.key())
        return self._snapshots

    @property
    def diagnostics(self) -> Diagnostics:
        if self._diagnostics is None:
            with self._building:
                if self._diagnostics is None:
                    from peers_runtime.catalog.diagnostics import Diagnostics

                    self._diagnostics = Diagnostics(self._home.file("diagnostics.jsonl"))
        return self._diagnostics

    @property
    def services(self) -> Services:
        if self._services is None:
            with self._building:
                if self._services is None:
                    import secrets
                    import time
                    from datetime import UTC, datetime

                    from peers_runtime.base import ids
                    from peers_runtime.catalog.store import Catalog
                    from peers_runtime.operations.services import Services
                    from peers_runtime.trust.keys import Keys

                    self._services = Services(
                        catalog=Catalog(self._home.path, self._actor),
                        snapshots=self.snapshots,
                        diagnostics=self.diagnostics,
                        engine=self.engine,
                        keys=Keys(self._home.file("keys")),
                        device=self._home.device,
                        actor=self._actor,
                        now=lambda: datetime.now(UTC),
                        new_id=lambda: ids.make(time.time_ns() // 1_000_000, secrets.randbits(83)),
                    )
        return self._services

    def close(self) -> None:
        if self._claims is not None:
            self._claims.close()
        if self._services is not None:
            self._services.catalog.close()
        if self._tables is not None:
            self._tables.close()

    # ── what the engine asks ─────────────────────────────────────────────────────────────────────

    def bytes(self, package: ActivePackage) -> Bytes:
        return self.snapshots.reader(package.digest)

    def uses(self, packages: Sequence[ActivePackage]) -> None:
        from_folders = {one.digest for one in packages if one.origin is not None}
        if from_folders and self._claims is None:
            from peers_runtime.snapshots.claims import Claims

            self._claims = Claims(self.path)
        if self._claims is not None:
            self._claims.hold(from_folders)
        for digest in tuple(self._unwritten):
            if digest in from_folders:
                self._remember(self._unwritten.pop(digest))
            elif not self.snapshots.is_draft(digest):  # it never went live
                del self._unwritten[digest]

    def manifest(self, digest: str) -> Manifest:
        return self.snapshots.manifest(digest)

    def lock(self, package: ActivePackage, shared: Sequence[str]) -> Lock:
        self.engine.require_open()  # nobody would give back what is loaded after the close
        from peers_runtime.operations import closure

        lock = closure.lock(package.name, package.version, package.digest, shared, package.origin)
        if self.snapshots.is_draft(package.digest):  # no worker can load it before it is kept
            self._unwritten[package.digest] = lock
        else:
            self._remember(lock)
        return lock

    def platform(self) -> Contributor:
        if self._platform is None:
            from peers_runtime import __version__
            from peers_runtime.host.platform import Platform

            self._platform = Platform(lambda: self.services, __version__)
        return self._platform

    def rows(self, context_id: str, package_id: str, table: TableData) -> TableRows:
        if self._tables is None:
            with self._building:
                if self._tables is None:
                    from peers_runtime.catalog.tables import TableStore

                    self._tables = TableStore(self._home.file("data"))
        return self._tables.table(context_id, package_id, table)

    def report(self, code: str, message: str, hint: str, subject: str, context_id: str | None) -> None:
        from datetime import UTC, datetime

        from peers_runtime.model.diagnostic import Diagnostic

        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.diagnostics.report(
            Diagnostic(code=code, message=message, hint=hint, subject=subject, context_id=context_id, at=at)
        )

    def _remember(self, lock: Lock) -> None:
        from peers_runtime.importing.lock import tag

        if self._home.is_writable:
            self.snapshots.closures.remember(tag(lock), lock.as_data())

    # ── worker processes ─────────────────────────────────────────────────────────────────────────

    def realm_of(self, tag: str) -> tuple[Lock, Bytes] | None:
        """What the realm of a tag is made of, when this home has ever loaded it."""
        from peers_runtime.importing.lock import Lock

        closure = self.snapshots.closures.find(tag)
        return None if closure is None else (Lock.from_data(closure), self.snapshots)
