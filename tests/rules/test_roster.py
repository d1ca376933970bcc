"""Who is what in a context, and signs with which keys: a chain that nobody can change unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peers_runtime.model.catalog import ContextKind, Membership, Role
from peers_runtime.rules import membership, roster
from peers_runtime.rules.roster import Roster
from peers_runtime.trust.envelopes import Signer
from peers_runtime.trust.keys import Keys
from tests.rules.histories import AT, TYPE, opened

PEOPLE = ("olga", "ada", "wim", "rosa")
DEVICES = ("desk", "laptop")


class Chain:
    """A context whose members change; everybody has a key on each of two devices."""

    def __init__(self, keys: Sequence[Keys], kind: ContextKind = "group") -> None:
        self.signers: dict[tuple[str, str], Signer] = {
            (actor, device): folder.signer(actor)
            for actor in PEOPLE
            for device, folder in zip(DEVICES, keys, strict=True)
        }
        self.kind: ContextKind = kind
        self.changes: list[Membership] = []

    def key(self, actor: str, device: str = "desk") -> str:
        return self.signers[actor, device].public_key

    def add(
        self,
        actor: str,
        role: Role,
        keys: Sequence[str] = (),
        by: str = "olga",
        device: str | None = "desk",
        **other: Any,
    ) -> Membership:
        """The next change, signed by `by` on a device, or not at all; whether or not it is right."""
        change = roster.changed(Roster(self.changes), "acme", actor, role, keys, by, AT)
        change = change.model_copy(update=other)
        if device is not None:
            signer = self.signers[by, device]
            change = roster.signed(change, self.kind, lambda payload: signer.sign(TYPE, payload))
        self.changes.append(change)
        return change

    def verified(self, accepted: Sequence[Membership] = ()) -> tuple[int, str]:
        """How many changes are right, and what is wrong with the next."""
        found, problem = roster.verified(self.changes, self.kind, opened, accepted)
        return found.count, problem or ""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Keys]:
    return [Keys(tmp_path_factory.mktemp(device) / "keys") for device in DEVICES]


@pytest.fixture
def chain(keys: Sequence[Keys]) -> Chain:
    """Olga has made the context, and Ada an Admin, who has signed."""
    made = Chain(keys)
    made.add("olga", Role.OWNER, [made.key("olga")])
    made.add("ada", Role.ADMIN)
    made.add("ada", Role.ADMIN, [made.key("ada")], by="ada")
    assert made.verified() == (3, "")
    return made


# ── what it comes to ─────────────────────────────────────────────────────────────────────────────


def test_somebody_is_what_they_were_made_last_and_was_what_they_were_by_then(chain: Chain) -> None:
    chain.add("ada", Role.NONE, [chain.key("ada")])
    found, _ = roster.verified(chain.changes, "group", opened)
    assert [found.member("ada", number).role for number in range(5)] == [0, 0, 60, 60, 0]
    assert [len(found.member("ada", number).public_keys) for number in range(5)] == [0, 0, 0, 1, 1]
    assert found.member("ada").role is Role.NONE
    assert found.member("nobody").role is Role.NONE
    assert [one.actor_id for one in found.members()] == ["ada", "olga"]
    assert found.count == 4


# ── who may change what ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("by", PEOPLE)
def test_a_role_is_given_by_whom_the_rule_allows_it(chain: Chain, by: str, role: Role) -> None:
    chain.add("wim", Role.WRITER)
    for actor, held in (("wim", Role.WRITER), ("rosa", Role.NONE)):
        if by == actor and held:
            chain.add(by, held, [chain.key(by)], by=by)
    before = Roster(chain.changes)
    chain.add("rosa", role, before.member("rosa").public_keys, by=by)
    count, problem = chain.verified()
    if role is Role.NONE:
        return  # which rosa is already: no change of a role
    judged = membership.judge(before.members(), by, "rosa", role)
    has_key = bool(before.member(by).public_keys)
    assert (problem == "") == (isinstance(judged, membership.Given) and has_key)
    assert count == before.count + (problem == "")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "by a Writer": (
        {"actor": "rosa", "role": Role.READER, "by": "wim"},
        "to manage members one must be Admin, the role held is Writer",
    ),
    "by nobody": (
        {"actor": "wim", "role": Role.READER, "by": "rosa"},
        "rosa is no member of the context",
    ),
    "above oneself": (
        {"actor": "rosa", "role": Role.OWNER, "by": "ada"},
        "to make rosa Owner one must be Owner, the role held is Admin",
    ),
    "of the last Owner": (
        {"actor": "olga", "role": Role.ADMIN, "keys": ["olga"], "by": "olga"},
        "olga is the last Owner",
    ),
    "with another device's key": (
        {"actor": "rosa", "role": Role.READER, "by": "ada", "device": "laptop"},
        "the signature is not by the key that it should be by",
    ),
    "unsigned": ({"actor": "rosa", "role": Role.READER, "by": "ada", "device": None}, "it is not signed"),
    "of role and keys at once": (
        {"actor": "rosa", "role": Role.READER, "keys": ["rosa"], "by": "ada"},
        "it changes a role and keys at once",
    ),
    "of another's keys by who is below them": (
        {"actor": "olga", "role": Role.OWNER, "keys": ["olga", "ada"], "by": "ada"},
        "to say by which keys olga signs, who is Owner, one must be Owner, the role held is Admin",
    ),
    "of the keys of no member": (
        {"actor": "rosa", "role": Role.NONE, "keys": ["rosa"], "by": "rosa"},
        "rosa is no member of the context",
    ),
    "that leaves a number out": (
        {"actor": "rosa", "role": Role.READER, "number": 7},
        "change 6 is missing before it",
    ),
    "that names another before it": (
        {"actor": "rosa", "role": Role.READER, "previous_digest": "0" * 64},
        "it names another change before it than the one that stands there",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_change_that_is_not_right_ends_the_chain(chain: Chain, what: str) -> None:
    chain.add("wim", Role.WRITER)
    chain.add("wim", Role.WRITER, [chain.key("wim")], by="wim")
    fields, why = WRONG[what]
    fields = {**fields, "keys": [chain.key(one) for one in fields.get("keys", ())]}
    chain.add(**fields)
    count, problem = chain.verified()
    assert count == 5
    assert why in problem


def test_one_signs_on_a_second_device_once_the_first_or_an_admin_allows_it(chain: Chain) -> None:
    both = [chain.key("ada"), chain.key("ada", "laptop")]
    for by in ("ada", "olga"):
        chain.add("ada", Role.ADMIN, both, by=by)
        chain.add("wim", Role.READER, by="ada", device="laptop")
        assert chain.verified() == (5, "")
        chain.add("ada", Role.ADMIN, [chain.key("ada", "laptop")], by="ada", device="laptop")
        chain.add("wim", Role.WRITER, by="ada", device="desk")
        assert chain.verified()[0] == 6  # the key of the desk was taken back
        del chain.changes[3:]


def test_in_the_personal_space_there_are_keys_and_no_roles(keys: Sequence[Keys]) -> None:
    chain = Chain(keys, "personal")
    chain.add("olga", Role.OWNER, device=None)
    chain.add("olga", Role.OWNER, [chain.key("olga")])
    chain.add("wim", Role.NONE, [chain.key("wim")], by="wim")
    assert chain.verified() == (3, "")
    chain.add("wim", Role.ADMIN, [chain.key("wim")])
    assert chain.verified()[1].endswith("the personal context has no roles")


def test_what_kind_of_context_it_is_is_signed(chain: Chain) -> None:
    chain.kind = "personal"
    assert chain.verified()[0] == 0


# ── how it begins ────────────────────────────────────────────────────────────────────────────────


def test_a_context_begins_with_its_owner(keys: Sequence[Keys]) -> None:
    for actor, role, by in (("olga", Role.ADMIN, "olga"), ("olga", Role.OWNER, "ada")):
        chain = Chain(keys)
        chain.add(actor, role, [chain.key(actor)], by=by)
        assert chain.verified() == (0, f"change 1 (of {actor} by {by}): a context begins with its Owner")


def test_only_the_first_changes_may_be_unsigned(keys: Sequence[Keys]) -> None:
    chain = Chain(keys)
    for actor, role in zip(PEOPLE, (Role.OWNER, Role.ADMIN, Role.WRITER, Role.READER), strict=True):
        chain.add(actor, role, by=actor, device=None)
    chain.add("ada", Role.ADMIN, [chain.key("ada")], by="ada")
    assert chain.verified() == (5, "")
    chain.add("nina", Role.OWNER, by="nina", device=None)
    assert chain.verified() == (5, "change 6 (of nina by nina): it is not signed")


# ── what was seen before ─────────────────────────────────────────────────────────────────────────


def test_it_goes_on_from_what_was_seen_before_or_that_is_what_counts(chain: Chain) -> None:
    seen = tuple(chain.changes)
    chain.add("wim", Role.READER, by="ada")
    assert chain.verified(seen) == (4, "")
    assert chain.verified(chain.changes) == (4, "")
    for other in (seen[:2], seen[:1], (), (*seen[:2], seen[2].model_copy(update={"at": "later"}))):
        chain.changes = list(other)
        assert chain.verified(seen) == (
            3,
            "it does not go on where the one seen before ended, after 3 changes",
        )


def test_another_chain_by_other_people_is_none_that_goes_on(chain: Chain, keys: Sequence[Keys]) -> None:
    forged = Chain(keys)
    forged.add("rosa", Role.OWNER, [forged.key("rosa")], by="rosa")
    assert forged.verified() == (1, "")
    assert forged.verified(chain.changes)[0] == 3


# ── nothing can be changed ───────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_field_changed_in_any_signed_change_is_found(keys: Sequence[Keys], data: st.DataObject) -> None:
    chain = Chain(keys)
    chain.add("olga", Role.OWNER, [chain.key("olga")])
    chain.add("ada", Role.ADMIN)
    chain.add("ada", Role.ADMIN, [chain.key("ada")], by="ada")
    chain.add("wim", Role.READER, by="ada")
    place = data.draw(st.integers(0, len(chain.changes) - 1))
    field, value = data.draw(
        st.sampled_from(
            [
                ("context_id", "other"),
                ("actor_id", "rosa"),
                ("role", Role.WRITER),
                ("public_keys", (chain.key("rosa"),)),
                ("by", "wim"),
                ("at", "2027"),
                ("signature", None),
                ("signature", chain.changes[place - 1].signature),
                ("number", 9),
                ("previous_digest", "1" * 64),
            ]
        )
    )
    chain.changes[place] = chain.changes[place].model_copy(update={field: value})
    count, problem = chain.verified()
    assert problem
    # an unsigned first change says nothing that the next one does not name by its digest
    assert count <= place + 1


@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_changes_left_out_swapped_or_doubled_are_found(keys: Sequence[Keys], data: st.DataObject) -> None:
    chain = Chain(keys)
    chain.add("olga", Role.OWNER, [chain.key("olga")])
    for actor, role in (("ada", Role.ADMIN), ("wim", Role.WRITER), ("rosa", Role.READER)):
        chain.add(actor, role)
    true = tuple(chain.changes)
    chain.changes = list(data.draw(st.lists(st.sampled_from(true), max_size=6)))
    count, problem = chain.verified()
    assert tuple(chain.changes[:count]) == true[:count]
    assert bool(problem) == (tuple(chain.changes) != true[: len(chain.changes)])
