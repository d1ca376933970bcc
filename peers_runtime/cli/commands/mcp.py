"""`peers mcp`: the tools of a context for an MCP client, which lends them to a language model."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from peers_runtime.base import errors
from peers_runtime.cli.answers import Answer
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.settings import Settings, current, opened_runtime, run, runtime_to_look
from peers_runtime.mcp import entries, extra


@group("mcp")
def mcp() -> Answer | None:
    """Serve the tools of a context to an MCP client.

    The client starts this command by itself, see peers mcp config, and speaks with it on stdin and stdout
    until it leaves. It sees the tools of the packages that are active in the context, acts as whoever started
    it, and is told when the tools change. The console of peers serve has the same at /mcp/CONTEXT, for
    whoever sends its token.

    What packages print goes to stderr. With --json, an error is one document on stdout.
    """
    if click.get_current_context().invoked_subcommand is None:
        _serve()
    return None


@command("config")
@click.option(
    "--client",
    type=click.Choice(entries.clients()),
    help="Only what its settings need, as they are written (all that are known).",
)
@click.option(
    "--url",
    metavar="ADDRESS",
    help="Ask the console that peers serve has printed this address of, instead of starting a process.",
)
@click.option("--name", metavar="TEXT", help="What the client calls it (peers, or peers-CONTEXT).")
def config(client: str | None, url: str | None, name: str | None) -> Answer:
    """Print what to write into an MCP client's settings, so that it finds the tools of a context."""
    chosen = current()
    called = name or ("peers" if chosen.context == "personal" else f"peers-{chosen.context}")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", called):
        raise errors.InvalidSetting(
            f"clients do not take {called[:80]!r} as a name",
            hint="--name with at most 64 letters, digits, _ and -",
        )
    reached = _process(chosen) if url is None else entries.at(url, chosen.context)
    if url is None:
        _warn(chosen.context)
    wanted = [client] if client is not None else entries.clients(over_http=url is not None)
    found = [entries.entry(one, called, reached) for one in wanted]
    data = [{"client": one.client, "file": one.file, "text": one.text} for one in found]
    if client is not None:
        return Answer(data, [found[0].text])
    return Answer(data, ["\n\n".join(f"{one.client}: {one.file}\n{one.text}" for one in found)])


mcp.add_command(config)


def _warn(context: str) -> None:
    """What is printed is right, and what it starts would end at once: said beside it."""
    if not extra.is_here():
        click.echo(f"warning: MCP needs what is not installed here: {extra.TO_INSTALL}", err=True)
    try:
        with runtime_to_look() as runtime:
            runtime.context(context)
    except errors.PeersError as error:
        click.echo(f"warning: {error.message}; help: {run().complete(error.hint)}", err=True)


def _serve() -> None:
    run().goes_on = True
    if sys.stdin.isatty():
        click.echo(
            "this waits for an MCP client, which starts it by itself; what to tell the client: "
            + run().complete("peers mcp config"),
            err=True,
        )
    from peers_runtime.cli import streams

    with streams.kept_pipes() as (asked, answered), opened_runtime(may_make=True) as runtime:
        with extra.needed():
            from peers_runtime.mcp import stdio
        number = stdio.serve(runtime, current().context, asked, answered)
    click.get_current_context().exit(0 if number is None else 128 + number)  # as shells have it


def _process(chosen: Settings) -> entries.Process:
    """This very command, as another program has to start it: it may be anywhere, and know no variables."""
    beside = Path(sys.executable).parent / "peers"
    command, *words = (
        [str(beside)] if os.access(beside, os.X_OK) else [sys.executable, "-m", "peers_runtime.cli.main"]
    )
    words += ["mcp", "--home", str(chosen.home.absolute()), "--context", chosen.context]
    more = {
        "--catalog": _there(chosen.catalog),
        "--blobs": _there(chosen.blobs),
        "--data": chosen.data,
        "--secrets-key": _there(chosen.secrets_key),
        "--actor": chosen.actor,
    }
    for option, value in more.items():
        words += [option, value] if value else []
    return entries.Process(command, words)


def _there(place: str | None) -> str | None:
    """A file or folder from wherever one looks; an address as it is."""
    return place if place is None or "://" in place else str(Path(place).expanduser().absolute())
