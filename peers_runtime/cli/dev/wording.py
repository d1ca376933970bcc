"""A reload in words."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from peers_runtime.cli import failures

if TYPE_CHECKING:
    from peers_runtime import Fault, Reload
    from peers_runtime.model.reload import FileChange, Took

_MOST_FILES: Final = 3
_NOT_WORTH_SAYING_S: Final = 0.000_005


def line(at: str, subject: str, *parts: str) -> str:
    """What happened to a package, when; `at` is ISO 8601."""
    return "  ".join([dim(clock(at)), click.style(subject, fg="cyan", bold=True), *filter(None, parts)])


def clock(at: str) -> str:
    """The local time of day."""
    return datetime.fromisoformat(at).astimezone().strftime("%H:%M:%S")


def subject(reload: Reload) -> str:
    return f"{reload.name} {reload.version}" if reload.version else reload.name


def active(reload: Reload, context: str, *, mended: bool) -> str:
    """What runs now, where, and how long it took."""
    took = f"active in {duration(reload.took.total_s)}"
    told = click.style(f"mended: {took}" if mended else took, fg="green", bold=mended)
    others = [one for one in reload.contexts if one != context]
    return line(
        reload.at,
        subject(reload),
        files(reload.files),
        f"{told} {dim(steps(reload.took))}".rstrip(),
        f"also in {shortened(others)}" if others else "",
    )


def failed(reload: Reload) -> str:
    """That a change did not go live, and the error below."""
    fault = reload.fault
    assert fault is not None  # it has failed
    what = click.style(_FAILED.get(fault.phase, f"failed to {fault.phase}"), fg="red")
    return "\n".join([line(reload.at, subject(reload), what), error(fault)])


def error(fault: Fault) -> str:
    """The error as the command line draws every other one."""
    path = below_current(fault.path) if fault.path is not None else None
    return without_current(failures.text_of_fault(fault, path))


def remarks(reload: Reload) -> list[str]:
    return [failures.remark("note", one) for one in reload.remarks]


def files(changes: tuple[FileChange, ...]) -> str:
    """The files within the package's folder, with the lines that came and went."""
    return shortened([_file(change) for change in changes])


def shortened(words: list[str]) -> str:
    """At most three of them, and how many more."""
    more = len(words) - _MOST_FILES
    return ", ".join(words[:_MOST_FILES]) + (f" + {more} more" if more > 0 else "")


def steps(took: Took) -> str:
    """Milliseconds of each step that took some."""
    spent = {
        "settle": took.settle_s,
        "capture": took.capture_s,
        "compile": took.compile_s,
        "execute": took.execute_s,
        "check": took.check_s,
        "switch": took.switch_s,
    }
    told = [f"{step} {_number(seconds)}" for step, seconds in spent.items() if seconds >= _NOT_WORTH_SAYING_S]
    return f"({', '.join(told)})" if told else ""


def duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{_number(seconds)} ms"


def below_current(path: str) -> str:
    """The path as it is typed from the current folder, when it lies below that."""
    here = _current_folder()
    return "." if path == here else path.removeprefix(os.path.join(here, ""))


def without_current(text: str) -> str:
    """The text with the paths in it as they are typed from the current folder."""
    return text.replace(os.path.join(_current_folder(), ""), "")


def dim(text: str) -> str:
    return click.style(text, dim=True) if text else ""


def _current_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:  # it was removed
        return ""


def _file(change: FileChange) -> str:
    name = change.path.partition("/")[2] or change.path
    counts = [
        click.style(f"{sign}{count}", fg=colour)
        for sign, count, colour in (("+", change.added, "green"), ("-", change.removed, "red"))
        if count
    ]
    return " ".join([name, *counts])


def _number(seconds: float) -> str:
    milliseconds = seconds * 1000
    digits = 0 if milliseconds >= 1 else 1 if milliseconds >= 0.1 else 2
    return f"{milliseconds:.{digits}f}"


_FAILED: Final = {
    "settle": "did not come to rest",
    "capture": "cannot be read",
    "compile": "does not compile",
    "execute": "failed to load",
    "check": "does not fit",
    "switch": "could not go live",
    "keep": "could not be kept",
}
