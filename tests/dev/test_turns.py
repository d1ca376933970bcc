"""While a reload computes, other threads of the host wait less; the host's own setting comes back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from peers_runtime.dev import turns
from tests.dev.loops import Loop


@pytest.fixture(autouse=True)
def _usual() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def interval_ms() -> float:
    return round(sys.getswitchinterval() * 1000, 1)


def test_turns_are_shorter_for_the_time_of_a_reload(loop: Loop) -> None:
    loop.shown()  # so that its screen's module is run again by the reload
    sys.setswitchinterval(0.007)
    assert loop.save("ui.py", "import sys\nSEEN = sys.getswitchinterval()\nhome = lambda props, ctx: 'x'\n")
    assert pytest.approx(0.002, abs=1e-5) == loop.context.module("notes.ui").SEEN
    assert interval_ms() == 7.0


def test_a_host_that_has_shorter_ones_keeps_them() -> None:
    sys.setswitchinterval(0.001)
    with turns.sooner():
        assert interval_ms() == 1.0
    assert interval_ms() == 1.0


def test_two_reloads_at_once_give_back_what_was_there_before_both() -> None:
    sys.setswitchinterval(0.006)
    second = ExitStack()
    with turns.sooner():
        second.enter_context(turns.sooner())
    assert interval_ms() == 2.0
    second.close()
    assert interval_ms() == 6.0
