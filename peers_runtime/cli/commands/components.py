"""`peers component`: the status of components, and what was published of them."""

from __future__ import annotations

import click

from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.commands.packages import NONE
from peers_runtime.cli.settings import current, opened_runtime


@group("component")
def component() -> Answer | None:
    """List the components of a project, or what was published of one."""
    return _listed(".") if click.get_current_context().invoked_subcommand is None else None


@command("list")
@click.argument("path", default=".", metavar="[PATH]")
def list_components(path: str) -> Answer:
    """List the components of a project and their status.

    PATH is the project's folder (here). A component is a draft until it is packed, and modified when its
    content is not what was packed last.
    """
    return _listed(path)


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


for one in (list_components, history):
    component.add_command(one)


def _listed(path: str) -> Answer:
    settings = current()
    with opened_runtime() as runtime:
        settings.progress(f"reading {path}")
        states = runtime.components.list(path, context=settings.context)
    rows = [(one.name, one.type, str(one.status), str(one.number or NONE), one.id) for one in states]
    headers = ("name", "type", "status", "number", "id")
    return Answer([one.wire() for one in states], [Table(headers, rows, empty="no components")])
