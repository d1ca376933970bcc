"""`peers demo`: two versions of one package side by side, on the sample packages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from peers_runtime.base import errors
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import current, run


@command("demo")
@click.option(
    "--samples",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The folder of sample packages (that of this checkout).",
)
@click.option("--dev", is_flag=True, help="Show a package that is edited while it serves.")
@click.option(
    "--release", is_flag=True, help="Show a version that goes from one device to another, and back."
)
def demo(samples: Path | None, dev: bool, release: bool) -> None:
    """Show two versions of one package side by side.

    Plays in a home of its own that is removed at the end, unless --home says where. On a terminal the console
    of what was played is then served until q, with releases to roll back and more packages.
    """
    from peers_runtime.cli.demo import performance

    settings = current()
    if settings.json:
        raise errors.InvalidSetting("the demo is for people and has no JSON form", hint="peers demo")
    if release and (dev or "home" in run().typed):
        raise errors.InvalidSetting(
            "the demo of a release stands alone: it has two homes of its own", hint="peers demo --release"
        )
    if release:
        performance.perform_release(samples)
        return
    home = settings.home if "home" in run().typed else None
    performance.perform(home, samples, dev=dev, serves=settings.may_ask and sys.stdout.isatty())
