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


def decided(*decisions: Decision) -> Answer:
    """Of one act, which may be about several packages; as data, several are a list."""
    lines: list[str] = []
    for decision in decisions:
        lines.append(f"{decision.name} in {decision.context_id}: {decision.reason}")
        if decision.effects:
            lines += [f"  {effect}" for effect in decision.effects]
        else:
            lines.append("nothing changes" if decision.applied else "nothing would change")
    if any(one.effects and not one.applied for one in decisions):
        lines.append("nothing was changed: this was a dry run")
    data = [one.wire() for one in decisions]
    return Answer(data[0] if len(data) == 1 else data, lines)
