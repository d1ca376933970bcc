"""Who is what in a context."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import Member, Role
from peers_runtime.operations import access
from peers_runtime.rules import membership
from peers_runtime.rules.permissions import Act

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
    somebody above them, and `LastOwner`.
    """
    if dry_run:
        with services.catalog.read() as reader:
            return _planned(reader, context_id, actor_id, role, actor)
    with services.engine.acts:
        with services.catalog.write() as writer:
            member = _planned(writer, context_id, actor_id, role, actor)
            if member.role is not writer.role(context_id, actor_id):
                writer.put_member(member)
        services.engine.adopt(services.catalog.state(services.device))
    return member


def _planned(reader: Reader, context_id: str, actor_id: str, role: Role, actor: str) -> Member:
    if not isinstance(role, Role):
        raise errors.InvalidSetting(
            f"{role!r} is no role; there are: {', '.join(one.name.title() for one in Role)}",
            hint="runtime.members.set(CONTEXT, NAME, Role.READER)",
            given=role,
        )
    steps_down = actor_id == actor and role < reader.role(context_id, actor)
    act = Act.READ if steps_down else Act.ADD_MEMBERS
    context = access.authorise(reader, context_id, actor, act)
    if context.kind == "personal":
        raise errors.InvalidSetting(
            "the personal context has no members: it is this home's own",
            hint="peers contexts create acme, then: peers members set ada admin --context acme",
            context=context_id,
        )
    is_name = isinstance(actor_id, str) and actor_id == actor_id.strip() and actor_id.isprintable()
    if not (is_name and actor_id):
        raise errors.InvalidSetting(
            f"{actor_id!r} cannot be a member: a name is wanted",
            hint=f"peers members set NAME {role.name.lower()} --context {context_id}",
            given=actor_id,
        )
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
    return reader.member(context_id, actor_id).model_copy(update={"role": role})
