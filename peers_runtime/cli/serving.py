"""The console on a port, until `q` on a terminal or a signal."""

from __future__ import annotations

import select
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from peers_runtime.base import errors
from peers_runtime.cli import streams
from peers_runtime.cli.dev.signals import Stop
from peers_runtime.cli.dev.terminal import Terminal

if TYPE_CHECKING:
    from peers_runtime import Runtime
    from peers_runtime.web.serving import Server

_TICK_S: Final = 0.25  # between two looks at what nobody tells
_EXTRA: Final = ("anyio", "jinja2", "markupsafe", "starlette", "uvicorn")


@contextmanager
def served(runtime: Runtime, names: Sequence[str], port: int) -> Generator[Server]:
    """A server of the runtime's console, at the first of the names; it answers to all, and as this machine.

    Raises `InvalidSetting`: without the extra, or the port.
    """
    try:
        from peers_runtime import web
        from peers_runtime.web.serving import Server
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise errors.InvalidSetting(
            f"the console needs {error.name}, which is not installed here",
            hint="pip install 'peers-runtime[web]'",
        ) from error
    hosts = ["localhost", "127.0.0.1", "[::1]", *(f"[{one}]" if ":" in one else one for one in names)]
    with Server(web.app(runtime, hosts=hosts), names[0], port) as server:
        yield server


def serve(
    runtime: Runtime,
    names: Sequence[str],
    port: int,
    say: Callable[[Server], object],
    stdout: TextIO,
    stop: Stop,
    *,
    keys: bool,
) -> None:
    """Serve until `q`, when `keys` says that there is a terminal, or until the signal that `stop` heeds."""
    with served(runtime, names, port) as server:
        say(server)
        if not keys:
            _listen(stop, stdout, None)
            return
        terminal = Terminal()
        with terminal.lent():
            _listen(stop, stdout, terminal)


def _listen(stop: Stop, stdout: TextIO, terminal: Terminal | None) -> None:
    poll = select.poll()
    poll.register(stdout.fileno(), 0)  # says by itself when nobody reads it any more
    if terminal is not None:
        poll.register(terminal, select.POLLIN)
    while True:
        stop.check()
        if terminal is not None:
            terminal.hold()
        ready = {descriptor for descriptor, _ in poll.poll(_TICK_S * 1000)}
        if stdout.fileno() in ready:
            raise streams.NotWritten from BrokenPipeError()
        if terminal is not None and terminal.fileno() in ready:
            pressed = terminal.keys() if terminal.held else ""
            if pressed is None or "q" in pressed:
                return
