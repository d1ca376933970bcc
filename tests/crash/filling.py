"""Lets the disk be full from every call on: `python -m tests.crash.filling ACT MOST SEED`.

A child opens a home and is about to act; strace is attached to it and makes the kernel's answer to the n-th
call of a kind, and to all later ones, be that no space is left: our own calls and SQLite's alike. Of those
that open files only the n-th is answered so, if it is to make one: most others just read. Then strace lets
go, which is the space that came back, and the child acts again, or ends at once. `MOST` calls of all are
tried, chosen by chance. Prints figures as JSON; exits with 1 and the reasons when a promise was not kept.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, NamedTuple

from peers_runtime import Runtime
from peers_runtime.base import errors
from tests.crash import forks, killing, scenes
from tests.crash.examined import Broken, examined, temporaries
from tests.crash.scenes import Facts, Scene, Step

_OPENS = "openat"
_CALLS = (_OPENS, "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "mkdir", "link", "rename")
_SHOWN = 3


class Fault(NamedTuple):
    """From its n-th call of this kind on, or at that alone, the act is told that the disk is full."""

    call: str
    number: int

    @property
    def injection(self) -> str:
        """As strace is told; it counts the calls of each thread apart."""
        later = "" if self.call == _OPENS else "+"
        return f"inject={self.call}:error=ENOSPC:when={self.number}{later}"


class Call(NamedTuple):
    """One that the act made."""

    kind: str
    needs_space: bool
    injected: bool


class Acting:
    """A child that opens the home, waits, acts, waits, and if it `goes_on` acts again unless it has."""

    def __init__(self, scene: Scene, home: Path, scratch: Path, known: Facts, *, goes_on: bool) -> None:
        self._home = home
        self._goes_on = goes_on
        self._said = mmap.mmap(-1, 1 << 16)  # told without a call that could be told to fail
        self._go, go = os.pipe()
        acted, self._acted = os.pipe()
        ready, self._ready = os.pipe()
        self._child = forks.started(lambda: self._act(scene, home, scratch, known), go, acted, ready)
        os.close(self._go)
        os.close(self._acted)
        os.close(self._ready)
        _wait_for_end(ready)
        self._tell, self._hear = go, acted

    def first(self, fault: Fault | None, log: Path) -> Sequence[Call]:
        """Let it act, with strace attached to it; answers with the calls."""
        strace = shutil.which("strace")
        assert strace is not None, "these tests need the program strace (Debian: apt-get install strace)"
        wanted = ["-e", f"trace={','.join(_CALLS)}"]
        if fault is not None:
            wanted += ["-e", fault.injection]
        command = [strace, "-f", "-e", "signal=none", *wanted, "-o", str(log), "-p", str(self._child)]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert tracer.stderr is not None
        line = tracer.stderr.readline()
        assert "attached" in line, line + tracer.stderr.read()
        existing = {str(path) for path in self._home.rglob("*")}
        os.write(self._tell, b"1")
        _wait_for_end(self._hear)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=60)
        return list(_calls(log, existing))

    def again(self) -> dict[str, Any]:
        """Let it act again, and end; answers with what it said."""
        os.write(self._tell, b"2")
        os.close(self._tell)
        _, status = os.waitpid(self._child, 0)
        said = self._said[:].rstrip(b"\0").decode()
        if status:
            raise Broken(f"the child ended with status {status}: {said}")
        return dict(json.loads(said))

    def _act(self, scene: Scene, home: Path, scratch: Path, known: Facts) -> None:
        """In the child, which says nothing before the end."""
        if scene.name == "migrate":
            self._say(self._migrate(home, known))
            os._exit(0)
        with scenes.opened(home) as runtime:
            for step in scene.steps(runtime, scratch, known, 1):
                if step.counts:
                    self._say(self._step(runtime, step, known))
                    break
                step.act()
                known = step.after
            if not self._goes_on:
                os._exit(0)  # nothing is closed

    def _say(self, said: dict[str, Any]) -> None:
        text = json.dumps(said).encode()
        self._said[: len(text)] = text

    def _migrate(self, home: Path, known: Facts) -> dict[str, Any]:
        os.close(self._ready)
        os.read(self._go, 1)
        runtime, refused = None, None
        try:
            runtime = scenes.opened(home)
            _ = runtime.services
        except Exception as error:
            refused = error
        os.close(self._acted)
        os.read(self._go, 1)
        said = {"before": known.data(), "after": known.data(), **_told(refused)}
        if runtime is None and self._goes_on:
            runtime = scenes.opened(home)
        if runtime is not None:
            said["found"] = scenes.facts(runtime).data()
        return said

    def _step(self, runtime: Runtime, step: Step, known: Facts) -> dict[str, Any]:
        os.close(self._ready)
        os.read(self._go, 1)
        refused = None
        try:
            step.act()
        except Exception as error:
            refused = error
        os.close(self._acted)
        os.read(self._go, 1)
        said = {"before": known.data(), "after": step.after.data(), **_told(refused)}
        said["found"] = scenes.facts(runtime).data()
        if self._goes_on and refused is not None and said["found"] == known.data():
            step.act()
            said["again"] = scenes.facts(runtime).data()
        return said


def judge(said: dict[str, Any]) -> str:
    """How it went. Raises `Broken`."""
    refused, found = said["refused"], said.get("found", said["before"])
    if refused is None:
        if found != said["after"]:
            raise Broken(f"it was answered, and the home says {found}")
        return "done all the same"
    if not said["is clear"]:
        raise Broken(f"no clear error: {refused}")
    if found != said["before"]:
        raise Broken(f"it was refused ({refused}), and the home says {found}")
    if said.get("again", said["after"]) != said["after"]:
        raise Broken(f"with space again it comes to {said['again']}")
    return "refused"


def _told(refused: Exception | None) -> dict[str, Any]:
    if refused is None:
        return {"refused": None}
    is_clear = isinstance(refused, errors.StorageError) and bool(refused.hint) and "\n" not in refused.message
    return {"refused": "".join(traceback.format_exception(refused)), "is clear": is_clear}


def _wait_for_end(descriptor: int) -> None:
    with os.fdopen(descriptor, "rb") as file:
        file.read()


def counted(calls: Sequence[Call]) -> list[Fault]:
    """Every call that needs space, by kind and number."""
    number: Counter[str] = Counter()
    found = []
    for call in calls:
        number[call.kind] += 1
        if call.needs_space:
            found.append(Fault(call.kind, number[call.kind]))
    return found


def _calls(log: Path, existing: AbstractSet[str]) -> Iterator[Call]:
    """Files are made once: one that is there, or was to be made before, opens without space."""
    made = set(existing)
    for line in log.read_text().splitlines():
        if (call := re.match(r'\d+ +(\w+)\((?:AT_FDCWD, "([^"]*)")?', line)) is not None:
            kind, path = call[1], call[2]
            makes = "O_CREAT" in line and path not in made
            if makes:
                made.add(path)
            yield Call(kind, needs_space=kind != _OPENS or makes, injected="(INJECTED)" in line)


def allowed(said: dict[str, Any], fault: Fault | None) -> list[Facts]:
    """What the home may say when it is opened again.

    An act that was refused because its flush failed may have been written all the same, which shows when
    everybody who knows better has ended: no database can say more.
    """
    known = [said["again"] if "again" in said else said.get("found", said["before"])]
    if "again" not in said and fault is not None and fault.call in ("fsync", "fdatasync"):
        known.append(said["after"])
    return [Facts.of(one) for one in known]


def look(
    scene: Scene, folder: Path, known: Facts, fault: Fault | None, *, goes_on: bool = True
) -> tuple[str, Sequence[Call]]:
    """How the act went in a copy of the home with this fault, and its calls. Raises `Broken`."""
    home = folder / "home"
    shutil.copytree(folder / "first", home, symlinks=True)
    try:
        acting = Acting(scene, home, folder / "scratch", known, goes_on=goes_on)
        calls = acting.first(fault, folder / "calls")
        said = acting.again()
        if any(call.injected and not call.needs_space for call in calls):
            return "missed", calls  # the act's threads take turns, and another call was the n-th
        how = judge(said)
        if left := [path for path in temporaries(home) if path.name != "index.json.new"]:  # the next one's
            raise Broken(f"left over: {left}")
        forks.asked(lambda: examined(home, allowed(said, fault)).data())
        return how, calls
    finally:
        shutil.rmtree(home)


def main(name: str, most: int, seed: int) -> int:
    forks.prepare()
    chance, scene, start = random.Random(seed), scenes.SCENES[name], time.monotonic()
    broken: list[str] = []
    how: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="peers-full-", dir=forks.MEMORY) as made:
        folder = Path(made)
        forks.asked(lambda: scene.lay(folder / "first", folder / "scratch"))
        known = Facts.of(forks.asked(lambda: killing.told(folder / "first", scene)))
        faults = counted(look(scene, folder, known, None)[1])
        for fault in chance.sample(faults, min(most, len(faults))):
            try:
                went, _ = look(scene, folder, known, fault, goes_on=chance.random() < 0.5)
                how[went] += 1
            except (Broken, forks.ChildFailed) as error:
                broken.append(f"from {fault.call} {fault.number} on: {error}")
    tried = {"act": name, "seed": seed, "calls": len(faults), "tried": min(most, len(faults))}
    forks.say({**tried, **how, "broken": len(broken), "seconds": round(time.monotonic() - start, 1)})
    sys.stdout.write("".join(f"\n{one}" for one in broken[:_SHOWN]))
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
