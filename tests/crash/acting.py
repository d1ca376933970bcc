"""The program that is recorded: `python -m tests.crash.acting ACT HOME SCRATCH NOTES FACTS [MISTAKE]`.

Does some steps of a scene, and notes before each what it will have made true, and when it was answered.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import islice
from pathlib import Path

from tests.crash import careless, scenes
from tests.crash.scenes import Facts

_STEPS = {"publish": 2, "promote": 4, "activate": 2, "rollback": 3, "follow": 2, "migrate": 1, "first": 1}


def main(name: str, home: Path, scratch: Path, notes: Path, known: Facts) -> None:
    descriptor = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    scene = scenes.SCENES[name]
    if name == "first":  # the home is made as well, and promises nothing before that is answered
        scene.lay(home, scratch)
    if name == "migrate":  # which opening it does
        _note(descriptor, known)
    with scenes.opened(home) as runtime:
        for step in islice(scene.steps(runtime, scratch, known, 1), _STEPS[name]):
            _note(descriptor, step.after)
            step.act()
            _note(descriptor, None)


def _note(descriptor: int, begins: Facts | None) -> None:
    os.write(descriptor, json.dumps(begins and begins.data()).encode() + b"\n")


if __name__ == "__main__":
    os.umask(0o022)
    if mistake := sys.argv[6:]:
        careless.MISTAKES[mistake[0]][1]()
    main(sys.argv[1], *map(Path, sys.argv[2:5]), Facts.of(json.loads(sys.argv[5])))
