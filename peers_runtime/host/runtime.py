"""`Runtime`: what a host application holds.

On a host's start path: opening a home and matching a route reads one index file; everything else is
imported and built when it is first needed.
"""

from __future__ import annotations

import os

from peers_runtime.activation.context import DataContext
from peers_runtime.activation.engine import Engine
from peers_runtime.base import errors
from peers_runtime.catalog.home import Home
from peers_runtime.host.acts import Acts
from peers_runtime.host.arrivals import Arrivals
from peers_runtime.host.components import Components
from peers_runtime.host.contexts import Contexts, Members
from peers_runtime.host.contracts import Contracts
from peers_runtime.host.looking import PERSONAL
from peers_runtime.host.storage import Storage
from peers_runtime.host.workers import announce

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path
    from types import TracebackType
    from typing import Any, Self

    from peers_runtime.contributions.calls import Answer
    from peers_runtime.dev.watch import Watch
    from peers_runtime.host.listed import Listed
    from peers_runtime.model.diagnostic import Diagnostic
    from peers_runtime.model.reload import Reload
    from peers_runtime.model.stored import Stored
    from peers_runtime.model.workflows import RunState
    from peers_runtime.operations.services import Services


class Runtime(Acts):
    """A home, opened by one host process. Close it, or use it in a `with` block.

    Acts raise subclasses of `PeersError` and then have changed nothing. A runtime may be shared by threads.
    """

    def __init__(
        self,
        home: Home,
        actor: str,
        facades: bool,
        cleanup: Callable[[], object],
        catalog: str | os.PathLike[str] | None = None,
        blobs: str | os.PathLike[str] | None = None,
        data: str | None = None,
        secrets_key: str | os.PathLike[str] | None = None,
    ) -> None:
        self.actor = actor
        self.contexts = Contexts(self)
        self.members = Members(self)
        self.components = Components(self)
        self.contracts = Contracts(self)
        self._home = home
        self._cleanup = cleanup
        self._storage = Storage(home, actor, catalog, blobs, data, secrets_key)
        self._engine = Engine(self._storage.state(), self._storage, facades)
        self._storage.engine = self._engine
        self._storage.serve = _serve
        self._arrivals = Arrivals(self._storage, self._engine, self)
        self._undo = announce(self._storage)
        self._listed: Listed | None = None
        self._watches: list[Watch] = []

    @classmethod
    def open(
        cls,
        home: str | os.PathLike[str] = "~/.peers",
        *,
        catalog: str | os.PathLike[str] | None = None,
        blobs: str | os.PathLike[str] | None = None,
        data: str | None = None,
        secrets_key: str | os.PathLike[str] | None = None,
        device: str | None = None,
        actor: str | None = None,
        facades: bool = True,
        bundled: str | os.PathLike[str] | None = None,
        bundled_as: str = "stable",
        executor: Executor | None = None,
    ) -> Runtime:
        """Open a home, making it when the folder has none.

        Homes that open one `catalog`, the path of a SQLite file or `postgresql+psycopg://…`, and one `blobs`,
        a folder, are devices of one group. A home remembers neither: give both at every opening. By default
        a home keeps its own. What other processes and devices change is live here within a second, once a
        context is in use. `secrets_key` is a file with the key of the secrets in their catalog, of which each
        device has a copy; `peers vars key FILE` makes one.

        `data` is `postgresql+psycopg://…`, a database that keeps the rows of packages' tables, in one schema
        per context: homes that give the same have the same rows. By default each home has its own, in one
        SQLite file per context.

        `device` names the device of a home that is made now (default: a new id). `actor` is who acts when
        a call names nobody (default: the operating system's user), and owns the contexts it creates. With
        `facades`, `import NAME` in host code is answered per context for every active package. `bundled` is a
        folder of wheels that the host ships for `require`, released as `bundled_as` ("stable" or "beta").
        `executor` is the host's own, see `executor` below; it is never shut down here.
        Raises `HomeTooNew`, `HomeDamaged`, `HomeNotWritable`, `CatalogUnreachable` or `InvalidSetting`.
        """
        if bundled is not None and not os.path.isdir(bundled):
            raise errors.InvalidSetting(
                f"{os.fspath(bundled)} is no folder of wheels", hint="give bundled=FOLDER", given=bundled
            )
        given = catalog, blobs, data, secrets_key
        opened = cls(Home(home, device), actor or _user(), facades, lambda: None, *given)
        opened.bundled = None if bundled is None else os.path.abspath(bundled)
        opened.bundled_as = bundled_as
        opened.executor = executor
        return opened

    @classmethod
    def in_memory(
        cls, *, device: str | None = None, actor: str | None = None, facades: bool = True
    ) -> Runtime:
        """A runtime for tests: an ordinary home in a temporary folder, gone on close.

        The folder lies in memory where the system offers that (Linux).
        """
        import shutil
        import tempfile
        import weakref

        memory = "/dev/shm"  # noqa: S108  # Linux's file system in memory; the folder itself gets a random name
        parent = memory if os.access(memory, os.W_OK) else None
        folder = tempfile.mkdtemp(prefix="peers-", dir=parent)
        owner = os.getpid()

        def remove() -> None:
            if os.getpid() == owner:  # a forked child must not take the home away from its parent
                shutil.rmtree(folder, ignore_errors=True)

        opened = cls(Home(folder, device), actor or _user(), facades, remove)
        weakref.finalize(opened, remove)
        return opened

    @property
    def home(self) -> Path:
        from pathlib import Path

        return Path(self._home.path)

    @property
    def device(self) -> str:
        return self._home.device

    @property
    def executor(self) -> Executor | None:
        """Through which contexts call tools: of threads, processes, or another engine's; None: in the caller.

        A handle's next call goes by what is set then; `ctx.tools.through(executor)` chooses for some calls.
        """
        return self._engine.executor

    @executor.setter
    def executor(self, executor: Executor | None) -> None:
        self._engine.executor = executor

    def public_key(self, actor: str | None = None) -> str:
        """What verifies what somebody signs on this device: the base64 of 32 bytes; made when there is none.

        Raises `KeyExposed`, `KeyDamaged` or `HomeNotWritable`.
        """
        return self.services.keys.signer(actor or self.actor).public_key

    def context(self, context_id: str = PERSONAL, actor: str | None = None) -> DataContext:
        """A handle on a context. Raises `UnknownContext`, or `RoleTooLow` for one who may not read it."""
        self._arrivals.follow()
        known = self._engine.state.contexts
        if not isinstance(context_id, str) or context_id not in known:
            self._catch_up(context_id)
        self._engine.binding(context_id)
        kind, _, roles = self._engine.state.contexts[context_id]
        acting = actor or self.actor
        if kind != PERSONAL and not (isinstance(acting, str) and roles.get(acting)):
            from peers_runtime.operations import inspect

            inspect.may_read(self.services, context_id, acting)
        return DataContext(self._engine, context_id, acting)

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def add_hookspecs(self, module: object, project_name: str) -> None:
        """Add the host's own hooks: functions in `module` marked with `pluggy.HookspecMarker(project_name)`.

        A package whose implementation does not fit its specification takes no part, and is listed as a
        diagnostic. Raises `InvalidSetting` when the specifications cannot be used.
        """
        from peers_runtime.contributions.registry import HostSpecs

        self._engine.add_hook_specs(HostSpecs(module, project_name))

    def on_change(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Call it after each change of what contexts have, whoever made it; answers with the undo.

        It is called in the thread that changed it, and should only say to another that there is something to
        look at. What others change is told within a second, once a context is in use.
        """
        return self._engine.live.watch(lambda _: callback())

    def watch(
        self,
        project: str | os.PathLike[str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        on_reload: Callable[[Reload], object] | None = None,
        polling: bool = False,
    ) -> Watch:
        """Make a project's folder the active dev version in a context, and again whenever a file is saved.

        Every other context that runs this working copy follows. Code that does not compile, import or fit
        changes nothing: see `Watch.fault`. `on_reload` is told of every change, in the watch's thread.
        `polling` looks at the files again and again, for file systems that tell of no changes. When no
        version is loaded yet, what is in memory is frozen (`gc.freeze`) until the watch is closed, so that
        unloading old versions never pauses the host. Raises `NoPackageThere`, `UnknownContext` or
        `RoleTooLow`.
        """
        from peers_runtime.dev.watch import Watch

        watch = Watch(self.services, project, context, actor or self.actor, on_reload, polling=polling)
        try:
            self._engine.require_open()  # `on_reload` may have closed it
        except BaseException:
            watch.close()
            raise
        self._watches = [*(one for one in self._watches if not one.closed), watch]
        return watch

    def resume(self) -> Sequence[RunState]:
        """Take up the unfinished runs of workflows of this device at which nobody works, in all contexts.

        Each goes on for who began it; one whose actor may not run workflows any more is listed as a
        diagnostic. Opening a home does not do it. They go on in threads, at most eight at once, until they
        end or the runtime is closed; `ctx.workflows.run(one.run_id).result()` waits for one.
        """
        self._arrivals.follow()
        return self._storage.all_runs.resume()

    # ── looking and freeing ──────────────────────────────────────────────────────────────────────

    def prune(self, keep: int = 0, dry_run: bool = False) -> Sequence[Stored]:
        """Remove the snapshots that nothing uses any more from the home; answers with which.

        Those are what dev versions had before, and what only such depended on; of each package the newest
        `keep` of them stay. What is a version of any context, was packed, or is locked by another package
        stays, and so does what a process still reads or is less than a minute old; a dry run names these two
        as well. `Runtime.watch` does it by itself. Raises `InvalidSetting` and `HomeNotWritable`.
        """
        from peers_runtime.operations import prune

        return prune.unused(self.services, keep) if dry_run else prune.prune(self.services, keep)

    def diagnostics(self) -> Sequence[Diagnostic]:
        """What went wrong and was listed by any host of this home, oldest first.

        Then the active packages that nobody serves now: see `ConsumerUnserved`.
        """
        from peers_runtime.host.listed import Listed

        self._engine.require_open()
        if self._listed is None:
            self._listed = Listed(self._storage)
        return self._listed.all()

    def drain(self) -> None:
        """Unload every version that nothing can come back to, now; by itself it happens a little later."""
        self._engine.drain()

    def close(self) -> None:
        """Unload everything this runtime loaded and close its files. Closing twice does nothing."""
        self._arrivals.close()
        while self._watches:
            self._watches.pop().close()
        self._undo()
        self._storage.stop_runs()
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

    def _catch_up(self, context_id: str) -> None:
        """Somebody else may have made the context just now. Raises `UnknownContext`."""
        from peers_runtime.operations import access, plan

        services = self.services
        with services.engine.acts, services.catalog.read() as reader:
            access.context(reader, context_id)
            plan.catch_up(services, reader.sequence())

    @property
    def services(self) -> Services:
        """What operations work with; built on first use. Doors pass it on, hosts have the methods above."""
        self._engine.require_open()
        return self._storage.services


def _serve(*request: Any) -> Answer:
    """What another process does for a caller in this one."""
    from peers_runtime.host import guests

    return guests.serve(*request)


def _user() -> str:
    """The operating system's user; `uid-N` for one without a name."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"
