"""Rolling back: what was active before is active again, and stays until something newer arrives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peers_runtime import Decision, NothingToRollBackTo, RoleTooLow, UnknownVersion, VersionYanked
from peers_runtime.operations import earlier
from tests.operations.acting import BELOW_ADMIN, GROUP, Group


def rollback(group: Group, actor: str = "alan", to: str | None = None) -> Callable[[bool], Decision]:
    return lambda dry_run: group.runtime.rollback("notes", GROUP, actor, to=to, dry_run=dry_run)


@pytest.fixture
def released(group: Group) -> Group:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        group.release(version)
    return group


# ── the context ──────────────────────────────────────────────────────────────────────────────────


def test_the_version_that_was_active_before_is_active_again(released: Group) -> None:
    assert released.carry_out(rollback(released)) == [
        "context: set to version 1.2.0 (stable) → 1.1.0 (stable)",
        "context: held at or below none → 1.2.0",
        "device desk: runs 1.2.0 (stable) → 1.1.0 (stable)",
    ]
    assert [one.action for one in released.row("1.2.0").history][-1] == "rolled-back"
    assert [one.action for one in released.row("1.1.0").history][-1] == "activated"
    assert released.log()[-1] == ("1.1.0", None)


def test_a_second_rollback_goes_further_back_and_holds_what_the_first_held(released: Group) -> None:
    released.carry_out(rollback(released))
    assert "context: set to version 1.1.0 (stable) → 1.0.0 (stable)" in released.carry_out(rollback(released))
    assert released.package.held_above == "1.2.0"
    released.refuse(rollback(released), NothingToRollBackTo, "nothing older than 1.0.0")


def test_it_is_never_undone_by_itself_and_something_newer_is_taken(released: Group) -> None:
    released.carry_out(rollback(released))
    released.release("1.1.5", runs_it=False)
    assert released.shown() == "1.1.0"
    released.release("1.2.1-rc.1", runs_it=False)
    assert released.shown() == "1.2.1-rc.1"
    assert released.package.active_version_id == released.row("1.1.0").package_version_id


def test_what_policy_took_is_rolled_back_to_what_the_context_was_set_to(group: Group) -> None:
    group.release("1.0.0")
    group.release("1.1.0", runs_it=False)
    assert group.shown() == "1.1.0"
    assert group.carry_out(rollback(group)) == [
        "context: held at or below none → 1.1.0",
        "device desk: runs 1.1.0 (stable) → 1.0.0 (stable)",
    ]


def test_an_older_version_can_be_named(released: Group) -> None:
    released.carry_out(rollback(released, to="1.0.0"))
    assert (released.shown(), released.package.held_above) == ("1.0.0", "1.2.0")


@pytest.mark.parametrize("to", ["1.2.0", "1.3.0"])
def test_a_version_that_is_not_older_is_no_rollback(released: Group, to: str) -> None:
    released.release("1.3.0", "beta")
    error = released.refuse(rollback(released, to=to), NothingToRollBackTo, "is not older than 1.2.0")
    assert f"peers activate notes {to}" in error.hint


def test_a_build_is_nothing_to_roll_back_to(released: Group) -> None:
    released.build("0.9.0", activate=False)
    released.refuse(rollback(released, to="0.9.0"), NothingToRollBackTo, "0.9.0 \\(dev\\)")


def test_a_device_that_runs_a_build_rolls_the_context_back_and_goes_on_with_it(released: Group) -> None:
    released.build("2.0.0")
    assert released.carry_out(rollback(released)) == [
        "context: set to version 1.2.0 (stable) → 1.1.0 (stable)",
        "context: held at or below none → 1.2.0",
    ]
    assert released.shown() == "2.0.0"


def test_on_its_own_way_a_device_does_not_roll_back_from_a_build(released: Group) -> None:
    released.runtime.follow("notes", GROUP, device=True)
    released.build("2.0.0")
    error = released.refuse(rollback(released), NothingToRollBackTo, "this device uses no released version")
    assert "peers follow notes --group" in error.hint


def test_what_was_never_active_is_named_as_what_one_can_name(group: Group) -> None:
    group.release("1.1.0")
    group.release("1.0.0", runs_it=False)
    error = group.refuse(rollback(group), NothingToRollBackTo, "nothing older than 1.1.0")
    assert "peers rollback notes --to 1.0.0" in error.hint
    group.runtime.yank("notes", "1.0.0", GROUP)
    error = group.refuse(rollback(group), NothingToRollBackTo, "nothing older than 1.1.0")
    assert error.hint == "nothing older of it is there: peers versions notes --context acme"


def offered(group: Group, actor: str = "alan") -> list[str]:
    return [one.version for one in earlier.choices(group.runtime.services, "notes", GROUP, actor)]


def test_all_that_can_be_chosen_is_offered_what_it_takes_by_itself_first(released: Group) -> None:
    assert offered(released) == ["1.1.0", "1.0.0"]
    released.release("1.1.5", runs_it=False)
    released.release("1.1.6", "beta", runs_it=False)
    released.build("1.1.7", activate=False)
    assert offered(released) == ["1.1.0", "1.1.6", "1.1.5", "1.0.0"]
    for version in offered(released):
        assert released.runtime.rollback("notes", GROUP, "alan", to=version, dry_run=True).effects
    released.runtime.yank("notes", "1.1.0", GROUP)
    assert offered(released) == ["1.0.0", "1.1.6", "1.1.5"]
    assert offered(released, "grace") == []  # a rollback of the context takes an Admin
    released.runtime.follow("notes", GROUP, device=True)
    assert offered(released, "grace") == ["1.0.0", "1.1.6", "1.1.5"]
    released.runtime.follow_group("notes", GROUP)
    released.runtime.disable("notes", GROUP)
    assert offered(released) == []


def test_a_version_that_does_not_exist_is_told_with_what_is_near(released: Group) -> None:
    released.refuse(rollback(released, to="1.0.1"), UnknownVersion, "did you mean '1.0.0'")


def test_a_yanked_version_is_passed_over_and_refused_when_it_is_named(released: Group) -> None:
    released.runtime.yank("notes", "1.1.0", GROUP)
    released.refuse(rollback(released, to="1.1.0"), VersionYanked)
    released.carry_out(rollback(released))
    assert released.shown() == "1.0.0"


def test_one_can_leave_a_version_that_was_yanked(released: Group) -> None:
    released.carry_out(lambda dry_run: released.runtime.yank("notes", "1.2.0", GROUP, dry_run=dry_run))
    assert released.shown() == "1.2.0"
    released.carry_out(rollback(released))
    assert released.shown() == "1.1.0"


def test_of_a_disabled_package_there_is_nothing_to_roll_back(released: Group) -> None:
    released.runtime.disable("notes", GROUP)
    error = released.refuse(
        rollback(released), NothingToRollBackTo, "context 'acme' uses no released version"
    )
    assert "peers resolve notes --explain" in error.hint


@pytest.mark.parametrize(("actor", "held"), BELOW_ADMIN)
def test_rolling_a_context_back_takes_an_admin(released: Group, actor: str, held: str) -> None:
    error = released.refuse(rollback(released, actor), RoleTooLow, f"the role held is {held.title()}")
    assert error.facts["held"] == held


def test_a_pinned_device_rolls_the_context_back_from_what_the_others_run(group: Group) -> None:
    group.release("1.0.0")
    group.runtime.pin("notes", GROUP)
    for version in ("1.1.0", "1.2.0"):
        group.release(version, runs_it=False)
        group.runtime.activate("notes", version, GROUP)
    assert group.carry_out(rollback(group)) == [
        "context: set to version 1.2.0 (stable) → 1.1.0 (stable)",
        "context: held at or below none → 1.2.0",
    ]
    assert group.shown() == "1.0.0"


# ── this device, on its own way ──────────────────────────────────────────────────────────────────


def test_a_device_on_its_own_way_rolls_back_for_itself(released: Group) -> None:
    released.runtime.follow("notes", GROUP, device=True)
    released.release("1.3.0", runs_it=False)
    assert released.shown() == "1.3.0"
    assert released.carry_out(rollback(released, "rita")) == [
        "device desk: held at or below none → 1.3.0",
        "device desk: runs 1.3.0 (stable) → 1.2.0 (stable)",
    ]
    assert released.package.held_above is None
    released.release("1.4.0", runs_it=False)
    assert released.shown() == "1.4.0"


def test_the_way_that_begins_with_an_activation_leads_back_to_what_ran_before(released: Group) -> None:
    released.release("2.0.0", "beta", runs_it=False)
    released.runtime.activate("notes", "2.0.0", GROUP, "rita", device=True)
    released.carry_out(rollback(released, "rita"))
    assert released.shown() == "1.2.0"
    assert released.log()[-3:] == [("1.2.0", "desk"), ("2.0.0", "desk"), ("1.2.0", "desk")]


def test_it_goes_back_to_what_ran_before_on_this_device_not_in_the_context(released: Group) -> None:
    for version in ("1.0.0", "1.2.0"):  # in the context, 1.1.0 was before that
        released.runtime.activate("notes", version, GROUP, "rita", device=True)
    released.carry_out(rollback(released, "rita"))
    assert released.shown() == "1.0.0"


def test_back_with_the_group_what_the_device_held_is_forgotten(released: Group) -> None:
    released.runtime.follow("notes", GROUP, device=True)
    released.carry_out(rollback(released, "rita", to="1.0.0"))
    assert released.shown() == "1.0.0"
    released.carry_out(lambda dry_run: released.runtime.follow_group("notes", GROUP, dry_run=dry_run))
    assert (released.shown(), released.prefs.held_above) == ("1.2.0", None)
