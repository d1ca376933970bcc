"""Asking only for what would be chosen comes to the same as knowing of everything what has arrived."""

from __future__ import annotations

from hypothesis import given

from peers_runtime.rules import arriving
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
