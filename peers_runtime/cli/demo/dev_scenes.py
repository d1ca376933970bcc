"""What `peers demo --dev` shows: a package is edited, broken and mended while it serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import click

from peers_runtime.cli.demo import scenes
from peers_runtime.cli.demo.edited import SCREEN, Edited
from peers_runtime.cli.demo.play import Play
from peers_runtime.cli.demo.stage import Card
from peers_runtime.cli.dev import wording
from peers_runtime.model.reload import Outcome

CONTEXT: Final = "personal"
_TITLE: Final = '"Notes, the important ones first"'
_NEW_TITLE: Final = '"Notes, edited while they are served"'


def play_all(play: Play, edited: Edited) -> None:
    play.stage.opening(
        "peers demo --dev",
        "A package is edited, broken and mended while it serves.\n"
        f"Its files are a copy of notes 2.0.0 in {edited.folder}.",
    )
    for number, (title, scene) in enumerate(SCENES, 1):
        play.stage.scene(number, title)
        scene(play, edited)


def watch(play: Play, edited: Edited) -> None:
    edited.copy(play.samples / "notes-2")
    play.stage.code('runtime.watch("notes", context="personal")')
    with play.timed("install notes 2.0.0 and watch it"):
        edited.watch(play.runtime)
    play.runtime.context(CONTEXT).tools["add_note"](title="Ship it", tags=["work"], priority="high")
    play.stage.fact("on a terminal of your own", "peers dev notes")


def edit(play: Play, edited: Edited) -> None:
    context = play.runtime.context(CONTEXT)
    before = _shown(play)
    with context:  # a request that takes its time
        reload = edited.save(_TITLE, _NEW_TITLE, Outcome.ACTIVE)
        late = _shown(play)
    play.times.append(("from the save to the new code", reload.took.total_s))
    number, line = edited.line(_NEW_TITLE)
    play.stage.say(f"{SCREEN}, line {number}, saved:")
    play.stage.code(line.strip())
    play.stage.fact(
        f"{reload.name} {reload.version}  {click.unstyle(wording.files(reload.files))}",
        f"active in {wording.duration(reload.took.total_s)} {wording.steps(reload.took)}",
    )
    play.stage.cards([Card("before", before), Card("after", _shown(play), "green")])
    play.stage.fact("a request that began before it", _first_line(late))
    play.stage.fact("a request that begins now", _first_line(_shown(play)))


def break_it(play: Play, edited: Edited) -> None:
    reload = edited.save("return Page(", "return Page((", Outcome.FAILED)
    assert reload.fault is not None  # the bracket is never closed
    error = click.unstyle(wording.error(reload.fault))
    headline, _, rest = error.partition("\n")
    play.stage.cards([Card(headline, rest, "red")])
    play.stage.fact(f"{reload.fault.still} still answers", _first_line(_shown(play)))
    play.stage.fact("peers doctor lists", f"{len(play.runtime.diagnostics())} to mend")


def mend(play: Play, edited: Edited) -> None:
    reload = edited.save("return Page((", "return Page(", Outcome.UNCHANGED)
    play.stage.fact(f"{reload.name} {reload.version}", "mended: running what the files say")
    play.stage.fact("peers doctor lists", f"{len(play.runtime.diagnostics())} to mend")
    reload = edited.save(_NEW_TITLE, _TITLE, Outcome.ACTIVE)
    play.times.append(("from the save to the former code", reload.took.total_s))
    play.stage.fact("and the title as it was", _first_line(_shown(play)))


def show_times(play: Play, edited: Edited) -> None:  # noqa: ARG001  # as all scenes are called
    scenes.show_times(play)


SCENES: Final[tuple[tuple[str, Callable[[Play, Edited], None]], ...]] = (
    ("A working copy is watched", watch),
    ("A line is edited and saved: the next call runs it", edit),
    ("A bracket is missing: the error is shown, the old version goes on", break_it),
    ("The bracket is back: the error goes by itself", mend),
    ("How long each step took", show_times),
)


def _shown(play: Play) -> str:
    return str(play.runtime.context(CONTEXT).render("notes").content)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
