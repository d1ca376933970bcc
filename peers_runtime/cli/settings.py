"""What the global options say, and the runtime that is opened by them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from peers_runtime.base import errors
from peers_runtime.cli import streams, suggestions

if TYPE_CHECKING:
    from pathlib import Path

    from peers_runtime import Runtime


_PLACES = ("home", "catalog", "blobs", "data", "secrets_key")


class Run:
    """One command line as it is read; `commands` are those that there are."""

    def __init__(self, words: Sequence[str], commands: Collection[str]) -> None:
        self.words = words
        self.commands = commands
        self.given: dict[str, Any] = {}  # what its global options said so far
        self.typed: set[str] = set()  # options on the command line, not from the environment
        self.goes_on = False  # the command answers again and again: with `--json`, one document on each line

    def complete(self, hint: str) -> str:
        """What to do next, with the options of this command line that say where things are kept."""
        places = {
            f"--{name.replace('_', '-')}": str(self.given[name]) for name in _PLACES if name in self.typed
        }
        return suggestions.complete(hint, places, self.commands)


class Settings(NamedTuple):  # a dataclass costs a twentieth of `peers --help`
    """One run's global options. `verbosity` is the number of `-v` minus the number of `-q`."""

    home: Path
    catalog: str | None
    blobs: str | None
    data: str | None
    secrets_key: str | None
    context: str
    device: str | None
    actor: str | None
    json: bool
    verbosity: int
    may_ask: bool

    def progress(self, text: str) -> None:
        """Says what takes a while, on stderr: to a person who waits, or to whoever asked with `-v`."""
        if self.verbosity > 0 or (self.verbosity == 0 and sys.stderr.isatty()):
            click.echo(text, err=True)

    @contextmanager
    def working(self, text: str) -> Generator[None]:
        """Says what may take long, on stderr: a bar to a person who waits, a line to whoever asked with `-v`.

        Whoever reads a file or a pipe gets no bar.
        """
        if self.verbosity > 0:
            click.echo(text, err=True)
        if self.verbosity < 0 or not sys.stderr.isatty():
            yield
            return
        from peers_runtime.cli import waiting

        with waiting.bar(text):
            yield


def current() -> Settings:
    """The settings of the command that runs."""
    from pathlib import Path  # a help needs none

    given = run().given
    try:
        home = Path(given.get("home") or "~/.peers").expanduser()
    except RuntimeError as error:  # the part after ~ is nobody's name
        raise errors.InvalidSetting(
            f"{given.get('home') or '~'} names a person's home folder, and there is none",
            hint="say where with --home FOLDER",
        ) from error
    return Settings(
        home=home,
        catalog=given.get("catalog") or None,
        blobs=given.get("blobs") or None,
        data=given.get("data") or None,
        secrets_key=given.get("secrets_key") or None,
        context=given.get("context") or "personal",
        device=given.get("device"),
        actor=given.get("actor"),
        json=given.get("json", False),
        verbosity=given.get("verbose", 0) - given.get("quiet", 0),
        may_ask=not given.get("no_input") and not given.get("json") and sys.stdin.isatty(),
    )


def run() -> Run:
    """The run of the command that runs."""
    found = click.get_current_context().find_object(Run)
    assert found is not None  # `main` gives one to every command
    return found


@contextmanager
def opened_runtime(*, may_make: bool = False) -> Generator[Runtime]:
    """The home's runtime, closed at the end; an error about an unknown name leaves with the likely one.

    A command that does not say `may_make` can do nothing in an empty home: where somebody named a home that
    is not there, it makes none of what may be a slip, and raises `InvalidSetting`. What packages print
    meanwhile lands on stderr.
    """
    from peers_runtime import Runtime

    settings = current()
    if not may_make and run().given.get("home") and settings.catalog is None and not settings.home.exists():
        raise errors.InvalidSetting(
            f"there is no home at {settings.home}",
            hint="look for a slip in its name, or make one there: peers install SOURCE",
            home=str(settings.home),
        )
    with (
        streams.packages_print_on_stderr(),
        Runtime.open(
            settings.home,
            catalog=settings.catalog,
            blobs=settings.blobs,
            data=settings.data,
            secrets_key=settings.secrets_key,
            device=settings.device,
            actor=settings.actor,
            facades=False,
        ) as runtime,
        suggestions.added(runtime, settings.context, run().words),
    ):
        yield runtime


@contextmanager
def runtime_to_look() -> Generator[Runtime]:
    """The home's runtime; one in memory where this user has none, for who needs none and should make none."""
    from peers_runtime import Runtime

    settings = current()
    if settings.catalog is not None or _is_ours(settings.home):
        with opened_runtime(may_make=True) as runtime:
            yield runtime
    else:
        with streams.packages_print_on_stderr(), Runtime.in_memory(facades=False) as runtime:
            yield runtime


def _is_ours(home: Path) -> bool:
    """Whether there is a home there that this user may read."""
    try:
        with (home / "keys" / "host.key").open("rb"):
            return True
    except PermissionError:
        return False
    except OSError:  # none, or a damaged one, which whoever opens it says
        return home.exists()
