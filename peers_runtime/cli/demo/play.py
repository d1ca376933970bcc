"""The home, the runtime and the order of the scenes."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from peers_runtime.cli.demo import samples, stage

if TYPE_CHECKING:
    from peers_runtime import Runtime


@dataclass
class Play:
    """What all scenes share."""

    stage: stage.Stage
    home: Path
    samples: Path
    runtime: Runtime
    wheels: Path
    times: list[tuple[str, float]] = field(default_factory=list)  # (what was done, seconds), in order

    @contextmanager
    def timed(self, what: str) -> Generator[None]:
        started = time.perf_counter()
        yield
        self.times.append((what, time.perf_counter() - started))

    def close(self) -> None:
        self.runtime.close()

    def restart(self) -> None:
        """Closes the runtime and opens another on the same home, as a host does when it starts again."""
        self.runtime.close()
        with self.timed("start the host again"):
            self.runtime = open_host(self.home)


def perform(home: Path | None, samples_folder: Path | None) -> None:
    """Plays all scenes; without a home, in one that is removed at the end."""
    from peers_runtime.cli.demo import scenes

    found = samples.find(samples_folder)
    with ExitStack() as stack:
        scratch = Path(tempfile.mkdtemp(prefix="peers-demo-"))
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        place = scratch / "home" if home is None else home
        play = Play(_stage(), place, found, open_host(place), scratch / "wheels")
        stack.callback(play.close)
        scenes.play_all(play)


def open_host(home: Path) -> Runtime:
    from peers_runtime import Runtime
    from peers_runtime.cli.demo import hookspecs

    runtime = Runtime.open(home)
    runtime.add_hookspecs(hookspecs, project_name=hookspecs.PROJECT)
    return runtime


def _stage() -> stage.Stage:
    if not sys.stdout.isatty():
        return stage.PlainStage()
    from peers_runtime.cli.demo.drawn import DrawnStage

    return DrawnStage()
