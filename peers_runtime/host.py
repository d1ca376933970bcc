"""The composition root: from settings to a `Runtime`; the one place that builds concrete things.

On a host's start path: opening a home and matching a route reads one index file; everything else is
imported and built when it is first needed.
"""

from __future__ import annotations

import os

from peers_runtime.activation.context import DataContext
from peers_runtime.activation.engine import Engine
from peers_runtime.base import errors
from peers_runtime.catalog import index
from peers_runtime.catalog.home import Home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import ModuleType, TracebackType
    from typing import Any, Self

    from peers_runtime.activation.ports import TableRows
    from peers_runtime.catalog.diagnostics import Diagnostics
    from peers_runtime.catalog.tables import TableStore
    from peers_runtime.importing.lock import Lock
    from peers_runtime.importing.ports import Bytes
    from peers_runtime.model.active import ActivePackage, State
    from peers_runtime.model.catalog import Context, ContextKind, Package, PackageVersion
    from peers_runtime.model.diagnostic import Diagnostic
    from peers_runtime.model.manifest import Manifest, TableData
    from peers_runtime.operations.services import Services
    from peers_runtime.rules.resolution import Resolution
    from peers_runtime.snapshots.sources import AvailableDistribution
    from peers_runtime.snapshots.store import SnapshotStore

PERSONAL = "personal"


