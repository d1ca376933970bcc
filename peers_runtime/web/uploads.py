"""Wheels that a browser has sent, kept until they are installed or others come."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Final

from peers_runtime.base import errors

_MOST: Final = 8  # kept at once; the oldest goes first
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+!-]{0,200}\.whl")


class Uploads:
    """Of one console; what it keeps goes with it. Safe in threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: dict[str, Path] = {}
        self._folder: Path | None = None
        self._is_closed = False

    def keep(self, name: str, data: bytes) -> str:
        """Keep a wheel under the name that it has; answers with what names it here.

        Raises `RequestRefused` for what has no wheel's name.
        """
        if not _NAME.fullmatch(name):
            raise errors.RequestRefused(
                f"{name[:80]!r} is no wheel's name", hint="send a .whl, as peers pack makes it"
            )
        token = secrets.token_urlsafe(18)
        with self._guard:
            if self._is_closed:
                raise errors.RuntimeClosed("this console is closed", hint="start it anew")
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="peers-uploads-"))
            while len(self._kept) >= _MOST:
                self._remove(next(iter(self._kept)))
            path = self._folder / token / name
            path.parent.mkdir()
            path.write_bytes(data)
            self._kept[token] = path
        return token

    def path(self, token: str) -> Path:
        """Where it is. Raises `RequestRefused` when it is no longer kept."""
        with self._guard:
            found = self._kept.get(token)
        if found is None:
            raise errors.RequestRefused("the wheel is no longer kept here", hint="send it again")
        return found

    def remove(self, token: str) -> None:
        """Keep it no longer. Idempotent."""
        with self._guard:
            if token in self._kept:
                self._remove(token)

    def close(self) -> None:
        """Remove all. Idempotent."""
        with self._guard:
            self._is_closed = True
            self._kept.clear()
            folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)  # in a temporary folder: the system clears it, too

    def _remove(self, token: str) -> None:
        shutil.rmtree(self._kept.pop(token).parent, ignore_errors=True)
