"""`peers dev`: what a project's files say runs, and goes on doing so while they are edited."""

from __future__ import annotations

from pathlib import Path

import click

from peers_runtime.cli import completion
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import run


@command("dev")
@click.argument(
    "paths", shell_complete=completion.folders, metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path)
)
@click.option("--poll", is_flag=True, help="Look at the files again and again, instead of being told.")
def dev(paths: tuple[Path, ...], poll: bool) -> None:
    """Run what a project's files say, and again when one is saved.

    PATH is a project folder (the current one); there may be several. Each is made the active dev version
    in the context. A change that is saved becomes active there, and wherever else this project runs; one
    that does not compile, load or fit changes nothing, and is shown until it is mended.

    On a terminal, r looks at the files now, o opens the file of the error in $VISUAL or $EDITOR, and q
    quits. Without one it runs until a signal.

    This command streams: with --json, stdout takes one document a line (JSON Lines), with an "event":
    watching, reload, degraded or waiting.
    """
    run().goes_on = True
    from peers_runtime.cli.dev import loop

    click.get_current_context().exit(loop.run(paths or (Path(),), polling=poll))
