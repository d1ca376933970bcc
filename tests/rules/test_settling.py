"""When changed files have come to rest, as tables of facts and as properties."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.rules.settling import (
    CAP_S,
    LOST_S,
    QUIET_ONE_S,
    QUIET_SEVERAL_S,
    QUIET_UNSURE_S,
    Change,
    Settled,
    Wait,
    judge,
)

ONE = Change("a.py", seen_at=10.0, changed_at=10.0)
OTHER = Change("b.py", seen_at=10.0, changed_at=10.0)


@pytest.mark.parametrize(
    ("changes", "at", "until"),
    [
        ([ONE], 10.0, 10.0 + QUIET_ONE_S),
        ([replace(ONE, changed_at=11.0)], 11.0, 11.0 + QUIET_ONE_S),
        ([ONE, OTHER], 10.01, 10.0 + QUIET_SEVERAL_S),
        ([ONE, replace(OTHER, seen_at=10.05, changed_at=10.05)], 10.06, 10.05 + QUIET_SEVERAL_S),
        ([replace(ONE, open=None)], 10.01, 10.0 + QUIET_UNSURE_S),
        ([replace(ONE, open=None), OTHER], 10.07, 10.0 + QUIET_UNSURE_S),
        ([replace(ONE, lost_at=10.0)], 10.1, 10.0 + LOST_S),
        ([replace(ONE, lost_at=10.0, missing=True)], 10.1, 10.0 + LOST_S),
    ],
)
def test_changes_wait_for_their_quiet_time_and_then_settle(
    changes: list[Change], at: float, until: float
) -> None:
    waiting = judge(changes, at)
    assert isinstance(waiting, Wait)
    assert waiting.until_s == pytest.approx(until)
    assert isinstance(judge(changes, waiting.until_s), Settled)


@pytest.mark.parametrize(
    ("changes", "checkout", "words"),
    [
        ([replace(ONE, open=True)], None, "a.py is open for writing"),
        ([replace(ONE, lost_at=19.95)], None, "a.py is empty"),
        ([replace(ONE, lost_at=19.95, missing=True)], None, "a.py is missing"),
        ([ONE], "/p/.git/index.lock", "/p/.git/index.lock says that a checkout is under way"),
        ([replace(ONE, changed_at=20.0, seen_at=20.0)], None, "not yet 5 ms ago, as one file changed"),
        ([replace(ONE, changed_at=20.0, seen_at=20.0), OTHER], None, "60 ms ago, as several files changed"),
        ([replace(ONE, changed_at=20.0, seen_at=20.0, open=None)], None, "as nobody can tell"),
    ],
)
def test_a_wait_says_what_for(changes: list[Change], checkout: str | None, words: str) -> None:
    waiting = judge(changes, 20.0, checkout)
    assert isinstance(waiting, Wait)
    assert words in waiting.reason


def test_a_file_that_somebody_holds_open_waits_for_ever_and_is_asked_about_ever_less() -> None:
    held = replace(ONE, open=True)
    soon, late = judge([held], 10.0), judge([held], 3600.0)
    assert isinstance(soon, Wait)
    assert isinstance(late, Wait)
    assert 0 < soon.until_s - 10.0 < late.until_s - 3600.0 <= 0.05


def test_files_that_are_rewritten_without_end_are_taken_after_the_cap() -> None:
    def rewritten(at: float) -> list[Change]:
        return [replace(ONE, changed_at=at), replace(OTHER, changed_at=at)]

    assert isinstance(judge(rewritten(10.0 + CAP_S - 0.01), 10.0 + CAP_S - 0.01), Wait)
    settled = judge(rewritten(10.0 + CAP_S), 10.0 + CAP_S)
    assert isinstance(settled, Settled)
    assert settled.capped


def test_as_long_as_new_paths_come_the_cap_is_no_reason() -> None:
    at = 10.0 + 5 * CAP_S
    coming = [ONE, replace(OTHER, seen_at=at - 0.03, changed_at=at - 0.001)]
    waiting = judge(coming, at)
    assert isinstance(waiting, Wait)
    assert waiting.until_s == pytest.approx(at - 0.03 + QUIET_SEVERAL_S)


@pytest.mark.parametrize("spoilt", [{"open": True}, {"lost_at": 99.99}])
def test_the_cap_is_about_the_quiet_time_only(spoilt: dict[str, object]) -> None:
    assert isinstance(judge([replace(ONE, changed_at=100.0, **spoilt)], 100.0), Wait)
    assert isinstance(judge([replace(ONE, changed_at=100.0)], 100.0, "/p/.hg/wlock"), Wait)


times = st.floats(0, 20, allow_nan=False).map(lambda at: round(at, 4))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[Change], float]:
    now = draw(times) + 20
    changes: list[Change] = []
    for number in range(draw(st.integers(1, 4))):
        seen = now - draw(times)
        changed = draw(st.floats(seen, now))
        lost = draw(st.none() | st.floats(seen, now))
        changes.append(
            Change(
                f"{number}.py",
                seen,
                changed,
                draw(st.sampled_from([False, False, True, None])),
                lost,
                draw(st.booleans()),
            )
        )
    return changes, now


@given(scenes())
def test_nothing_settles_that_is_open_or_was_lost_just_now(scene: tuple[list[Change], float]) -> None:
    changes, now = scene
    if isinstance(judge(changes, now), Settled):
        assert not any(change.open for change in changes)
        assert all(change.lost_at is None or now >= change.lost_at + LOST_S for change in changes)


@given(scenes())
def test_what_settles_was_quiet_or_no_new_path_came_for_a_while(scene: tuple[list[Change], float]) -> None:
    changes, now = scene
    answer = judge(changes, now)
    if isinstance(answer, Settled) and not answer.capped:
        assert all(now >= change.changed_at + QUIET_ONE_S for change in changes)
    elif isinstance(answer, Settled) and len(changes) > 1:
        assert all(now >= change.seen_at + QUIET_SEVERAL_S for change in changes)


@given(scenes())
def test_a_wait_lies_ahead_and_is_never_longer_than_it_takes_to_settle(
    scene: tuple[list[Change], float],
) -> None:
    changes, now = scene
    answer = judge(changes, now)
    if isinstance(answer, Wait):
        assert now < answer.until_s <= now + LOST_S + 1e-9


@given(scenes())
def test_a_tree_that_is_left_alone_settles_by_following_the_waits(scene: tuple[list[Change], float]) -> None:
    changes, now = scene
    changes = [replace(change, open=None if change.open is None else False) for change in changes]
    began = now
    for _ in range(10):
        answer = judge(changes, now)
        if isinstance(answer, Settled):
            break
        now = answer.until_s
    assert isinstance(answer, Settled)
    assert now - began <= LOST_S + QUIET_UNSURE_S


@given(scenes(), st.floats(0, 100))
def test_what_has_settled_stays_so(scene: tuple[list[Change], float], later: float) -> None:
    changes, now = scene
    if isinstance(judge(changes, now), Settled):
        assert isinstance(judge(changes, now + later), Settled)
