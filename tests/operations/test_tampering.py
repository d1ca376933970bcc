"""Every act leaves records that verify, and whatever is changed in the catalog by hand is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from peers_runtime import Role, SignatureInvalid
from tests.operations.acting import GROUP, Group

ANOTHER: dict[str, object] = {
    "version": "1.0.1",
    "version_tag": "beta",
    "app_navs": json.dumps([{"name": "elsewhere"}]),
    "created_by": "alan",
    "created_at": "2020-01-01T00:00:00.000+00:00",
    "device_id": "laptop",
    "yanked": True,
    "signature": None,
    "author_signature": "somebody's",
    "history": "[]",
    "name": "others",
}


@pytest.fixture
def released(group: Group) -> Group:
    """1.0.0 with an entry of every kind in its history, and 1.1.0 beside it."""
    runtime = group.runtime
    group.release("0.9.0")
    group.build("1.0.0")
    runtime.promote("notes", "1.0.0", "beta", GROUP, "alan")
    runtime.promote("notes", "1.0.0", "stable", GROUP, "ada")
    runtime.activate("notes", "1.0.0", GROUP, "alan")
    runtime.rollback("notes", GROUP, "ada")
    group.release("1.1.0")
    group.verify()
    return group


def problems(group: Group, version: str = "1.0.0") -> str:
    (told,) = [one for one in group.runtime.history("notes", GROUP) if one.version.version == version]
    return "; ".join(told.problems)


def set_column(group: Group, column: str, value: object, version: str = "1.0.0") -> None:
    group.change(f"UPDATE package_versions SET {column} = ? WHERE version = ?", value, version)


def test_every_act_leaves_what_verifies(released: Group) -> None:
    history = [(one.action, one.by) for one in released.row("1.0.0").history]
    assert history == [
        ("created", "grace"),
        ("promoted:beta", "alan"),
        ("promoted:stable", "ada"),
        ("activated", "alan"),
        ("rolled-back", "ada"),
    ]
    released.runtime.yank("notes", "1.0.0", GROUP, "alan")
    released.verify()
    assert all(one.signature for one in released.row("1.0.0").history[1:])


@pytest.mark.parametrize("column", ANOTHER)
def test_a_changed_field_of_a_record_is_found(released: Group, column: str) -> None:
    set_column(released, column, ANOTHER[column])
    changed = "1.0.1" if column == "version" else "1.0.0"
    assert problems(released, changed)
    assert not problems(released, "1.1.0")


def test_another_snapshot_is_found(released: Group) -> None:
    set_column(released, "snapshot_digest", released.row("1.1.0").snapshot_digest)
    assert "has signed something else" in problems(released)


def test_rows_that_changed_places_are_found(released: Group) -> None:
    one, other = released.row("1.0.0").package_version_id, released.row("1.1.0").package_version_id
    statement = "UPDATE package_versions SET package_version_id = ? WHERE package_version_id = ?"
    for new, old in (("between", one), (one, other), (other, "between")):
        released.change(statement, new, old)
    assert problems(released)
    assert problems(released, "1.1.0")


ENTRIES: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "the first is cut": lambda history: history.pop(0),
    "one in the middle is cut": lambda history: history.pop(2),
    "the last is cut": lambda history: history.pop(),
    "two changed places": lambda history: history.insert(1, history.pop(2)),
    "one stands twice": lambda history: history.insert(2, history[2]),
    "one says another act": lambda history: history[3].update(action="rolled-back"),
    "one says another actor": lambda history: history[1].update(by="ada"),
    "one says another time": lambda history: history[4].update(at="2020-01-01T00:00:00.000+00:00"),
    "the unsigned first one says another actor": lambda history: history[0].update(by="ada"),
    "one names another before it": lambda history: history[2].update(previousDigest="0" * 64),
    "one has another's signature": lambda history: history[3].update(signature=history[1]["signature"]),
    "one has no signature": lambda history: history[3].pop("signature"),
}


@pytest.mark.parametrize("what", ENTRIES)
def test_a_changed_history_is_found(released: Group, what: str) -> None:
    history = [entry.wire() for entry in released.row("1.0.0").history]
    ENTRIES[what](history)
    set_column(released, "history", json.dumps(history))
    assert problems(released)


def test_a_history_without_the_last_act_does_not_explain_the_record(released: Group) -> None:
    before = released.row("1.1.0")
    released.runtime.yank("notes", "1.1.0", GROUP)
    history = json.dumps([entry.wire() for entry in before.history])
    set_column(released, "history", history, "1.1.0")
    assert "yanked" in problems(released, "1.1.0")


def test_a_key_in_the_place_of_anothers_is_found(released: Group) -> None:
    keys = {one.actor_id: one.public_key for one in released.runtime.members.list(GROUP)}
    statement = "UPDATE members SET public_key = ? WHERE context_id = ? AND actor_id = 'alan'"
    released.change(statement, keys["ada"], GROUP)
    assert "by alan" in problems(released)
    released.change(statement, None, GROUP)
    assert "no key of alan is known" in problems(released)


def test_what_an_admin_did_stands_after_they_have_stepped_down(released: Group) -> None:
    released.runtime.members.set(GROUP, "alan", Role.WRITER, "ada")
    assert problems(released) == ""


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("created_by", "mallory", "has signed something else than stands here"),
        ("history", "[]", "the record has no history"),
    ],
)
def test_nothing_is_signed_on_top_of_a_record_that_was_changed(
    released: Group, column: str, value: object, why: str
) -> None:
    set_column(released, column, value)
    for dry_run in (True, False):
        with pytest.raises(SignatureInvalid, match="so nothing is done with it") as caught:
            released.runtime.yank("notes", "1.0.0", GROUP, "alan", dry_run=dry_run)
        assert why in caught.value.message
