"""`peers pack`: a project as a wheel, and what is in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from peers_runtime.cli import completion
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command
from peers_runtime.cli.commands.comparing import differences
from peers_runtime.cli.commands.packages import NONE, contributions
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime import Packed
    from peers_runtime.model.packed import Wheel


@command("pack")
@click.argument("path", shell_complete=completion.files, default=".", metavar="[PATH]")
@click.option("--version", metavar="VERSION", help="Needed where [project] leaves it dynamic.")
@click.option(
    "--previous", metavar="WHEEL|NAME@VER", help="The version before, whose component numbers go on."
)
@click.option("--out", default=".", metavar="FOLDER", help="Where the wheel is to lie (here).")
@click.option("--list", "look", is_flag=True, help="PATH is a packed wheel: say what is in it.")
@click.option("--dry-run", is_flag=True, help="Print what would be packed; write nothing.")
def pack(path: str, version: str | None, previous: str | None, out: str, look: bool, dry_run: bool) -> Answer:
    """Pack a project as a wheel, or list what is in one.

    PATH is the project's folder (here). Any package index, pip and `peers install` take the wheel. It is
    compared with the latest version that the context has packed or released, and its components get the
    numbers after those that they had there.
    """
    settings = current()
    if look and (version or previous or dry_run or out != "."):
        raise click.UsageError("--list stands alone: it packs nothing")
    if look:
        from peers_runtime.operations.pack import look_into

        wheel = look_into(path)
        return Answer(wheel.wire(), _listed(wheel))
    with opened_runtime(may_make=True) as runtime, settings.working(f"packing {path}"):
        packed = runtime.pack(
            path, context=settings.context, version=version, previous=previous, out=out, dry_run=dry_run
        )
    return Answer(packed.wire(), _report(packed, dry_run=dry_run))


def _report(packed: Packed, *, dry_run: bool) -> list[str | Table]:
    manifest = packed.wheel.manifest
    done = "would pack" if dry_run else "packed" if packed.written else "had packed already"
    parts: list[str | Table] = [f"{done} {manifest.name} {manifest.version}: {packed.path}"]
    parts += [_sized(packed.wheel), *contributions(manifest), *_components(packed)]
    if packed.suggestion is not None:
        parts += ["", f"Since {packed.previous}", *differences(packed.changes, packed.suggestion)]
    parts += [f"warning: {warning}" for warning in packed.warnings]
    return [*parts, *(["nothing was written: this was a dry run"] if dry_run else [])]


def _components(packed: Packed) -> list[str | Table]:
    status = {each: name for name, ids in packed.status_changes for each in ids}
    rows = []
    for one in packed.wheel.manifest.components:
        grows = packed.version_increments.get(one.id)
        number = str(one.version) if grows is None else f"{grows.from_ or NONE} → {grows.to}"
        rows.append((one.name, one.type, status[one.id], number))
    headers = ("name", "type", "was", "number")
    return ["", "Components", Table(headers, sorted(rows))] if rows else []


def _listed(wheel: Wheel) -> list[str | Table]:
    manifest = wheel.manifest
    rows = [(entry.path, str(entry.size), entry.digest) for entry in wheel.entries]
    return [
        f"{manifest.name} {manifest.version}: {wheel.filename}",
        _sized(wheel),
        *contributions(manifest),
        "",
        "Files",
        Table(("path", "bytes", "sha256"), rows),
    ]


def _sized(wheel: Wheel) -> str:
    return f"wheel     {wheel.digest}, {wheel.size} bytes"
