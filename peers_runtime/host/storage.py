"""The rooms below the engine, each built when it is first needed: the one place that builds concrete things.

On a host's start path: imports late.
"""

from __future__ import annotations

from _thread import RLock

from peers_runtime.base import errors
from peers_runtime.catalog import index
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.location import Location, server_name
from peers_runtime.host.news import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from peers_runtime.activation.engine import Engine
    from peers_runtime.activation.generations import Generations
    from peers_runtime.catalog.beliefs import Doubt
    from peers_runtime.catalog.diagnostics import Diagnostics
    from peers_runtime.catalog.store import Catalog
    from peers_runtime.catalog.tables import TableStore
    from peers_runtime.catalog.tail import Tail
    from peers_runtime.contributions.calls import Answer, Calls, Request
    from peers_runtime.contributions.lines import Line
    from peers_runtime.contributions.ports import Contributor, KeptRuns, KeptVariable, TableRows
    from peers_runtime.host.news import News
    from peers_runtime.host.runs import Runs
    from peers_runtime.host.variables import Variables
    from peers_runtime.importing.lock import Lock
    from peers_runtime.importing.ports import Bytes
    from peers_runtime.model.active import ActivePackage, State
    from peers_runtime.model.manifest import Dependency, Manifest, PrivateEntry, TableData, VariableData
    from peers_runtime.operations.services import Services
    from peers_runtime.rules.providing import ContractRecords
    from peers_runtime.snapshots.claims import Claims
    from peers_runtime.snapshots.shared import SharedBlobs
    from peers_runtime.snapshots.store import SnapshotStore


