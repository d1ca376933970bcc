"""What the keys do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import TextIO

from peers_runtime.cli.dev import editor
from peers_runtime.cli.dev.reports import Lines
from peers_runtime.cli.dev.session import Session
from peers_runtime.cli.dev.signals import Stop
from peers_runtime.cli.dev.terminal import Terminal


class Keyboard:
    """The keys `r`, `o`, `q`, `h` and `?` of a session on a terminal."""

    def __init__(
        self, terminal: Terminal, session: Session, lines: Lines, stop: Stop, stdout: TextIO
    ) -> None:
        self._terminal = terminal
        self._session = session
        self._lines = lines
        self._stop = stop
        self._stdout = stdout
        self._hung_up = False

    @property
    def listens(self) -> bool:
        """Whether keys can come: in the foreground, until the terminal hangs up."""
        self._terminal.hold()
        return self._terminal.held and not self._hung_up

    def fileno(self) -> int:
        return self._terminal.fileno()

    def take(self) -> bool:
        """Do what the keys say that were pressed. False for the one that ends the session."""
        keys = self._terminal.keys()
        self._hung_up = keys is None
        return all(self._press(key) for key in keys or ())

    def _press(self, key: str) -> bool:
        if key == "r":
            self._session.reload()
        elif key == "o":
            self._open()
        elif key in ("h", "?"):
            self._lines.help()
        return key != "q"

    def _open(self) -> None:
        place = self._session.place()
        if place is None:
            self._lines.note("nothing to open", "there is no error, and no file has changed yet")
            return
        words = editor.command(os.environ, *place)
        if words is None:
            self._lines.note("no editor", editor.UNKNOWN)
            return
        try:
            with self._terminal.given_back(), self._stop.left_to_program():
                code = self._run(words)
        except OSError as error:
            self._lines.note(words[0], f"could not be started: {error.strerror}")
            return
        if code:
            self._lines.note(words[0], f"ended with exit code {code}")

    def _run(self, words: Sequence[str]) -> int:
        process = subprocess.Popen(words, stdout=self._stdout)
        try:
            return process.wait()
        except BaseException:
            process.terminate()  # lets an editor keep what was not saved
            process.wait()
            raise
