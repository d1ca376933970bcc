"""Who is what in a context, and signs with which keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import Member, Role
from peers_runtime.operations import access, signing
from peers_runtime.rules import membership
from peers_runtime.rules.permissions import Act
from peers_runtime.rules.roster import Roster
from peers_runtime.trust import envelopes

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services


def listed(services: Services, context_id: str, actor: str) -> Sequence[Member]:
    """A context's members, the highest role first. Raises `UnknownContext` or `RoleTooLow`."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
        # who has left stays in the catalog with a key, by which their signatures are verified
        known = [one for one in reader.members(context_id) if one.role is not Role.NONE]
    return sorted(known, key=lambda one: (-one.role, one.actor_id))


def set_role(
    services: Services, context_id: str, actor_id: str, role: Role, actor: str, *, dry_run: bool = False
) -> Member:
    """Give somebody a role in a group; `Role.NONE` takes them out. Answers with what they are then.

    Raises `UnknownContext`, `RoleTooLow` for one who is no Admin, gives more than they have or lowers
    somebody above them, `LastOwner` and `KeyMismatch`.
    """
    return _change(
        services, context_id, actor, partial(_with_role, context_id, actor_id, role, actor), dry_run
    )


def set_keys(
    services: Services,
    context_id: str,
    actor_id: str,
    public_key: str,
    actor: str,
    *,
    allowed: bool,
    dry_run: bool = False,
) -> Member:
    """Let somebody sign with one more key, as on another device, or with one no longer.

    What was signed with a key before stands. Who has lost their key goes on with this device's one where the
    catalog is the home's own and nobody else there could allow it; this home alone believes that. Raises
    `UnknownContext`, `RoleTooLow` for who is neither the member nor an Admin who is not below them,
    `InvalidSetting` for what is no public key, and `KeyMismatch`.
    """
    plan = partial(_with_key, context_id, actor_id, public_key, actor, allowed)
    return _change(services, context_id, actor, plan, dry_run)


def _change(
    services: Services, context_id: str, actor: str, plan: Callable[[Reader], Member], dry_run: bool
) -> Member:
    with services.catalog.read() as reader:  # refused before a key is made
        wanted = plan(reader)
        is_so = wanted == _member(reader, context_id, wanted.actor_id)
        if not (is_so or signing.renews_key(services, reader.roster(context_id), wanted, actor)):
            signing.refuse_key_of(services, reader.roster(context_id), actor)
    if dry_run or is_so:
        return wanted
    services.keys.signer(actor)  # made now, if need be, and not while others wait for the catalog
    with services.engine.acts:
        _write(services, context_id, actor, plan)
        services.engine.adopt(services.catalog.state(services.device))
    return wanted


def _write(services: Services, context_id: str, actor: str, plan: Callable[[Reader], Member]) -> None:
    beliefs = services.catalog.arrivals.beliefs
    former: Roster | None = None
    try:
        with services.catalog.write() as writer:
            wanted = plan(writer)
            roster = writer.roster(context_id)
            if wanted == _member(writer, context_id, wanted.actor_id):
                return
            kind = access.context(writer, context_id).kind
            made = signing.changes(services, roster, context_id, kind, wanted, actor)
            for change in made:
                writer.put_membership(change)
            if signing.renews_key(services, roster, wanted, actor):
                former = roster
                beliefs.accept(context_id, Roster((*roster.changes, *made)))
    except BaseException:
        if former is not None:
            beliefs.accept(context_id, former)
        raise


def _member(reader: Reader, context_id: str, actor_id: str) -> Member:
    found = reader.roster(context_id).member(actor_id)
    return found.model_copy(update={"context_id": context_id})


def _with_role(context_id: str, actor_id: str, role: Role, actor: str, reader: Reader) -> Member:
    if not isinstance(role, Role):
        raise errors.InvalidSetting(
            f"{role!r} is no role; there are: {', '.join(one.name.title() for one in Role)}",
            hint="runtime.members.set(CONTEXT, NAME, Role.READER)",
            given=role,
        )
    _require_group(reader, context_id, actor)
    _require_member_name(actor_id, role, context_id)
    judged = membership.judge(reader.members(context_id), actor, actor_id, role)
    if isinstance(judged, membership.LastOwnerLeaves):
        raise errors.LastOwner(
            f"{actor_id} is the last Owner of context {context_id!r}",
            hint=f"first make another Owner: peers members set NAME owner --context {context_id}",
            context=context_id,
            actor=actor_id,
        )
    if isinstance(judged, membership.TooLow):
        raise access.too_low(context_id, actor, judged.needed, judged.held, judged.reason)
    return _member(reader, context_id, actor_id).model_copy(update={"role": role})


def _with_key(
    context_id: str, actor_id: str, public_key: str, actor: str, allowed: bool, reader: Reader
) -> Member:
    access.authorise(reader, context_id, actor, Act.READ)
    access.require_name(actor_id, "a member")
    envelopes.require_public_key(public_key)
    member = _member(reader, context_id, actor_id)
    judged = membership.judge_keys(reader.members(context_id), actor, actor_id)
    if isinstance(judged, membership.TooLow):
        raise access.too_low(context_id, actor, judged.needed, judged.held, judged.reason)
    others = tuple(one for one in member.public_keys if one != public_key)
    return member.model_copy(update={"public_keys": (*others, public_key) if allowed else others})


def _require_group(reader: Reader, context_id: str, actor: str) -> None:
    access.require_name(actor, "an actor")
    if access.context(reader, context_id).kind == "personal":
        raise errors.InvalidSetting(
            "the personal context has no members: it is this home's own",
            hint="peers contexts create acme, then: peers members set ada admin --context acme",
            context=context_id,
        )


def _require_member_name(actor_id: object, role: Role, context_id: str) -> None:
    is_name = isinstance(actor_id, str) and actor_id == actor_id.strip() and actor_id.isprintable()
    if not (is_name and actor_id):
        raise errors.InvalidSetting(
            f"{actor_id!r} cannot be a member: a name is wanted",
            hint=f"peers members set NAME {role.name.lower()} --context {context_id}",
            given=actor_id,
        )
