"""Where a catalog lies: in the home, in a SQLite file that several homes share, or on a PostgreSQL server.

On a host's start path: imports nothing but hashlib and os, as long as a host keeps to its home's own.
"""

from __future__ import annotations

import hashlib
import os

from peers_runtime.base import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from peers_runtime.catalog.home import Home

_SERVER = "postgresql+psycopg:"
_SECRETS = frozenset({"passfile", "password", "sslpassword"})


class Location:
    """What a host gives as `catalog=`; None is the file in the home itself.

    `name` is one text for one place: without password, and empty for the home's own, which may be moved
    with its home; `which` is short for it in the names of files. Exactly one of `path` and `url` is set.
    Raises `InvalidSetting`.
    """

    __slots__ = ("beliefs_folder", "index_path", "lock_path", "name", "path", "url", "which")

    def __init__(self, home: Home, given: str | os.PathLike[str] | None = None) -> None:
        self.path: str | None = None
        self.url: str | None = None  # as it was given, password included
        text = None if given is None else os.fspath(given)
        if text is None:
            self.name = self.which = ""
            self.path, self.lock_path = home.file("catalog.sqlite"), home.file("catalog.lock")
            self.index_path = home.file("index.json")
            self.beliefs_folder = home.file("beliefs")
            return
        if text.startswith(_SERVER):
            self.url, self.lock_path = text, ""
            self.name = _without_secrets(text, "catalog")
        else:
            self.path = _file(text)
            self.lock_path = f"{self.path}.lock"
            self.name = self.path
        self.which = hashlib.sha256(self.name.encode(errors="surrogateescape")).hexdigest()[:16]
        self.index_path = home.file(f"index-{self.which}.json")
        self.beliefs_folder = home.file(f"beliefs-{self.which}")

    @property
    def is_own(self) -> bool:
        """Whether it is the home's own: then every writer of it keeps the home's index, too."""
        return not self.name

    def __repr__(self) -> str:
        return f"<Location {self.name or self.path}>"


def server_name(url: str, of: str) -> str:
    """What messages call the server where the `of`, such as "data", is kept. Raises `InvalidSetting`."""
    if not isinstance(url, str) or not url.startswith(_SERVER):
        raise errors.InvalidSetting(
            f"{of} cannot be kept at {str(url).partition('://')[0]}://…",
            hint="give postgresql+psycopg://USER@SERVER/DATABASE, or nothing: then each home keeps its own",
        )
    return _without_secrets(url, of)


def _file(text: str) -> str:
    scheme, separator, rest = text.partition(":///")
    if separator and scheme == "sqlite":
        text = rest
    elif "://" in text:
        raise errors.InvalidSetting(
            f"a catalog cannot be kept at {scheme if separator else text.partition('://')[0]}://…",
            hint="give the path of a SQLite file, or postgresql+psycopg://USER@SERVER/DATABASE",
        )
    path = os.path.realpath(os.path.expanduser(text))
    if not text or os.path.isdir(path):
        raise errors.InvalidSetting(
            f"the catalog {text!r} is a folder, not a file" if text else "the catalog has no path",
            hint="name a file in it, such as team.sqlite; it is made when it is not there",
            catalog=text,
        )
    folder = os.path.dirname(path)
    if os.path.exists(os.path.join(folder, "home.json")):
        raise errors.InvalidSetting(
            f"{path} lies in a home, whose own hosts would not see what others write there",
            hint="keep a catalog that homes share in a folder of its own",
            catalog=path,
        )
    return path


def _without_secrets(url: str, of: str) -> str:
    from urllib.parse import parse_qsl, urlencode, urlsplit

    try:
        parts = urlsplit(url)
        user, at, place = parts.netloc.rpartition("@")
        options = sorted((name, value) for name, value in parse_qsl(parts.query) if name not in _SECRETS)
    except ValueError as error:
        raise errors.InvalidSetting(
            f"the {of}'s URL cannot be read", hint="write postgresql+psycopg://USER@SERVER/DATABASE"
        ) from error
    shown = f"{user.partition(':')[0]}{at}{place}{parts.path}"
    return f"postgresql://{shown}{'?' if options else ''}{urlencode(options, safe='/')}"
