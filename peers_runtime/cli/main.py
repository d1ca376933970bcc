"""The entry point `peers`: every answer and every error leaves through it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from peers_runtime.base import errors
from peers_runtime.cli import answers, arguments, failures, streams
from peers_runtime.cli.command_line import LazyGroup
from peers_runtime.cli.settings import Run

_COMMANDS: Final = "peers_runtime.cli.commands"
_WIDEST: Final = 110  # columns of a help
_NARROWEST: Final = 50
_COMPLETE: Final = "_PEERS_COMPLETE"  # by which a shell asks, as click has it


@click.command(
    "peers",
    cls=LazyGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    lazy_commands={
        "demo": (f"{_COMMANDS}.demonstration:demo", "Show two versions of one package side by side."),
        "new": (f"{_COMMANDS}.making:new", "Make a project that is a package, from a template."),
        "check": (f"{_COMMANDS}.checking:check", "Say all that is wrong with a project."),
        "test": (f"{_COMMANDS}.checking:test", "Run the tests of a project with pytest."),
        "contexts": (f"{_COMMANDS}.contexts:contexts", "List the data contexts, or create one."),
        "members": (
            f"{_COMMANDS}.members:members",
            "List the members of a context, their roles and keys, or change them.",
        ),
        "install": (
            f"{_COMMANDS}.packages:install",
            "Install a package from a folder, a wheel or an entry point.",
        ),
        "pack": (f"{_COMMANDS}.packing:pack", "Pack a project as a wheel, or list what is in one."),
        "component": (
            f"{_COMMANDS}.components:component",
            "List the components of a project, what was published of one, and go back to that.",
        ),
        "draft": (f"{_COMMANDS}.drafting:draft", "Show the package that a project would be made now."),
        "diff": (f"{_COMMANDS}.comparing:diff", "Say what differs between two versions of a package."),
        "dev": (
            f"{_COMMANDS}.development:dev",
            "Run what a project's files say, and again when one is saved.",
        ),
        "serve": (f"{_COMMANDS}.serving:serve", "Serve the console, and print the address that opens it."),
        "mcp": (f"{_COMMANDS}.mcp:mcp", "Serve the tools of a context to an MCP client."),
        "list": (f"{_COMMANDS}.packages:list_packages", "List the packages of a context."),
        "show": (
            f"{_COMMANDS}.packages:show",
            "Show what a package contributes, and why this version is active.",
        ),
        "versions": (f"{_COMMANDS}.versions:versions", "List the versions of a package in a context."),
        "resolve": (
            f"{_COMMANDS}.versions:resolve",
            "Print which version of a package is active here, and why.",
        ),
        "promote": (f"{_COMMANDS}.lifecycle:promote", "Promote a version to beta or stable."),
        "publish-key": (
            f"{_COMMANDS}.lifecycle:publish_key",
            "Sign what this device promotes of a package as the package's author.",
        ),
        "activate": (
            f"{_COMMANDS}.lifecycle:activate",
            "Make a version the active one: a dev version on this device, another one in the context.",
        ),
        "rollback": (f"{_COMMANDS}.lifecycle:rollback", "Return to the version that was active before."),
        "follow": (
            f"{_COMMANDS}.lifecycle:follow",
            "Set which tags a context or this device follows, and how far.",
        ),
        "pin": (f"{_COMMANDS}.lifecycle:pin", "Let this device stay at the version that it runs."),
        "unpin": (f"{_COMMANDS}.lifecycle:unpin", "Take this device's pin away."),
        "yank": (f"{_COMMANDS}.lifecycle:yank", "Take a released version out of circulation."),
        "disable": (f"{_COMMANDS}.lifecycle:disable", "Switch a package off and keep it installed."),
        "uninstall": (f"{_COMMANDS}.packages:uninstall", "Remove a package from a context."),
        "routes": (
            f"{_COMMANDS}.routes:routes",
            "List routes, match a path, or explain why each route lost.",
        ),
        "tools": (f"{_COMMANDS}.tools:tools", "List, show and run tools."),
        "tables": (f"{_COMMANDS}.tables:tables", "List the tables of the active packages, or show rows."),
        "contracts": (
            f"{_COMMANDS}.contracts:contracts",
            "List and show contracts, draw who uses whom, and choose who provides one.",
        ),
        "graph": (f"{_COMMANDS}.graph:graph", "Show which active package needs which other one."),
        "vars": (f"{_COMMANDS}.variables:variables", "List, show, set and reset variables."),
        "workflows": (
            f"{_COMMANDS}.workflows:workflows",
            "List, show and run workflows, and resume or cancel their runs.",
        ),
        "assistants": (f"{_COMMANDS}.assistants:assistants", "List assistants, and ask one."),
        "types": (
            f"{_COMMANDS}.types:types",
            "Write what a contract's consumers are typed by.",
        ),
        "deps": (f"{_COMMANDS}.dependencies:deps", "List and change what a project depends on."),
        "prune": (f"{_COMMANDS}.inspection:prune", "Remove the snapshots that nothing uses any more."),
        "doctor": (f"{_COMMANDS}.inspection:doctor", "List what went wrong and is not mended yet."),
        "explain": (f"{_COMMANDS}.inspection:explain", "Explain an error code."),
        "id": (f"{_COMMANDS}.inspection:make_id", "Print a new permanent id."),
        "completion": (
            f"{_COMMANDS}.inspection:completion_script",
            "Print what lets a shell complete commands and options.",
        ),
    },
)
@click.version_option(package_name="peers-runtime", message="%(version)s")
def peers() -> None:
    """A plugin runtime for Python: two versions of one package in one process, each context sees its own."""


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code; `words` default to the process's own."""
    run = Run(sys.argv[1:] if words is None else words, peers.lazy_commands)
    with streams.prepared():
        try:
            return _run(run)
        except streams.NotWritten as error:
            streams.drop_stdout()
            if not isinstance(error.__cause__, BrokenPipeError):  # a reader that went away wants no more
                said = failures.text(failures.not_written(error.__cause__))
                click.echo(said, err=True, color=streams.colour())
            return failures.PROBLEMS


