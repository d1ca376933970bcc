"""The catalog of a home: transactions over its records, and an index that is true whenever it is trusted.

Order in a write: take the lock, write the records, mark the index stale, commit, write the new index, take
the mark down. Killed before the commit, nothing has happened and the mark costs one rebuilding; killed
after it, the mark makes every reader ask the catalog until a writer or the next `Catalog` rebuilds.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

from peers_runtime.base import errors
from peers_runtime.catalog import index, migrating
from peers_runtime.catalog.database import Database
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.reader import Reader
from peers_runtime.catalog.writer import Writer
from peers_runtime.model.active import State
from peers_runtime.model.catalog import Context

__all__ = ["PERSONAL", "Catalog", "Reader", "Writer"]

PERSONAL = Context(context_id="personal", kind="personal", name="Personal")


class Catalog:
    """Opens the catalog of the home at `path`, making and migrating it as needed; safe in threads.

    `creator` becomes Owner of the personal context when that is made now. Raises `HomeTooNew`,
    `HomeDamaged`, and `HomeNotWritable` when something had to be written and could not be.
    """

    def __init__(self, path: str | os.PathLike[str], creator: str | None = None) -> None:
        self.home = Home(path)
        self.index_path = self.home.file("index.json")
        self._known: State | None = None  # what was last active on this device
        self._database = Database(self.home.file("catalog.sqlite"), self.home.file("catalog.lock"))
        try:
            if not self._is_current():
                with self._database.alone(), self._database.begin() as connection:
                    migrating.migrate(connection)
                    writer = Writer(connection)
                    if writer.context(PERSONAL.context_id) is None:
                        writer.put_context(PERSONAL, creator)
            self._repair()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Generator[Reader]:
        """One consistent view; never waits for a writer. Works in a read-only home."""
        with self._database.read() as connection:
            yield Reader(connection)

    @contextmanager
    def write(self) -> Generator[Writer]:
        """One transaction that no other thread or process overlaps; any error leaves everything as it was.

        The index follows the commit: for one changed context it costs about 20 ms with a thousand packages.
        Raises `HomeNotWritable`; cannot be nested.
        """
        with self._database.alone():
            marked = False
            try:
                with self._database.begin() as connection:
                    writer = Writer(connection)
                    yield writer
                    if writer.has_changed:
                        marked = True
                        self._mark()
            finally:
                if marked:
                    self._settle(self._last_known())

    def state(self, device: str) -> State:
        """What is active on `device` now. For the home's own, only what has changed is resolved again."""
        known = self._last_known() if device == self.home.device else None
        with self.read() as reader:
            state = reader.state(device, known)
        if device == self.home.device:
            self._known = state
        return state

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
        path = self._database.path
        if not os.path.exists(path):
            return False
        with self._database.read() as connection:
            return migrating.is_current(connection, path)

    def _repair(self) -> None:
        """Rebuild an index that a killed process left stale, or that is missing or damaged."""
        if self._index_is_true() or not self._database.is_writable:
            return
        with self._database.alone():
            if not self._index_is_true():
                with suppress(errors.HomeNotWritable):
                    self._mark()
                self._settle(None)

    def _last_known(self) -> State | None:
        return self._known or index.read_unmarked(self.index_path, self.home.device)

    def _index_is_true(self) -> bool:
        with self.read() as reader:
            sequence = reader.sequence()
        known = index.read(self.index_path, self.home.device)
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
        """Make the index say what is committed, and trust it again. The lock is held.

        That fails on a full disk; what was committed stands, and the mark keeps the old index out of use.
        """
        with suppress(OSError, errors.StorageError):
            with self.read() as reader:
                state = reader.state(self.home.device, known)
            self._known = state
            index.write(self.index_path, state, self.home.device)
            with suppress(FileNotFoundError):
                index.unmark(self.index_path)
