"""Every act leaves records that verify, and whatever is changed in the catalog by hand is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from peers_runtime import Role, RoleTooLow, SignatureInvalid
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


def test_what_an_admin_did_stands_after_they_have_stepped_down(released: Group) -> None:
    released.runtime.members.set(GROUP, "alan", Role.WRITER, "ada")
    assert problems(released) == ""


def test_a_yank_is_not_taken_back_by_an_older_record(released: Group) -> None:
    older = released.row("1.1.0")
    released.runtime.yank("notes", "1.1.0", GROUP)
    set_column(released, "yanked", False, "1.1.0")
    set_column(released, "signature", older.signature, "1.1.0")
    set_column(released, "history", json.dumps([one.wire() for one in older.history]), "1.1.0")
    assert "does not go on where the one seen before ended" in problems(released, "1.1.0")
    released.refuse(
        lambda dry_run: released.runtime.activate("notes", "1.1.0", GROUP, device=True, dry_run=dry_run),
        SignatureInvalid,
    )
    with released.open() as restarted, pytest.raises(SignatureInvalid):
        restarted.activate("notes", "1.1.0", GROUP, device=True)


def test_a_view_of_how_things_were_is_no_forgery(released: Group) -> None:
    with released.runtime.services.catalog.read() as older:
        package_id = older.packages(GROUP)[0].package_id
        released.runtime.yank("notes", "1.1.0", GROUP)
        assert not any(one.yanked for one in older.versions(GROUP, package_id))
    assert faults(released) == []
    assert "yanked" in str(released.runtime.resolve("notes", GROUP).considered[0])


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


# ── what is said of a package ────────────────────────────────────────────────────────────────────

OF_PACKAGE: dict[str, object] = {
    "active_version_id": None,
    "follow_tags": "*",
    "follow_range": "pinned",
    "held_above": "9.0.0",
    "disabled": True,
    "description": "another",
    "created_by": "mallory",
    "changed_by": "alan",
    "revision": 99,
    "as_of": 1,
    "signature": None,
    "publish_public_key": "mallory's",
}


def faults(group: Group) -> list[str]:
    return [one.message for one in group.runtime.diagnostics() if one.code == SignatureInvalid.code]


@pytest.mark.parametrize("column", OF_PACKAGE)
def test_what_somebody_else_says_of_a_package_is_listed_and_not_used(released: Group, column: str) -> None:
    before, why = released.package, released.why()
    released.change(f"UPDATE packages SET {column} = ? WHERE context_id = ?", OF_PACKAGE[column], GROUP)
    assert released.package.model_copy(update={"revision": before.revision}) == before
    assert released.why() == why
    (fault,) = faults(released)
    assert fault.startswith("what is said of notes in context 'acme' is not used: ")
    with released.open() as restarted:
        assert restarted.resolve("notes", GROUP).reason == why
    released.runtime.follow("notes", GROUP, "alan", tags="stable,beta")
    assert faults(released) == []
    assert (released.package.follow_tags, released.package.changed_by) == ("stable,beta", "alan")
    released.verify()


def test_an_older_word_on_a_package_is_not_put_back(released: Group) -> None:
    older = released.package
    released.runtime.follow("notes", GROUP, tags="beta")
    with released.runtime.services.catalog.write() as writer:
        writer.put_package(older)
    assert released.package.follow_tags == "beta"
    assert "was seen before" in faults(released)[0]


def test_where_nothing_else_is_known_of_a_package_it_is_refused_until_it_is_begun_anew(
    released: Group,
) -> None:
    runtime = released.runtime
    released.change("UPDATE packages SET follow_tags = '*' WHERE context_id = ?", GROUP)
    runtime.close()
    for known in runtime.home.glob("beliefs*"):
        shutil.rmtree(known)
    for known in runtime.home.glob("index*.json"):
        known.unlink()
    with released.open() as anew:
        assert anew.packages(GROUP) == []
        assert anew.context(GROUP).routes.list() == ()
        for act in (anew.disable, anew.pin, anew.resolve):
            with pytest.raises(SignatureInvalid, match="changed by somebody who may not") as caught:
                act("notes", GROUP)
            assert "peers uninstall notes" in caught.value.hint
        with pytest.raises(SignatureInvalid):
            anew.install(released.folder / "build-1", context=GROUP)
        anew.uninstall("notes", GROUP)
        anew.install(released.folder / "build-1", context=GROUP)
        assert len(anew.packages(GROUP)) == 1


def test_a_package_that_was_uninstalled_is_begun_anew_and_nothing_of_before_is_put_back(
    released: Group,
) -> None:
    before = released.package
    released.runtime.uninstall("notes", GROUP)
    released.runtime.install(released.folder / "build-1", GROUP)
    assert faults(released) == []
    begun = released.package
    assert (begun.active_version_id, begun.follow_tags) == (None, None)
    with released.runtime.services.catalog.write() as writer:
        writer.put_package(before)
    assert all(one.active_version_id is None for one in released.runtime.packages(GROUP))
    assert "was seen before" in faults(released)[0]


def test_who_did_not_see_a_package_go_takes_what_is_there_now(
    released: Group, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What a device knew of the members and packages, it knows when it is started again, however late."""
    aside = tmp_path_factory.mktemp("aside")
    runtime = released.runtime
    for known in runtime.home.glob("beliefs*"):
        shutil.copytree(known, aside / known.name)
    runtime.uninstall("notes", GROUP)
    runtime.install(released.folder / "build-1", GROUP)
    begun = released.package
    runtime.close()
    for known in aside.iterdir():
        shutil.copytree(known, runtime.home / known.name, dirs_exist_ok=True)
    with released.open() as late:
        assert late.diagnostics() == []
        assert late.packages(GROUP) == [begun]


