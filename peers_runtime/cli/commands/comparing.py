"""`peers diff`, and what differs between two versions, for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime.model.differences import Change, Compared, Suggestion

_FEW: Final = 5  # files that are named where nobody asked for all


@command("diff")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--files", is_flag=True, help="Name every file that differs.")
def diff(a: str, b: str, files: bool) -> Answer:
    """Say what differs between two versions of a package.

    A and B are each NAME@VERSION, a snapshot's digest (12 characters do), a wheel, or a project's folder. It
    says which number of the version the changes call for, and why. Nothing is stored.
    """
    settings = current()
    with opened_runtime(may_make=True) as runtime, settings.working(f"comparing {a} with {b}"):
        found = runtime.diff(a, b, context=settings.context)
    head = [f"{word:<8}{_said(one)}" for word, one in (("before", found.before), ("after", found.after))]
    return Answer(found.wire(), [*head, *differences(found.changes, found.suggestion, all_files=files)])


def differences(
    changes: Sequence[Change], suggestion: Suggestion, *, all_files: bool = False
) -> list[str | Table]:
    """The contributions and requirements, the files, and the version that they call for."""
    if not changes:
        return ["", "nothing differs"]
    rows = [(one.kind, one.name, one.change) for one in changes if one.kind != "file"]
    files = [one for one in changes if one.kind == "file"]
    parts: list[str | Table] = ["", Table(("what", "name", "change"), rows, empty="only files differ")]
    parts += _files(files, all_files=all_files) if files else []
    parts += ["", f"suggested: {suggestion.bump}, {suggestion.version} or above"]
    return [*parts, *(f"  {reason}" for reason in suggestion.reasons)]


def _files(files: Sequence[Change], *, all_files: bool) -> list[str | Table]:
    counts = Counter(one.change for one in files)
    counted = ", ".join(f"{counts[word]} {word}" for word in ("added", "removed", "changed") if counts[word])
    shown = files if all_files else files[:_FEW]
    rows = [(one.name, one.change, _bytes(one.size_before), _bytes(one.size_after)) for one in shown]
    rest = [f"and {len(files) - len(shown)} more"] if len(files) > len(shown) else []
    return ["", f"Files: {counted}", Table(("path", "change", "bytes before", "bytes after"), rows), *rest]


def _bytes(size: int | None) -> str:
    return "–" if size is None else str(size)


def _said(one: Compared) -> str:
    return f"{one.name} {one.version}, snapshot {one.id}"
