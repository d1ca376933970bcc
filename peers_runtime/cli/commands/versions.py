"""`peers versions` and `peers resolve`: what there is, what is active, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from peers_runtime.cli import completion
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime import PackageVersion
    from peers_runtime.operations.inspect import Told


@command("versions")
@click.argument("name", shell_complete=completion.packages)
@click.option("--history", is_flag=True, help="Who did what with them, verified.")
def versions(name: str, history: bool) -> Answer:
    """List the versions of a package in a context."""
    context = current().context
    with opened_runtime() as runtime:
        if history:
            return _history(name, runtime.history(name, context=context))
        known = runtime.versions(name, context=context)
        package = next(one for one in runtime.packages(context=context) if name in (one.name, one.package_id))
        active = runtime.resolve(name, context=context).version
    chosen = None if active is None else active.package_version_id
    in_context = None if package.disabled else package.active_version_id  # what is off, nobody runs
    data = [
        {
            **version.wire(),
            "active": version.package_version_id == chosen,
            "activeInContext": version.package_version_id == in_context,
        }
        for version in known
    ]
    rows = [
        (
            version.version,
            f"{version.version_tag}{' (yanked)' if version.yanked else ''}",
            " ".join(
                where
                for where, is_there in (
                    ("context", version.package_version_id == in_context),
                    ("here", version.package_version_id == chosen),
                )
                if is_there
            ),
            version.snapshot_digest[:12],
            *_last(version),
        )
        for version in known
    ]
    return Answer(data, [Table(("version", "tag", "active", "snapshot", "by", "at"), rows)])


@command("resolve")
@click.argument("name", shell_complete=completion.packages)
@click.option("--explain", is_flag=True, help="Every version, and why it is not the one.")
def resolve(name: str, explain: bool) -> Answer:
    """Print which version of a package is active here, and why."""
    context = current().context
    with opened_runtime() as runtime:
        found = runtime.resolve(name, context=context)
    version = found.version
    shown = "no version" if version is None else f"{version.version} ({version.version_tag})"
    data = {
        "version": None if version is None else version.wire(),
        "reason": found.reason,
        "considered": [
            {"version": one.version.wire(), "chosen": one.chosen, "reason": one.reason}
            for one in found.considered
        ],
    }
    rows = [
        (one.version.version, str(one.version.version_tag), "yes" if one.chosen else "", one.reason)
        for one in found.considered
    ]
    table = Table(("version", "tag", "chosen", "why"), rows, empty="there are no versions")
    return Answer(data, [f"{name} in {context}: {shown}: {found.reason}", *([table] if explain else [])])


def _last(version: PackageVersion) -> tuple[str, str]:
    """Who acted last on the version, and when; a history that somebody has emptied says neither."""
    if not version.history:
        return version.created_by, version.created_at
    return version.history[-1].by, version.history[-1].at


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _history(name: str, told: Sequence[Told]) -> Answer:
    data = [{"version": one.version.wire(), "problems": list(one.problems)} for one in told]
    rows = [
        (one.version.version, entry.at, entry.action, entry.by, "signed" if entry.signature else "")
        for one in told
        for entry in one.version.history
    ]
    wrong = [f"{one.version.version}: {problem}" for one in told for problem in one.problems]
    entries = (
        f"{_counted(len(rows), 'entry', 'entries')} of {_counted(len(told), 'version', 'versions')} of {name}"
    )
    verdict = "problems were found" if wrong else "every link and signature was verified"
    table = Table(("version", "at", "what", "by", ""), rows)
    return Answer(data, [table, f"{entries}: {verdict}", *wrong], exit_code=1 if wrong else 0)
