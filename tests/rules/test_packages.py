"""What a context says of a package: signed by who changed it, and never older than what was seen."""

from __future__ import annotations

from typing import Any

import pytest

from peers_runtime.model.catalog import FollowRange, KeyChange, Package, Role
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
        "it is change 3 of the record; change 4 was seen before",
    )


def test_who_changes_it_later_knows_of_the_members_that_were_seen(group: Group) -> None:
    later = group.after(ada=(Role.WRITER, True))
    back_dated = signed(group, SET, 4)
    assert problems(group, back_dated, roster=later) == ()
    (reason,) = problems(group, back_dated, roster=later, since=later.count)
    assert reason == "it was signed as of change 4 of the members, where it must be 5 to 5"
