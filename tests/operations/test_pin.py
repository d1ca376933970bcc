"""A pinned device stays at the version that it runs, whatever the context does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peers_runtime import Decision, NoActiveVersion, RoleTooLow
from tests.operations.acting import GROUP, Group


def pin(group: Group, actor: str = "rita") -> Callable[[bool], Decision]:
    return lambda dry_run: group.runtime.pin("notes", GROUP, actor, dry_run=dry_run)


def unpin(group: Group, actor: str = "rita") -> Callable[[bool], Decision]:
    return lambda dry_run: group.runtime.unpin("notes", GROUP, actor, dry_run=dry_run)


@pytest.fixture
def pinned(group: Group) -> Group:
    """At 1.1.0, which policy took over 1.0.0."""
    group.release("1.0.0")
    group.release("1.1.0", runs_it=False)
    assert group.carry_out(pin(group)) == ["device desk: pinned no → yes"]
    return group


def test_a_pinned_device_takes_nothing_newer(pinned: Group) -> None:
    pinned.release("1.2.0", runs_it=False)
    pinned.runtime.activate("notes", "1.2.0", GROUP)
    assert pinned.shown() == "1.1.0"
    assert "this device is pinned" in pinned.why()


def test_a_pinned_device_stays_when_the_context_rolls_back(pinned: Group) -> None:
    pinned.carry_out(lambda dry_run: pinned.runtime.rollback("notes", GROUP, dry_run=dry_run))
    assert pinned.shown() == "1.1.0"
    assert pinned.carry_out(unpin(pinned)) == [
        "device desk: pinned yes → no",
        "device desk: runs 1.1.0 (stable) → 1.0.0 (stable)",
    ]


def test_without_the_pin_the_device_follows_what_it_followed(pinned: Group) -> None:
    pinned.release("1.2.0", runs_it=False)
    assert pinned.carry_out(unpin(pinned)) == [
        "device desk: pinned yes → no",
        "device desk: runs 1.1.0 (stable) → 1.2.0 (stable)",
    ]
    assert pinned.prefs.active_version_id is None
    assert not pinned.prefs.override


def test_pinning_twice_and_unpinning_twice_is_no_change(pinned: Group) -> None:
    assert pinned.carry_out(pin(pinned)) == []
    pinned.carry_out(unpin(pinned))
    assert pinned.carry_out(unpin(pinned)) == []


def test_a_pin_at_a_build_is_taken_away_and_the_build_stays_chosen(group: Group) -> None:
    group.release("1.0.0")
    group.build("2.0.0")
    group.carry_out(pin(group))
    assert group.carry_out(unpin(group)) == ["device desk: pinned yes → no"]
    assert group.shown() == "2.0.0"


def test_on_its_own_way_a_device_goes_on_from_where_it_was_pinned(pinned: Group) -> None:
    pinned.runtime.follow("notes", GROUP, tags="stable,beta", device=True)
    pinned.release("1.2.0", "beta", runs_it=False)
    assert pinned.shown() == "1.1.0"
    pinned.carry_out(unpin(pinned))
    assert pinned.shown() == "1.2.0"


def test_a_build_can_be_tried_on_a_pinned_device(pinned: Group) -> None:
    pinned.build("2.0.0")
    assert pinned.shown() == "2.0.0"
    pinned.verify()


def test_an_activation_for_the_context_leaves_the_pinned_device(pinned: Group) -> None:
    assert pinned.carry_out(
        lambda dry_run: pinned.runtime.activate("notes", "1.1.0", GROUP, dry_run=dry_run)
    ) == ["context: set to version 1.0.0 (stable) → 1.1.0 (stable)"]


def test_where_nothing_runs_there_is_nothing_to_stay_at(group: Group) -> None:
    group.build("1.0.0", activate=False)
    group.refuse(pin(group), NoActiveVersion, "that this device could stay at")


def test_who_is_no_member_pins_nothing(pinned: Group) -> None:
    pinned.refuse(pin(pinned, "mallory"), RoleTooLow, "the role held is None")
    pinned.refuse(unpin(pinned, "mallory"), RoleTooLow, "the role held is None")
