"""The process's three streams: stdout takes the command's answer and nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout, suppress
from io import FileIO
from typing import Any, BinaryIO, Final, TextIO, cast


class NotWritten(Exception):
    """Stdout does not take what is written; `__cause__` is the `OSError` that says why."""


class Output:
    """A text stream whose own failures are told apart from every other `OSError`.

    What its encoding cannot say is written as an escape, like `\\udcff`.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except UnicodeEncodeError:
            encoding = self._stream.encoding
            return self.write(text.encode(encoding, "backslashreplace").decode(encoding))
        except OSError as error:
            raise NotWritten from error

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            raise NotWritten from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def colour() -> bool | None:
    """False for who wants no colours, by NO_COLOR or a terminal that has none; else as the stream is."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


@contextmanager
def prepared() -> Generator[None]:
    """Streams that can be used: a closed one is empty or swallows, and stdout is an `Output`."""
    _open_closed()
    with redirect_stdout(cast("TextIO", Output(sys.stdout))):
        yield


@contextmanager
def kept_stdout() -> Generator[TextIO]:
    """Stdout as it is now, for a command that answers while packages run; each line goes out at once.

    Its failures are `NotWritten`.
    """
    sys.stdout.flush()
    stream = open(  # noqa: SIM115  # closed below, where what it still holds may not be written
        os.dup(_STDOUT), "w", buffering=1, encoding=sys.stdout.encoding, errors=sys.stdout.errors
    )
    try:
        yield cast("TextIO", Output(stream))
    finally:
        with suppress(OSError):  # said when it was written
            stream.close()


@contextmanager
def kept_pipes() -> Generator[tuple[BinaryIO, FileIO]]:
    """Stdin and stdout as they are now, for a protocol that no package may break into.

    Until the end, whoever else reads stdin finds nothing there; see `packages_print_on_stderr` for stdout.
    """
    sys.stdout.flush()
    reading, writing = os.dup(_STDIN), os.dup(_STDOUT)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, _STDIN)
    os.close(nowhere)
    try:
        # both stay open: a thread may be waiting for the next line when a signal ends the process
        asked = open(reading, "rb", closefd=False)  # noqa: SIM115  # as said above
        yield asked, FileIO(writing, "w", closefd=False)
    finally:
        os.dup2(reading, _STDIN)


@contextmanager
def packages_print_on_stderr() -> Generator[None]:
    """Until the end, whatever is meant for stdout lands on stderr, from C code and child processes too."""
    sys.stdout.flush()
    with redirect_stdout(sys.stderr):
        kept = os.dup(_STDOUT)
        os.dup2(_STDERR, _STDOUT)
        try:
            yield
        finally:
            if sys.__stdout__ is not None:
                with suppress(OSError, ValueError):  # a package may have closed it
                    sys.__stdout__.flush()
            os.dup2(kept, _STDOUT)
            os.close(kept)


def columns() -> int:
    """How wide the terminal is, as `shutil` has it, whose import costs a twentieth of `peers --help`."""
    with suppress(KeyError, ValueError):
        if (given := int(os.environ["COLUMNS"])) > 0:
            return given
    with suppress(AttributeError, ValueError, OSError):  # no stdout, a closed one, or no terminal
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _COLUMNS  # type: ignore[union-attr]  # see above
    return _COLUMNS


def drop_stdout() -> None:
    """What is still to be written goes nowhere, so that the interpreter's last flush is silent."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _open_closed() -> None:
    # Also the numbers: the next file that is opened, the catalog perhaps, would get one of them.
    for descriptor in (_STDIN, _STDOUT, _STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != descriptor:
                os.dup2(nowhere, descriptor)
                os.close(nowhere)
    for name, descriptor, mode in (
        ("stdin", _STDIN, "r"),
        ("stdout", _STDOUT, "w"),
        ("stderr", _STDERR, "w"),
    ):
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  # for good


_COLUMNS: Final = 80  # where nobody says
_STDIN: Final = 0
_STDOUT: Final = 1
_STDERR: Final = 2
