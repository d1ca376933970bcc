"""Interleaved rounds: every side is measured once in each round, in turns, so that a machine that is
slower for a while is slower for all of them.

What runs in this process is measured by its processor time, user and system. Nothing measured so waits
for anything, and what the neighbours do with the cores does not count.
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from benchmarks.rows import Figure, Unit

_SAMPLE_S = 0.004  # how long one sample of a short statement takes
_TRIES = 3  # how often a sample is taken when other processes take the core, and its caches, away meanwhile


@dataclass(frozen=True)
class Comparison:
    """What each side cost, round by round."""

    samples: Mapping[str, list[float]]
    unit: Unit = "s"

    def figure(self, side: str) -> Figure:
        return Figure.of(self.samples[side], self.unit)

    def ratio(self, side: str, to: str) -> float:
        """The median over the rounds of one side's cost to the other's in the same round."""
        return median(one / other for one, other in zip(self.samples[side], self.samples[to], strict=True))


def interleave(sides: Mapping[str, Callable[[], float]], rounds: int, unit: Unit = "s") -> Comparison:
    """A side is a call that measures once and answers with the cost. Every round starts with another side."""
    samples: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            samples[name].append(sides[name]())
    return Comparison(samples, unit)


def statement(text: str, names: Mapping[str, Any]) -> Callable[[], float]:
    """Measures a short statement: seconds for one execution, the loop around it included, as `timeit` does.

    `names` are its globals, as they would be in a module. The garbage collector rests meanwhile.
    """
    namespace = dict(names)
    exec(_LOOP.format(statement=text), namespace)
    return repeated(namespace["_run"])


def repeated(run: Callable[[int], object]) -> Callable[[], float]:
    """Measures `run(number)`, which does something that often: seconds for one time."""
    tried = 1
    while (took := _timed(partial(run, tried))[0]) < _SAMPLE_S / 4:
        tried *= 2
    number = max(1, int(tried * _SAMPLE_S / took))

    def measure() -> float:
        took = 0.0
        for _ in range(_TRIES):
            with _resting_collector():
                took, disturbed = _timed(partial(run, number))
            if not disturbed:
                break
        return took / number

    return measure


def once(
    act: Callable[[], object],
    prepare: Callable[[], object] = lambda: None,
    clean: Callable[[], object] = lambda: None,
) -> Callable[[], float]:
    """Measures one call in seconds; `prepare` and a collection before it, `clean` after it do not count."""

    def measure() -> float:
        took = 0.0
        for _ in range(_TRIES):
            prepare()
            gc.collect()
            with _resting_collector():
                took, disturbed = _timed(act)
            clean()
            if not disturbed:
                break
        return took

    return measure


def _timed(act: Callable[[], object]) -> tuple[float, bool]:
    """Seconds of processor time, and whether another process took the core away meanwhile."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
    start = time.process_time_ns()
    act()
    took = (time.process_time_ns() - start) / 1e9
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw != before


@contextmanager
def _resting_collector() -> Generator[None]:
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


_LOOP = """
def _run(_number):
    from itertools import repeat
    for _ in repeat(None, _number):
        {statement}
"""