def _run(run: Run) -> int:
    try:
        for word in run.words:
            arguments.check_text(word)
        code = peers.main(
            list(run.words),
            prog_name="peers",
            standalone_mode=False,
            obj=run,
            color=streams.colour(),
            terminal_width=max(min(streams.columns(), _WIDEST) - 2, _NARROWEST),  # as click has it
        )
    except streams.NotWritten:
        raise
    except SystemExit as done:  # how click ends when a shell has asked it what to complete
        if not os.environ.get(_COMPLETE):
            return _fail_unexpectedly(done, run)
        code = done.code
    except click.exceptions.NoArgsIsHelpError as shown:
        click.echo(shown.format_message(), err=True)
        return failures.USAGE
    except click.ClickException as error:
        return _fail(failures.from_click(error, run.words), run)
    except errors.PeersError as error:
        return _fail(error, run)
    except click.Abort as stopped:
        return _stop(stopped.__cause__, run)
    except BaseException as error:  # noqa: BLE001  # a program waits for its document, whatever happened
        return _fail_unexpectedly(error, run)
    return code if isinstance(code, int) else failures.OK


def _fail(error: errors.PeersError, run: Run) -> int:
    error.hint = run.complete(error.hint)
    if _wants_json(run):
        answers.write_error_document(failures.document(error), on_one_line=run.goes_on)
    else:
        click.echo(failures.text(error), err=True, color=streams.colour())
    if run.given.get("verbose"):
        _print_traceback(error)
    return failures.exit_code(error)


def _fail_unexpectedly(error: BaseException, run: Run) -> int:
    if _wants_json(run):
        document = failures.document(failures.unexpected(error))
        answers.write_error_document(document, on_one_line=run.goes_on)
    if not _wants_json(run) or run.given.get("verbose"):
        _print_traceback(error)
    return failures.PROBLEMS


def _stop(cause: BaseException | None, run: Run) -> int:
    if isinstance(cause, EOFError):  # click takes it for the end of what a person types; nobody was asked
        return _fail_unexpectedly(cause, run)
    if not isinstance(cause, KeyboardInterrupt):  # a no where we asked
        return failures.PROBLEMS
    if _wants_json(run):
        answers.write_error_document(failures.document(errors.PeersError("interrupted", hint="run it again")))
    return failures.INTERRUPTED


def _print_traceback(error: BaseException) -> None:
    import traceback  # costs more than a short command that does not fail

    traceback.print_exception(error)


def _wants_json(run: Run) -> bool:
    # the latter when the line could not be read to its end
    return bool(run.given.get("json")) or "--json" in run.words


if __name__ == "__main__":
    sys.exit(main())
