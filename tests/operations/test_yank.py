"""A yanked version runs on where it is, and comes to no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peers_runtime import Decision, NotPromotable, RoleTooLow, UnknownVersion, VersionExists
from tests.operations.acting import BELOW_ADMIN, GROUP, Group


def yank(group: Group, version: str = "1.1.0", actor: str = "alan") -> Callable[[bool], Decision]:
    return lambda dry_run: group.runtime.yank("notes", version, GROUP, actor, dry_run=dry_run)


def test_the_version_that_the_context_is_set_to_runs_on(group: Group) -> None:
    group.release("1.1.0")
    assert group.carry_out(yank(group)) == ["context: yanked 1.1.0 no → yes"]
    assert group.shown() == "1.1.0"
    assert "it was yanked, so it spreads no further" in group.why()
    row = group.row("1.1.0")
    assert (row.yanked, row.history[-1].action, row.history[-1].by) == (True, "yanked", "alan")


def test_what_policy_took_by_itself_it_gives_up(group: Group) -> None:
    group.release("1.0.0")
    group.release("1.1.0", runs_it=False)
    assert group.carry_out(yank(group)) == [
        "context: yanked 1.1.0 no → yes",
        "device desk: runs 1.1.0 (stable) → 1.0.0 (stable)",
    ]


def test_a_pinned_device_stays_at_a_yanked_version(group: Group) -> None:
    group.release("1.0.0")
    group.release("1.1.0", runs_it=False)
    group.runtime.pin("notes", GROUP)
    group.carry_out(yank(group))
    assert group.shown() == "1.1.0"


def test_it_cannot_be_taken_back_and_a_second_time_changes_nothing(group: Group) -> None:
    group.release("1.1.0")
    group.carry_out(yank(group))
    assert group.carry_out(yank(group)) == []
    group.refuse(
        lambda dry_run: group.runtime.promote("notes", "1.1.0", "stable", GROUP, dry_run=dry_run),
        NotPromotable,
    )


def test_its_number_is_not_free_again(group: Group) -> None:
    group.release("1.1.0")
    group.carry_out(yank(group))
    group.build("1.1.0")
    error = group.refuse(
        lambda dry_run: group.runtime.promote("notes", "1.1.0@desk", "beta", GROUP, dry_run=dry_run),
        VersionExists,
        "yanked by alan at 20",
    )
    assert error.facts["by"] == "alan"


def test_a_build_belongs_to_its_device_and_is_not_yanked(group: Group) -> None:
    group.build("1.1.0")
    group.refuse(yank(group), NotPromotable, "1.1.0 is a dev version")


def test_what_does_not_exist_is_told_with_what_is_near(group: Group) -> None:
    group.release("1.1.0")
    group.refuse(yank(group, "1.1.1"), UnknownVersion, "did you mean '1.1.0'")


@pytest.mark.parametrize(("actor", "held"), BELOW_ADMIN)
def test_yanking_takes_an_admin(group: Group, actor: str, held: str) -> None:
    group.release("1.1.0")
    error = group.refuse(yank(group, actor=actor), RoleTooLow, "yank a version")
    assert (error.facts["needed"], error.facts["held"]) == ("ADMIN", held)
