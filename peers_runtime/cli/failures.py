"""Errors as text or JSON, and the one table from error family to exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from peers_runtime.base import errors
from peers_runtime.cli import suggestions

if TYPE_CHECKING:
    from peers_runtime.model.diagnostic import Diagnostic
    from peers_runtime.model.projects import Problem
    from peers_runtime.model.reload import Fault

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
    return exit_code_of(type(error))


def exit_code_of(kind: type[errors.PeersError]) -> int:
    return next(code for family, code in EXIT_CODES if issubclass(kind, family))


def from_click(error: click.ClickException, words: Sequence[str]) -> errors.PeersError:
    """What click says about the command line, as an error of ours."""
    hint = ""
    if isinstance(error, click.exceptions.NoSuchCommand):
        given = error.command_name
        group = error.ctx.command_path if error.ctx is not None else "peers"
        hint = suggestions.of_command(words, given, error.possibilities or (), group)
        return errors.InvalidSetting(f"{group} has no command {given!r}", hint=hint, given=given)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"{error.ctx.command_path} --help"
    said = " ".join(line.strip() for line in error.format_message().splitlines())  # choices stand on lines
    return errors.InvalidSetting(said, hint=hint)


def unexpected(error: BaseException) -> errors.PeersError:
    """What nobody foresaw, as an error of ours, for a program that waits for a document."""
    import traceback

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
    from peers_runtime.operations import faults  # costs a tenth of a short command that does not fail

    place = faults.find_place(error)
    lines = [_headline(error.code, faults.without_place(error.message))]
    if place is not None:
        lines += _shown(place.path, place.line, place.source)
    lines += [remark("note", note) for note in _notes(error, faults.causes(error))]
    lines.append(remark("help", error.hint or f"peers explain {error.code}"))
    if error.hint and "\n\n" in (type(error).__doc__ or ""):
        lines.append(remark("note", f"peers explain {error.code} tells more"))
    return "\n".join(lines)


def text_of_fault(fault: Fault, path: str | None) -> str:
    """What is wrong with a watched project, drawn like every error; `path` is how its file is named."""
    lines = [_headline(fault.code, fault.message)]
    if path is not None:
        lines += [f" {_arrow()} {path}"] if fault.line is None else _shown(path, fault.line, fault.source)
    if fault.still:
        lines.append(remark("note", f"still running {fault.still}"))
    lines.append(remark("help", fault.hint or f"peers explain {fault.code}"))
    return "\n".join(lines)


def text_of_problem(problem: Problem, path: str) -> str:
    """What is wrong with a project, or may be, drawn like every error."""
    lines = [_headline(problem.code, problem.message, problem.severity)]
    lines += _shown(path, problem.line, problem.source)
    lines.append(remark("help", problem.hint or f"peers explain {problem.code}"))
    return "\n".join([*lines, ""])


def text_of_diagnostic(one: Diagnostic) -> str:
    """What is listed to mend: about what, where, in which context and when; drawn like every error."""
    about = f"{one.subject}: " if one.subject else ""
    message = one.message.replace(f"{one.path}:{one.line}: ", "", 1)  # it is shown below
    lines = [_headline(one.code, f"{about}{message}")]
    if one.path is not None:
        lines += [f" {_arrow()} {one.path}"] if one.line is None else _shown(one.path, one.line, one.source)
    where = f"in {one.context_id}, " if one.context_id else ""
    lines.append(remark("note", f"{where}at {one.at[:19].replace('T', ' ')} UTC"))
    lines += [remark("help", one.hint)] if one.hint else []
    return "\n".join(lines)


def remark(word: str, said: str) -> str:
    """A line below what it is about; further lines of `said` are indented like the first."""
    first, *rest = said.splitlines() or [""]
    return "\n".join(
        [f"  = {click.style(word, bold=True)}: {first}", *(f"          {line}" for line in rest)]
    )


def _headline(code: str, what: str, severity: str = "error") -> str:
    colour = "red" if severity == "error" else "yellow"
    return click.style(f"{severity}[{code}]", fg=colour, bold=True) + click.style(f": {what}", bold=True)


def _notes(error: errors.PeersError, causes: Iterable[BaseException]) -> Iterator[str]:
    for cause in causes:
        said = (_told_elsewhere(cause) or str(cause)).partition("\n")[0]
        if said and said in error.message:
            continue
        yield f"caused by {type(cause).__name__}" + (f": {said}" if said else "")
    for family in _SAYING_WHOSE_MOVE_IT_IS:
        if isinstance(error, family):
            yield str(family.__doc__)


def _told_elsewhere(cause: BaseException) -> str | None:
    """What a cause says without its number or place, as the error above it has it."""
    if isinstance(cause, SyntaxError):
        return cause.msg
    return cause.strerror if isinstance(cause, OSError) else None


def _shown(path: str, line: int, source: str) -> list[str]:
    margin = " " * len(str(line))
    bar = click.style("|", fg="blue", bold=True)
    lines = [f"{margin}{_arrow()} {path}:{line}"]
    if source:
        number = click.style(str(line), fg="blue", bold=True)
        lines += [f"{margin} {bar}", f"{number} {bar} {source}", f"{margin} {bar}"]
    return lines


def _arrow() -> str:
    return click.style("-->", fg="blue", bold=True)


_SAYING_WHOSE_MOVE_IT_IS: Final = (
    errors.PackageError,
    errors.Refused,
    errors.Conflict,
    errors.StorageError,
)
