"""No record or history can be changed without being found out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from peers_runtime.model.catalog import HistoryEntry, PackageVersion, VersionTag
from peers_runtime.rules import history
from peers_runtime.trust.keys import Keys
from tests.rules.histories import AT, STORED, Group


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Group:
    return Group(Keys(tmp_path_factory.mktemp("home") / "keys"))


@pytest.fixture(scope="module")
def released(group: Group) -> PackageVersion:
    return group.made("promoted:beta", "activated", "promoted:stable", "activated", "rolled-back", "yanked")


@pytest.fixture(scope="module", params=[True, False], ids=["created signed", "created unsigned"])
def stable(group: Group, request: pytest.FixtureRequest) -> PackageVersion:
    return group.made("promoted:beta", "promoted:stable", "activated", is_shared=request.param)


@settings(deadline=None)  # each example signs and verifies
@given(data=st.data())
def test_any_byte_changed_in_any_field_is_found(
    group: Group, released: PackageVersion, stable: PackageVersion, data: st.DataObject
) -> None:
    record = data.draw(st.sampled_from([released, stable])).wire()
    *way, last = data.draw(st.sampled_from(list(_leaves(record))))
    inside: Any = record
    for step in way:
        inside = inside[step]
    inside[last] = data.draw(_changed(inside[last]))
    assert _is_found(group, record)


@settings(deadline=None)  # each example signs and verifies
@given(data=st.data())
def test_any_field_left_out_or_put_in_is_found(
    group: Group, released: PackageVersion, data: st.DataObject
) -> None:
    record = released.wire()
    places = [record, *record["history"]]
    number = data.draw(st.integers(0, len(places) - 1))
    fields = (PackageVersion if number == 0 else HistoryEntry).model_fields.values()
    field = data.draw(st.sampled_from([str(field.alias) for field in fields]))
    if places[number].pop(field, None) is None:
        places[number][field] = "something"
    assert _is_found(group, record)


@settings(deadline=None)  # each example signs and verifies
@given(data=st.data())
def test_entries_that_were_dropped_swapped_or_doubled_are_found(
    group: Group, released: PackageVersion, stable: PackageVersion, data: st.DataObject
) -> None:
    version = data.draw(st.sampled_from([released, stable]))
    entries = st.sampled_from(version.history)
    other = data.draw(
        st.lists(entries, max_size=8).map(tuple)
        | st.permutations(version.history).map(tuple)
        | st.integers(0, len(version.history)).map(lambda end: version.history[:end])
    )
    found = group.problems(version.model_copy(update={"history": other}))
    assert bool(found) == (other != version.history)


def test_entries_of_another_version_are_found(group: Group) -> None:
    """The same acts by the same people at the same time, on another snapshot or another row."""
    mine = group.made("promoted:beta")
    for field, value in (("snapshot_digest", "6" * 64), ("package_version_id", "row-2"), ("context_id", "c")):
        start = STORED.model_copy(update={field: value})
        theirs = group.act(group.act(start, "created", "wim"), "promoted:beta")
        assert group.problems(theirs) == ()
        found = group.problems(mine.model_copy(update={"history": theirs.history}))
        assert "entry 2 (promoted:beta by ada): ada has signed something else than stands here" in found


def test_a_history_is_never_empty(group: Group, stable: PackageVersion) -> None:
    assert "the record has no history" in group.problems(stable.model_copy(update={"history": ()}))


def test_a_record_that_says_more_than_its_history_is_found(group: Group) -> None:
    """Signed by an Admin, who may have meant it."""
    beta = group.made("promoted:beta")
    for fields, said in (
        ({"version_tag": VersionTag.STABLE}, "stable, its history leads to beta"),
        ({"yanked": True}, "beta, yanked, its history leads to beta"),
    ):
        more = beta.model_copy(update=fields)
        signed = more.model_copy(update={"signature": group.sign("ada")(history.record_statement(more))})
        assert group.problems(signed) == (f"the record says {said}",)


def test_a_promoted_record_without_any_signature_is_found(group: Group) -> None:
    dev = group.made(is_shared=False)
    pretended = dev.model_copy(update={"version_tag": VersionTag.STABLE, "device_id": None})
    assert group.problems(pretended) == (
        "the record says stable, its history leads to dev",
        "the record is not signed",
    )


def test_a_whole_record_older_than_the_one_seen_is_found(group: Group) -> None:
    older = group.made("promoted:beta")
    newer = group.act(older, "yanked")
    assert group.problems(older) == ()
    assert (
        group.problems(newer, seen=history.seen(older))
        == group.problems(newer, seen=history.seen(newer))
        == ()
    )
    assert group.problems(older, seen=history.seen(newer)) == (
        "the history does not go on where the one seen before ended, after 3 entries",
    )


def test_a_history_that_took_another_way_is_found(group: Group) -> None:
    beta = group.made("promoted:beta")
    one, other = group.act(beta, "activated"), group.act(beta, "yanked", "olga")
    assert group.problems(other) == ()
    assert len(group.problems(other, seen=history.seen(one))) == 1


def test_a_dev_version_may_begin_anew(group: Group) -> None:
    rebuilt = STORED.model_copy(update={"snapshot_digest": "7" * 64, "version": "1.3.0"})
    again = group.act(rebuilt, "created", "wim")
    assert group.problems(again, seen=history.seen(group.made()), since=group.roster.count) == ()


def test_what_was_released_or_signed_does_not_begin_anew(group: Group) -> None:
    rebuilt = STORED.model_copy(update={"snapshot_digest": "7" * 64, "version": "1.3.0"})
    again = group.act(rebuilt, "created", "wim")
    released = history.seen(group.made("promoted:beta"))
    said = "the history does not go on where the one seen before ended, after {} entries"
    assert group.problems(again, seen=released) == (said.format(2),)
    bare = history.appended(rebuilt, "created", "wim", AT)
    assert group.problems(bare) == ()
    assert group.problems(bare, seen=history.seen(group.made())) == (said.format(1),)


def _leaves(data: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(data, (dict, list)):
        for step, inside in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _leaves(inside, (*way, step))
    else:
        yield way


def _changed(value: str | bool | int) -> st.SearchStrategy[str | bool | int]:
    """The value with one character another one, or one more, or one less."""
    if isinstance(value, bool):
        return st.just(not value)
    if isinstance(value, int):
        return st.integers(0, 2 * value).filter(lambda other: other != value)
    places = st.integers(0, len(value))
    character = st.characters(codec="utf-8")
    put = st.builds(lambda at, new: f"{value[:at]}{new}{value[at:]}", places, character)
    exchanged = st.builds(lambda at, new: f"{value[:at]}{new}{value[at + 1 :]}", places, character)
    cut = places.map(lambda at: value[:at] + value[at + 1 :])
    return st.one_of(exchanged, put, cut).filter(lambda changed: changed != value)


def _is_found(group: Group, record: dict[str, Any]) -> bool:
    """Either it is no record any more, or it is one with problems."""
    try:
        version = PackageVersion.model_validate(record)
    except ValidationError:
        return True
    return bool(group.problems(version))
