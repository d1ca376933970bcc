"""`peers deps`: the Python distributions that a package carries itself, and the packages it depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from peers_runtime.cli import failures
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.commands.packages import NONE
from peers_runtime.cli.settings import current, opened_runtime, run

if TYPE_CHECKING:
    from peers_runtime.model.dependencies import Dependencies


@group("deps")
def deps() -> Answer | None:
    """List and change what a project depends on."""
    return _listed(".") if click.get_current_context().invoked_subcommand is None else None


def _changing(act: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--package", is_flag=True, help="Packages of the context, not Python distributions."),
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
def add(
    requirements: tuple[str, ...], project: str, index: str | None, dry_run: bool, package: bool
) -> Answer:
    """Make Python distributions private ones of the package, or depend on packages.

    REQUIREMENT is like 'semver>=2,<3'. They and all that they need are resolved by pip and locked in
    peers.lock; only this package imports them, and its wheel carries them. With --package, it is like
    'notes>=1,<2' or notes: the newest version of that package which the context has released or packed is
    locked, and imported by its name.
    """
    with opened_runtime(may_make=True) as runtime, current().working(f"resolving {', '.join(requirements)}"):
        if package:
            _refuse_index(index)
            found = runtime.add_packages(project, *requirements, context=current().context, dry_run=dry_run)
        else:
            found = runtime.add_private(project, *requirements, index=index, dry_run=dry_run)
    return _changed([found], dry_run)


@command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_changing
def remove(names: tuple[str, ...], project: str, index: str | None, dry_run: bool, package: bool) -> Answer:
    """Take private distributions away, and what only they needed; or packages."""
    with opened_runtime(may_make=True) as runtime:
        if package:
            _refuse_index(index)
            found = runtime.remove_packages(project, *names, context=current().context, dry_run=dry_run)
        else:
            found = runtime.remove_private(project, *names, index=index, dry_run=dry_run)
    return _changed([found], dry_run)


@command("update")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@_changing
def update(names: tuple[str, ...], project: str, index: str | None, dry_run: bool, package: bool) -> Answer:
    """Resolve and lock anew: the named distributions or packages, or all that the project depends on."""
    done: list[Dependencies] = []
    with (
        opened_runtime(may_make=True) as runtime,
        current().working(f"resolving {', '.join(names) or 'all'}"),
    ):
        if package:
            _refuse_index(index)
        else:
            done.append(runtime.update_private(project, *names, index=index, dry_run=dry_run))
        if package or not names:
            done.append(runtime.update_packages(project, *names, context=current().context, dry_run=dry_run))
    return _changed(done, dry_run)


deps.add_command(list_dependencies)
deps.add_command(add)
deps.add_command(remove)
deps.add_command(update)


def _listed(project: str) -> Answer:
    with opened_runtime(may_make=True) as runtime:
        found = runtime.dependencies(project)
    asked = [*found.asked, *(f"the package {one.name}{one.range}" for one in found.packages if one.range)]
    parts: list[str | Table] = [f"{found.project} asks for {', '.join(asked) or 'nothing'}"]
    if found.private or not found.packages:
        parts += ["", _table(found)]
    if found.packages:
        rows = [(one.name, one.version, one.range or NONE, one.digest) for one in found.packages]
        parts += ["", Table(("package", "version", "asked for", "snapshot"), rows)]
    if found.trouble:
        mend = run().complete(f"peers deps update --project {found.project}")
        parts += ["", found.trouble, f"  help: {mend}"]
    return Answer(found.wire(), parts, failures.PROBLEMS if found.trouble else failures.OK)


def _refuse_index(index: str | None) -> None:
    if index is not None:
        raise click.UsageError("--index is where distributions come from; packages come from the context")


def _changed(done: Sequence[Dependencies], dry_run: bool) -> Answer:
    """The answer after the acts of one command, one after the other; each says all that is locked then."""
    changes = tuple(change for one in done for change in one.changes)
    found = done[-1].model_copy(update={"changes": changes, "private": done[0].private})
    locked = f"{len(found.private) + len(found.packages)} for {found.project}"
    parts: list[str | Table] = [f"would lock {locked}" if dry_run else f"locked {locked}"]
    parts += [f"  {change}" for change in found.changes] or ["  nothing changes"]
    return Answer(found.wire(), [*parts, *(["nothing was written: this was a dry run"] if dry_run else [])])


def _table(found: Dependencies) -> Table:
    rows = [(one.name, one.version, ", ".join(one.imports), one.wheel.digest) for one in found.private]
    return Table(("name", "version", "imports", "sha256 of the wheel"), rows, empty="nothing is locked")
