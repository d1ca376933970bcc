"""`peers deps`: the Python distributions that a package carries itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from peers_runtime.cli import failures
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime.model.dependencies import Dependencies


@group("deps")
def deps() -> Answer | None:
    """List and change what a project depends on."""
    return _listed(".") if click.get_current_context().invoked_subcommand is None else None


def _changing(act: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--dry-run", is_flag=True, help="Print what would change; write nothing."),
        click.option("--index", metavar="URL", help="The package index (the one that pip asks)."),
        click.option("--project", default=".", metavar="FOLDER", help="The project's folder (here)."),
    ):
        act = option(act)
    return act


@command("list")
@click.option("--project", default=".", metavar="FOLDER", help="The project's folder (here).")
def list_dependencies(project: str) -> Answer:
    """List what a project asks for and what is locked.

    Exits with 1 when the lock was made for something else.
    """
    return _listed(project)


@command("add")
@click.argument("requirements", nargs=-1, required=True, metavar="REQUIREMENT...")
@_changing
def add(requirements: tuple[str, ...], project: str, index: str | None, dry_run: bool) -> Answer:
    """Make Python distributions private ones of the package.

    REQUIREMENT is like 'semver>=2,<3'. They and all that they need are resolved by pip and locked in
    peers.lock; only this package imports them, and its wheel carries them.
    """
    with opened_runtime() as runtime:
        current().progress(f"resolving {', '.join(requirements)}")
        found = runtime.add_private(project, *requirements, index=index, dry_run=dry_run)
    return _changed(found, dry_run)


@command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_changing
def remove(names: tuple[str, ...], project: str, index: str | None, dry_run: bool) -> Answer:
    """Take private distributions away, and what only they needed."""
    with opened_runtime() as runtime:
        found = runtime.remove_private(project, *names, index=index, dry_run=dry_run)
    return _changed(found, dry_run)


@command("update")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@_changing
def update(names: tuple[str, ...], project: str, index: str | None, dry_run: bool) -> Answer:
    """Resolve and lock anew: the named distributions, or all."""
    with opened_runtime() as runtime:
        current().progress(f"resolving {', '.join(names) or 'all'}")
        found = runtime.update_private(project, *names, index=index, dry_run=dry_run)
    return _changed(found, dry_run)


deps.add_command(list_dependencies)
deps.add_command(add)
deps.add_command(remove)
deps.add_command(update)


def _listed(project: str) -> Answer:
    with opened_runtime() as runtime:
        found = runtime.dependencies(project)
    parts: list[str | Table] = [
        f"{found.project} asks for {', '.join(found.asked) or 'nothing'}",
        "",
        _table(found),
    ]
    if found.trouble:
        parts += ["", found.trouble, f"  help: peers deps update --project {found.project}"]
    return Answer(found.wire(), parts, failures.PROBLEMS if found.trouble else failures.OK)


def _changed(found: Dependencies, dry_run: bool) -> Answer:
    done = "would lock" if dry_run else "locked"
    parts: list[str | Table] = [f"{done} {len(found.private)} for {found.project}"]
    parts += [f"  {change}" for change in found.changes] or ["  nothing changes"]
    return Answer(found.wire(), [*parts, *(["nothing was written: this was a dry run"] if dry_run else [])])


def _table(found: Dependencies) -> Table:
    rows = [(one.name, one.version, ", ".join(one.imports), one.wheel.digest) for one in found.private]
    return Table(("name", "version", "imports", "sha256 of the wheel"), rows, empty="nothing is locked")
