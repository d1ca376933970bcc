"""One SQLite file with its lock: who opens it how, and what its errors mean.

Every write transaction, every checkpoint and the closing of a connection that could checkpoint happens
under the lock. Readers open the file read-only, so that they never checkpoint, and never wait.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.engine import ExceptionContext

from peers_runtime.base import errors
from peers_runtime.catalog import lock, tail

_BUSY_TIMEOUT_S = 30.0
_NOT_WRITABLE = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NETWORK_FILE_SYSTEMS = frozenset({"9p", "afs", "ceph", "cifs", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs"})


class Database:
    """The SQLite file at `path`, written under the lock file at `lock_path`.

    Errors of SQLite come as `HomeNotWritable` or `HomeDamaged`. Safe in threads and after a fork.
    """

    def __init__(self, path: str, lock_path: str) -> None:
        self.path = path
        self._folder = os.path.dirname(path)
        self._lock_path = lock_path
        self._engines: dict[str, Engine] = {}  # "read" and "write", each made when first needed
        self._process = os.getpid()
        self._inherited: list[object] = []
        self._at_work: tuple[int, int] | None = None  # process and thread that write
        self._guard = threading.Lock()

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path

    @property
    def exists(self) -> bool:
        return os.path.exists(self.path)

    @property
    def is_writable(self) -> bool:
        return os.access(self._folder, os.W_OK)

    @contextmanager
    def read(self) -> Generator[Connection]:
        """One consistent view of the file, which must exist."""
        with self._engine("read", self._reading).begin() as connection:
            self._say(connection, "BEGIN")
            yield connection

    @contextmanager
    def alone(self) -> Generator[None]:
        """Holds the lock: no other thread or process writes. Raises `HomeNotWritable`."""
        writer = os.getpid(), threading.get_ident()
        if self._at_work == writer:
            raise RuntimeError("a write transaction cannot be opened inside another one")
        if not self.is_writable:
            raise _not_writable(self.path, "its folder is read-only")
        with lock.hold(self._lock_path):
            self._at_work = writer
            try:
                yield
            finally:
                self._at_work = None

    @contextmanager
    def begin(self) -> Generator[Connection]:
        """A write transaction, to be used inside `alone`; committed at the end, rolled back on any error."""
        try:
            with self._engine("write", self._writing).begin() as connection:
                self._say(connection, "BEGIN IMMEDIATE")
                yield connection
        except errors.HomeNotWritable as error:
            if _family(error.__cause__) == sqlite3.SQLITE_READONLY:
                self._connect_anew()
            raise

    def make(self, connection: Connection) -> None:
        """A file has all that its tables need."""

    def announce(self, connection: Connection, sequence: int) -> None:
        """Say within a transaction which change it ends with; who follows a file looks at the file."""

    def close(self) -> None:
        """Gives back the file handles; the database opens again when it is used again."""
        with self._guard:
            self._forget_inherited()
            engines, self._engines = self._engines, {}
        if "read" in engines:
            engines["read"].dispose()
        if "write" in engines:
            with lock.hold(self._lock_path):  # the last connection to close makes a checkpoint
                engines["write"].dispose()

    def _say(self, connection: Connection, begin: str) -> None:
        """Begin the transaction, which the driver itself would only do before a write.

        Said to the driver, at a tenth of the cost; a listener to SQLAlchemy's own event would have it look
        for listeners at every statement.
        """
        driver = connection.connection.dbapi_connection
        assert driver is not None
        try:
            driver.execute(begin)
        except sqlite3.Error as error:
            raise _translated(self.path, error) or error from error

    def _connect_anew(self) -> None:
        """What was opened while nothing could be written stays so until all let go of it, readers too.

        Not after other errors: of a commit that could not be flushed, who is connected knows that it is none.
        """
        with self._guard:
            engines = list(self._engines.values())
        for engine in engines:
            engine.dispose()

    def _engine(self, use: str, make: Callable[[], Engine]) -> Engine:
        with self._guard:
            self._forget_inherited()
            if use not in self._engines:
                self._engines[use] = make()
            return self._engines[use]

    def _forget_inherited(self) -> None:
        """SQLite's connections must not cross a fork, not even to be closed: they are kept unused."""
        if self._process != os.getpid():
            self._inherited.append(self._engines)
            self._engines, self._process = {}, os.getpid()

    def _reading(self) -> Engine:
        def connect() -> sqlite3.Connection:
            return _connect(tail.reading_uri(self.path))

        # Whether a folder that we cannot write may be taken as immutable is asked at each opening.
        pool = QueuePool if self.is_writable else NullPool
        return _make_engine(self.path, connect, pool)

    def _writing(self) -> Engine:
        def connect() -> sqlite3.Connection:
            connection = _connect(f"file:{quote(self.path)}?mode=rwc")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(f"PRAGMA journal_mode={_journal_mode(self.path)}")
            connection.execute("PRAGMA synchronous=FULL")
            return connection

        return _make_engine(self.path, connect, QueuePool)


def network_file_system(path: str, mounts: str) -> str | None:
    """The kind of network file system that `path` lies on, by the text of /proc/mounts; None when on none."""
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, found, *_ = line.split(" ")
        point = point.encode().decode("unicode_escape")
        if len(point) >= len(best) and os.path.commonpath([path, point]) == point:
            best, kind = point, found
    return kind if kind in _NETWORK_FILE_SYSTEMS else None


def _journal_mode(path: str) -> str:
    """The write-ahead log needs memory that all processes share, which a network file system lacks."""
    try:
        with open("/proc/mounts", encoding="utf-8") as file:
            mounts = file.read()
    except OSError:
        mounts = ""  # no Linux: nothing says where the folder lies
    return "DELETE" if network_file_system(os.path.realpath(path), mounts) else "WAL"


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA mmap_size=0")
    return connection


def _make_engine(
    path: str, connect: Callable[[], sqlite3.Connection], pool: type[QueuePool | NullPool]
) -> Engine:
    def translated(context: ExceptionContext) -> BaseException | None:
        return _translated(path, context.original_exception)

    engine = create_engine("sqlite://", creator=connect, poolclass=pool)
    event.listen(engine, "handle_error", translated, retval=True)
    return engine


def _translated(path: str, error: BaseException | None) -> errors.StorageError | None:
    """The error in our words; None when it says nothing about the home."""
    code = _family(error)
    if code in _NOT_WRITABLE:
        return _not_writable(path, str(error))
    if code == sqlite3.SQLITE_BUSY:
        return _not_writable(path, f"another program has kept it locked for {_BUSY_TIMEOUT_S:.0f} seconds")
    if code in _DAMAGED:
        return errors.HomeDamaged(
            f"{path} is damaged: {error}", hint="restore it from a backup", path=path, reason=str(error)
        )
    return None


def _family(error: BaseException | None) -> int:
    """Which of SQLite's primary result codes an error has; 0 when none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _not_writable(path: str, reason: str) -> errors.HomeNotWritable:
    return errors.HomeNotWritable(
        f"{path} cannot be written: {reason}",
        hint="make the home writable and free space on its disk, or choose another home with --home",
        path=path,
        reason=reason,
    )
