"""What the console of the demo shows besides what was played: releases, and all kinds of screens."""

from __future__ import annotations

from typing import Final

from peers_runtime.cli.demo.play import Play
from peers_runtime.cli.demo.scenes import ACME, GLOBEX

OF_ACME: Final = ("tasks-2", "fancy_tasks", "projects", "planner", "board", "hints", "timer")


def furnish(play: Play) -> None:
    """Releases notes 1.0.0 and 2.0.0, so that each context has both and uses its own; more goes to acme."""
    runtime = play.runtime
    runtime.follow("notes", GLOBEX, tags="stable,beta")
    for name in (GLOBEX, ACME):
        _release(play, "notes", "2.0.0", "beta", name)
    for sample in ("notes-1", "tasks-1"):  # others fulfil the contract of tasks 1.0.0 as well
        runtime.install(play.samples / sample, context=ACME)
        _release(play, sample.removesuffix("-1"), "1.0.0", "stable", ACME)
    runtime.copy("notes", ACME, GLOBEX)
    runtime.install_all([play.samples / name for name in OF_ACME], context=ACME)
    play.stage.say(
        f"Released for the console: notes 1.0.0 as stable and 2.0.0 as beta. {ACME} follows stable, and is "
        f"back at 1.0.0; {GLOBEX} follows beta, too. Installed in {ACME}: {', '.join(OF_ACME)}."
    )


def _release(play: Play, name: str, version: str, tag: str, context: str) -> None:
    """Once: in a home that is played in again it was done, and the device is to do what the context does."""
    builds = play.runtime.versions(name, context)
    if any(one.version == version and one.version_tag == "dev" for one in builds):
        play.runtime.promote(name, version, tag, context)
    else:
        play.runtime.follow_group(name, context)