class Runtime:
    """A home, opened by one host process. Close it, or use it in a `with` block.

    Acts raise subclasses of `PeersError` and then have changed nothing. A runtime may be shared by threads.
    """

    def __init__(self, home: Home, actor: str, facades: bool, cleanup: Callable[[], object]) -> None:
        self.actor = actor
        self.contexts = Contexts(self)
        self._home = home
        self._cleanup = cleanup
        self._storage = _Storage(home, actor)
        self._engine = Engine(self._storage.state(), self._storage, facades)
        self._storage.engine = self._engine
        self._undo = _announce_home(home, self._storage)

    @classmethod
    def open(
        cls,
        home: str | os.PathLike[str] = "~/.peers",
        *,
        device: str | None = None,
        actor: str | None = None,
        facades: bool = True,
    ) -> Runtime:
        """Open a home, making it when the folder has none.

        `device` names the device of a home that is made now (default: a new id). `actor` is who acts when
        a call names nobody (default: the operating system's user), and owns the contexts it creates. With
        `facades`, `import NAME` in host code is answered per context for every active package. Raises
        `HomeTooNew`, `HomeDamaged` or `HomeNotWritable`.
        """
        return cls(Home(home, device), actor or _user(), facades, lambda: None)

    @classmethod
    def in_memory(cls, *, device: str | None = None, actor: str | None = None, facades: bool = True) -> Runtime:
        """A runtime for tests: an ordinary home in a temporary folder, in memory where the system can; gone on close."""
        import tempfile

        in_memory = "/dev/shm"  # Linux's file system in memory
        folder = tempfile.TemporaryDirectory(
            prefix="peers-", dir=in_memory if os.access(in_memory, os.W_OK) else None, ignore_cleanup_errors=True
        )
        return cls(Home(folder.name, device), actor or _user(), facades, folder.cleanup)

    @property
    def home(self) -> Path:
        from pathlib import Path

        return Path(self._home.path)

    @property
    def device(self) -> str:
        return self._home.device

    def context(self, context_id: str = PERSONAL, actor: str | None = None) -> DataContext:
        """A handle on a data context. Raises `UnknownContext`, or `RoleTooLow` for an actor who may not read it."""
        self._engine.binding(context_id)
        self._may_read(context_id, actor or self.actor)
        return DataContext(self._engine, context_id)

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def install(
        self,
        source: str | os.PathLike[str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        activate: bool = True,
    ) -> PackageVersion:
        """Install a folder, a wheel or `entry-point:NAME` as this device's dev version, and activate it here.

        Package code runs: its definition, routes and UIs modules are imported to see what it contributes.
        """
        from peers_runtime.operations import install

        return install.install(
            self._services, os.fspath(source), context, actor or self.actor, activate=activate
        )

    def activate(
        self, name: str, version: str, context: str = PERSONAL, actor: str | None = None
    ) -> PackageVersion:
        """Make a version this device's choice in a context. A bare semver means the promoted row, else this device's."""
        from peers_runtime.operations import activate

        return activate.activate(self._services, name, version, context, actor or self.actor)

    def disable(self, name: str, context: str = PERSONAL, actor: str | None = None) -> None:
        """Let a package have no active version in a context until one is activated again."""
        from peers_runtime.operations import activate

        activate.disable(self._services, name, context, actor or self.actor)

    def uninstall(self, name: str, context: str = PERSONAL, actor: str | None = None) -> None:
        """Remove a package from a context. The rows of its tables stay."""
        from peers_runtime.operations import activate

        activate.uninstall(self._services, name, context, actor or self.actor)

    def add_hookspecs(self, module: object, project_name: str) -> None:
        """Add the host's own hooks: `module` holds functions marked with pluggy's `HookspecMarker(project_name)`.

        Raises `InvalidHook` when no function is marked, or when an active package's implementation does
        not fit its specification.
        """
        from peers_runtime.contributions.registry import HostSpecs

        self._engine.add_hook_specs(HostSpecs(module, project_name))

    # ── looking ──────────────────────────────────────────────────────────────────────────────────

    def packages(self, context: str = PERSONAL) -> Sequence[Package]:
        """The packages installed in a context, by name."""
        from peers_runtime.operations import inspect

        return inspect.packages(self._services, context)

    def versions(self, name: str, context: str = PERSONAL) -> Sequence[PackageVersion]:
        """Every version of a package in a context, in order of creation."""
        from peers_runtime.operations import inspect

        return inspect.versions(self._services, name, context)

    def resolve(self, name: str, context: str = PERSONAL) -> Resolution:
        """The version that is active here, and the reason."""
        from peers_runtime.operations import inspect

        return inspect.resolve(self._services, name, context)

    def manifest(self, name: str, context: str = PERSONAL, version: str | None = None) -> Manifest:
        """What a version contributes, as data; without `version` the active one."""
        from peers_runtime.operations import inspect

        return inspect.manifest(self._services, name, context, version)

    def available(self) -> Sequence[AvailableDistribution]:
        """The distributions of this environment that are packages; nothing of them is imported."""
        from peers_runtime.operations import inspect

        return inspect.available()

    def diagnostics(self) -> Sequence[Diagnostic]:
        """What went wrong and was listed by any host of this home, oldest first."""
        from peers_runtime.operations import inspect

        return inspect.diagnostics(self._services)

    def drain(self) -> None:
        """Unload every version that nothing can come back to. Hosts need not call it: it happens by itself, later."""
        self._engine.drain()

    def close(self) -> None:
        """Unload everything this runtime loaded and close its files. Closing twice does nothing."""
        self._undo()
        self._engine.close()
        self._storage.close()
        self._cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Runtime {self._home.path}>"

    @property
    def _services(self) -> Services:
        return self._storage.services

    def _may_read(self, context_id: str, actor: str) -> None:
        if actor != self.actor:
            from peers_runtime.operations import inspect

            inspect.may_read(self._services, context_id, actor)


class Contexts:
    """`runtime.contexts`: the data contexts of a home."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def create(
        self, context_id: str, kind: ContextKind = "group", name: str | None = None, actor: str | None = None
    ) -> Context:
        """Make a context; the actor becomes its Owner. Raises `InvalidContextId` or `ContextExists`."""
        from peers_runtime.operations import contexts

        runtime = self._runtime
        return contexts.create(runtime._services, context_id, kind, name, actor or runtime.actor)

    def list(self) -> Sequence[Context]:
        """Every context of the home, by id; `personal` is always there."""
        from peers_runtime.operations import contexts

        return contexts.listed(self._runtime._services)


class _Storage:
    """The rooms below the engine, each built when it is first needed. The engine's `Memory`."""

    engine: Engine

    def __init__(self, home: Home, actor: str) -> None:
        self._home = home
        self._actor = actor
        self._snapshots: SnapshotStore | None = None
        self._tables: TableStore | None = None
        self._diagnostics: Diagnostics | None = None
        self._services: Services | None = None

    def state(self) -> State:
        """What is active, from the index; from the catalog when the index is not to be trusted."""
        found = index.read(self._home.file("index.json"), self._home.device)
        if found is not None:
            return found
        from peers_runtime.catalog.store import Catalog

        with Catalog(self._home) as catalog:
            return catalog.state(self._home.device)

    @property
    def snapshots(self) -> SnapshotStore:
        if self._snapshots is None:
            from peers_runtime.snapshots.store import SnapshotStore

            self._snapshots = SnapshotStore(self._home.path, self._home.key())
        return self._snapshots

    @property
    def diagnostics(self) -> Diagnostics:
        if self._diagnostics is None:
            from peers_runtime.catalog.diagnostics import Diagnostics

            self._diagnostics = Diagnostics(self._home.file("diagnostics.jsonl"))
        return self._diagnostics

    @property
    def services(self) -> Services:
        if self._services is None:
            import secrets
            import time
            from datetime import UTC, datetime

            from peers_runtime.base import ids
            from peers_runtime.catalog.store import Catalog
            from peers_runtime.operations.services import Services

            self._services = Services(
                catalog=Catalog(self._home),
                snapshots=self.snapshots,
                diagnostics=self.diagnostics,
                engine=self.engine,
                device=self._home.device,
                actor=self._actor,
                now=lambda: datetime.now(UTC),
                new_id=lambda: ids.make(time.time_ns() // 1_000_000, secrets.randbits(83)),
            )
        return self._services

    def close(self) -> None:
        if self._services is not None:
            self._services.catalog.close()
        if self._tables is not None:
            self._tables.close()

    # ── what the engine asks ─────────────────────────────────────────────────────────────────────

    @property
    def bytes(self) -> Bytes:
        return self.snapshots

    def manifest(self, digest: str) -> Manifest:
        return self.snapshots.manifest(digest)

    def lock(self, package: ActivePackage) -> Lock:
        from peers_runtime.importing.lock import Lock, tag
        from peers_runtime.operations import environment

        shared = self.manifest(package.digest).requires.shared
        lock = Lock(
            name=package.name,
            version=package.version,
            digest=package.digest,
            declared=environment.import_names(shared),
            origin=package.origin,
        )
        self._remember(tag(lock), lock)
        return lock

    def rows(self, context_id: str, package_id: str, table: TableData) -> TableRows:
        if self._tables is None:
            from peers_runtime.catalog.diagnostics import Diagnostics
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

    # ── worker processes ─────────────────────────────────────────────────────────────────────────

    def realm_of(self, tag: str) -> tuple[Lock, Bytes] | None:
        """What the realm of a tag is made of, when this home has ever loaded it."""
        import json

        from peers_runtime.importing.lock import Lock

        try:
            with open(self._home.file("realms", f"{tag}.json"), encoding="utf-8") as file:
                return Lock.from_data(json.load(file)), self.snapshots
        except FileNotFoundError:
            return None

    def _remember(self, tag: str, lock: Lock) -> None:
        """Write a closure down, so that a worker that unpickles one of its objects can load the realm."""
        import json

        path = self._home.file("realms", f"{tag}.json")
        if os.path.exists(path) or not self._home.is_writable:
            return
        new = f"{path}.{os.getpid()}"
        with open(new, "w", encoding="utf-8") as file:
            json.dump(lock.as_data(), file)
        os.replace(new, path)


def _user() -> str:
    """The operating system's user; `uid-N` for one without a name."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def _announce_home(home: Home, storage: _Storage) -> Callable[[], None]:
    """Let worker processes find this home, and this process the realms that others pickled; returns the undo."""
    from peers_runtime.importing.finder import finder

    before = os.environ.get("PEERS_HOME")
    os.environ["PEERS_HOME"] = home.path
    forget = finder().on_unknown_tag(storage.realm_of)

    def undo() -> None:
        forget()
        if os.environ.get("PEERS_HOME") == home.path:
            if before is None:
                del os.environ["PEERS_HOME"]
            else:
                os.environ["PEERS_HOME"] = before

    return undo
