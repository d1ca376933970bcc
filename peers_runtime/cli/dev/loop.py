"""One `peers dev` from its first line to its end."""

from __future__ import annotations

import select
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from peers_runtime.cli import settings, streams
from peers_runtime.cli.dev.inbox import Inbox
from peers_runtime.cli.dev.keyboard import Keyboard
from peers_runtime.cli.dev.reports import Documents, Lines
from peers_runtime.cli.dev.session import Session
from peers_runtime.cli.dev.signals import Stop
from peers_runtime.cli.dev.terminal import Terminal

_TICK_S: Final = 0.25  # between two looks at what nobody tells


def run(paths: Sequence[Path], *, polling: bool) -> int:
    """Until `q` or a signal; returns the exit code. Raises what `Runtime.watch` does, and `NotWritten`."""
    stop = Stop()
    with stop.heeded():
        try:
            _run(paths, stop, polling=polling)
        except KeyboardInterrupt:
            if stop.number is None:  # raised by somebody else
                raise
    return stop.exit_code


def _run(paths: Sequence[Path], stop: Stop, *, polling: bool) -> None:
    chosen = settings.current()
    with (
        streams.kept_stdout() as stdout,
        Inbox() as inbox,
        stop.explained() as explain_end,
        settings.opened_runtime(may_make=True) as runtime,
    ):
        lines = Lines(stdout, chosen.verbosity, polling=polling)
        report = Documents(stdout) if chosen.json else lines
        session = Session(runtime, chosen.context, report, stop, inbox, settings.run().complete)
        try:
            session.watch(paths, polling=polling)
            if chosen.may_ask and stdout.isatty():
                terminal = Terminal()
                with terminal.lent():
                    lines.keys()
                    _listen(session, inbox, stop, stdout, Keyboard(terminal, session, lines, stop, stdout))
            else:
                _listen(session, inbox, stop, stdout, None)
        finally:
            explain_end()


def _listen(session: Session, inbox: Inbox, stop: Stop, stdout: TextIO, keyboard: Keyboard | None) -> None:
    poll = select.poll()
    poll.register(inbox, select.POLLIN)
    poll.register(stdout.fileno(), 0)  # says by itself when nobody reads it any more
    while True:
        session.show()
        stop.check()
        if keyboard is not None and keyboard.listens:
            poll.register(keyboard, select.POLLIN)
        elif keyboard is not None:
            with suppress(KeyError):
                poll.unregister(keyboard)
        ready = {descriptor for descriptor, _ in poll.poll(_TICK_S * 1000)}
        if stdout.fileno() in ready:
            raise streams.NotWritten from BrokenPipeError()
        if keyboard is not None and keyboard.fileno() in ready and not keyboard.take():
            return
