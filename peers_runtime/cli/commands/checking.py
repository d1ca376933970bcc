"""`peers check`: all that is wrong with a project."""

from __future__ import annotations

import click

from peers_runtime.cli import failures, findings
from peers_runtime.cli.answers import Answer
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import current, opened_runtime, run

_FORMATS = ("text", "json", "sarif", "github")


@command("check")
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--version", metavar="VERSION", help="Needed where [project] leaves it dynamic.")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="text", help="text, json, sarif or github."
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
def check(path: str, version: str | None, form: str, strict: bool) -> Answer:
    """Say all that is wrong with a project.

    PATH is the project's folder (here). Errors are whatever an installation or packing would refuse, all at
    once as far as that can be; warnings are what its author may want to know. Nothing is installed. Exits
    with 1 when there is an error.
    """
    if form == "json":
        run().given["json"] = True
    settings = current()
    if settings.json and form in ("sarif", "github"):
        raise click.UsageError(f"--json and --format {form} are two answers: give one of them")
    with opened_runtime() as runtime:
        settings.progress(f"reading {path}")
        checked = runtime.check(path, version=version)
    found = bool(checked.problems) if strict else checked.errors > 0
    code = failures.PROBLEMS if found else failures.OK
    parts = {"github": findings.as_github, "sarif": findings.as_sarif}.get(form, findings.as_text)
    return Answer(checked.wire(), parts(checked), code)
