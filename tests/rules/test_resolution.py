"""Which version a context uses on a device, row by row of the tables."""

from __future__ import annotations

import pytest

from peers_runtime.rules.resolution import Considered, effective_active, resolve
from tests.rules import facts
from tests.rules.resolution_tables import (
    CONDITIONS,
    DEVICE,
    HELD,
    MINE,
    MISSING,
    NEW,
    NONE,
    OLD,
    STEPS,
    THEIRS,
    TIES,
    Case,
    Condition,
    Row,
    Set,
)

BY_WORDS = {"ids": lambda case: case.words}


@pytest.mark.parametrize("case", [*STEPS, *TIES, *HELD, *MISSING], **BY_WORDS)
def test_what_is_active_is_as_the_table_says(case: Case) -> None:
    found = facts.resolved(case.rows, case.context, case.device)
    assert (found.version and found.version.package_version_id, found.reason) == (case.answer, case.reason)


@pytest.mark.parametrize("row", CONDITIONS, **BY_WORDS)
def test_a_version_activates_by_itself_when_all_conditions_hold(row: Condition) -> None:
    found = facts.resolved([OLD, row.version], row.context, NONE)
    assert found.version == facts.version(row.version if row.taken else OLD)
    assert reasons(found.considered)[facts.row_id(row.version)] == row.reason


def test_a_package_that_is_not_installed_has_no_version() -> None:
    found = resolve(None, [facts.version(OLD)], None, "group", DEVICE, None)
    assert (found.version, found.reason) == (None, "the package is not installed in this context")


def test_where_the_catalog_and_the_files_are_one_home_everything_has_arrived() -> None:
    versions = [facts.version(OLD), facts.version(NEW)]
    assert resolve(facts.package(Set("1.0.0")), versions, None, "group", DEVICE, None).version == versions[1]


def test_the_personal_space_is_called_so() -> None:
    found = resolve(facts.package(Set("1.0.0")), [facts.version(OLD)], None, "personal", DEVICE, None)
    assert found.reason == "the personal space is set to 1.0.0 (stable)"


def test_a_context_that_was_set_to_a_dev_version_all_the_same_is_set_to_none() -> None:
    assert facts.resolved([MINE, THEIRS], Set("3.0.0@laptop"), NONE).version is None
    assert facts.resolved([MINE, THEIRS], Set("4.0.0@desktop"), NONE).version is None


def test_every_version_is_named_with_why_it_lost_the_newest_first() -> None:
    rows = [
        OLD,
        NEW,
        Row("1.2.0"),
        Row("1.2.0+later", promoted=2),
        Row("1.3.0", yanked=True),
        Row("1.4.0", here=False),
        Row("1.5.0", "beta"),
        Row("2.0.0"),
        MINE,
        THEIRS,
    ]
    found = facts.resolved(rows, Set("1.0.0", range="minor"), NONE)
    chosen = "1.2.0+later (stable) is followed here and newer than 1.0.0, which the context is set to"
    digest = facts.digest(rows[3])[:12]
    assert list(map(str, found.considered)) == [
        "4.0.0 (dev): it belongs to device desktop, and takes an explicit activation here",
        "3.0.0 (dev): dev is followed nowhere unless a device asks for it",
        "2.0.0 (stable): the range is minor: 1.* only",
        "1.5.0 (beta): stable is followed here",
        "1.4.0 (stable): its files have not all arrived yet",
        "1.3.0 (stable): it was yanked",
        f"1.2.0+later (stable): {chosen}",
        f"1.2.0 (stable): 1.2.0+later ({digest}) is as new, and was promoted later",
        "1.1.0 (stable): 1.2.0+later is newer",
        "1.0.0 (stable): a newer one is followed",
    ]


@pytest.mark.parametrize(
    ("context", "device", "answer", "lost"),
    [
        (Set("1.0.0", disabled=True), NONE, None, "the package is disabled in this context"),
        (Set("1.0.0"), Set("3.0.0@laptop"), "3.0.0@laptop", "this device chose 3.0.0 (dev)"),
        (Set("1.0.0"), Set("1.0.0", pinned=True), "1.0.0", "this device is pinned"),
        (Set("1.0.0", range="pinned"), NONE, "1.0.0", "the range is pinned: nothing is taken by itself"),
    ],
)
def test_whatever_step_decides_says_why_the_others_lost(
    context: Set, device: Set, answer: str | None, lost: str
) -> None:
    found = facts.resolved([OLD, NEW, MINE], context, device)
    assert (found.version and found.version.package_version_id) == answer
    assert reasons(found.considered)["1.1.0"] == lost


def test_what_would_be_taken_over_a_missing_one_is_taken_whatever_the_missing_one_stands_in_for() -> None:
    rows = [
        Row("1.0.0", activated=1),
        Row("1.5.0", activated=2, here=False),
        Row("1.5.1"),
        Row("2.0.0", activated=3, here=False),
    ]
    found = facts.resolved(rows, Set("2.0.0", range="patch"), NONE)
    assert found.version == facts.version(rows[2])
    found = facts.resolved(rows[:2] + rows[3:], Set("2.0.0", range="patch"), NONE)
    assert found.version == facts.version(rows[0])


def test_records_without_their_history_are_compared_by_when_they_were_created() -> None:
    one, other = (
        facts.version(Row(version)).model_copy(update={"history": (), "created_at": facts.day(created)})
        for version, created in (("1.1.0+a", 3), ("1.1.0+b", 2))
    )
    for versions in ([one, other], [other, one]):
        assert resolve(facts.package(), versions, None, "group", DEVICE, None).version == one


@pytest.mark.parametrize(
    ("context", "device", "answer"),
    [
        (Set("1.0.0"), NONE, "1.0.0"),
        (Set("1.0.0"), Set("1.1.0"), "1.0.0"),
        (Set("1.0.0"), Set("1.1.0", override=True), "1.1.0"),
        (Set("1.0.0"), Set("1.1.0", pinned=True), "1.1.0"),
        (Set("1.0.0"), Set(override=True), "1.0.0"),
        (Set("1.0.0"), Set("3.0.0@laptop", override=True), "1.0.0"),
        (Set("1.0.0"), Set("9.9.9", override=True), "1.0.0"),
        (Set("9.9.9"), NONE, None),
        (Set("3.0.0@laptop"), NONE, None),
        (NONE, Set("1.1.0", override=True), "1.1.0"),
        (NONE, NONE, None),
    ],
)
def test_the_effective_active_version_is_the_devices_on_its_own_way_else_the_contexts(
    context: Set, device: Set, answer: str | None
) -> None:
    versions = [facts.version(row) for row in (OLD, NEW, MINE)]
    found = effective_active(facts.package(context), versions, facts.prefs(device))
    assert (found and found.package_version_id) == answer


def reasons(considered: tuple[Considered, ...]) -> dict[str, str]:
    return {one.version.package_version_id: one.reason for one in considered}
