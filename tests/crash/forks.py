"""Children of a process that has imported everything and opened nothing: each starts in milliseconds."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from tests.crash import scenes

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # where homes are made, in their thousands


class ChildFailed(Exception):
    """What a child raised, as it was printed."""


def prepare() -> None:
    """Import what children will need, so that they need not; nothing of a home is opened here."""
    for name in asked(_imported):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def asked(act: Callable[[], Any]) -> Any:
    """What `act` answers in a child of its own, as JSON data. Raises `ChildFailed` when it raised."""
    reading, writing = os.pipe()
    child = started(lambda: _write(writing, answer(act)), reading)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        said = file.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise ChildFailed(f"the child ended with status {status}: {said.decode()}")
    return heard(said)


def answer(act: Callable[[], Any]) -> bytes:
    """What `act` answers or raises, for `heard` in another process."""
    try:
        return json.dumps({"said": act()}).encode()
    except BaseException:
        return json.dumps({"failed": traceback.format_exc()}).encode()


def heard(said: bytes) -> Any:
    """What was answered. Raises `ChildFailed`."""
    if not said:
        raise ChildFailed("it said nothing")
    answer = json.loads(said)
    if "failed" in answer:
        raise ChildFailed(answer["failed"])
    return answer["said"]


def started(act: Callable[[], object], *foreign: int) -> int:
    """The process id of a child that does `act` and ends; it closes the `foreign` descriptors first."""
    child = os.fork()
    if child:
        return child
    try:
        for descriptor in foreign:
            os.close(descriptor)
        act()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(70)


def all_succeed(children: Sequence[int]) -> None:
    """Wait for them; what they had to say they have printed."""
    statuses = [os.waitpid(child, 0)[1] for child in children]
    assert statuses == [0] * len(children), statuses


def say(figures: Mapping[str, object]) -> None:
    """One line of JSON on standard output."""
    sys.stdout.write(json.dumps(figures) + "\n")


def _write(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _imported() -> list[str]:
    """The modules that an act imports."""
    from tests.crash.examined import examined

    scene = scenes.SCENES["promote"]
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        home = Path(name, "home")
        scenes.SCENES["migrate"].lay(home, Path(name, "old"))  # Alembic, too
        scene.lay(home.with_name("other"), Path(name, "scratch"))
        with scenes.opened(home.with_name("other")) as runtime:
            known = scenes.facts(runtime)
            for step in islice(scene.steps(runtime, Path(name, "scratch"), known, 1), 4):
                step.act()
        examined(home.with_name("other"), [step.after])
    return [name for name in sys.modules if name.split(".")[0] not in ("peers_packages", "notes", "__main__")]
