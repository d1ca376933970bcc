"""`peers component`: the status of components, what was published of them, and going back to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from peers_runtime.cli import completion
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.commands.packages import NONE
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime.model.components import Restored


_LONGEST = 10  # digits of what is a number, and no folder


@group("component")
def component() -> Answer | None:
    """List the components of a project, what was published of one, and go back to that."""
    return _listed(".") if click.get_current_context().invoked_subcommand is None else None


@command("list")
@click.argument("path", shell_complete=completion.folders, default=".", metavar="[PATH]")
@click.option("--version", metavar="VER", help="List those of a packed version of the project.")
def list_components(path: str, version: str | None) -> Answer:
    """List the components of a project and their status.

    PATH is the project's folder (here). A component is a draft until it is packed, and modified when its
    content is not what was packed last.
    """
    return _listed(path, version)


@command("history")
@click.argument("name")
def history(name: str) -> Answer:
    """List what was published of a component.

    NAME is its name, its id, or either after the package's name: notes.Home.
    """
    context = current().context
    with opened_runtime() as runtime:
        published = runtime.components.history(name, context=context)
    rows = [
        (str(one.number), one.name, one.version, one.content_digest[:12], one.by, one.at) for one in published
    ]
    headers = ("number", "name", "package", "content", "by", "at")
    return Answer([one.wire() for one in published], [Table(headers, rows)])


@command("rollback")
@click.argument("name")
@click.argument("number", required=False)
@click.argument("path", required=False)
@click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")
def rollback(name: str, number: str | None, path: str | None, dry_run: bool) -> Answer:
    """Put a published version of a component back into its files.

    NUMBER is that of the version (the one before the last), PATH the project's folder (here). The component
    is modified then, and the next package gives it the number after its last. Files that others use, too,
    are left as they are, and so is the definition: what differs still is printed.
    """
    if number is not None and not (number.isdecimal() and len(number) < _LONGEST):
        if path is not None:
            raise click.BadParameter(f"{number!r} is no number", param_hint="NUMBER")
        number, path = None, number  # a folder
    settings = current()
    with opened_runtime(may_make=True) as runtime:
        found = runtime.components.rollback(
            name,
            None if number is None else int(number),
            path or ".",
            context=settings.context,
            dry_run=dry_run,
        )
    return Answer(found.wire(), _went_back(found, dry_run=dry_run))


@command("discard")
@click.argument("name")
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")
def discard(name: str, path: str, dry_run: bool) -> Answer:
    """Throw away what was changed of a component since it was published.

    PATH is the project's folder (here). Otherwise as `peers component rollback`.
    """
    settings = current()
    with opened_runtime(may_make=True) as runtime:
        found = runtime.components.discard(name, path, context=settings.context, dry_run=dry_run)
    return Answer(found.wire(), _went_back(found, dry_run=dry_run))


for one in (list_components, history, rollback, discard):
    component.add_command(one)


def _listed(path: str, version: str | None = None) -> Answer:
    settings = current()
    with opened_runtime(may_make=True) as runtime, settings.working(f"reading {path}"):
        states = runtime.components.list(path, context=settings.context, version=version)
    rows = [(one.name, one.type, str(one.status), str(one.number or NONE), one.id) for one in states]
    headers = ("name", "type", "status", "number", "id")
    return Answer([one.wire() for one in states], [Table(headers, rows, empty="no components")])


def _went_back(found: Restored, *, dry_run: bool) -> list[str | Table]:
    moved = "would go back" if dry_run else "went back"
    parts: list[str | Table] = [
        f"{found.name} {moved} to {found.number}, of package version {found.version}: {found.status}"
    ]
    parts += [f"  written  {path}" for path in found.restored]
    parts += [f"  removed  {path}" for path in found.removed]
    parts += [f"  differs  {path}" for path in found.left]
    if not (found.restored or found.removed):
        parts.append("  no file changes")
    parts += [f"note: {remark}" for remark in found.remarks]
    return [*parts, *(["nothing was written: this was a dry run"] if dry_run else [])]