class Storage:
    """One home's catalog, snapshots, tables and diagnostics; what the engine asks of it as its `Memory`."""

    engine: Engine
    serve: Callable[..., Answer]  # what another process does; plugged in, for it opens a home itself

    def __init__(
        self,
        home: Home,
        actor: str,
        catalog: str | os.PathLike[str] | None,
        blobs: str | os.PathLike[str] | None,
        data: str | None = None,
        secrets_key: str | os.PathLike[str] | None = None,
    ) -> None:
        self.path = home.path
        self.outside: str | None = None  # kept for `workers`: what $PEERS_HOME was before the first home
        self.process = 0  # kept for `workers`: where the home was opened
        self.guest: Generations | None = None  # serves callers in other processes
        self._home = home
        self._actor = actor
        self._catalog_at = catalog
        self._opened = tuple(_absolute(one) for one in (home.path, catalog, blobs, data, secrets_key))
        self._location = Location(home, catalog)
        self._secrets_key = secrets_key
        self._shared: SharedBlobs | None = None
        if blobs is not None:
            from peers_runtime.snapshots.shared import SharedBlobs, SharedFolder

            self._shared = SharedBlobs(SharedFolder(blobs))
        self._data = data
        if data is not None:
            server_name(data, "data")  # which refuses what is no server
        self._building = RLock()
        self._catalog: Catalog | None = None
        self._snapshots: SnapshotStore | None = None
        self._tables: TableStore | None = None
        self._variables: Variables | None = None
        self._runs: Runs | None = None
        self._diagnostics: Diagnostics | None = None
        self._services: Services | None = None
        self._claims: Claims | None = None
        self._calls: Calls | None = None
        self._platform: Contributor | None = None
        self._unwritten: dict[str, Lock] = {}  # closures of drafts, by digest
        self._read: index.Stamp | None = None  # of the index that was read
        self._failure: tuple[str, str, str] | None = None  # why others' changes do not arrive
        self._refused: set[tuple[str, str]] = set()  # snapshots that cannot be fetched, and the error's code

    def is_at(self, home: str, catalog: str | None) -> bool:
        """Whether it was opened so; both are absolute."""
        return self._opened[:2] == (home, catalog)

    def state(self) -> State:
        """What is active now: from the index, else from the catalog.

        While a shared catalog cannot be reached, it is what this home knew last. Raises `CatalogUnreachable`
        when it knows nothing.
        """
        location = self._location
        if self._catalog is None:
            stamp = index.stamp(location.index_path)
            found = index.read(location.index_path, self._home.device, location.name)
            if found is not None and (location.is_own or self._is_newest(found)):
                self._read = stamp
                return found
        elif index.is_marked(location.index_path):
            self._catalog.repair()
        return self.catalog.state(self._home.device)

    def newer(self, known: State) -> State | None:
        """What is active now, when that is something else than what is `known`."""
        found = self.state()
        if found is known or (self._location.is_own and found.sequence == known.sequence):
            return None
        return found

    def news(self) -> News:
        """Tells whether there may be another state than the engine's by now; for one thread."""
        from peers_runtime.host.news import IndexNews, SharedNews

        if self._location.is_own:
            return IndexNews(self._location.index_path, self._read)
        from peers_runtime.catalog.tail import tail

        return SharedNews(tail(self._location), lambda: self.engine.state.sequence, self._something_arrived)

    @property
    def catalog(self) -> Catalog:
        if self._catalog is None:
            with self._building:
                if self._catalog is None:
                    from peers_runtime.catalog.store import Catalog
                    from peers_runtime.operations import signing
                    from peers_runtime.trust.keys import Keys

                    self._catalog = Catalog(
                        self._home.path,
                        self._actor,
                        self._catalog_at,
                        self._fetched,
                        signing.opened,
                        self._tell_of_doubt,
                        Keys(self._home.file("keys"), "actor").public_key,
                        lambda digest: self.snapshots.manifest(digest).definition,
                    )
        return self._catalog

    @property
    def snapshots(self) -> SnapshotStore:
        if self._snapshots is None:
            with self._building:
                if self._snapshots is None:
                    from peers_runtime.snapshots.store import SnapshotStore

                    self._snapshots = SnapshotStore(self._home.path, self._home.key(), self._shared)
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
                    from peers_runtime.host import assembling

                    rooms = self.catalog, self.snapshots, self.diagnostics, self.engine
                    own = self._home, self._location, self._actor, self._secrets_key
                    self._services = assembling.services(*rooms, *own)
        return self._services

    def stop_runs(self) -> None:
        """Let runs of workflows end after the step that is under way."""
        if self._runs is not None:
            self._runs.close()

    def close(self) -> None:
        if self._variables is not None:
            self._variables.close()
        if self._services is not None:
            self._services.device_variables.close()
        if self._calls is not None:
            self._calls.close()
        if self._claims is not None:
            self._claims.close()
        if self._catalog is not None:
            self._catalog.close()
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

    def lock(
        self,
        package: ActivePackage,
        shared: Sequence[str],
        private: Sequence[PrivateEntry],
        dependencies: Sequence[Dependency],
    ) -> Lock:
        self.engine.require_open()  # nobody would give back what is loaded after the close
        from peers_runtime.operations import closure

        packages = closure.packages(dependencies, self.snapshots.manifest) if dependencies else ()
        lock = closure.lock(
            package.name, package.version, package.digest, shared, private, package.origin, packages
        )
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

    def contract_records(self, context_id: str) -> ContractRecords:
        from peers_runtime.operations import contracts

        return contracts.records(self.services, context_id)

    def would_provide(self, context_id: str, contract_id: str, version: int) -> Sequence[str]:
        from peers_runtime.operations import contracts

        found = contracts.would_provide(self.services, context_id, contract_id, version)
        return [f"{one.name} {one.version}" for one in found]

    def rows(self, context_id: str, package_id: str, table: TableData) -> TableRows:
        if self._tables is None:
            with self._building:
                if self._tables is None:
                    from peers_runtime.catalog.tables import TableStore

                    self._tables = TableStore(self._home.file("data"), self._data)
        return self._tables.table(context_id, package_id, table)

    def variable(self, context_id: str, actor: str, package_id: str, variable: VariableData) -> KeptVariable:
        if self._variables is None:
            with self._building:
                if self._variables is None:
                    from peers_runtime.host.variables import Variables

                    self._variables = Variables(lambda: self.services, self._tails, self.report)
        return self._variables.kept(context_id, actor, package_id, variable)

    def runs(self, context_id: str, actor: str) -> KeptRuns:
        return self.all_runs.kept(context_id, actor)

    @property
    def all_runs(self) -> Runs:
        with self._building:
            if self._runs is None:
                from peers_runtime.host.runs import Runs

                self._runs = Runs(lambda: self.services)
            return self._runs

    def report(
        self,
        code: str,
        message: str,
        hint: str,
        subject: str,
        context_id: str | None,
        line: Line | None = None,
    ) -> None:
        from peers_runtime.host.listed import diagnostic

        self.diagnostics.report(diagnostic(code, message, hint, subject, context_id, line))

    def tell_of_arrivals(self, error: BaseException | None) -> None:
        """List why others' changes do not arrive, once; None: they do, or do again."""
        failure = None if error is None else told(error)
        if failure == self._failure:
            return
        self._failure = failure
        subject = self._location.name or self.path
        self.diagnostics.clear(subject)
        if failure is not None:
            self.report(*failure, subject, None)

    def _tell_of_doubt(self, doubt: Doubt) -> None:
        self.diagnostics.clear(doubt.subject)
        if doubt.problems:
            message = f"{doubt.what} is not used: {'; '.join(doubt.problems)}"
            self.report(errors.SignatureInvalid.code, message, doubt.hint, doubt.subject, doubt.context_id)

    def _tails(self) -> Sequence[Tail]:
        """Of the feeds that changes of variables come by."""
        from peers_runtime.catalog.tail import FileTail, tail

        return tail(self._location), FileTail(self.services.device_variables.path, may_be_missing=True)

    def _is_newest(self, found: State) -> bool:
        """Whether nobody has changed the shared catalog since; or nobody can say so now."""
        from peers_runtime.catalog.tail import tail

        asked = tail(self._location)
        try:
            return asked.sequence() == found.sequence
        except errors.CatalogUnreachable as error:
            self.tell_of_arrivals(error)
            return True
        finally:
            asked.close()

    def _fetched(self, digest: str) -> bool:
        """Whether a snapshot is here, which may have to be fetched."""
        try:
            self.snapshots.fetch(digest)
            return self.snapshots.has(digest)
        except errors.StorageError as error:
            refused = digest, error.code
            if refused not in self._refused and not isinstance(error, errors.NotArrived):
                self._refused.add(refused)  # said once; that it is not there yet is no fault
                self.report(error.code, error.message, error.hint, digest, None)
            return False

    def _something_arrived(self) -> bool:
        return self._catalog is not None and bool(self._catalog.arrivals.served())

    def _remember(self, lock: Lock) -> None:
        from peers_runtime.importing.lock import tag

        if self._home.is_writable:
            self.snapshots.closures.remember(tag(lock), lock.as_data())

    @property
    def calls(self) -> Calls:
        if self._calls is None:
            with self._building:
                if self._calls is None:
                    from peers_runtime.contributions.calls import Calls

                    self._calls = Calls(self._home.file("calls"))
        return self._calls

    def carry(self, context_id: str, packages: Sequence[ActivePackage]) -> Callable[[Request], Answer]:
        from functools import partial

        from peers_runtime.operations import closure

        closure.require_kept(self.services, packages)
        references = [(one.name, one.package_id, one.version, one.digest, one.origin) for one in packages]
        place = (*self._opened, self._actor, self.engine.facades)
        return partial(self.serve, place, context_id, tuple(references))

    # ── worker processes ─────────────────────────────────────────────────────────────────────────

    def realm_of(self, tag: str) -> tuple[Lock, Bytes] | None:
        """What the realm of a tag is made of, when this home has ever loaded it."""
        from peers_runtime.importing.lock import Lock

        closure = self.snapshots.closures.find(tag)
        return None if closure is None else (Lock.from_data(closure), self.snapshots)


def _absolute(at: str | os.PathLike[str] | None) -> str | None:
    """For a process with another working directory."""
    import os

    return at if at is None or (isinstance(at, str) and "://" in at) else os.path.abspath(at)
