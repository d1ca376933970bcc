"""This project in a host that holds many objects: `ticking.py HOME OBJECTS`.

A thread ticks every millisecond meanwhile; how much later than that it got its turn is the host's pause.
"""

import gc
import queue
import sys
import threading
import time

import lines

from peers_runtime import Runtime

_TICK_S = 0.001
_AFTERWARDS_S = 0.3  # how long after a reload the ticks still count: the old version is given up then
_BUSY_S = 0.02


def main(home: str, objects: str) -> None:
    held = [[number] for number in range(int(objects))]
    full = _seconds(gc.collect)
    collections = _Collections()
    ticks = _Ticks()
    reloads = queue.SimpleQueue()
    with Runtime.open(home) as runtime, runtime.watch(".", on_reload=reloads.put):
        context = runtime.context("personal")
        lines.say(ready=context.module("shop.main").answer())
        while lines.told():
            ticks.latest = collections.longest = 0.0
            found, at = lines.next_answer(lambda: context.module("shop.main").answer())
            time.sleep(_AFTERWARDS_S)  # the old version is unloaded meanwhile, and may pause the host
            pause, collection = ticks.latest, collections.longest
            ticks.latest = 0.0
            _compute(_BUSY_S)
            time.sleep(2 * _TICK_S)  # the tick that was held up is still to come
            lines.say(answer=found, at=at, pause=pause, collection=collection, busy=ticks.latest, full=full)
    del held


class _Collections:
    """The longest collection, in seconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._began = 0.0
        gc.callbacks.append(self._step)

    def _step(self, phase: str, _: object) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self.longest = max(self.longest, time.perf_counter() - self._began)


class _Ticks:
    """How much later than its time the latest tick came, in seconds."""

    def __init__(self) -> None:
        self.latest = 0.0
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        last = time.perf_counter()
        while True:
            time.sleep(_TICK_S)  # how much longer it takes is what is measured
            now = time.perf_counter()
            self.latest = max(self.latest, now - last - _TICK_S)
            last = now


def _compute(seconds: float) -> None:
    """Plain Python, which gives other threads their turn as often as the interpreter says."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def _seconds(act: object) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


main(*sys.argv[1:])
