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
    from peers_runtime.operations.services import Services


def listed(services: Services, context_id: str, actor: str) -> Sequence[Member]:
    """A context's members, the highest role first. Raises `UnknownContext` or `RoleTooLow`."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
        return sorted(reader.members(context_id), key=lambda one: (-one.role, one.actor_id))


def set_role(
    services: Services, context_id: str, actor_id: str, role: Role, actor: str, *, dry_run: bool = False
) -> Member:
    """Give somebody a role in a group; `Role.NONE` takes them out. Answers with what they are then.

    Raises `UnknownContext`, `RoleTooLow` for one who is no Admin, gives more than they have or lowers
    somebody above them, and `LastOwner`.
    """
    with services.engine.acts:
        with services.catalog.write() as writer:
            steps_down = actor_id == actor and role < writer.role(context_id, actor)
            act = Act.READ if steps_down else Act.ADD_MEMBERS
            context = access.authorise(writer, context_id, actor, act)
            if context.kind == "personal":
                raise errors.InvalidSetting(
                    "the personal context has no members: it is this home's own",
                    hint="peers contexts create acme, then: peers members set ada admin --context acme",
                    context=context_id,
                )
            if not actor_id or actor_id != actor_id.strip() or not actor_id.isprintable():
                raise errors.InvalidSetting(
                    f"{actor_id!r} cannot be a member: a name is wanted",
                    hint=f"peers members set NAME {role.name.lower()} --context {context_id}",
                    given=actor_id,
                )
            members = writer.members(context_id)
            judged = membership.judge(members, actor, actor_id, role)
            if isinstance(judged, membership.LastOwnerLeaves):
                raise errors.LastOwner(
                    f"{actor_id} is the last Owner of context {context_id!r}",
                    hint=f"first make another Owner: peers members set NAME owner --context {context_id}",
                    context=context_id,
                    actor=actor_id,
                )
            if isinstance(judged, membership.TooLow):
                raise access.too_low(context_id, actor, judged.needed, judged.held, judged.reason)
            member = writer.member(context_id, actor_id).model_copy(update={"role": role})
            if not dry_run:
                writer.put_member(member)
        services.engine.adopt(services.catalog.state(services.device))
    return member
