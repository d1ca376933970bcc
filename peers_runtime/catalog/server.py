"""What both the database and the tail know of a PostgreSQL server: how to reach it, what its errors mean.

Imports psycopg late, and never SQLAlchemy.
"""

from __future__ import annotations

from peers_runtime.base import errors

CHANNEL = "peers_changes"
OPTIONS = {  # of libpq: a server that has gone is noticed in seconds
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
LOCK_S = 30  # how long a writer waits for another

_CANNOT_WRITE = ("25006", "42501", "53100", "55P03")  # read-only, no right, disk full, lock not available
_DAMAGED = ("XX001", "XX002")  # of data, of an index
# connection, transaction that took too long, who may, no such database, resources, shutdown, system
_GONE = ("08", "25P", "28", "3D", "53", "57P", "58")


def no_driver() -> errors.InvalidSetting:
    return errors.InvalidSetting(
        "what is kept on PostgreSQL needs psycopg, which is not installed",
        hint='pip install "peers-runtime[postgres]"',
    )


def translated(name: str, error: BaseException | None, what: str = "the catalog") -> errors.PeersError | None:
    """The driver's error in our words; None when it says nothing about the server or the database."""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    if isinstance(error, psycopg.DataError):  # such as NUL in a text, which SQLite takes
        return errors.InvalidSetting(
            f"{what} {name} cannot keep what is to be written: {error}",
            hint="leave unprintable characters out of names and descriptions",
            catalog=name,
        )
    state = error.sqlstate or ""
    reason = " ".join(str(error).split()) or type(error).__name__
    if state in _DAMAGED:
        return errors.HomeDamaged(
            f"{what} {name} is damaged: {reason}", hint="restore it from a backup", catalog=name
        )
    if state in _CANNOT_WRITE:
        if state == "55P03":
            reason = f"another writer has kept it locked for {LOCK_S} seconds"
        return errors.HomeNotWritable(
            f"{what} {name} cannot be written: {reason}",
            hint="see whether the server has space, takes writes, and grants this user its tables",
            catalog=name,
            reason=reason,
        )
    if state.startswith(_GONE) or (isinstance(error, psycopg.OperationalError) and not state):
        return errors.CatalogUnreachable(
            f"{what} {name} cannot be reached: {reason}",
            hint="see whether the server runs, and lets this user in",
            catalog=name,
            reason=reason,
        )
    return None
