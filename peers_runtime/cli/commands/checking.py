"""`peers check` and `peers test`: all that is wrong with a project, and how its tests go."""

from __future__ import annotations

import click

from peers_runtime.cli import completion, failures, findings
from peers_runtime.cli.answers import Answer
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import current, run, runtime_to_look

_FORMATS = ("text", "json", "sarif", "github")


@command("check")
@click.argument("path", shell_complete=completion.folders, default=".", metavar="[PATH]")
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
    with runtime_to_look() as runtime, settings.working(f"checking {path}"):
        checked = runtime.check(path, version=version)
    hinted = [one.model_copy(update={"hint": run().complete(one.hint)}) for one in checked.problems]
    checked = checked.model_copy(update={"problems": tuple(hinted)})
    found = bool(checked.problems) if strict else checked.errors > 0
    code = failures.PROBLEMS if found else failures.OK
    parts = {"github": findings.as_github, "sarif": findings.as_sarif}.get(form, findings.as_text)
    return Answer(checked.wire(), parts(checked), code)


@command("test")
@click.argument("path", shell_complete=completion.folders, default=".", metavar="[PATH]")
@click.argument("words", nargs=-1, metavar="[-- PYTEST-OPTION...]", type=click.UNPROCESSED)
def test(path: str, words: tuple[str, ...]) -> Answer:
    """Run the tests of a project with pytest.

    PATH is the project's folder (here). They run in the environment of this command, where pytest has the
    fixtures peers_package and peers_runtime; what stands after -- goes to pytest. With --json, what pytest
    says goes to stderr. Exits with 1 unless there are tests and all of them pass.
    """
    from peers_runtime.operations import own_tests

    settings = current()
    if path.startswith("-"):  # the word after -- when there is no PATH
        path, words = ".", (path, *words)
    tested = own_tests.run(path, words, on_stderr=settings.json)
    line = f"{tested.passed} of {tested.ran} passed in {tested.took_s:.1f} s"
    parts = [line if tested.ran else f"there are no tests in {tested.folder}"]
    return Answer(tested.wire(), parts, failures.OK if tested.is_good else failures.PROBLEMS)
