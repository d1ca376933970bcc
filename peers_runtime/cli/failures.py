"""Errors as text or JSON, and the one table from error family to exit code."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

from peers_runtime.base import errors
from peers_runtime.cli import suggestions
from peers_runtime.operations import faults

OK: Final = 0
PROBLEMS: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
CONFLICT: Final = 4
INTERRUPTED: Final = 130

EXIT_CODES: Final[tuple[tuple[type[errors.PeersError], int], ...]] = (
    (errors.UsageError, USAGE),
    (errors.Refused, REFUSED),
    (errors.Conflict, CONFLICT),
    (errors.PeersError, PROBLEMS),  # a package's, the machine's, or of no family
)


def exit_code(error: errors.PeersError) -> int:
    return next(code for family, code in EXIT_CODES if isinstance(error, family))


def from_click(error: click.ClickException, words: Sequence[str]) -> errors.PeersError:
    """What click says about the command line, as an error of ours."""
    hint = ""
    if isinstance(error, click.exceptions.NoSuchCommand):
        given = error.command_name
        meant = suggestions.near(given, error.possibilities or ())
        hint = suggestions.corrected(words, given, meant) if meant else "peers --help"
        return errors.InvalidSetting(f"there is no command {given}", hint=hint, given=given)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"{error.ctx.command_path} --help"
    return errors.InvalidSetting(error.format_message(), hint=hint)


def unexpected(error: BaseException) -> errors.PeersError:
    """What nobody foresaw, as an error of ours, for a program that waits for a document."""
    said = traceback.format_exception_only(error)[-1].strip()
    return errors.PeersError(
        f"unexpected {said}", hint="with -v, stderr shows where", kind=type(error).__qualname__
    )


def not_written(error: BaseException | None) -> errors.PeersError:
    """Why stdout could not be written."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return errors.PeersError(
        f"the answer could not be written to stdout: {reason}",
        hint="what the command did is done; ask again with stdout in another place",
    )


def document(error: errors.PeersError) -> dict[str, Any]:
    """The error as JSON data; facts that JSON cannot say are their text."""
    return {"code": error.code, "message": error.message, "hint": error.hint, "facts": dict(error.facts)}


def text(error: errors.PeersError) -> str:
    """The error as a person reads it: what, where, why, and what to do next."""
    what = faults.without_place(error.message)
    lines = [click.style(f"error[{error.code}]", fg="red", bold=True) + click.style(f": {what}", bold=True)]
    place = faults.find_place(error)
    if place is not None:
        lines += _shown(place)
    lines += [_remark("note", note) for note in _notes(error)]
    lines.append(_remark("help", error.hint or f"peers explain {error.code}"))
    if error.hint and "\n\n" in (type(error).__doc__ or ""):
        lines.append(_remark("note", f"peers explain {error.code} tells more"))
    return "\n".join(lines)


def _notes(error: errors.PeersError) -> Iterator[str]:
    for cause in faults.causes(error):
        said = str(cause).partition("\n")[0]
        if said and said in error.message:
            continue
        yield f"caused by {type(cause).__name__}" + (f": {said}" if said else "")
    for family in _SAYING_WHOSE_MOVE_IT_IS:
        if isinstance(error, family):
            yield str(family.__doc__)


def _shown(place: faults.Place) -> list[str]:
    margin = " " * len(str(place.line))
    bar = click.style("|", fg="blue", bold=True)
    lines = [f"{margin}{click.style('-->', fg='blue', bold=True)} {place.path}:{place.line}"]
    if place.source:
        number = click.style(str(place.line), fg="blue", bold=True)
        lines += [f"{margin} {bar}", f"{number} {bar} {place.source}", f"{margin} {bar}"]
    return lines


def _remark(word: str, said: str) -> str:
    first, *rest = said.splitlines() or [""]
    return "\n".join(
        [f"  = {click.style(word, bold=True)}: {first}", *(f"          {line}" for line in rest)]
    )


_SAYING_WHOSE_MOVE_IT_IS: Final = (
    errors.PackageError,
    errors.Refused,
    errors.Conflict,
    errors.StorageError,
)
