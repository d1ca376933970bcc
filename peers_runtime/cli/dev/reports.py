"""What is shown of watched projects: lines for people, JSON Lines for programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

import click

from peers_runtime.cli import answers, streams
from peers_runtime.cli.dev import wording
from peers_runtime.model.reload import Outcome

if TYPE_CHECKING:
    from peers_runtime import Reload, Watch

KEYS: Final = (("r", "reload"), ("o", "open"), ("q", "quit"), ("h", "help"))
_EXPLAINED: Final = (
    ("r", "look at the files now, and run what they say"),
    ("o", "open the file of the error, else the one that changed last, in $VISUAL or $EDITOR"),
    ("q", "quit; what is active stays so"),
    ("h", "these keys"),
)


class Report(Protocol):
    """Told of everything that happens to watched projects, in one thread."""

    def watching(self, watch: Watch, first: Reload) -> None:
        """`first` is what came of the files as they were."""

    def reloaded(self, watch: Watch, reload: Reload, *, asked: bool) -> None:
        """`asked`: somebody waits for an answer, even if there is nothing new."""

    def degraded(self, watch: Watch, why: str | None) -> None:
        """Changes may be noticed late, or no longer so."""

    def waiting(self, watch: Watch, why: str) -> None:
        """A change has waited for long."""


class Lines:
    """A line for each change; coloured when the stream is a terminal."""

    def __init__(self, stream: TextIO, verbosity: int, *, polling: bool) -> None:
        self._stream = stream
        self._verbosity = verbosity
        self._polling = polling
        self._colour = streams.colour()
        self._broken: set[Path] = set()

    def watching(self, watch: Watch, first: Reload) -> None:
        running = f"active in {watch.context}" if first.version else f"not active in {watch.context}"
        if self._verbosity >= 0:
            how = "looking again and again at" if self._polling else "watching"
            where = f"{how} {wording.below_current(str(watch.project))}"
            self._say(wording.line(first.at, wording.subject(first), running, where))
        self._note_fault(watch, first)
        if first.fault is not None:
            self._say(wording.error(first.fault))
        self._say_all(wording.remarks(first))

    def reloaded(self, watch: Watch, reload: Reload, *, asked: bool) -> None:
        was_broken = watch.project in self._broken
        self._note_fault(watch, reload)
        if reload.outcome is Outcome.FAILED:
            self._say(wording.failed(reload))
        elif reload.outcome is Outcome.ACTIVE:
            self._say(wording.active(reload, watch.context, mended=was_broken))
        elif was_broken:
            said = click.style("mended: running what the files say", fg="green", bold=True)
            self._say(wording.line(reload.at, wording.subject(reload), said))
        elif asked or self._verbosity > 0:
            said = wording.dim("unchanged: running what the files say")
            self._say(wording.line(reload.at, wording.subject(reload), said))
        self._say_all(wording.remarks(reload))

    def degraded(self, watch: Watch, why: str | None) -> None:
        said = "changes are noticed at once again" if why is None else f"changes may be noticed late: {why}"
        self._warn(watch, said)

    def waiting(self, watch: Watch, why: str) -> None:
        self._warn(watch, f"a change waits: {why}")

    def keys(self) -> None:
        """The keys at a glance."""
        if self._verbosity >= 0:
            shown = (f"{click.style(key, bold=True)} {wording.dim(what)}" for key, what in KEYS)
            self._say(wording.dim("press  ") + wording.dim("  ·  ").join(shown))

    def help(self) -> None:
        """The keys, each explained."""
        self._say_all(f"  {click.style(key, bold=True)}  {what}" for key, what in _EXPLAINED)

    def note(self, about: str, text: str) -> None:
        """An answer to a key."""
        self._say(wording.line(_now(), about, text))

    def _warn(self, watch: Watch, said: str) -> None:
        last = watch.last
        who = wording.subject(last) if last is not None else watch.project.name
        self._say(wording.line(_now(), who, click.style(wording.without_current(said), fg="yellow")))

    def _note_fault(self, watch: Watch, reload: Reload) -> None:
        (self._broken.discard if reload.fault is None else self._broken.add)(watch.project)

    def _say_all(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._say(line)

    def _say(self, line: str) -> None:
        click.echo(line, self._stream, color=self._colour)


class Documents:
    """One JSON document for each event, each on a line of its own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def watching(self, watch: Watch, first: Reload) -> None:
        self._write("watching", watch, {"context": watch.context})
        self.reloaded(watch, first, asked=False)

    def reloaded(self, watch: Watch, reload: Reload, *, asked: bool) -> None:  # noqa: ARG002  # all are told
        self._write("reload", watch, reload.wire())

    def degraded(self, watch: Watch, why: str | None) -> None:
        self._write("degraded", watch, {"reason": why})

    def waiting(self, watch: Watch, why: str) -> None:
        self._write("waiting", watch, {"reason": why})

    def _write(self, event: str, watch: Watch, data: dict[str, Any]) -> None:
        answers.write_event("dev", event, {"project": str(watch.project), **data}, self._stream)


def _now() -> str:
    return datetime.now(UTC).isoformat()
