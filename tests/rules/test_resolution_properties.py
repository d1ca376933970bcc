"""What holds for the resolution of whatever facts there are."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st

from peers_runtime.model.catalog import FollowRange, PackageVersion, VersionTag
from peers_runtime.model.versions import precedence
from peers_runtime.rules import following
from peers_runtime.rules.resolution import Resolution, effective_active
from tests.rules import facts
from tests.rules.resolution_tables import DEVICE, NONE, Row, Set

DEVICES = [DEVICE, "desktop"]
NUMBERS = ["1.0.0-rc.1", "1.0.0", "1.0.0+b", "1.0.1", "1.1.0", "1.1.0+b", "2.0.0-beta.1", "2.0.0", "3.0.0"]


class World(NamedTuple):
    rows: list[Row]
    context: Set
    device: Set


numbers = st.sampled_from(NUMBERS)
days = st.integers(1, 9)
ranges = st.sampled_from([None, *FollowRange])
released = st.builds(
    Row,
    numbers,
    st.sampled_from(["beta", "stable"]),
    here=st.integers(0, 3).map(bool),
    yanked=st.integers(0, 3).map(lambda one: not one),
    activated=st.none() | days,
    promoted=days,
    digest=st.sampled_from("01"),
)
dev = st.builds(Row, numbers, st.just("dev"), st.sampled_from(DEVICES), here=st.integers(0, 3).map(bool))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    rows = draw(st.lists(released, unique_by=lambda row: row.version, max_size=6))
    rows += draw(st.lists(dev, unique_by=lambda row: row.device, max_size=2))
    ids = st.sampled_from([None, "0.1.0", *map(facts.row_id, rows)])
    tags = st.sampled_from([None, "stable", "beta", "stable,beta", "*"])
    context = st.builds(
        Set, ids, tags, ranges, st.none() | numbers, disabled=st.integers(0, 9).map(lambda one: not one)
    )
    device = st.builds(
        Set,
        ids,
        tags | st.sampled_from(["dev", "stable,dev", "stable,beta,dev"]),
        ranges,
        st.none() | numbers,
        override=st.booleans(),
        pinned=st.integers(0, 3).map(lambda one: not one),
    )
    return World(rows, draw(context), draw(st.just(NONE) | device))


def resolved(world: World, on: str = DEVICE) -> Resolution:
    return facts.resolved(world.rows, world.context, world.device, on=on)


def active(world: World) -> PackageVersion | None:
    """What the context or this device was set to."""
    rows = [facts.version(row) for row in world.rows]
    return effective_active(facts.package(world.context), rows, facts.prefs(world.device))


def is_here(world: World, version: PackageVersion | None) -> bool:
    return version is not None and version.snapshot_digest in facts.arrived(world.rows)


def was_set(world: World, found: PackageVersion) -> bool:
    """Whether somebody set exactly this version, now or, for the context, earlier."""
    return found.package_version_id in (world.context.active, world.device.active) or any(
        entry.action == "activated" for entry in found.history
    )


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(world: World, dice: Random) -> None:
    shuffled = list(world.rows)
    dice.shuffle(shuffled)
    assert resolved(world._replace(rows=shuffled)) == resolved(world)


@given(worlds())
def test_devices_with_the_same_facts_and_no_choices_of_their_own_agree(world: World) -> None:
    world = world._replace(device=NONE)
    on_one, on_other = (resolved(world, device) for device in DEVICES)
    assert (on_one.version, on_one.reason) == (on_other.version, on_other.reason)


@given(worlds())
def test_the_same_facts_give_the_same_answer_again(world: World) -> None:
    assert resolved(world) == resolved(world)


@given(worlds())
def test_setting_the_context_to_what_was_found_changes_nothing(world: World) -> None:
    world = world._replace(device=NONE)
    found = resolved(world).version
    assume(found is not None)
    assert found is not None
    again = world._replace(context=world.context._replace(active=found.package_version_id))
    assert resolved(again).version == found


@given(worlds())
def test_dev_is_never_active_without_this_device_asking_for_it(world: World) -> None:
    found = resolved(world).version
    if found is not None and found.version_tag is VersionTag.DEV:
        asked = world.device.active == found.package_version_id
        followed = world.device.override and "dev" in (world.device.tags or "")
        assert asked or (followed and found.device_id == DEVICE)


@given(worlds())
def test_nothing_older_is_ever_taken_by_itself(world: World) -> None:
    """What was set and is here is active, or else something strictly newer is."""
    wanted, found = active(world), resolved(world).version
    if wanted is None or not is_here(world, wanted) or world.context.disabled:
        return
    assert found is not None
    if found.package_version_id not in (wanted.package_version_id, world.device.active):
        assert precedence(found.version) > precedence(wanted.version)


@given(worlds())
def test_what_has_not_arrived_whole_is_never_active(world: World) -> None:
    found = resolved(world).version
    assert found is None or is_here(world, found)


@given(worlds())
def test_a_yanked_version_is_active_only_where_it_was_set(world: World) -> None:
    found = resolved(world).version
    if found is not None and found.yanked:
        assert found.package_version_id in (world.context.active, world.device.active)


@given(worlds())
def test_what_nobody_set_has_a_tag_that_is_followed(world: World) -> None:
    found = resolved(world).version
    if found is not None and not was_set(world, found):
        tags, is_devices = following.effective_tags(facts.package(world.context), facts.prefs(world.device))
        assert following.tag_matches(tags, is_devices, found, DEVICE).holds


@given(worlds())
def test_a_pin_takes_nothing_by_itself(world: World) -> None:
    found = resolved(world).version
    package, prefs = facts.package(world.context), facts.prefs(world.device)
    if prefs.pinned or following.effective_range(package, prefs) is FollowRange.PINNED:
        assert found is None or was_set(world, found)


@given(worlds())
def test_a_rollback_is_never_undone_by_itself(world: World) -> None:
    """Between the version that was gone back to and the one that was left, nothing is taken."""
    wanted, found = active(world), resolved(world).version
    is_own = wanted is not None and wanted.package_version_id == world.device.active
    if is_own and world.device.override and is_here(world, wanted):
        held = world.device.held
    else:
        world = world._replace(device=NONE)
        wanted, found, held = active(world), resolved(world).version, world.context.held
    if (
        held is None
        or found is None
        or found.package_version_id in (world.context.active, world.device.active)
    ):
        return
    above = wanted is None or precedence(found.version) > precedence(wanted.version)
    assert not above or precedence(found.version) > precedence(held)


@given(worlds())
def test_after_a_rollback_only_something_newer_than_what_was_left_is_taken(world: World) -> None:
    """As the acts leave it: the context set to the one before, held at the one it left, both here."""
    rows = [Row("1.0.0"), Row("2.0.0"), *(row for row in world.rows if row.version not in ("1.0.0", "2.0.0"))]
    found = facts.resolved(
        rows, world.context._replace(active="1.0.0", held="2.0.0", disabled=False), NONE
    ).version
    assert found is not None
    assert found.version == "1.0.0" or precedence(found.version) > precedence("2.0.0")


@given(worlds())
def test_every_version_is_considered_once_and_the_chosen_one_says_what_the_answer_says(world: World) -> None:
    found = resolved(world)
    assert sorted(one.version.package_version_id for one in found.considered) == sorted(
        map(facts.row_id, world.rows)
    )
    assert [one.version for one in found.considered if one.chosen] == [found.version] * (
        found.version is not None
    )
    assert all(one.reason for one in found.considered)
    assert all(one.reason == found.reason for one in found.considered if one.chosen)


@given(worlds(), st.data())
def test_to_look_only_for_the_files_of_what_would_be_chosen_is_enough(
    world: World, data: st.DataObject
) -> None:
    """Whatever else is taken to have arrived, an answer that has is the answer."""
    supposed = [row if row.here else row._replace(here=data.draw(st.booleans())) for row in world.rows]
    found = resolved(world._replace(rows=supposed))
    if found.version is None or is_here(world, found.version):
        truly = resolved(world)
        assert (truly.version, truly.reason) == (found.version, found.reason)
