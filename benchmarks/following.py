"""Processes that follow a package while it is edited, and what each edit took until its answer changed.

Here the clock on the wall is what counts, unlike in the other families: an author waits for notices, for
quiet, for a new process, and none of that is processor time. An edit begins when the editor opens the file
to save it, in place; the file is small, and written at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from benchmarks import edited
from benchmarks.cache import ROOT

OWN = "shop"  # the package's name in every project, which the programs import
_PROGRAMS = Path(__file__).parent / "followers"
_PATIENCE_S = 5.0  # how long an edit may go unseen
_START_S = 30.0  # how long a process may take until it is ready
_REST_S = 0.5  # between two edits of one project: `uvicorn --reload` pauses for 0.25 after a restart


class Unmeasured(RuntimeError):
    """Why a follower could not be measured, in words."""


class Follower(ABC):
    """A project of its own and the process that follows it. It starts at once; edits begin when `ready`."""

    def __init__(self, folder: Path, kind: str, command: list[str], beside: Mapping[str, str] | None = None):
        self._kind = kind
        self._edits = 0
        self._rest = random.Random(kind)
        self._rest_until = 0.0
        self.project = edited.write(folder / "project", {**edited.modules(OWN, kind), **(beside or {})})
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.project,
                env=_environment(self.project),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
            )
        self._unread = b""

    def ready(self) -> Self:
        """Waits until it is. Raises Unmeasured, with the process ended, when it will not be."""
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise
        self._rest_until = time.monotonic() + _REST_S
        return self

    def edit(self) -> Mapping[str, float]:
        """Save the next edit and wait for it: `all` are the seconds to its answer, other names its parts.

        Raises Unmeasured when the process ended, or did not see it in time.
        """
        time.sleep(max(0.0, self._rest_until - time.monotonic()))  # as an author does between two saves
        self._before()
        self._edits += 1
        path = self.project / edited.edited_path(OWN)
        text = edited.edited(OWN, self._kind, self._edits)
        saved = time.monotonic()
        path.write_text(text, encoding="utf-8")
        try:
            return self._after(str(self._edits), saved)
        finally:
            # watchfiles looks every 50 ms, and an edit should meet each phase of that
            self._rest_until = time.monotonic() + _REST_S + self._rest.uniform(0.0, 0.1)

    def close(self) -> None:
        """Ends the process, which has nothing to keep."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def _wait_until_ready(self) -> None:
        """Returns when the process follows."""

    def _before(self) -> None:  # noqa: B027  # most have nothing to do then
        """Before an edit is saved."""

    @abstractmethod
    def _after(self, answer: str, saved: float) -> Mapping[str, float]:
        """What the edit took, when its answer is there."""

    def _said(self, patience_s: float = _PATIENCE_S) -> dict[str, Any]:
        """The next line of the process."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        until = time.monotonic() + patience_s
        while b"\n" not in self._unread:
            if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
                raise self._unmeasured(f"nothing happened within {patience_s:g} s")
            data = os.read(pipe, 65536)
            if not data:
                raise self._unmeasured("it ended")
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _tell(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")

    def _unmeasured(self, reason: str) -> Unmeasured:
        lines = self._log.read_text(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return Unmeasured(f"{reason}{': ' if last else ''}{last}")


class Watching(Follower):
    """A process that looks at the answer itself, twice a millisecond, and says when it has changed."""

    def _wait_until_ready(self) -> None:
        self._said(_START_S)

    def _before(self) -> None:
        self._tell()
        self._said()

    def _after(self, answer: str, saved: float) -> Mapping[str, float]:
        said = self._said()
        while said.pop("answer") != answer:  # hmr runs a script again for each module in between
            said = self._said()
        at = said.pop("at")
        return {"all": at - saved, **self._parts(said, saved)}

    def _parts(self, said: dict[str, Any], saved: float) -> Mapping[str, float]:
        if "noticed" in said:
            said["notify"] = said.pop("noticed") - saved
        return said


class Asked(Watching):
    """A process that looks for changes when it is told to."""

    def _before(self) -> None:
        """There is nothing to do before."""

    def _after(self, answer: str, saved: float) -> Mapping[str, float]:
        self._tell()
        return super()._after(answer, saved)


class Rerun(Watching):
    """A process that speaks up by itself after each edit."""

    def _before(self) -> None:
        """There is nothing to do before."""


class Served(Follower):
    """A server that is asked again and again, each time on a new connection, until the answer is new."""

    def _wait_until_ready(self) -> None:
        self._port = self._find_port()
        self._wait_for("0", _START_S)

    def _after(self, answer: str, saved: float) -> Mapping[str, float]:
        return {"all": self._wait_for(answer) - saved}

    def _wait_for(self, answer: str, patience_s: float = _PATIENCE_S) -> float:
        until = time.monotonic() + patience_s
        while self._ask() != answer:
            if self._process.poll() is not None:
                raise self._unmeasured("it ended")
            if time.monotonic() > until:
                raise self._unmeasured(f"the answer did not change within {patience_s:g} s")
            time.sleep(0.0005)  # two processes share the cores with this one
        return time.monotonic()

    def _ask(self) -> str | None:
        found = b""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 5) as server:
            server.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while data := server.recv(4096):
                found += data
        head, _, body = found.partition(b"\r\n\r\n")
        return _body(head, body) if head.startswith(b"HTTP/1.1 200") else None

    def _find_port(self) -> int:
        """As its log says."""
        before = "running on http://127.0.0.1:"
        until = time.monotonic() + _START_S
        while before not in (text := self._log.read_text(errors="replace")):
            if self._process.poll() is not None or time.monotonic() > until:
                raise self._unmeasured("it did not start")
            time.sleep(0.02)  # a log tells nobody that it grows
        return int(text.partition(before)[2].partition(" ")[0])


def python(program: str, *arguments: str, interpreter: str = sys.executable) -> list[str]:
    """The command that runs a program of `followers`."""
    return [interpreter, str(_PROGRAMS / f"{program}.py"), *arguments]


def jurigged() -> list[str]:
    return [sys.executable, "-m", "jurigged", "-w", OWN, str(_PROGRAMS / "patched.py")]


def hmr(interpreter: str) -> list[str]:
    return [interpreter, "-m", "reactivity.hmr", str(_PROGRAMS / "rerun.py")]


def uvicorn() -> list[str]:
    own = [sys.executable, "-m", "uvicorn", "served:app", "--app-dir", str(_PROGRAMS)]
    return [*own, "--reload", "--reload-dir", ".", "--port", "0", "--no-use-colors", "--no-access-log"]


def _body(head: bytes, body: bytes) -> str:
    """Without the chunks' sizes, when there are some."""
    if b"chunked" in head.lower():
        body = body.split(b"\r\n")[1]
    return body.decode()


def _environment(project: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PEERS", "COV"))
    }
    return {**kept, "PYTHONPATH": os.pathsep.join([str(project), str(_PROGRAMS), str(ROOT)])}
