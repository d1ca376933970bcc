"""The watches of one `peers dev`, and what is shown of what they tell."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from peers_runtime.cli.dev.inbox import Inbox
from peers_runtime.cli.dev.reports import Report
from peers_runtime.cli.dev.signals import Stop

if TYPE_CHECKING:
    from peers_runtime import Reload, Runtime, Watch

_LONG_S: Final = 2.0  # after which a change that waits is worth saying


class Session:
    """Projects watched in one context. The runtime closes the watches. All of it belongs to one thread.

    `complete` makes of a hint the command as it is to be typed here.
    """

    def __init__(
        self,
        runtime: Runtime,
        context: str,
        report: Report,
        stop: Stop,
        inbox: Inbox,
        complete: Callable[[str], str],
    ) -> None:
        self._runtime = runtime
        self._context = context
        self._report = report
        self._stop = stop
        self._inbox = inbox
        self._complete = complete
        self._watches: dict[Path, Watch] = {}
        self._begun: set[Path] = set()
        self._asked: list[Reload] = []
        self._degraded: dict[Path, str | None] = {}
        self._waiting_since: dict[Path, float] = {}  # endless once it was said
        self._changed: Path | None = None

    def watch(self, paths: Sequence[Path], *, polling: bool) -> None:
        """Begin with all of them, each once. Raises what `Runtime.watch` does."""
        for project in dict.fromkeys(path.resolve() for path in paths):
            self._watches[project] = self._runtime.watch(
                project, self._context, on_reload=partial(self._inbox.put, project), polling=polling
            )
            self._stop.check()
            self.show()
            self._warn_of_twins(project)

    def show(self) -> None:
        """Show what was told since the last call, and what nobody tells."""
        for project, reload in self._inbox.take():
            self._waiting_since.pop(project, None)
            self._show(project, reload)
        for project, watch in self._watches.items():
            self._look(project, watch)

    def reload(self) -> None:
        """Look at all projects now; what comes of it will be shown, even if that is nothing new."""
        self._asked = [watch.reload() for watch in self._watches.values()]

    def place(self) -> tuple[Path, int | None] | None:
        """The file and line of the newest error, else the file that changed last."""
        faults = {
            watch.last.at: watch.last.fault
            for watch in self._watches.values()
            if watch.last is not None and watch.last.fault is not None
        }
        for _, fault in sorted(faults.items(), reverse=True):
            if fault.path is not None:
                return Path(fault.path), fault.line
        return (self._changed, None) if self._changed is not None else None

    def _warn_of_twins(self, project: Path) -> None:
        """One package in two projects: they take turns, which nobody would expect."""
        running = {place: _running(watch) for place, watch in self._watches.items()}
        name = running.pop(project)
        for other in (place for place, same in running.items() if name is not None and same == name):
            click.echo(
                f"note: {name} is in {other} and in {project}; the one that is saved last runs", err=True
            )

    def _show(self, project: Path, reload: Reload) -> None:
        watch, told = self._watches[project], self._completed(reload)
        if project in self._begun:
            asked = any(reload is one for one in self._asked)
            self._report.reloaded(watch, told, asked=asked)
        else:
            self._begun.add(project)
            self._report.watching(watch, told)
        self._changed = _latest(project, reload) or self._changed

    def _completed(self, reload: Reload) -> Reload:
        if reload.fault is None:
            return reload
        fault = reload.fault.model_copy(update={"hint": self._complete(reload.fault.hint)})
        return reload.model_copy(update={"fault": fault})

    def _look(self, project: Path, watch: Watch) -> None:
        why = watch.degraded
        if why != self._degraded.get(project):
            self._degraded[project] = why
            self._report.degraded(watch, why)
        waits_for = watch.waiting
        if waits_for is None:
            self._waiting_since.pop(project, None)
        elif time.monotonic() - self._waiting_since.setdefault(project, time.monotonic()) >= _LONG_S:
            self._waiting_since[project] = math.inf
            self._report.waiting(watch, waits_for)


def _running(watch: Watch) -> str | None:
    """The package that runs, if any does; in one context a name stands for one package."""
    return watch.last.name if watch.last is not None and watch.last.version else None


def _latest(project: Path, reload: Reload) -> Path | None:
    """The file that was saved last of those that changed and are there."""
    found: dict[float, Path] = {}
    for change in reload.files:
        for folder in (project, *project.glob("*/")):  # the import package lies in the project, or in src
            path = folder / change.path
            if path.is_file():
                found[path.stat().st_mtime] = path
                break
    return found[max(found)] if found else None
