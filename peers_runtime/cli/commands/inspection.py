"""`peers doctor`, `prune`, `explain`, `id` and `completion`."""

from __future__ import annotations

import platform
import secrets
import time

import click

from peers_runtime.base import errors, ids
from peers_runtime.cli import completion, failures, suggestions
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command
from peers_runtime.cli.decisions import dry_run_option
from peers_runtime.cli.settings import current, opened_runtime, run


@command("doctor")
def doctor() -> Answer:
    """List what went wrong and is not mended yet.

    Every host of the home lists its troubles here. Also lists which private distributions are in use, and
    by whom. Exits with 1 when there is something to mend.
    """
    with opened_runtime() as runtime:
        listed, uses = runtime.diagnostics(), runtime.private_uses()
        found = [one.model_copy(update={"hint": run().complete(one.hint)}) for one in listed]
        data = {
            "home": str(runtime.home),
            "device": runtime.device,
            "actor": runtime.actor,
            "python": platform.python_version(),
            "contexts": len(runtime.contexts.list()),
            "private": [one.wire() for one in uses],
            "diagnostics": [one.wire() for one in found],
        }
    parts: list[str | Table] = [f"{key:<10}{value}" for key, value in data.items() if type(value) is not list]
    if uses:
        rows = [(one.name, one.version, user) for one in uses for user in one.used_by]
        parts += ["", "Private distributions", Table(("name", "version", "used by"), rows), ""]
    for one in found:
        parts += ["", failures.text_of_diagnostic(one)]
    parts += ["", f"{len(found)} to mend" if found else "nothing to mend"]
    return Answer(data, parts, failures.PROBLEMS if found else failures.OK)


@command("prune")
@click.option(
    "--keep",
    metavar="COUNT",
    type=click.IntRange(min=0),
    default=0,
    help="Leave the newest COUNT of them of each package (0).",
)
@dry_run_option
def prune(keep: int, dry_run: bool) -> Answer:
    """Remove the snapshots that nothing uses any more.

    Those are what dev versions had before, and what only such depended on. Versions of contexts, what was
    packed, and what another package has locked stay. So does what a process still reads or is less than a
    minute old; a dry run names these two as well.
    """
    with opened_runtime() as runtime, current().working("looking for what nothing uses"):
        found = runtime.prune(keep, dry_run=dry_run)
    what = "1 snapshot" if len(found) == 1 else f"{len(found)} snapshots"
    rows = [(one.name, one.version, one.digest, one.created_at) for one in found]
    parts: list[str | Table] = [f"would remove {what}" if dry_run else f"removed {what}"]
    parts += ["", Table(("name", "version", "snapshot", "captured"), rows)] if found else []
    return Answer([one.wire() for one in found], parts)


@command("explain")
@click.argument("code", shell_complete=completion.codes, required=False)
def explain(code: str | None) -> Answer:
    """Explain an error code.

    CODE is like P0203, or the name of an error; without one, all are listed.
    """
    from peers_runtime.operations import explain as operation

    known = operation.explanations()
    if code is None:
        rows = [(one.code, one.name, one.summary) for one in known.values()]
        listed = [{"code": row[0], "name": row[1], "summary": row[2]} for row in rows]
        return Answer(listed, [Table(("code", "name", "meaning"), rows)])
    found = known.get(code.upper()) or next((one for one in known.values() if one.name == code), None)
    if found is None:
        meant = suggestions.near(code.upper(), known) or suggestions.near(
            code, [one.name for one in known.values()]
        )
        raise errors.InvalidSetting(
            f"there is no error code {code}",
            hint=suggestions.corrected(run().words, code, meant) if meant else "peers explain",
            given=code,
        )
    exit_code = failures.OK if found.kind is None else failures.exit_code_of(found.kind)
    data = {
        "code": found.code,
        "name": found.name,
        "area": found.area,
        "family": found.family,
        "explanation": found.text,
        "exitCode": exit_code,
    }
    lines = [
        f"{found.code} {found.name}",
        "",
        found.text,
        "",
        f"area: {found.area}",
        f"{found.family}: {found.move}",
        f"exit code: {exit_code}",
    ]
    return Answer(data, lines)


@command("id")
def make_id() -> Answer:
    """Print a new permanent id."""
    made = ids.make(time.time_ns() // 1_000_000, secrets.randbits(83))
    return Answer({"id": made}, [made])


@command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_script(shell: str) -> Answer:
    """Print what lets a shell complete commands and options.

    For now: source <(peers completion bash). For good, put that line into ~/.bashrc or ~/.zshrc; for fish,
    peers completion fish > ~/.config/fish/completions/peers.fish. Zsh needs its
    compinit first: where ~/.zshrc has none yet, put autoload -Uz compinit && compinit above that line.
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None  # click has one for each of the three
    root = click.get_current_context().find_root().command
    script = made(root, {}, "peers", "_PEERS_COMPLETE").source()
    return Answer({"shell": shell, "script": script}, [script])
