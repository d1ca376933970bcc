"""What an act decided, for a person and as data; and the option that asks for no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from peers_runtime.cli.answers import Answer

if TYPE_CHECKING:
    from peers_runtime import Decision

dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Print what would change, and why; change nothing."
)


def decided(decision: Decision) -> Answer:
    head = f"{decision.name} in {decision.context_id}: {decision.reason}"
    if not decision.effects:
        lines = [head, "nothing changes" if decision.applied else "nothing would change"]
    else:
        lines = [head, *(f"  {effect}" for effect in decision.effects)]
        if not decision.applied:
            lines.append("nothing was changed: this was a dry run")
    return Answer(decision.wire(), lines)
