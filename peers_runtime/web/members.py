"""Who is what in a context, and setting that."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from peers_runtime import Role
from peers_runtime.base import errors
from peers_runtime.rules.permissions import Act
from peers_runtime.web import answers, confirming
from peers_runtime.web.confirming import Question
from peers_runtime.web.visit import Visit

_TAKEN_OUT = "none"


def members(visit: Visit) -> Response:
    """A group's members, the highest role first; the personal context has none."""
    kind, _ = visit.standing
    found = [] if kind == "personal" else visit.runtime.members.list(visit.context_id, visit.actor)
    return answers.page(
        "members.html",
        visit=visit,
        kind=kind,
        members=found,
        roles=[_named(role) for role in sorted(Role) if role is not Role.NONE],
        may_manage=visit.may(Act.ADD_MEMBERS),
        done="Set a role" if visit.request.query_params.get("done") else None,
    )


def preview(visit: Visit) -> Response:
    """What giving somebody a role would change. Looks only."""
    query = visit.request.query_params
    return _asked(visit, query.get("member", ""), query.get("role", ""))


def do(visit: Visit) -> Response:
    """Give it, as it was confirmed."""
    visit.require_form_token(visit.form.get("form", ""))
    member, role = visit.form.get("member", ""), visit.form.get("role", "")
    try:
        visit.runtime.members.set(visit.context_id, member, _role(role), visit.actor)
    except errors.PeersError as error:
        return confirming.page(visit, _question(visit, member, role), error)
    return RedirectResponse(f"{visit.addresses.at('members')}?done=1", HTTPStatus.SEE_OTHER)


def _asked(visit: Visit, member: str, role: str) -> Response:
    try:
        wanted = visit.runtime.members.set(
            visit.context_id, member, _role(role), visit.actor, dry_run=True
        ).role
        known = visit.runtime.members.list(visit.context_id, visit.actor)
    except errors.PeersError as error:
        return confirming.page(visit, _question(visit, member, role), error)
    before = next((one.role for one in known if one.actor_id == member), Role.NONE)
    return confirming.page(visit, _question(visit, member, role, before, wanted))


def _question(
    visit: Visit, member: str, role: str, before: Role = Role.NONE, after: Role = Role.NONE
) -> Question:
    here = visit.addresses
    return Question(
        title=f"Take {member} out" if role == _TAKEN_OUT else f"Set the role of {member}",
        icon="bi-person-dash" if role == _TAKEN_OUT else "bi-person-check",
        does="Give somebody a role in this context, or take them out. Nobody gives more than they have.",
        target=here.at("members", "set"),
        back=(here.at("members"), "Members"),
        fields={"member": member, "role": role},
        effects=confirming.changed(f"role of {member}", _named(before), _named(after)),
        danger=role == _TAKEN_OUT,
    )


def _named(role: Role) -> str:
    return role.name.lower()


def _role(name: str) -> Role:
    """Raises `InvalidSetting` for what is none."""
    for role in Role:
        if _named(role) == name:
            return role
    raise errors.InvalidSetting(
        f"{name[:40]!r} is no role", hint=f"there are: {', '.join(map(_named, Role))}", given=name
    )
