"""Takes the power away in the middle of an act: `python -m tests.crash.losing ACT STATES SEED [MISTAKE]`.

The act is recorded once, call by call. From the record follow the states that a disk may be in if the power
goes before or after any call; each of them is laid out as a home, opened by a real runtime and looked at.
Prints figures as JSON; exits with 1 and the reasons when a promise was not kept. With a MISTAKE put in, it
stops at the first state that shows it, and exits with 1 when none does.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.crash import forks, killing, scenes
from tests.crash.disk import Disk, State, lucks
from tests.crash.examined import examined
from tests.crash.recorded import Change, Said, Synced, record
from tests.crash.scenes import Facts

_SHOWN = 3  # broken states, of which all is told
_UMASK = 0o022


class Crash(NamedTuple):
    """A state to look at, how it came about, and what it may say."""

    state: State
    allowed: tuple[Facts, ...]
    story: str


def crashes(
    changes: Sequence[Change], disk: Disk, known: Facts, chance: random.Random, rounds: int
) -> Iterator[Crash]:
    """Each distinct one, at every flush, at every word, and in the end; `rounds` of those left to chance."""
    seen: set[tuple[str, tuple[Facts, ...]]] = set()
    before, begun, promised = known, None, False
    for number, change in enumerate([*changes, Said("")]):
        if promised and isinstance(change, Synced | Said):
            allowed = (before,) if begun is None else (before, begun)
            for luck in lucks(disk.pending(), chance, rounds):
                state = disk.crashed(luck)
                key = state.digest(), tuple(map(repr, allowed))
                if key not in seen:
                    seen.add(key)
                    last = "\n    ".join(str(one)[:160] for one in changes[max(0, number - 6) : number])
                    yield Crash(
                        state, allowed, f"after change {number}, {luck.what}, the last ones:\n    {last}"
                    )
        disk.do(change)
        if isinstance(change, Said) and change.text:
            said = json.loads(change.text)
            promised = True
            if said is None:
                before, begun = begun or before, None
            else:
                begun = Facts.of(said)


def recording(name: str, folder: Path, mistake: Sequence[str]) -> tuple[list[Change], Disk, Facts]:
    """What the act changed below `folder/top`, the disk before it, and what was true then."""
    top, scratch = folder / "top", folder / "scratch"
    home = top / "home"
    top.mkdir()
    scene = scenes.SCENES[name]
    known = Facts()
    if name != "first":
        forks.asked(lambda: scene.lay(home, scratch))
        known = Facts.of(forks.asked(lambda: killing.told(home, scene)))
    disk = Disk(top, _UMASK)
    program = [
        sys.executable,
        "-m",
        "tests.crash.acting",
        name,
        str(home),
        str(scratch),
        str(folder / "notes"),
    ]
    changes = record([*program, json.dumps(known.data()), *mistake], top, folder / "notes", folder)
    return changes, disk, known


def look(crash: Crash, folder: Path) -> str:
    """What is wrong; "" when all is well."""
    top = folder / "found"
    try:
        crash.state.lay(top)
        forks.asked(lambda: examined(top / "home", crash.allowed).data())
    except forks.ChildFailed as failed:
        return f"{crash.story}\n{failed}"
    finally:
        shutil.rmtree(top, ignore_errors=True)
    return ""


def main(name: str, most: int, seed: int, mistake: Sequence[str]) -> int:
    forks.prepare()
    chance = random.Random(seed)
    start = time.monotonic()
    broken: list[str] = []
    with tempfile.TemporaryDirectory(prefix="peers-power-", dir=forks.MEMORY) as made:
        folder = Path(made)
        changes, disk, known = recording(name, folder, mistake)
        found = list(crashes(changes, disk, known, chance, rounds=4 + most // 50))
        chance.shuffle(found)
        for number, crash in enumerate(found[: len(found) if mistake else most], 1):
            looked = number
            if wrong := look(crash, folder):
                broken.append(wrong)
                if mistake:
                    break
    figures = {"act": name, "mistake": "".join(mistake), "seed": seed, "changes": len(changes)}
    figures |= {"states": len(found), "looked at": looked, "broken": len(broken)}
    forks.say(figures | {"seconds": round(time.monotonic() - start, 1)})
    if mistake and broken:
        sys.stdout.write(broken[0][broken[0].rindex("\n  File") :])
    elif not mistake:
        sys.stdout.write("".join(f"\n{one}" for one in broken[:_SHOWN]))
    return int(bool(broken) is not bool(mistake))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
