"""The catalog of a home: transactions over its records, and an index that is true whenever it is trusted.

Order in a write to the home's own: take the lock, write the records, mark the index stale, commit, write the
new index, take the mark down. Killed before the commit, nothing has happened and the mark costs one
rebuilding; killed after it, the mark makes every reader ask the catalog until a writer or the next `Catalog`
rebuilds.

Of a catalog that several homes share, the index only counts for its own change, so nothing is marked; and
the lock is let go before the index is written, because nobody elsewhere needs to wait for that.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from peers_runtime.base import errors
from peers_runtime.catalog import index, judging, lock, migrating
from peers_runtime.catalog.beliefs import Beliefs, Tell
from peers_runtime.catalog.database import Database
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.known import Said
from peers_runtime.catalog.location import Location
from peers_runtime.catalog.reader import Reader
from peers_runtime.catalog.states import Arrivals
from peers_runtime.catalog.writer import Writer
from peers_runtime.model.active import State
from peers_runtime.model.catalog import Context, PackageVersion
from peers_runtime.rules.signatures import Opened

if TYPE_CHECKING:
    from peers_runtime.catalog.postgres import PostgresDatabase
    from peers_runtime.model.manifest import Definition

__all__ = ["PERSONAL", "Catalog", "Reader", "Writer"]

PERSONAL = Context(context_id="personal", kind="personal", name="Personal")


class Catalog:
    """Opens the catalog of the home at `path`, making and migrating it as needed; safe in threads.

    `creator` becomes Owner of the personal context when that is made now. `shared` is where a catalog lies
    that is not the home's own; of such a one, `fetched(digest)` says whether a snapshot is in this home,
    having been fetched if need be, and `described(digest)` what it contributes. Signatures are verified by
    `opened`; a record with a fault is not used, and `tell` hears of it. `own_key` has the public key that
    somebody signs with in this home, if any. Raises `HomeTooNew`, `HomeDamaged`, `CatalogUnreachable`, and
    `HomeNotWritable` when something had to be written and could not be.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        creator: str | None = None,
        shared: str | os.PathLike[str] | None = None,
        fetched: Callable[[str], bool] | None = None,
        opened: Opened | None = None,
        tell: Tell = lambda _: None,
        own_key: Callable[[str], str | None] | None = None,
        described: Callable[[str], Definition] | None = None,
    ) -> None:
        self.home = Home(path)
        self._location = Location(self.home, shared)
        self.index_path = self._location.index_path
        self._opened, self._own_key = opened, own_key
        beliefs = Beliefs(
            self._location.beliefs_folder, self.home.key, opened, tell, self._standing, self._not_built
        )
        is_own = self._location.is_own  # then all snapshots are here, and nobody else writes what they are
        self.arrivals = Arrivals(None, beliefs) if is_own else Arrivals(fetched, beliefs, described)
        self._known: State | None = None  # what was last active on this device
        self._database = _database(self._location)
        try:
            if not self._is_current():
                with self._database.alone(), self._database.begin() as connection:
                    migrating.migrate(connection)
                    writer = Writer(connection, beliefs)
                    if writer.context(PERSONAL.context_id) is None:
                        writer.put_context(PERSONAL, creator)
                    writer.seal_prefs(self.home.device)
            self.repair()
        except BaseException:
            self.close()
            raise

    @property
    def is_shared(self) -> bool:
        """Whether it is not the home's own."""
        return not self._location.is_own

    @contextmanager
    def read(self) -> Generator[Reader]:
        """One consistent view; never waits for a writer. Works in a read-only home."""
        with self._database.read() as connection:
            yield Reader(connection, self.arrivals.beliefs)

    @contextmanager
    def write(self) -> Generator[Writer]:
        """One transaction that no other thread, process or device overlaps; any error leaves all as it was.

        The index follows the commit: for one changed context it costs about 20 ms with a thousand packages.
        Raises `HomeNotWritable` or `CatalogUnreachable`; cannot be nested.
        """
        own = self._location.is_own
        changed = False
        with self._database.alone():
            with self._database.begin() as connection:
                writer = Writer(connection, self.arrivals.beliefs)
                yield writer
                if writer.has_changed:
                    changed = True
                    if own:
                        self._mark()
                    else:
                        self._database.announce(connection, writer.sequence())
            # After a commit that failed the mark stays: when its flush did, SQLite may find it done all the
            # same, once every process that knows better has ended.
            if changed and own:
                self._settle(self._last_known())
        if changed and not own:
            self._settle(self._last_known())

    def state(self, device: str) -> State:
        """What is active on `device` now. For the home's own, only what has changed is resolved again."""
        known = self._last_known() if device == self.home.device else None
        with self.read() as reader:
            state = reader.state(device, known, self.arrivals)
        if device == self.home.device:
            self._known = state
        return state

    def repair(self) -> None:
        """Rebuild an index that a killed process or another device left stale, or that is lost or damaged."""
        if self._index_is_true() or not self.home.is_writable:
            return
        if not self._location.is_own:
            self._settle(self._last_known())
        elif self._database.is_writable:
            with self._database.alone():
                if not self._index_is_true():
                    with suppress(errors.HomeNotWritable):
                        self._mark()
                    self._settle(None)

    def close(self) -> None:
        """Gives back the file handles."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _is_current(self) -> bool:
        database = self._database
        if not database.exists:
            self._refuse_to_begin_anew()
            return False
        with database.read() as connection:
            return migrating.is_current(connection, database.name)

    def _refuse_to_begin_anew(self) -> None:
        """A disk that is not mounted looks like a folder in which nothing was made yet."""
        known = None if self._location.is_own else self._indexed()
        if known is not None:
            raise errors.CatalogUnreachable(
                f"the catalog {self._database.name} is gone; this home has seen its change {known.sequence}",
                hint=f"see whether its disk is mounted; to begin a new one, delete {self.index_path}",
                catalog=self._database.name,
            )
        folder = os.path.dirname(self._database.name)
        if not self._location.is_own and not os.path.isdir(folder):
            raise errors.InvalidSetting(
                f"there is no folder {folder} for the catalog {os.path.basename(self._database.name)}",
                hint="make it, or mount the disk that it lies on",
                catalog=self._database.name,
            )

    def _standing(self, row_id: str) -> Said | None:
        with self._database.read() as connection:
            return judging.standing(connection, row_id)

    def _not_built(self, version: PackageVersion) -> str | None:
        """Of a catalog that homes share, a build of this device is signed with a key of this home."""
        is_own = version.device_id == self.home.device and not self._location.is_own
        if not is_own or self._own_key is None or self._opened is None:
            return None
        try:
            key = self._own_key(version.history[-1].by if version.history else version.created_by)
            if key is not None and version.signature is not None:
                self._opened(version.signature, key)
                return None
        except errors.PeersError:
            pass
        return f"it says that device {self.home.device} has built it, which has not signed it"

    def _last_known(self) -> State | None:
        return self._known or self._indexed()

    def _indexed(self) -> State | None:
        return index.read_unmarked(self.index_path, self.home.device, self._location.name)

    def _index_is_true(self) -> bool:
        with self.read() as reader:
            sequence = reader.sequence()
        known = index.read(self.index_path, self.home.device, self._location.name)
        return known is not None and known.sequence == sequence

    def _mark(self) -> None:
        try:
            index.mark(self.index_path)
        except OSError as error:
            raise errors.HomeNotWritable(
                f"{self.home.path} cannot be written: {error.strerror}",
                hint="make the home writable and free space on its disk",
                path=self.home.path,
                reason=error.strerror,
            ) from error

    def _settle(self, known: State | None) -> None:
        """Make the index say what is committed, and trust it again. Of the home's own, the lock is held.

        That fails on a full disk; what was committed stands, and the mark, or the newer change, keeps the old
        index out of use. So it does while something is waited for: what has arrived is no change.
        """
        with suppress(OSError, errors.StorageError):
            with self.read() as reader:
                state = reader.state(self.home.device, known, self.arrivals)
            self._known = state
            if self._location.is_own:
                index.write(self.index_path, state, self.home.device)
                with suppress(FileNotFoundError):
                    index.unmark(self.index_path)
            elif self.arrivals.is_complete:
                with lock.hold(self.home.file("catalog.lock")):
                    index.write(self.index_path, state, self.home.device, self._location.name)


def _database(location: Location) -> Database | PostgresDatabase:
    if location.url is not None:
        from peers_runtime.catalog.postgres import PostgresDatabase

        return PostgresDatabase(location.url, location.name)
    assert location.path is not None  # a location has one of the two
    return Database(location.path, location.lock_path)
