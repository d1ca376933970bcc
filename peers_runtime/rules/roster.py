"""Who was what in a context, and signed with which keys: a chain of signed changes, and what it comes to.

Each change names the digest of the one before it and is signed by who made it, with a key that they had by
then; the first makes the context's Owner. So whoever has the chain knows what anybody might do at any point
of it. Every signed act in the context says how many changes there had been (`as_of`): that is the point which
counts for the signer's role and keys.

A context's first changes may be unsigned, as long as nothing signed has come before: those of the personal
space, whose Owner has no key before the first signature, and of catalogs that were made before there were
any. Somebody's first key is bound by their own signature with it.

What this cannot show: that a chain which nobody here has seen before is the true one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from peers_runtime.base import canonical
from peers_runtime.model.catalog import ContextKind, Member, Membership, Role
from peers_runtime.rules import membership, signatures

_FORMAT: Final = 1


class Roster:
    """The members of a context after each of its changes, which are taken to be right."""

    def __init__(self, changes: Iterable[Membership] = ()) -> None:
        self._changes: list[Membership] = []
        self._of: dict[str, list[Member]] = defaultdict(list)
        self._since: dict[str, list[int]] = defaultdict(list)
        for one in changes:
            self._add(one)

    @property
    def changes(self) -> Sequence[Membership]:
        """In their order."""
        return tuple(self._changes)

    @property
    def count(self) -> int:
        """The number of changes; what is signed now is signed as of this."""
        return len(self._changes)

    @property
    def head(self) -> str | None:
        """The digest of the last change."""
        return change_digest(self._changes[-1]) if self._changes else None

    def member(self, actor: str, as_of: int | None = None) -> Member:
        """What somebody is, or was after that many changes; with `Role.NONE` and no key who is nothing."""
        place = bisect_right(self._since.get(actor, ()), self.count if as_of is None else as_of)
        if place:
            return self._of[actor][place - 1]
        return Member(context_id="", actor_id=actor, role=Role.NONE)

    def members(self) -> list[Member]:
        """Everybody who is or was anything, by actor, as of now."""
        return [self._of[actor][-1] for actor in sorted(self._of)]

    def _add(self, change: Membership) -> None:
        """While it is made: afterwards a roster does not change."""
        actor = change.actor_id
        member = Member(
            context_id=change.context_id, actor_id=actor, role=change.role, public_keys=change.public_keys
        )
        self._changes.append(change)
        self._of[actor].append(member)
        self._since[actor].append(change.number)


def changed(
    roster: Roster, context_id: str, actor: str, role: Role, keys: Sequence[str], by: str, at: str
) -> Membership:
    """The next change: what `actor` is from then on; not signed yet."""
    return Membership(
        context_id=context_id,
        number=roster.count + 1,
        actor_id=actor,
        role=role,
        public_keys=tuple(keys),
        by=by,
        at=at,
        previous_digest=roster.head,
    )


def signed(change: Membership, kind: ContextKind, sign: signatures.Sign) -> Membership:
    """The change signed by who makes it, with `sign`; `kind` is that of the context."""
    return change.model_copy(update={"signature": sign(statement(change, kind))})


def change_digest(change: Membership) -> str:
    """The SHA-256 of the whole change, its signature included; the next one names it."""
    return canonical.digest(change.wire())


def statement(change: Membership, kind: ContextKind) -> bytes:
    """What is signed of a change: all but the signature, and what kind of context it is about."""
    said = change.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"signature"})
    return canonical.dumps({"format": _FORMAT, "kind": kind, "membership": said})


def verified(
    changes: Sequence[Membership],
    kind: ContextKind,
    opened: signatures.Opened,
    accepted: Sequence[Membership] = (),
) -> tuple[Roster, str | None]:
    """The chain as far as it is right, and what is wrong with the next change, in words.

    `accepted` is how far it was found right before: it must go on from there, else that is what counts. Costs
    a verification for each change that is not among these.
    """
    known = tuple(accepted)
    if tuple(changes[: len(known)]) != known:
        return Roster(known), f"it does not go on where the one seen before ended, after {len(known)} changes"
    right = Roster(known)
    for change in changes[len(known) :]:
        fault = _fault(right, change, kind, opened)
        if fault is not None:
            return right, f"change {change.number} (of {change.actor_id} by {change.by}): {fault}"
        right._add(change)  # noqa: SLF001  # nobody else has it yet
    return right, None


def _fault(before: Roster, change: Membership, kind: ContextKind, opened: signatures.Opened) -> str | None:
    if change.number != before.count + 1:
        return f"change {before.count + 1} is missing before it"
    if change.previous_digest != before.head:
        return "it names another change before it than the one that stands there"
    is_first = not before.count
    if is_first and (change.role is not Role.OWNER or change.by != change.actor_id):
        return "a context begins with its Owner"
    if change.signature is None:
        is_founding = all(one.signature is None for one in before.changes)
        return None if is_founding else "it is not signed"
    former = before.member(change.actor_id)
    signer = before.member(change.by)
    if is_first or _binds_first_key(former, change):
        signer = signer.model_copy(update={"public_keys": change.public_keys})
    fault = signatures.fault(change.signature, statement(change, kind), signer, opened)
    return fault or (None if is_first else _refused(before, former, change, kind))


def _binds_first_key(former: Member, change: Membership) -> bool:
    is_own = change.by == change.actor_id and change.role is former.role
    return is_own and not former.public_keys and len(change.public_keys) == 1


def _refused(before: Roster, former: Member, change: Membership, kind: ContextKind) -> str | None:
    """Why who made the change might not make it."""
    if change.role is not former.role:
        if kind == "personal":
            return "the personal context has no roles"
        if change.public_keys != former.public_keys:
            return "it changes a role and keys at once"
        judged = membership.judge(before.members(), change.by, change.actor_id, change.role)
    else:
        if kind == "group" and former.role is Role.NONE:
            return f"{change.actor_id} is no member of the context"
        judged = membership.judge_keys(before.members(), change.by, change.actor_id)
    return None if isinstance(judged, membership.Given) else judged.reason
