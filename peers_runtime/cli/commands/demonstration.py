"""`peers demo`: two versions of one package side by side, on the sample packages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from peers_runtime.base import errors
from peers_runtime.cli import streams
from peers_runtime.cli.answers import Answer
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
def demo(samples: Path | None, dev: bool, release: bool) -> Answer | None:
    """Show two versions of one package side by side.

    Plays in a home of its own that is removed at the end, unless --home says where. On a terminal the console
    of what was played is then served until q, with releases to roll back and more packages. With --json,
    what it says goes to stderr.
    """
    if release and (dev or "home" in run().typed):
        raise errors.InvalidSetting(
            "the demo of a release stands alone: it has two homes of its own", hint="peers demo --release"
        )
    settings = current()
    home = settings.home if "home" in run().typed else None
    if not settings.json:
        _perform(home, samples, dev=dev, release=release, serves=settings.may_ask and sys.stdout.isatty())
        return None
    with streams.packages_print_on_stderr():
        _perform(home, samples, dev=dev, release=release, serves=False)
    played = "release" if release else "dev" if dev else "all"
    return Answer({"played": played, "home": None if home is None else str(home)})


def _perform(home: Path | None, samples: Path | None, *, dev: bool, release: bool, serves: bool) -> None:
    from peers_runtime.cli.demo import performance

    if release:
        performance.perform_release(samples)
    else:
        performance.perform(home, samples, dev=dev, serves=serves)
