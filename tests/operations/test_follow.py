"""Following: tags and a range for the context, or for one device on its own way, and back to the group."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peers_runtime import Decision, InvalidSetting, RoleTooLow
from tests.operations.acting import BELOW_ADMIN, GROUP, Group


def follow(
    group: Group, actor: str = "alan", *, here: bool = False, **what: str
) -> Callable[[bool], Decision]:
    return lambda dry_run: group.runtime.follow("notes", GROUP, actor, device=here, dry_run=dry_run, **what)


def follow_group(group: Group, actor: str = "rita") -> Callable[[bool], Decision]:
    return lambda dry_run: group.runtime.follow_group("notes", GROUP, actor, dry_run=dry_run)


@pytest.fixture
def released(group: Group) -> Group:
    """The context is set to 1.0.0 and takes what is stable; newer ones of each tag stand beside it."""
    group.release("1.0.0")
    group.release("1.1.0-rc.1", "beta", runs_it=False)
    group.release("1.0.1", "stable", runs_it=False)
    group.build("3.0.0", activate=False)
    return group


# ── a context ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tags", "kept", "runs"),
    [
        ("stable", "stable", "1.0.1"),
        ("beta", "beta", "1.1.0-rc.1"),
        ("beta, STABLE", "stable,beta", "1.1.0-rc.1"),
        ("*", "*", "1.1.0-rc.1"),
    ],
)
def test_a_context_takes_the_tags_that_it_follows(released: Group, tags: str, kept: str, runs: str) -> None:
    effects = released.carry_out(follow(released, tags=tags))
    assert effects[0] == f"context: followed tags none → {kept}"
    assert released.package.follow_tags == kept
    assert released.shown() == runs
    assert released.package.active_version_id == released.row("1.0.0").package_version_id


@pytest.mark.parametrize(
    ("range_", "runs"), [("latest", "2.0.0"), ("minor", "1.1.0"), ("patch", "1.0.1"), ("pinned", "1.0.0")]
)
def test_a_context_takes_nothing_beyond_its_range(group: Group, range_: str, runs: str) -> None:
    group.release("1.0.0")
    group.carry_out(follow(group, range=range_))
    for version in ("1.0.1", "1.1.0", "2.0.0"):
        group.release(version, runs_it=False)
    assert group.shown() == runs
    group.verify()


@pytest.mark.parametrize("tags", ["dev", "stable,dev"])
def test_a_context_that_would_follow_dev_is_refused_with_the_way_that_is_open(
    released: Group, tags: str
) -> None:
    error = released.refuse(follow(released, tags=tags), InvalidSetting, "a context cannot follow dev")
    assert "--here" in error.hint


@pytest.mark.parametrize("tags", ["", " ", "nightly", "stable,", "*,stable", "stable;beta"])
@pytest.mark.parametrize("here", [False, True])
def test_tags_that_are_none_are_refused(released: Group, tags: str, here: bool) -> None:
    error = released.refuse(follow(released, tags=tags, here=here), InvalidSetting, "cannot be followed")
    assert ("names no tag" in error.message) == (not tags.strip())


@pytest.mark.parametrize("range_", ["", "major", "LATEST"])
def test_a_range_that_is_none_is_refused(released: Group, range_: str) -> None:
    released.refuse(follow(released, range=range_), InvalidSetting, "latest, minor, patch, pinned")


@pytest.mark.parametrize(("actor", "held"), BELOW_ADMIN)
def test_what_a_context_follows_takes_an_admin(released: Group, actor: str, held: str) -> None:
    error = released.refuse(
        follow(released, actor, tags="beta"), RoleTooLow, "change what the context follows"
    )
    assert (error.facts["needed"], error.facts["held"]) == ("ADMIN", held)


def test_what_is_set_already_is_no_change(released: Group) -> None:
    released.carry_out(follow(released, tags="beta", range="minor"))
    assert released.carry_out(follow(released, tags="BETA")) == []
    assert released.carry_out(follow(released, range="minor")) == []
    assert released.carry_out(follow(released)) == []


# ── this device ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tags", "runs"),
    [
        ("stable", "1.0.1"),
        ("beta", "1.1.0-rc.1"),
        ("stable,beta", "1.1.0-rc.1"),
        ("*", "1.1.0-rc.1"),
        ("dev", "3.0.0"),
        ("dev,stable", "3.0.0"),
    ],
)
@pytest.mark.parametrize("actor", ["ada", "rita"])
def test_a_device_follows_what_it_likes(released: Group, tags: str, runs: str, actor: str) -> None:
    released.carry_out(follow(released, actor, here=True, tags=tags))
    assert released.shown() == runs
    assert (released.prefs.override, released.package.follow_tags) == (True, None)


def test_a_device_begins_its_own_way_at_what_it_runs(released: Group) -> None:
    assert released.carry_out(follow(released, "rita", here=True)) == [
        "device desk: goes its own way no → yes"
    ]
    assert released.prefs.active_version_id == released.row("1.0.1").package_version_id
    released.runtime.activate("notes", "1.1.0-rc.1", GROUP)  # for this device, which goes its own way
    assert released.package.active_version_id == released.row("1.0.0").package_version_id


def test_what_the_device_has_none_of_is_the_contexts(released: Group) -> None:
    released.carry_out(follow(released, "rita", here=True, range="patch"))
    released.runtime.follow("notes", GROUP, tags="beta")
    assert released.shown() == "1.0.1"  # 1.1.0-rc.1 is beyond the device's own range
    released.carry_out(follow(released, "rita", here=True, range="minor"))
    assert released.shown() == "1.1.0-rc.1"
    assert "by this device" not in released.why()


def test_who_is_no_member_chooses_nothing(released: Group) -> None:
    released.refuse(follow(released, "mallory", here=True), RoleTooLow, "choose what this device uses")
    released.refuse(follow_group(released, "mallory"), RoleTooLow, "choose what this device uses")


def test_a_devices_build_is_taken_by_the_device_that_follows_dev_whenever_it_is_made(released: Group) -> None:
    released.carry_out(follow(released, "rita", here=True, tags="dev"))
    assert released.shown() == "3.0.0"
    released.build("2.9.0")
    assert released.shown() == "2.9.0"


# ── back to the group ────────────────────────────────────────────────────────────────────────────


def test_back_with_the_group_nothing_is_the_devices_own(released: Group) -> None:
    released.runtime.follow("notes", GROUP, "rita", tags="dev", range="latest", device=True)
    released.runtime.pin("notes", GROUP)
    assert released.carry_out(follow_group(released)) == [
        "device desk: goes its own way yes → no",
        "device desk: pinned yes → no",
        "device desk: followed tags dev → none",
        "device desk: followed range latest → none",
        "device desk: runs 3.0.0 (dev) → 1.0.1 (stable)",
    ]
    assert released.prefs.source_path  # where the build comes from is no choice
    assert released.carry_out(follow_group(released)) == []


def test_a_device_that_ran_a_build_returns_to_what_the_context_uses(released: Group) -> None:
    released.runtime.activate("notes", "3.0.0", GROUP, "rita")
    assert released.carry_out(follow_group(released)) == ["device desk: runs 3.0.0 (dev) → 1.0.1 (stable)"]


@pytest.mark.parametrize("begin", ["follow", "activate"])
def test_a_device_does_not_take_on_its_own_way_what_all_have_rolled_back_from(
    group: Group, begin: str
) -> None:
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        group.release(version)
    group.runtime.rollback("notes", GROUP, "ada")
    assert group.shown() == "1.1.0"
    if begin == "follow":
        group.carry_out(follow(group, actor="rita", here=True, tags="stable"))
    else:
        group.carry_out(
            lambda dry_run: group.runtime.activate(
                "notes", "1.0.0", GROUP, "rita", device=True, dry_run=dry_run
            )
        )
    assert group.shown() == ("1.1.0" if begin == "follow" else "1.0.0")
    group.release("2.0.1", runs_it=False)
    assert group.shown() == "2.0.1"
