"""What a context says of a package: signed by who changed it, and never older than what was seen."""

from __future__ import annotations

from typing import Any

import pytest

from peers_runtime.model.catalog import FollowRange, KeyChange, Package, Removal, Role
from peers_runtime.rules import packages
from peers_runtime.trust.keys import Keys
from tests.rules.histories import ROLES, Group, opened

BARE = Package(context_id="acme", package_id="p" * 25, name="notes", description="Notes", created_by="wim")
SET = BARE.model_copy(update={"active_version_id": "row-1"})
SAYING: dict[str, Any] = {
    "disabled": True,
    "active_version_id": "row-1",
    "follow_range": FollowRange.MINOR,
    "follow_tags": "beta",
    "held_above": "1.0.0",
    "update_url": "https://example.org",
    "publish_public_key": "a key",
}


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Group:
    return Group(Keys(tmp_path_factory.mktemp("home") / "keys"))


def signed(
    group: Group, package: Package, revision: int, by: str = "ada", as_of: int | None = None
) -> Package:
    as_of = group.roster.count if as_of is None else as_of
    return packages.signed(package, revision, by, as_of, group.sign(by))


def problems(group: Group, package: Package, **facts: Any) -> tuple[str, ...]:
    given = {"roster": group.roster, "kind": "group", **facts}
    return packages.problems(package, given.pop("roster"), given.pop("kind"), opened, **given)


def test_while_no_version_is_signed_a_record_may_be_unsigned(group: Group) -> None:
    assert problems(group, BARE) == problems(group, SET) == ()
    assert problems(group, BARE, has_signed_versions=True) == ("the record is not signed",)
    assert problems(group, BARE, accepted=signed(group, BARE, 1)) == ("the record is not signed",)
    assert problems(group, BARE.model_copy(update={"revision": 1})) == ("the record is not signed",)


@pytest.mark.parametrize("field", SAYING)
def test_whatever_it_says_is_signed_by_an_admin(group: Group, field: str) -> None:
    saying = BARE.model_copy(update={field: SAYING[field]})
    assert not packages.is_bare(saying)
    assert problems(group, saying, has_signed_versions=True) == ("the record is not signed",)
    for by, role in ROLES.items():
        found = problems(group, signed(group, saying, 1, by))
        assert (found == ()) == (role >= Role.ADMIN)
        assert problems(group, signed(group, saying, 1, by), kind="personal") == ()


def test_a_writer_signs_that_a_package_is_there(group: Group) -> None:
    assert problems(group, signed(group, BARE, 1, "wim")) == ()
    (reason,) = problems(group, signed(group, BARE, 1, "rosa"))
    assert "one must be Writer, the role held is Reader" in reason


@pytest.mark.parametrize("field", [*Package.model_fields])
def test_any_field_that_was_changed_is_found(group: Group, field: str) -> None:
    right = signed(group, SET, 3)
    others: dict[str, Any] = {
        **SAYING,
        "active_version_id": "row-2",
        "revision": 4,
        "changed_by": "olga",
        "as_of": 3,
        "signature": None,
        "publish_key_changes": (KeyChange(former="a key", signature="none"),),
    }
    changed = right.model_copy(update={field: others.get(field, "other")})
    assert problems(group, right) == ()
    assert problems(group, changed) != ()


def test_an_older_record_is_not_put_back(group: Group) -> None:
    older, newer = signed(group, SET, 3), signed(group, BARE, 4)
    assert problems(group, newer, accepted=older) == ()
    assert problems(group, older, accepted=older) == ()
    assert problems(group, older, accepted=newer) == (
        "it is revision 3 of the record; revision 4 was seen before",
    )


def test_who_changes_it_later_knows_of_the_members_that_were_seen(group: Group) -> None:
    later = group.after(ada=(Role.WRITER, True))
    back_dated = signed(group, SET, 4)
    assert problems(group, back_dated, roster=later) == ()
    (reason,) = problems(group, back_dated, roster=later, since=later.count)
    assert reason == "it was signed as of change 4 of the members, where it must be 5 to 5"


# ── uninstalled, and installed again ─────────────────────────────────────────────────────────────


def removal(group: Group, revision: int, by: str = "ada") -> Removal:
    return packages.signed_removal("acme", BARE.package_id, revision, by, group.roster.count, group.sign(by))


def is_removal(group: Group, said: Removal, least: int = 0, since: int = 0) -> bool:
    return packages.is_removal(said, group.roster, "group", opened, least, since)


@pytest.mark.parametrize("by", ROLES)
def test_an_admin_says_that_it_is_uninstalled(group: Group, by: str) -> None:
    assert is_removal(group, removal(group, 3, by)) == (ROLES[by] >= Role.ADMIN)


def test_that_it_was_uninstalled_is_said_after_what_is_known(group: Group) -> None:
    said = removal(group, 4)
    assert [is_removal(group, said, least) for least in (3, 4, 5)] == [True, False, False]
    count = group.roster.count
    assert [is_removal(group, said, since=since) for since in (count, count + 1)] == [True, False]


@pytest.mark.parametrize("field", [name for name in Removal.model_fields if name != "signature"])
def test_nothing_else_may_stand_there_than_was_signed(group: Group, field: str) -> None:
    others = {"revision": 9, "as_of": group.roster.count - 1, "removed_by": "alan"}
    said = removal(group, 4).model_copy(update={field: others.get(field, "other")})
    assert not is_removal(group, said)


def test_once_uninstalled_it_begins_bare_and_older_revisions_stay_gone(group: Group) -> None:
    assert problems(group, BARE, removed=4) == ()
    assert problems(group, signed(group, BARE, 5, "wim"), removed=4) == ()
    assert problems(group, signed(group, SET, 4), removed=4) == (
        "it is revision 4 of the record; revision 4 was seen before",
    )


def test_who_may_not_set_a_package_may_not_put_it_back_to_nothing_either(group: Group) -> None:
    accepted = signed(group, SET, 1)
    assert problems(group, signed(group, BARE, 2), accepted=accepted) == ()
    (problem,) = problems(group, signed(group, BARE, 2, "wim"), accepted=accepted)
    assert "Writer" in problem
