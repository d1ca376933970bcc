"""`peers serve`: the console in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from peers_runtime.cli import answers
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import current, opened_runtime, run

if TYPE_CHECKING:
    from peers_runtime.web.serving import Server


@command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address that it listens at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="The port; 0 for any that is free.",
)
@click.option(
    "--name", "names", multiple=True, metavar="NAME", help="Another name that browsers may ask for it by."
)
def serve(host: str, port: int, names: tuple[str, ...]) -> None:
    """Serve the console, and print the address that opens it.

    Whoever has that address, with its token, acts as you do. On a terminal, q ends it; else a signal does.

    This command streams: with --json, stdout takes one document a line (JSON Lines), with an "event":
    serving.
    """
    run().goes_on = True
    from peers_runtime.cli import serving, streams
    from peers_runtime.cli.dev.signals import Stop

    chosen, stop = current(), Stop()
    with stop.heeded():
        try:
            with streams.kept_stdout() as stdout, opened_runtime(may_make=True) as runtime:
                keys = chosen.may_ask and stdout.isatty()

                def say(server: Server) -> None:
                    at = server.at(chosen.context)
                    if chosen.json:
                        answers.write_event("serve", "serving", {"url": at}, stdout)
                    else:
                        stdout.write(f"{at}\n")
                    stdout.flush()
                    if keys:
                        click.echo("q to quit", err=True)

                serving.serve(runtime, (host, *names), port, say, stdout, stop, keys=keys)
        except KeyboardInterrupt:
            if stop.number is None:  # raised by somebody else
                raise
    click.get_current_context().exit(stop.exit_code)