# ── who is what ──────────────────────────────────────────────────────────────────────────────────

OF_MEMBERS = {
    "somebody is made more": "UPDATE memberships SET role = 80 WHERE context_id = 'acme' AND number = 3",
    "another has done it": "UPDATE memberships SET by = 'alan' WHERE context_id = 'acme' AND number = 3",
    "the last change is cut": "DELETE FROM memberships WHERE number = (SELECT max(number) FROM memberships)",
    "one in the middle is cut": "DELETE FROM memberships WHERE context_id = 'acme' AND number = 3",
    "somebody has put themselves there": "INSERT INTO memberships SELECT context_id, 99, 'mallory', 80,"
    " public_keys, 'mallory', at, previous_digest, signature FROM memberships"
    " WHERE context_id = 'acme' AND number = 1",
}


@pytest.mark.parametrize("what", OF_MEMBERS)
def test_what_somebody_else_says_of_the_members_is_listed_and_not_used(released: Group, what: str) -> None:
    runtime = released.runtime
    before = runtime.members.list(GROUP)
    released.change(OF_MEMBERS[what])
    assert runtime.members.list(GROUP) == before
    (fault,) = faults(released)
    assert fault.startswith("what is said of the members of context 'acme' after change ")
    with pytest.raises(RoleTooLow):
        runtime.promote("notes", "1.1.0", "stable", GROUP, "mallory")
    with released.open() as restarted:
        assert restarted.members.list(GROUP) == before
    released.verify()


# ── what this device has chosen ──────────────────────────────────────────────────────────────────


def test_what_somebody_else_has_chosen_for_this_device_is_listed_and_not_used(released: Group) -> None:
    released.runtime.follow("notes", GROUP, tags="beta", device=True)
    before = released.shown()
    for column, value in (("active_version_id", "nowhere"), ("follow_tags", "dev"), ("seal", "00")):
        released.change(f"UPDATE device_prefs SET {column} = ? WHERE context_id = ?", value, GROUP)
        assert released.prefs is None
        (fault,) = faults(released)
        assert "this home has not written it" in fault
        released.runtime.follow_group("notes", GROUP)
        released.runtime.follow("notes", GROUP, tags="beta", device=True)
        assert (released.shown(), faults(released)) == (before, [])
