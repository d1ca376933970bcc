"""Keys without Enter, and the terminal given back whatever happens."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import tty
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

_END_OF_INPUT: Final = "\x04"  # Ctrl-D
_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O?.)?", re.DOTALL)  # arrows, function keys, Alt


class Terminal:
    """The terminal that stdin is. While it is `held`, keys arrive one by one and are not echoed.

    It is held only in the foreground: from the background a shell would be disturbed, and this process
    stopped. Ctrl-Z gives it back until the process goes on.
    """

    def __init__(self) -> None:
        self._descriptor = sys.stdin.fileno()
        self._former: list[Any] | None = None  # its attributes before it was held

    @property
    def held(self) -> bool:
        return self._former is not None and self._in_foreground()

    def fileno(self) -> int:
        return self._descriptor

    @contextmanager
    def lent(self) -> Generator[None]:
        """Until the end, keys come one by one."""
        pause = signal.getsignal(signal.SIGTSTP)
        if pause is not signal.SIG_IGN:  # which is what a shell without job control says
            signal.signal(signal.SIGTSTP, self._pause)
        go_on = signal.signal(signal.SIGCONT, self._go_on)
        try:
            self.hold()
            yield
        finally:
            self.give_back()
            signal.signal(signal.SIGTSTP, pause)
            signal.signal(signal.SIGCONT, go_on)

    @contextmanager
    def given_back(self) -> Generator[None]:
        """Until the end, the terminal is as it was before, for another program."""
        former = self._former
        self.give_back()
        try:
            yield
        finally:
            if former is not None and self._in_foreground():
                with suppress(termios.error):  # a program that crashed leaves it in its own way
                    termios.tcsetattr(self._descriptor, termios.TCSANOW, former)
            self.hold()

    def hold(self) -> None:
        """Take the terminal, if this process is in the foreground; cheap when it has it."""
        if self._former is None and self._in_foreground():
            with suppress(termios.error):  # it hung up
                self._former = termios.tcgetattr(self._descriptor)
                tty.setcbreak(self._descriptor, termios.TCSANOW)

    def give_back(self) -> None:
        former, self._former = self._former, None
        if former is not None and self._in_foreground():
            with suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, former)

    def keys(self) -> str | None:
        """The keys that were pressed, in lower case; Ctrl-D is `q`. None when no more can come."""
        try:
            read = os.read(self._descriptor, 1024)
        except OSError:
            return None
        return _keys(read.decode(errors="replace")) if read else None

    def _in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:  # not the terminal of this session: nobody switches jobs on it
            return True

    def _pause(self, number: int, _: FrameType | None) -> None:
        self.give_back()
        former = signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # and here it goes on
        signal.signal(number, former)

    def _go_on(self, *_: object) -> None:
        """After a stop; whoever had the terminal meanwhile has left it in its own way."""
        if self._former is not None and self._in_foreground():
            with suppress(termios.error):
                tty.setcbreak(self._descriptor, termios.TCSANOW)
        self.hold()


def _keys(text: str) -> str:
    return _SEQUENCE.sub("", text).lower().replace(_END_OF_INPUT, "q")
