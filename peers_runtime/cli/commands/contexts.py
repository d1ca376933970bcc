"""`peers contexts`: what versions are active for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.decisions import dry_run_option
from peers_runtime.cli.settings import opened_runtime

if TYPE_CHECKING:
    from peers_runtime.model.catalog import ContextKind


@group("contexts")
def contexts() -> Answer | None:
    """List the data contexts, or create one."""
    return _listed() if click.get_current_context().invoked_subcommand is None else None


@command("list")
def list_contexts() -> Answer:
    """List the data contexts of this home."""
    return _listed()


@command("create")
@click.argument("context_id", metavar="ID")
@click.option("--kind", type=click.Choice(["group"]), default="group", show_default=True)
@click.option("--name", metavar="TEXT", help="What people call it (the id).")
@dry_run_option
def create(context_id: str, kind: str, name: str | None, dry_run: bool) -> Answer:
    """Create a data context; whoever creates it owns it."""
    with opened_runtime(may_make=True) as runtime:
        kind_of = cast("ContextKind", kind)
        made = runtime.contexts.create(context_id, kind=kind_of, name=name, dry_run=dry_run)
        what = f"{made.kind} {made.context_id}"
        told = (
            f"would create {what}, of which {runtime.actor} would be Owner" if dry_run else f"created {what}"
        )
    return Answer(made.wire(), [told])


contexts.add_command(list_contexts)
contexts.add_command(create)


def _listed() -> Answer:
    with opened_runtime() as runtime:
        known = runtime.contexts.list()
    rows = [(context.context_id, context.kind, context.name) for context in known]
    return Answer([context.wire() for context in known], [Table(("id", "kind", "name"), rows)])
