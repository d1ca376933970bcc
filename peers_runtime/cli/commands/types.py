"""`peers types`: a contract as types, for those who use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from peers_runtime.cli import failures
from peers_runtime.cli.answers import Answer
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime.model.generated import GeneratedFile

_WRITTEN: Final = {"missing": "written", "different": "written anew", "current": "as it was"}


@command("types")
@click.argument("which", metavar="CONTRACT[@N]")
@click.option("--py", metavar="FOLDER", help="Write a Python module there.")
@click.option("--ts", metavar="FOLDER", help="Write a .d.ts for TypeScript there.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file is not as it belongs.")
def types(which: str, py: str | None, ts: str | None, check: bool) -> Answer:
    """Write what a contract's consumers are typed by.

    CONTRACT is its id or its name; without @N it is the highest version. The shape is the one that is frozen
    in the context, else that of the version that is active or installed there. Files are called by the
    contract's name and version, like tasks_2.py, and say the same whenever they are made from one shape.
    """
    if py is None and ts is None:
        raise click.UsageError("say where: --py FOLDER, --ts FOLDER, or both")
    settings = current()
    with opened_runtime() as runtime:
        found = runtime.contracts.types(which, settings.context, py=py, ts=ts, check=check)
    if not check:
        return Answer(found.wire(), [f"{_WRITTEN[one.was]}: {one.path}" for one in found.files])
    parts = [line for one in found.files for line in _checked(one)]
    return Answer(found.wire(), parts, failures.OK if found.is_current else failures.PROBLEMS)


def _checked(one: GeneratedFile) -> list[str]:
    return [f"{one.was}: {one.path}", *([one.difference.removesuffix("\n")] if one.difference else [])]
