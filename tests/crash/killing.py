"""Kills an act over and over and looks at what is left: `python -m tests.crash.killing ACT KILLS SEED [URL]`.

A child does the act again and again; it says what each one will have made true before it begins, and when it
has been answered. It is killed by the kernel (SIGKILL) at a random moment, mostly within an act, sometimes
while it opens the home. Then another child opens the home and looks at everything. With a URL, the home has
its catalog on that server. Prints figures as JSON; exits with 1 and the reason when a promise was not kept.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from tests.crash import forks, scenes
from tests.crash.examined import examined, temporaries
from tests.crash.scenes import Facts, Scene

_A_HOME = 40  # kills, after which a new one is laid: histories grow, and are verified each time
_TWO_HOURS_S = 7200


class Loop:
    """One scene, killed in one home after another below `folder`."""

    def __init__(self, scene: Scene, folder: Path, seed: int, url: str | None = None) -> None:
        self._scene = scene
        self._once = scene.name == "migrate"  # a home is migrated once in its life
        self._url = url
        self._scratch = folder / "scratch"
        self._home = folder / "home"
        self._chance = random.Random(seed)
        self._took_s = [0.1]  # by the latest acts that were not killed
        self._number = 1
        self.counts: Counter[str] = Counter()

    def lay(self) -> None:
        """A new home."""
        shutil.rmtree(self._home, ignore_errors=True)
        shutil.rmtree(self._scratch, ignore_errors=True)
        if self._url is not None:
            scenes.put_on_server(self._home, self._url)
        forks.asked(lambda: self._scene.lay(self._home, self._scratch))
        self._known = Facts.of(forks.asked(lambda: told(self._home, self._scene)))
        self._first = self._home.with_name("first")
        shutil.rmtree(self._first, ignore_errors=True)
        shutil.copytree(self._home, self._first, symlinks=True)

    def kill(self) -> None:
        """Once; then look."""
        if self._once:
            shutil.rmtree(self._home)
            shutil.copytree(self._first, self._home, symlinks=True)
        allowed, moment = self._killed()
        found = Facts.of(forks.asked(lambda: examined(self._home, allowed).data()))
        self.counts["kills"] += 1
        self.counts[f"killed {moment}"] += 1
        if len(allowed) == 2 and allowed[0] != allowed[1]:
            self.counts["found done" if found == allowed[1] else "found not begun"] += 1
        self._known = found

    def end(self) -> None:
        """Temporaries of who was killed are gone after the next installation, once they are old."""
        left = temporaries(self._home)
        self.counts["temporaries"] += len(left)
        for path in left:
            os.utime(path, (time.time() - _TWO_HOURS_S,) * 2)

        def install() -> None:
            with scenes.opened(self._home) as runtime:
                runtime.install(scenes.source(self._scratch, "9.0.0"), context=scenes.CONTEXT)

        forks.asked(install)
        left = temporaries(self._home)
        if left:
            raise AssertionError(f"left over in the end: {left}")

    def _killed(self) -> tuple[list[Facts], str]:
        """What may be true now, and when the child was killed."""
        reading, writing = os.pipe()
        child = forks.started(lambda: self._work(writing), reading)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            at_opening = self._chance.random() < 0.1
            wanted = 1 if self._once else self._chance.randint(1, 2)
            if at_opening:
                time.sleep(self._chance.uniform(0, 0.1))  # somewhere in the opening
            else:
                self._wait_for(told, wanted)
                time.sleep(self._chance.uniform(0, 1.2) * median(self._took_s[-9:]))  # somewhere in the act
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            rest = [json.loads(line) for line in told if line.endswith(b"\n")]
        if status != signal.SIGKILL:
            raise AssertionError(f"the child had ended by itself with status {status}")
        return self._allowed([*([] if at_opening else self._heard), *rest])

    def _wait_for(self, told: Any, wanted: int) -> None:
        """Until the `wanted`-th act that counts begins."""
        self._heard: list[dict[str, Any]] = []
        for line in told:
            said = json.loads(line)
            self._heard.append(said)
            if "took_s" in said:
                self._took_s.append(said["took_s"])
            wanted -= said.get("counts", 0)
            if not wanted:
                return

    def _allowed(self, said: list[dict[str, Any]]) -> tuple[list[Facts], str]:
        before, begun = self._known, None
        for one in said:
            if "begins" in one:
                begun = Facts.of(one["begins"])
                self._number = one["number"] + 1
            elif begun is not None:
                before, begun = begun, None
                self.counts["acts answered"] += 1
        if begun is None:
            return [before], "between acts" if said else "while opening"
        return [before, begun], "within an act"

    def _work(self, writing: int) -> None:
        """In the child."""

        def tell(**said: object) -> None:
            os.write(writing, json.dumps(said).encode() + b"\n")

        if self._once:
            tell(begins=self._known.data(), counts=1, number=0)
            start = time.monotonic()
            with scenes.opened(self._home) as runtime:
                _ = runtime.services
            tell(took_s=time.monotonic() - start)
            time.sleep(60)  # until it is killed
        with scenes.opened(self._home) as runtime:
            number = self._number
            for step in self._scene.steps(runtime, self._scratch, self._known, number):
                tell(begins=step.after.data(), counts=int(step.counts), number=number)
                start = time.monotonic()
                step.act()
                tell(took_s=time.monotonic() - start)
                number += 1


def told(home: Path, scene: Scene) -> dict[str, Any]:
    """What a home says before the scene begins, as data."""
    if scene.name == "migrate":  # reading them would migrate it
        return Facts(tags={"1.0.0": "dev"}).showing("1.0.0").data()
    with scenes.opened(home) as runtime:
        return scenes.facts(runtime).data()


def main(name: str, kills: int, seed: int, url: str | None = None) -> None:
    forks.prepare()
    with tempfile.TemporaryDirectory(prefix="peers-killed-", dir=forks.MEMORY) as folder:
        loop = Loop(scenes.SCENES[name], Path(folder), seed, url)
        start = time.monotonic()
        for number in range(kills):
            if number % _A_HOME == 0:
                if number:
                    loop.end()
                loop.lay()
            loop.kill()
        loop.end()
        took_s = round(time.monotonic() - start, 1)
    forks.say({"act": name, "seed": seed, **loop.counts, "seconds": took_s})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
