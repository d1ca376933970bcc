"""`peers` as a process that goes on: what it says is awaited, on a terminal of its own or without one."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from tests.cli.running import ROOT

PEERS = (sys.executable, "-m", "peers_runtime.cli.main")
PATIENCE_S = 60.0  # before an awaited line is missed; the machine may be busy

# The first process on a new terminal: it runs the words, and tells what they left behind.
_LOGIN = """
import fcntl, os, pathlib, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, lambda *_: None)
before = termios.tcgetattr(0)
child = subprocess.Popen(sys.argv[1:])
print("pid", child.pid, flush=True)
code = child.wait()
def session(stat):
    try:
        return int(stat.read_text().rpartition(")")[2].split()[3])
    except OSError:
        return 0
left = [stat for stat in pathlib.Path("/proc").glob("[0-9]*/stat") if session(stat) == os.getpid()]
terminal = "as before" if termios.tcgetattr(0) == before else "changed"
print(f"ended with {code}, terminal {terminal}, {len(left) - 1} processes left", flush=True)
"""
ENDED = r"ended with (-?\d+), terminal as before, 0 processes left"


class Started:
    """A process, and what it said so far."""

    def __init__(self, process: subprocess.Popen[bytes], said: int, keys: int | None = None) -> None:
        self.process = process
        self._said = said
        self._keys = keys
        self._unseen = ""
        self.text = ""  # all that was read, escapes included

    def press(self, keys: str) -> None:
        assert self._keys is not None
        os.write(self._keys, keys.encode())

    def expect(self, pattern: str) -> re.Match[str]:
        """The first place after the last one that was expected; waits for it."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := re.search(pattern, self._unseen, re.MULTILINE)) is None:
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"{pattern!r} was not said; {self._unseen!r} of {self.text!r}")
        self._unseen = self._unseen[found.end() :]
        return found

    def rest(self) -> str:
        """Everything unseen, to the end of the process."""
        while self._read(PATIENCE_S):
            pass
        return self._unseen

    def code(self) -> int:
        return self.process.wait(PATIENCE_S)

    def _read(self, seconds: float) -> bool:
        if seconds <= 0 or not select.select([self._said], [], [], seconds)[0]:
            return False
        try:
            part = os.read(self._said, 65536).decode()
        except OSError:  # what a terminal says when its other end is closed
            return False
        self.text += part
        self._unseen += click.unstyle(part).replace("\r\n", "\n")
        return bool(part)


def _heed_hangups() -> None:
    """Also where whoever runs the tests ignores them, as `nohup` does."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def piped(*words: object, cwd: Path = ROOT, err: Path | None = None, **env: str) -> Generator[Started]:
    """`peers` with these words, and its stdout in a pipe; nothing on stdin. Stderr: `err`, else along."""
    with open(err, "wb") if err is not None else nullcontext(subprocess.STDOUT) as errors:
        process = subprocess.Popen(
            [*PEERS, *map(str, words)],
            cwd=cwd,
            env={**_environment(), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            preexec_fn=_heed_hangups,  # noqa: PLW1509  # no lock is taken in it
        )
    with process:
        assert process.stdout is not None
        try:
            yield Started(process, process.stdout.fileno())
        finally:
            process.kill()


@contextmanager
def on_terminal(
    words: Sequence[object], cwd: Path = ROOT, login: str = _LOGIN, **env: str
) -> Generator[Started]:
    """The words on a terminal of their own, started by `login`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", login, *map(str, words)],
        cwd=cwd,
        env={**_environment(), "TERM": "xterm-256color", **env},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    with process:
        try:
            yield Started(process, ours, ours)
        finally:
            os.close(ours)  # which hangs up, and ends all that is on it
            process.kill()


def _environment() -> dict[str, str]:
    dropped = ("PEERS_", "VISUAL", "EDITOR", "NO_COLOR")
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
