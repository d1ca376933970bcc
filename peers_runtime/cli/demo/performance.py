"""The whole demo: a home, a runtime, all scenes, and everything taken away again."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.cli import serving
from peers_runtime.cli.demo import dev_scenes, furnished, release_scenes, samples, scenes, stage
from peers_runtime.cli.demo.edited import Edited
from peers_runtime.cli.demo.play import Play, open_host
from peers_runtime.cli.dev.signals import Stop

if TYPE_CHECKING:
    from peers_runtime.web.serving import Server


def perform(
    home: Path | None, samples_folder: Path | None, *, dev: bool = False, serves: bool = False
) -> None:
    """Plays all scenes, or with `dev` those of editing; without a home, in one that is removed at the end.

    With `serves`, on a terminal, the console of what was played then goes on until `q`.
    """
    found = samples.find(samples_folder)
    with ExitStack() as stack:
        scratch = Path(tempfile.mkdtemp(prefix="peers-demo-"))
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        place = scratch / "home" if home is None else home
        play = Play(_stage(), place, found, open_host(place), scratch / "wheels")
        stack.callback(play.close)
        if dev:
            dev_scenes.play_all(play, Edited(scratch / "notes", dev_scenes.CONTEXT))
        else:
            scenes.play_all(play)
            if serves:
                _serve(play)


def _serve(play: Play) -> None:
    """The console of what was played, and of more."""
    furnished.furnish(play)
    stop = Stop()

    def say(server: Server) -> None:
        play.stage.say(f"The console, until you press q:\n{server.at(scenes.ACME)}")

    with stop.heeded():
        try:
            serving.serve(play.runtime, ["127.0.0.1"], 0, say, sys.stdout, stop, keys=True)
        except errors.InvalidSetting as error:  # the console is an extra
            play.stage.say(f"No console here: {error.message}. {error.hint}")
        except KeyboardInterrupt:
            if stop.number is None:  # raised by somebody else
                raise


def perform_release(samples_folder: Path | None) -> None:
    """Plays the scenes of a release, on two devices that are gone at the end."""
    found = samples.find(samples_folder)
    with ExitStack() as stack:
        scratch = Path(tempfile.mkdtemp(prefix="peers-demo-"))
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        release_scenes.play_all(stack.enter_context(release_scenes.devices(_stage(), found, scratch)))


def _stage() -> stage.Stage:
    if not sys.stdout.isatty():
        return stage.PlainStage()
    from peers_runtime.cli.demo.drawn import DrawnStage

    return DrawnStage()
