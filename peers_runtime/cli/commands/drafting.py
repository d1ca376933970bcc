"""`peers draft`: what a working copy would be as a package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from peers_runtime.cli import completion
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command
from peers_runtime.cli.commands.comparing import differences
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime.model.packed import Draft
    from peers_runtime.model.resolved import Resolved


@command("draft")
@click.argument("path", shell_complete=completion.folders, default=".", metavar="[PATH]")
@click.option("--version", metavar="VERSION", help="Needed where [project] leaves it dynamic.")
def draft(path: str, version: str | None) -> Answer:
    """Show the package that a project would be made now.

    PATH is the project's folder (here). It is read anew each time and compared with what the context has
    released. Nothing is stored.
    """
    settings = current()
    with opened_runtime(may_make=True) as runtime, settings.working(f"reading {path}"):
        found = runtime.draft(path, context=settings.context, version=version)
    parts: list[str | Table] = [f"{found.name} {found.version} would be snapshot {found.id}"]
    parts += contents(found)
    parts += ["", f"Requires of the host: {', '.join(found.requires.shared) or 'nothing'}"]
    if found.suggestion is not None:
        parts += ["", f"Since {found.previous}", *differences(found.changes, found.suggestion)]
    return Answer(found.wire(), [*parts, *(f"warning: {warning}" for warning in found.warnings)])


def contents(of: Draft | Resolved) -> list[str | Table]:
    """The components and the assets, for a person."""
    components = [(one.name, one.id, one.type, str(one.version or "–")) for one in of.components]
    names = {one.id: one.name for one in of.components}
    assets = [(one.name, one.url, names[one.component_id], str(one.size)) for one in of.assets]
    return [
        *("", "Components", Table(("name", "id", "type", "version"), components, empty="none")),
        *("", "Assets", Table(("name", "url", "component", "bytes"), assets, empty="none")),
    ]
