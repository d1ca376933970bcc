"""What happens to a version, and who may have done it: written, signed, verified."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peers_runtime.model.catalog import HistoryAction, PackageVersion, Role, VersionTag
from peers_runtime.rules import history
from peers_runtime.rules.history import Standing
from peers_runtime.rules.roster import Roster
from peers_runtime.trust.keys import Keys
from tests.rules.histories import ACTIONS, AT, ROLES, STORED, Group

DEV, BETA, STABLE = (Standing(tag) for tag in VersionTag)
YANKED_BETA, YANKED_STABLE = Standing(VersionTag.BETA, yanked=True), Standing(VersionTag.STABLE, yanked=True)


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Group:
    return Group(Keys(tmp_path_factory.mktemp("home") / "keys"))


@pytest.fixture(scope="module")
def released(group: Group) -> PackageVersion:
    return group.made("promoted:beta", "activated", "promoted:stable", "activated", "rolled-back", "yanked")


@pytest.fixture(scope="module", params=[True, False], ids=["created signed", "created unsigned"])
def stable(group: Group, request: pytest.FixtureRequest) -> PackageVersion:
    return group.made("promoted:beta", "promoted:stable", "activated", is_shared=request.param)


# ── what is written verifies ─────────────────────────────────────────────────────────────────────


@settings(deadline=None)  # each example signs and verifies
@given(steps=st.lists(st.sampled_from(ACTIONS), max_size=8), is_shared=st.booleans())
def test_what_members_may_do_is_written_so_that_it_verifies(
    group: Group, steps: list[HistoryAction], is_shared: bool
) -> None:
    version = group.made(is_shared=is_shared)
    for action in steps:
        standing = Standing(version.version_tag, version.yanked)
        if (standing, action) in history.TRANSITIONS:
            version = group.act(version, action)
            assert Standing(version.version_tag, version.yanked) == history.TRANSITIONS[standing, action]
        else:
            with pytest.raises(ValueError, match="cannot happen to"):
                group.act(version, action)
    assert group.problems(version) == ()
    assert group.problems(PackageVersion.model_validate(version.wire())) == ()


def test_a_promotion_takes_the_version_from_its_device_and_clears_the_authors_signature(group: Group) -> None:
    dev = group.made().model_copy(update={"author_signature": "by the author"})
    assert dev.device_id == "laptop"
    beta = group.act(dev, "promoted:beta")
    assert (beta.version_tag, beta.device_id, beta.author_signature) == (VersionTag.BETA, None, None)
    kept = group.act(beta.model_copy(update={"author_signature": "anew"}), "activated")
    assert kept.author_signature == "anew"
    assert beta.model_dump(include={"snapshot_digest", "package_version_id", "created_by", "created_at"}) == (
        dev.model_dump(include={"snapshot_digest", "package_version_id", "created_by", "created_at"})
    )


def test_only_the_first_entry_of_a_dev_version_may_go_unsigned(group: Group) -> None:
    unsigned = group.made(is_shared=False)
    assert (unsigned.signature, unsigned.history[0].signature) == (None, None)
    assert group.problems(unsigned) == ()
    (entry, record) = group.problems(history.appended(unsigned, "promoted:beta", "ada", AT))
    assert entry == "entry 2 (promoted:beta by ada): it is not signed"
    assert record == "the record is not signed"


def test_the_first_entry_of_a_promoted_version_may_be_unsigned_as_the_next_one_covers_it(
    group: Group,
) -> None:
    beta = group.made("promoted:beta", is_shared=False)
    assert group.problems(beta) == ()
    forged = beta.history[0].model_copy(update={"by": "olga"})
    found = group.problems(beta.model_copy(update={"history": (forged, *beta.history[1:])}))
    assert found == (
        "entry 2 (promoted:beta by ada): it names another entry before it than the one that stands there",
    )


def test_entries_name_the_digest_of_the_one_before(released: PackageVersion) -> None:
    assert released.history[0].previous_digest is None
    for before, after in itertools.pairwise(released.history):
        assert after.previous_digest == history.entry_digest(before)


# ── the life of a version ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("actions", "standing"),
    [
        ((), DEV),
        (("promoted:beta",), BETA),
        (("promoted:stable",), STABLE),
        (("promoted:beta", "promoted:stable"), STABLE),
        (("promoted:beta", "yanked"), YANKED_BETA),
        (("promoted:stable", "yanked"), YANKED_STABLE),
    ],
)
def test_an_action_that_cannot_follow_is_found(
    group: Group, actions: tuple[HistoryAction, ...], standing: Standing, action: HistoryAction
) -> None:
    """Signed by an Owner and chained as it should be, so that nothing else is wrong with it."""
    version = group.made(*actions)
    assert Standing(version.version_tag, version.yanked) == standing
    number = len(version.history) + 1
    follows = (standing, action) in history.TRANSITIONS
    found = group.problems(group.forced(version, action, "olga"))
    reason = f"entry {number} ({action} by olga): {action} cannot happen to a version that is {standing}"
    assert found == (() if follows else (reason,))


@pytest.mark.parametrize("action", ACTIONS[1:])
def test_a_history_begins_with_created(group: Group, action: HistoryAction) -> None:
    promoted = STORED.model_copy(update={"version_tag": VersionTag.BETA})
    (found, *_) = group.problems(group.forced(promoted, action, "olga"))
    assert found == f"entry 1 ({action} by olga): a history begins with created, not with {action}"
    with pytest.raises(ValueError, match="a history begins with created"):
        group.act(STORED, action)


def test_the_table_leads_forward_only() -> None:
    for (before, action), after in history.TRANSITIONS.items():
        if before is not None:
            assert list(VersionTag).index(after.tag) >= list(VersionTag).index(before.tag)
            assert after.yanked >= before.yanked
            assert (before == after) == (action in ("activated", "rolled-back"))
            assert action != "created"


# ── who signed ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ROLES)
@pytest.mark.parametrize("action", ACTIONS[1:])
def test_a_role_that_is_too_low_is_found_with_the_one_needed(
    group: Group, action: HistoryAction, by: str
) -> None:
    version = group.made(*(() if action.startswith("promoted") else ("promoted:beta",)))
    found = group.problems(group.act(version, action, by))
    if ROLES[by] >= Role.ADMIN:
        assert found == ()
    else:
        (reason,) = found
        assert reason.startswith(f"entry {len(version.history) + 1} ({action} by {by}): to ")
        assert reason.endswith(f"one must be Admin, the role held is {ROLES[by].name.title()}")
    assert group.problems(group.act(version, action, by), kind="personal") == ()


def test_to_create_takes_a_writer(group: Group) -> None:
    made = group.act(STORED, "created", "rosa")
    (reason,) = group.problems(made)
    assert reason.startswith("entry 1 (created by rosa): to install a package one must be Writer")


def test_the_role_and_the_keys_that_count_are_those_of_the_time_of_the_act(group: Group) -> None:
    beta = group.made("promoted:beta")
    later = group.after(ada=(Role.NONE, False))
    assert group.problems(beta, roster=later) == ()
    planned = history.appended(beta, "yanked", "ada", AT)
    by_then = history.signed(planned, len(beta.history), later.count, group.sign("ada"))
    assert group.problems(by_then, roster=later) == (
        "entry 3 (yanked by ada): ada is no member of the context",
        "entry 3 (yanked by ada): to yank a version one must be Admin, the role held is None",
        "the record: ada is no member of the context",
    )


def test_who_signs_after_a_change_of_the_members_was_seen_knows_of_it(group: Group) -> None:
    """Somebody who is no longer Admin dates an act back to when they were."""
    beta = group.made("promoted:beta")
    later = group.after(ada=(Role.WRITER, True))
    late = group.act(beta, "yanked")
    assert group.problems(late, roster=later) == ()
    assert group.problems(late, roster=later, seen=history.seen(beta), since=later.count) == (
        "entry 3 (yanked by ada): it is as of change 4 of the members, where it must be 5 to 5",
    )
    assert group.problems(late, roster=later, seen=history.seen(late), since=later.count) == ()


def test_entries_come_in_the_order_of_the_changes_that_they_know_of(group: Group) -> None:
    later = group.after(rosa=(Role.WRITER, True))
    planned = history.appended(group.made(), "promoted:beta", "ada", AT)
    beta = history.signed(planned, 1, later.count, group.sign("ada"))
    assert group.problems(beta, roster=later) == ()
    earlier = group.act(beta, "yanked")
    assert group.problems(earlier, roster=later) == (
        "entry 3 (yanked by ada): it is as of change 4 of the members, where it must be 5 to 5",
    )
    assert group.problems(beta) == (
        "entry 2 (promoted:beta by ada): it is as of change 5 of the members, where it must be 4 to 4",
    )


@pytest.mark.parametrize("other", ["olga", "wim"])
def test_a_wrong_signer_is_found(group: Group, other: str) -> None:
    """The record says that ada did it, another member's key has signed it."""
    dev = group.made()
    planned = history.appended(dev, "promoted:beta", "ada", AT)
    forged = history.signed(planned, 1, group.roster.count, group.sign(other))
    why = "the signature is not by the key that it should be by, or is over something else"
    assert group.problems(forged) == (f"entry 2 (promoted:beta by ada): {why}", f"the record: {why}")


