"""Ctrl-C and the other ways of being told to stop: the first one ends in order, an impatient one at once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import click

PATIENCE_S: Final = 1.0  # for which an end in order is not interrupted


class Stop:
    """Whether this process was told to stop. Every such signal is a `KeyboardInterrupt` where it arrives."""

    def __init__(self) -> None:
        self.number: int | None = None  # of the signal
        self._told_at = 0.0
        self._in_front = False

    @property
    def exit_code(self) -> int:
        """As shells have it: 130 for Ctrl-C, 143 for SIGTERM."""
        return 0 if self.number is None else 128 + self.number

    def check(self) -> None:
        """Raises `KeyboardInterrupt` when that of the signal was lost: in package code, in a finalizer."""
        if self.number is not None:
            raise KeyboardInterrupt

    @contextmanager
    def heeded(self) -> Generator[None]:
        """Until the end, SIGINT, SIGTERM and SIGHUP arrive here, unless whoever started us ignores them."""
        former = {number: signal.getsignal(number) for number in _SIGNALS}
        taken = {number: handler for number, handler in former.items() if handler is not signal.SIG_IGN}
        for number in taken:
            signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number, handler in taken.items():
                signal.signal(number, handler)

    @contextmanager
    def left_to_program(self) -> Generator[None]:
        """Until the end, Ctrl-C is meant for the program that has the terminal."""
        self._in_front = True
        try:
            yield
        finally:
            self._in_front = False

    @contextmanager
    def explained(self) -> Generator[Callable[[], None]]:
        """Around an end that may have to wait for a package's code, and says so; what it gives begins it."""
        timer = threading.Timer(PATIENCE_S, _explain)
        timer.daemon = True
        try:
            yield timer.start
        finally:
            timer.cancel()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self._in_front and number == signal.SIGINT:
            return
        now = time.monotonic()
        if self.number is None:
            self.number, self._told_at = number, now
        elif now - self._told_at < PATIENCE_S:  # some programs pass on what the terminal has sent already
            return
        raise KeyboardInterrupt


def _explain() -> None:
    click.echo("waiting for a package's code to return; Ctrl-C ends at once", err=True)


_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
