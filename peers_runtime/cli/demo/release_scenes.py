"""What `peers demo --release` shows: a version on its way from one device to all of them, and back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from peers_runtime.base import errors
from peers_runtime.cli.answers import Table
from peers_runtime.cli.demo.stage import Card, Stage

if TYPE_CHECKING:
    from peers_runtime import Decision, Runtime

CONTEXT: Final = "team"
_PATIENCE_S: Final = 10.0  # for a change to arrive on another device; it takes less than one
_TICK_S: Final = 0.01


@dataclass
class Devices:
    """Two homes that share one catalog: Ada's desk, who is Admin, and the laptop of Grace, a Writer."""

    stage: Stage
    samples: Path
    scratch: Path
    desk: Runtime
    laptop: Runtime
    waited: list[float] = field(default_factory=list)  # seconds, for changes to arrive

    def shown(self, device: Runtime) -> str:
        return str(device.context(CONTEXT).render("notes").content).partition("\n")[0]

    def runs(self, device: Runtime) -> str:
        """What the device's host uses; what the catalog says may arrive a moment later."""
        try:
            running = device.context(CONTEXT).binding.versions.get("notes")
        except errors.UnknownContext:
            return "nothing yet"
        return "nothing yet" if running is None else running.label.replace("@", " ")

    def show(self, desk: str, laptop: str) -> None:
        """What both devices use, once they use these versions."""
        started = time.perf_counter()
        wanted = [(self.desk, desk), (self.laptop, laptop)]
        while any(self.runs(device) != f"notes {version}" for device, version in wanted):
            if time.perf_counter() - started > _PATIENCE_S:
                raise TimeoutError(f"the devices use {[self.runs(device) for device, _ in wanted]}")
            time.sleep(_TICK_S)  # what the devices use is looked at, as a user would
        self.waited.append(time.perf_counter() - started)
        self.stage.cards(
            [
                Card(f"{device.device}: {self.runs(device)}", self.shown(device), colour)
                for device, colour in ((self.desk, "cyan"), (self.laptop, "magenta"))
            ]
        )

    def tell(self, command: str, decision: Decision) -> None:
        self.stage.code(f"$ {command}")
        self.stage.say(decision.reason)
        for effect in decision.effects:
            self.stage.say(f"  {effect}")


@contextmanager
def devices(stage: Stage, samples: Path, scratch: Path) -> Generator[Devices]:
    """Both devices, closed at the end. Everything lies in `scratch`."""
    from peers_runtime import Runtime

    shared = scratch / "shared"
    blobs = shared / "blobs"
    blobs.mkdir(parents=True)

    def opened(device: str, actor: str) -> Runtime:
        return Runtime.open(
            scratch / device, device=device, actor=actor, catalog=shared / "catalog.sqlite", blobs=blobs
        )

    with opened("desk", "ada") as desk, opened("laptop", "grace") as laptop:
        yield Devices(stage, samples, scratch, desk, laptop)


def play_all(play: Devices) -> None:
    play.stage.opening(
        "peers demo --release",
        "Two devices share one catalog. A version goes from one of them to both, and back.",
    )
    for number, (title, scene) in enumerate(SCENES, 1):
        play.stage.scene(number, title)
        scene(play)


def begin(play: Devices) -> None:
    from peers_runtime import Role

    play.desk.contexts.create(CONTEXT)
    play.desk.members.set(CONTEXT, "grace", Role.WRITER)
    play.desk.install(play.samples / "notes-1", context=CONTEXT)
    play.tell("peers promote notes 1.0.0 --to stable", play.desk.promote("notes", "1.0.0", "stable", CONTEXT))
    play.show("1.0.0", "1.0.0")


def build(play: Devices) -> None:
    play.stage.code("$ peers install sample_packages/notes-2")
    play.laptop.install(play.samples / "notes-2", context=CONTEXT)
    play.show("1.0.0", "2.0.0")


def promote_to_beta(play: Devices) -> None:
    play.tell(
        'peers follow notes --tags "stable,beta" --here',
        play.laptop.follow("notes", CONTEXT, tags="stable,beta", device=True),
    )
    play.tell(
        "peers promote notes 2.0.0@laptop --to beta",
        play.desk.promote("notes", "2.0.0@laptop", "beta", CONTEXT),
    )
    play.show("1.0.0", "2.0.0")


def promote_to_stable(play: Devices) -> None:
    play.tell("peers promote notes 2.0.0 --to stable", play.desk.promote("notes", "2.0.0", "stable", CONTEXT))
    play.show("2.0.0", "2.0.0")


def roll_back(play: Devices) -> None:
    play.tell("peers follow notes --group", play.laptop.follow_group("notes", CONTEXT))
    play.tell("peers activate notes 2.0.0", play.desk.activate("notes", "2.0.0", CONTEXT))
    play.tell("peers pin notes", play.desk.pin("notes", CONTEXT))
    play.tell("peers rollback notes", play.desk.rollback("notes", CONTEXT))
    play.show("2.0.0", "1.0.0")


def release_a_newer_one(play: Devices) -> None:
    play.laptop.install(_raised(play, "2.0.0", "2.1.0"), context=CONTEXT)
    play.tell(
        "peers promote notes 2.1.0@laptop --to stable",
        play.desk.promote("notes", "2.1.0@laptop", "stable", CONTEXT),
    )
    play.show("2.0.0", "2.1.0")
    play.tell("peers unpin notes", play.desk.unpin("notes", CONTEXT))
    play.show("2.1.0", "2.1.0")


def show_history(play: Devices) -> None:
    told = play.desk.history("notes", CONTEXT)
    rows = [
        (one.version.version, entry.action, entry.by, "signed" if entry.signature else "")
        for one in told
        for entry in one.version.history
    ]
    play.stage.table(Table(("version", "what", "by", ""), rows))
    wrong = [problem for one in told for problem in one.problems]
    play.stage.fact("verified", "; ".join(wrong) or "every link and signature holds")
    play.stage.fact("a change arrived on the other device within", f"{max(play.waited):.2f} s")


SCENES: Final[tuple[tuple[str, Callable[[Devices], None]], ...]] = (
    ("Ada releases notes 1.0.0: both devices use it", begin),
    ("Grace builds notes 2.0.0: it stays on her laptop", build),
    ("Ada promotes it to beta: the laptop follows beta, the desk does not", promote_to_beta),
    ("It becomes stable: both take it", promote_to_stable),
    ("A rollback reaches all but the device that is pinned", roll_back),
    ("It sticks until something newer arrives", release_a_newer_one),
    ("Who did what", show_history),
)


def _raised(play: Devices, version: str, to: str) -> Path:
    folder = play.scratch / f"notes-{to}"
    shutil.copytree(play.samples / "notes-2", folder, ignore=shutil.ignore_patterns("__pycache__"))
    project = folder / "pyproject.toml"
    project.write_text(
        project.read_text(encoding="utf-8").replace(f'"{version}"', f'"{to}"'), encoding="utf-8"
    )
    return folder
