"""`peers new`: a project that is a package, from a template."""

from __future__ import annotations

import os
import shlex
from typing import Final

import click

from peers_runtime.cli.answers import Answer
from peers_runtime.cli.command_line import command
from peers_runtime.cli.decisions import dry_run_option

_TEMPLATES: Final = ("minimal", "web", "contract", "hooks")  # as `projects.templates` has them


@command("new")
@click.argument("path", metavar="PATH")
@click.option(
    "--template",
    type=click.Choice(_TEMPLATES),
    metavar="TEMPLATE",
    default="minimal",
    help="minimal (a screen), web (HTML and an ES module), contract (tools and a table), hooks (a host's).",
)
@dry_run_option
def new(path: str, template: str, dry_run: bool) -> Answer:
    """Make a project that is a package, from a template.

    PATH is the folder to make; its last part names the package. Its ids are fresh, it passes `peers check`
    and its own tests, and `peers dev` runs it. A folder that is there already is left alone.
    """
    from peers_runtime.operations import new as operation

    made = operation.make(path, template, dry_run=dry_run)
    shown = shlex.quote(os.path.relpath(made.folder))
    done = "would make" if dry_run else "made"
    parts = [f"{done} the package {made.name} in {shown}, from the template {made.template}"]
    parts += [f"  {one}" for one in made.files]
    parts += [] if dry_run else ["", f"next: cd {shown}, then peers check, peers test, or peers dev"]
    return Answer(made.wire(), parts)
