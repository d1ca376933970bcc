"""Activating: a build on this device, a release in the context, or on this device alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peers_runtime import Decision, RoleTooLow, UnknownVersion, VersionYanked
from tests.operations.acting import BELOW_ADMIN, GROUP, Group


def activate(
    group: Group, version: str, actor: str = "alan", *, here: bool = False
) -> Callable[[bool], Decision]:
    return lambda dry_run: group.runtime.activate(
        "notes", version, GROUP, actor, device=here, dry_run=dry_run
    )


@pytest.fixture
def released(group: Group) -> Group:
    """1.0.0 was stable before 1.1.0, which is what the context is set to."""
    group.release("1.0.0")
    group.release("1.1.0")
    return group


# ── whom it reaches ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", ["ada", "alan"])
@pytest.mark.parametrize("tag", ["beta", "stable"])
def test_an_admin_activates_a_release_for_the_context(group: Group, actor: str, tag: str) -> None:
    group.release("1.0.0")
    group.release("2.0.0", tag, runs_it=False)
    if tag == "beta":
        assert group.carry_out(activate(group, "2.0.0", actor)) == [
            "context: set to version 1.0.0 (stable) → 2.0.0 (beta)",
            "device desk: runs 1.0.0 (stable) → 2.0.0 (beta)",
        ]
    else:  # policy has taken it here already
        assert group.carry_out(activate(group, "2.0.0", actor)) == [
            "context: set to version 1.0.0 (stable) → 2.0.0 (stable)"
        ]
    row = group.row("2.0.0")
    assert (row.history[-1].action, row.history[-1].by) == ("activated", actor)
    assert group.log()[-1] == ("2.0.0", None)


@pytest.mark.parametrize(("actor", "held"), BELOW_ADMIN)
def test_below_admin_it_is_refused_with_the_way_that_is_open(released: Group, actor: str, held: str) -> None:
    match = f"the role held is {held.title()}" if held == "NONE" else "with the device override"
    error = released.refuse(activate(released, "1.0.0", actor), RoleTooLow, match)
    assert error.facts["held"] == held
    assert error.facts["needed"] == ("READER" if held == "NONE" else "ADMIN")


@pytest.mark.parametrize("actor", ["ada", "grace", "rita"])
def test_with_the_override_a_release_is_this_devices_alone(released: Group, actor: str) -> None:
    released.release("2.0.0", "beta", runs_it=False)
    assert released.carry_out(activate(released, "2.0.0", actor, here=True)) == [
        "device desk: goes its own way no → yes",
        "device desk: runs 1.1.0 (stable) → 2.0.0 (beta)",
    ]
    assert released.package.active_version_id == released.row("1.1.0").package_version_id


def test_on_its_own_way_a_device_activates_for_itself(released: Group) -> None:
    released.runtime.follow("notes", GROUP, range="pinned", device=True)
    assert released.carry_out(activate(released, "1.0.0", "rita")) == [
        "device desk: runs 1.1.0 (stable) → 1.0.0 (stable)"
    ]
    assert released.package.active_version_id == released.row("1.1.0").package_version_id
    assert len(released.row("1.0.0").history) == 3  # what one device chose is nobody else's history


@pytest.mark.parametrize("actor", ["ada", "rita"])
def test_a_build_is_this_devices_own_choice(group: Group, actor: str) -> None:
    group.release("1.0.0")
    group.build("2.0.0", activate=False)
    assert group.carry_out(activate(group, "2.0.0", actor)) == [
        "device desk: runs 1.0.0 (stable) → 2.0.0 (dev)"
    ]
    assert group.package.active_version_id == group.row("1.0.0").package_version_id
    assert group.log()[-1] == ("2.0.0", "desk")


def test_another_devices_build_comes_by_explicit_activation_only(group: Group) -> None:
    group.release("1.0.0")
    group.build_elsewhere("2.0.0")
    group.build("0.9.0", activate=False)
    group.runtime.follow("notes", GROUP, tags="stable,dev", device=True)
    assert group.shown() == "1.0.0"
    group.refuse(activate(group, "2.0.0"), UnknownVersion, "did you mean '2.0.0@laptop'")
    group.carry_out(activate(group, "2.0.0@laptop", "rita"))
    assert group.shown() == "2.0.0"


def test_the_personal_context_asks_for_no_role(group: Group) -> None:
    group.build("1.0.0")
    group.runtime.install(group.folder / "build-1", actor="mallory")
    group.runtime.promote("notes", "1.0.0", "beta", actor="mallory")
    decision = group.runtime.activate("notes", "1.0.0", actor="mallory")
    assert [str(effect) for effect in decision.effects] == [
        "context: set to version none → 1.0.0 (beta)",
        "device desk: runs none → 1.0.0 (beta)",
    ]


# ── what it changes, and what not ────────────────────────────────────────────────────────────────


def test_what_the_context_is_set_to_already_is_no_change(released: Group) -> None:
    assert released.carry_out(activate(released, "1.1.0")) == []
    decision = activate(released, "1.1.0")(False)
    assert decision.reason == "acme is set to 1.1.0 already"


def test_a_build_that_is_chosen_already_is_no_change(group: Group) -> None:
    group.build("1.0.0")
    assert group.carry_out(activate(group, "1.0.0", "rita")) == []


def test_an_older_release_holds_back_what_is_followed_and_newer(released: Group) -> None:
    act = activate(released, "1.0.0")
    assert "1.1.0 is followed and newer, so it is held back" in act(True).reason
    assert released.carry_out(act) == [
        "context: set to version 1.1.0 (stable) → 1.0.0 (stable)",
        "context: held at or below none → 1.1.0",
        "device desk: runs 1.1.0 (stable) → 1.0.0 (stable)",
    ]
    assert released.carry_out(act) == []
    released.release("1.2.0", runs_it=False)
    assert released.shown() == "1.2.0"


def test_what_the_context_is_set_to_is_gone_back_to_when_policy_has_taken_something_newer(
    released: Group,
) -> None:
    released.release("1.2.0", runs_it=False)
    assert released.carry_out(activate(released, "1.1.0")) == [
        "context: held at or below none → 1.2.0",
        "device desk: runs 1.2.0 (stable) → 1.1.0 (stable)",
    ]


def test_an_older_release_on_this_device_alone_stays_there(released: Group) -> None:
    assert released.carry_out(activate(released, "1.0.0", "rita", here=True)) == [
        "device desk: goes its own way no → yes",
        "device desk: held at or below none → 1.1.0",
        "device desk: runs 1.1.0 (stable) → 1.0.0 (stable)",
    ]
    assert released.package.held_above is None


def test_a_build_that_this_device_chose_goes_on_and_the_reason_says_so(released: Group) -> None:
    released.build("3.0.0")
    assert released.carry_out(activate(released, "1.0.0")) == [
        "context: set to version 1.1.0 (stable) → 1.0.0 (stable)",
        "context: held at or below none → 1.1.0",
    ]
    assert "this device chose 3.0.0 (dev)" in activate(released, "1.0.0")(False).reason


def test_a_disabled_package_is_switched_on_again(released: Group) -> None:
    released.carry_out(lambda dry_run: released.runtime.disable("notes", GROUP, "alan", dry_run=dry_run))
    assert released.shown() is None
    assert released.carry_out(activate(released, "1.1.0")) == [
        "context: disabled yes → no",
        "device desk: runs none → 1.1.0 (stable)",
    ]


def test_a_yanked_version_is_activated_nowhere(released: Group) -> None:
    released.runtime.yank("notes", "1.0.0", GROUP)
    for act in (activate(released, "1.0.0"), activate(released, "1.0.0", "rita", here=True)):
        released.refuse(act, VersionYanked, "1.0.0 was yanked")


def test_activating_something_newer_than_what_was_rolled_back_from_ends_the_hold(released: Group) -> None:
    released.runtime.rollback("notes", GROUP)
    assert released.package.held_above == "1.1.0"
    released.carry_out(activate(released, "1.1.0"))
    assert released.package.held_above == "1.1.0"  # it is not above
    released.release("1.2.0", runs_it=False)
    released.carry_out(activate(released, "1.2.0"))
    assert released.package.held_above is None


def test_a_disabled_package_takes_an_admin_to_be_switched_on(released: Group) -> None:
    """What this device chooses is its own; that the context has the package switched off is not."""
    released.build("2.0.0", activate=False)
    released.runtime.disable("notes", GROUP, "alan")
    error = released.refuse(activate(released, "2.0.0", "rita"), RoleTooLow, "the role held is Reader")
    assert error.facts["needed"] == "ADMIN"
    released.carry_out(activate(released, "2.0.0", "alan"))
    assert released.shown() == "2.0.0"


def test_a_writers_build_does_not_switch_a_disabled_package_on(released: Group) -> None:
    released.runtime.disable("notes", GROUP, "alan")
    with pytest.raises(RoleTooLow, match="notes is disabled there"):
        released.build("2.0.0", "grace")
    released.build("2.0.0", "grace", activate=False)
    assert released.package.disabled
    released.build("2.1.0", "alan")
    assert released.shown() == "2.1.0"