def test_an_unknown_signer_is_found(group: Group) -> None:
    beta = group.made("promoted:beta")
    strangers = Roster(
        one.model_copy(update={"actor_id": "nina"}) if one.actor_id == "ada" else one
        for one in group.roster.changes
    )
    assert group.problems(beta, roster=strangers, kind="personal") == (
        "entry 2 (promoted:beta by ada): ada is no member of the context",
        "the record: ada is no member of the context",
    )
    without_key = Roster(
        one.model_copy(update={"public_keys": ()}) if one.actor_id == "ada" else one
        for one in group.roster.changes
    )
    assert group.problems(beta, roster=without_key) == (
        "entry 2 (promoted:beta by ada): no key of ada is known",
        "the record: no key of ada is known",
    )


def test_a_signature_over_something_else_is_found(group: Group) -> None:
    beta = group.made("promoted:beta")
    other = group.made("promoted:stable")
    assert group.problems(beta.model_copy(update={"signature": other.signature})) == (
        "the record: ada has signed something else than stands here",
    )


def test_missing_signatures_are_found(group: Group, stable: PackageVersion) -> None:
    assert group.problems(stable.model_copy(update={"signature": None})) == ("the record is not signed",)
    bare = stable.history[1].model_copy(update={"signature": None})
    cut = (stable.history[0], bare, *stable.history[2:])
    assert "entry 2 (promoted:beta by ada): it is not signed" in group.problems(
        stable.model_copy(update={"history": cut})
    )
    shared = group.made()
    assert group.problems(shared.model_copy(update={"signature": None})) == ("the record is not signed",)
