"""Asking only for what would be chosen comes to the same as knowing of everything what has arrived."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.rules import arriving, resolution
from tests.rules import facts
from tests.rules.resolution_tables import DEVICE, NONE, Row, Set
from tests.rules.test_resolution_properties import World, worlds


def asked(world: World, here: frozenset[str]) -> tuple[object, frozenset[str], list[str]]:
    """The version, what was missed, and what was asked for, in order."""
    questions: list[str] = []

    def has(digest: str) -> bool:
        questions.append(digest)
        return digest in here

    versions = [facts.version(row) for row in world.rows]
    found, missing = arriving.resolve(
        facts.package(world.context), versions, facts.prefs(world.device), "group", DEVICE, has
    )
    return found.version, missing, questions


@given(worlds())
def test_it_is_what_is_chosen_of_all_that_has_arrived(world: World) -> None:
    here = facts.arrived(world.rows)
    chosen = facts.resolved(world.rows, world.context, world.device, on=DEVICE).version
    found, missing, questions = asked(world, here)
    assert found == chosen
    assert not missing & here
    assert len(questions) == len(set(questions))


@given(worlds())
def test_while_everything_is_here_one_question_is_asked_at_most(world: World) -> None:
    every = frozenset(facts.digest(row) for row in world.rows)
    found, missing, questions = asked(world, every)
    assert not missing
    assert len(questions) == (found is not None)


def test_what_is_missed_is_what_would_have_been_chosen() -> None:
    rows = [Row(f"1.{minor}.0", "stable") for minor in range(4)]
    here = frozenset({facts.digest(rows[0]), facts.digest(rows[1])})
    found, missing, _ = asked(World(rows, Set("1.0.0"), NONE), here)
    assert found == facts.version(rows[1])
    assert missing == {facts.digest(rows[2]), facts.digest(rows[3])}


@given(worlds(), st.sets(st.integers(0, 7)))
def test_a_record_in_doubt_is_as_one_that_has_not_arrived_and_is_listed_with_the_reason(
    world: World, places: set[int]
) -> None:
    doubted = {facts.row_id(row) for place, row in enumerate(world.rows) if place in places}
    versions = [facts.version(row) for row in world.rows]
    given_ = facts.package(world.context), facts.prefs(world.device)
    found, _ = arriving.resolve(
        given_[0],
        versions,
        given_[1],
        "group",
        DEVICE,
        lambda _: True,
        lambda one: one.package_version_id not in doubted,
    )
    sound = [one for one in versions if one.package_version_id not in doubted]
    without = resolution.resolve(given_[0], sound, given_[1], "group", DEVICE, None)
    assert found.version == without.version
    assert {one.version.package_version_id for one in found.considered} == set(map(facts.row_id, world.rows))


def test_what_was_set_and_is_in_doubt_is_said_so() -> None:
    rows = [Row("1.0.0", "stable", activated=1), Row("1.1.0", "stable", activated=2)]
    versions = [facts.version(row) for row in rows]
    package = facts.package(Set("1.1.0"))
    found, _ = arriving.resolve(
        package, versions, None, "group", DEVICE, lambda _: True, lambda one: one.version != "1.1.0"
    )
    assert found.version == versions[0]
    assert found.reason == (
        "1.1.0 (stable), which the context is set to, is under quarantine; 1.0.0 (stable) was used before"
    )
    assert [str(one) for one in found.considered] == [
        "1.1.0 (stable): its record is under quarantine: peers doctor",
        f"1.0.0 (stable): {found.reason}",
    ]


def test_nothing_is_measured_against_a_record_in_doubt() -> None:
    rows = [Row("1.0.0"), Row("1.0.1", activated=1), Row("1.1.0", "beta")]
    versions = [facts.version(row) for row in rows]
    context = facts.package(Set("1.0.1", tags="beta", held="1.1.0"))
    own_way = facts.prefs(Set("1.0.0", held="1.0.1", override=True))
    found, _ = arriving.resolve(
        context, versions, own_way, "group", DEVICE, lambda _: True, lambda one: one.version != "1.0.0"
    )
    assert found.version == versions[1]
    assert "1.0.0 (stable), which this device chose, is under quarantine" in found.reason
