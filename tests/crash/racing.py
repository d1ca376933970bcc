"""Sixteen processes do one thing at once: `python -m tests.crash.racing promote | release | publish [URL]`.

With a URL, their catalog lies on that server, else in a file. All are ready before the first one begins.
Prints what each of them was told, as JSON.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from peers_runtime import Role, Runtime
from peers_runtime.base import errors
from tests.crash import forks, scenes
from tests.crash.examined import examined
from tests.crash.scenes import CONTEXT, PACKAGE

MANY = 16
VERSION = "1.0.1"

Act = Callable[[Runtime, int], object]


def at_once(opened: Callable[[int], Runtime], act: Act) -> list[dict[str, Any]]:
    """What each of the processes was told, in the order of their numbers."""
    ready, is_ready = os.pipe()
    go, begin = os.pipe()
    answers = [os.pipe() for _ in range(MANY)]

    def child(number: int) -> None:
        with opened(number) as runtime:
            _ = runtime.services
            os.write(is_ready, b"1")
            os.close(begin)
            os.read(go, 1)
            said = forks.answer(lambda: _told(lambda: act(runtime, number)))
            os.write(answers[number][1], said)

    children = [forks.started(lambda number=number: child(number)) for number in range(MANY)]
    for _, writing in answers:
        os.close(writing)
    for _ in range(MANY):
        os.read(ready, 1)
    os.close(begin)
    said = [forks.heard(os.fdopen(reading, "rb").read()) for reading, _ in answers]
    forks.all_succeed(children)
    return said


def _told(act: Callable[[], object]) -> dict[str, Any]:
    try:
        act()
    except errors.PeersError as error:
        is_conflict = isinstance(error, errors.Conflict)
        return {
            "refused": error.code,
            "conflict": is_conflict,
            "by": error.facts.get("by"),
            "says": str(error),
        }
    return {"refused": None}


def promote(folder: Path) -> Mapping[str, Any]:
    """One home, one build, as many Admins, who all promote it."""
    home, scratch = folder / "home", folder / "scratch"

    def lay() -> dict[str, Any]:
        scenes.SCENES["publish"].lay(home, scratch)
        with scenes.opened(home) as runtime:
            for number in range(MANY):
                runtime.members.set(CONTEXT, _actor(number), Role.ADMIN)
            runtime.install(scenes.source(scratch, VERSION), context=CONTEXT)
            return {}

    def act(runtime: Runtime, number: int) -> object:
        return runtime.promote(PACKAGE, VERSION, "stable", CONTEXT, _actor(number))

    forks.asked(lay)
    said = at_once(lambda _: scenes.opened(home), act)
    after = scenes.Facts({"1.0.0": "stable", VERSION: "stable"}, VERSION).showing(VERSION)
    forks.asked(lambda: examined(home, [after]).data())
    return {"said": said, **forks.asked(lambda: _rows(scenes.opened(home)))}


def publish(folder: Path, then: Act | None = None) -> Mapping[str, Any]:
    """As many devices on one catalog, each of which installs another build of one version."""
    sources = [scenes.source(folder / f"scratch-{number}", VERSION) for number in range(MANY)]
    for number, source in enumerate(sources):
        (source / PACKAGE / "half.py").write_text(f"HALF = 'of {number}'\n")

    def lay() -> dict[str, Any]:
        (folder / "shared").mkdir()
        with _device(folder, 0) as runtime:
            runtime.contexts.create(CONTEXT, actor=_actor(0))
            for number in range(1, MANY):
                runtime.members.set(CONTEXT, _actor(number), Role.ADMIN)
            return {}

    def install(runtime: Runtime, number: int) -> object:
        return runtime.install(sources[number], context=CONTEXT)

    def shown(number: int) -> str:
        with _device(folder, number) as runtime:
            return str(runtime.context(CONTEXT).render(PACKAGE).content)

    forks.asked(lay)
    said = at_once(lambda number: _device(folder, number), install)
    told: dict[str, Any] = {"said": said}
    if then is not None:
        told["then"] = at_once(lambda number: _device(folder, number), then)
    shows = [forks.asked(lambda number=number: shown(number)) for number in range(MANY)]
    return told | {"shown": shows, **forks.asked(lambda: _rows(_device(folder, 0)))}


def release(folder: Path) -> Mapping[str, Any]:
    """The same, and then each promotes its own build of the version."""

    def promote(runtime: Runtime, number: int) -> object:
        return runtime.promote(PACKAGE, f"{VERSION}@device-{number}", "stable", CONTEXT)

    return publish(folder, promote)


def _device(folder: Path, number: int) -> Runtime:
    return Runtime.open(
        folder / f"home-{number}",
        device=f"device-{number}",
        actor=_actor(number),
        catalog=scenes.catalog(folder / f"home-{number}") or folder / "shared.sqlite",
        blobs=folder / "shared",
        facades=False,
    )


def _actor(number: int) -> str:
    return f"admin-{number}"


def _rows(opened: Runtime) -> dict[str, Any]:
    with opened as runtime:
        histories = runtime.history(PACKAGE, CONTEXT)
        with runtime.services.catalog.read() as reader:
            numbers = [one.sequence for one in reader.changes()]
    return {
        "rows": [
            [one.version.version, str(one.version.version_tag), one.version.device_id] for one in histories
        ],
        "by": {one.version.version: one.version.history[-1].by for one in histories},
        "problems": [problem for one in histories for problem in one.problems],
        "gaps": sorted(set(range(1, len(numbers) + 1)).symmetric_difference(numbers)),
    }


RACES = {"promote": promote, "publish": publish, "release": release}

if __name__ == "__main__":
    forks.prepare()
    with tempfile.TemporaryDirectory(prefix="peers-race-", dir=forks.MEMORY) as made:
        for url in sys.argv[2:]:
            scenes.put_on_server(Path(made, "home"), url)
        forks.say(RACES[sys.argv[1]](Path(made)))
