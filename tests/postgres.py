"""A real PostgreSQL server for tests: the distribution's binaries, in a folder of their own, on a socket."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

_USER = "peers"


class Server:
    """A server that listens in `folder`; every database is a new one."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self._binaries = binaries
        self._numbers = itertools.count()

    def url(self, database: str) -> str:
        """What a host gives as its catalog. The server trusts everybody, whatever the password."""
        return f"postgresql+psycopg://{_USER}:secret@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Its URL."""
        name = f"peers_{os.getpid()}_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What psql prints for a statement."""
        command = [self._binaries / "psql", "-qAtX", "-h", self.folder, "-U", _USER, "-d", database]
        done = subprocess.run(
            [*command, "-v", "ON_ERROR_STOP=1", "-c", statement], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def start(self) -> None:
        """Returns when it answers."""
        settings = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
        self._control("-w", "-o", settings, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        """At once; who is connected is thrown out."""
        self._control("-m", "immediate", "-w", "stop")

    def _control(self, *words: str) -> None:
        run_unprivileged(self._binaries / "pg_ctl", "-D", self.folder / "data", *words)


class Database:
    """One at `url`, whose rows can be put back to what they were: for many tests, that each want it so."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._restore = ""

    def keep(self) -> None:
        """What `restore` puts back."""
        with self.connected() as session:
            found = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [name for (name,) in found]
            session.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
            for name in tables:
                session.execute(f"CREATE TABLE kept.{name} AS TABLE {name}")
        steps = [f"DELETE FROM {name}; INSERT INTO {name} TABLE kept.{name}" for name in tables]
        self._restore = "; ".join(("SET LOCAL session_replication_role = replica", *steps))

    def restore(self) -> None:
        """Costs some milliseconds; a new database would cost a hundred, and eight megabytes."""
        with self.connected() as session:
            session.execute(self._restore)

    def drop_schemas(self, like: str) -> None:
        """Those whose names are like it, with all that is in them."""
        with self.connected() as session:
            found = session.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [like])
            for (name,) in found.fetchall():
                session.execute(f'DROP SCHEMA "{name}" CASCADE'.encode())

    def connected(self) -> psycopg.Connection[Any]:
        """Somebody else's session."""
        import psycopg  # which is not there where only realms are tested

        return psycopg.connect(self.url.replace("+psycopg", ""))


@contextmanager
def running() -> Iterator[Server]:
    """A server for one session of tests."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="peers-pg-"))
    if (user := _unprivileged()) is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o755)
    try:
        run_unprivileged(
            *(binaries / "initdb", "-D", folder / "data", "-A", "trust", "-U", _USER),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        server = Server(folder, binaries)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_unprivileged(*command: str | Path) -> None:
    """PostgreSQL refuses to run as root, so for root it is another user's."""
    user = _unprivileged()
    prefix: list[str | Path] = []
    if user is not None:
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    done = subprocess.run(
        [*prefix, *command],
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert done.returncode == 0, done.stderr.decode()


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _binaries() -> Path:
    """The newest version's; Debian does not put them on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    assert program is not None, "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    return Path(program).resolve().parent
