"""Settings and secrets of the active packages: what they are, and setting them. No secret is ever shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import RedirectResponse, Response

from peers_runtime.base import errors
from peers_runtime.rules import variables as variable_rules
from peers_runtime.web import answers, confirming
from peers_runtime.web.confirming import Question
from peers_runtime.web.visit import Visit

if TYPE_CHECKING:
    from peers_runtime.model.variables import Scope, VariableState

_MASKED: Final = "********"
_WHOSE: Final[Mapping[Scope, str]] = {
    "device": "this device, in every context",
    "user": "you, in every context",
    "group": "everybody in this context",
    "group-device": "this device, in this context",
    "group-user": "you, in this context",
}


@dataclass(frozen=True)
class Row:
    """A variable, how it is said, and whether who asks may set it."""

    state: VariableState
    shown: str
    written: str
    whose: str
    may_set: bool


def variables(visit: Visit) -> Response:
    """Every variable as it is for who asks."""
    return answers.page(
        "variables.html",
        visit=visit,
        rows=[_row(visit, one) for one in visit.handle.variables.list()],
        done={"set": "Set", "reset": "Reset"}.get(visit.request.query_params.get("done", "")),
    )


def preview(visit: Visit) -> Response:
    """What setting a variable would change: sent as a form, since a value may be long. Changes nothing."""
    visit.require_form_token(visit.form.get("form", ""))
    found, written = _found(visit), visit.form.get("value", "")
    state = found.state
    if state.secret:  # it would stand in the page
        return do(visit)
    try:
        value = found.parsed(written)
        found.set(value, dry_run=True)
    except errors.PeersError as error:
        return confirming.page(visit, _question(visit, state, "Set"), error)
    return confirming.page(visit, _question(visit, state, "Set", _json(value), {"value": written}))


def do(visit: Visit) -> Response:
    """Set it."""
    visit.require_form_token(visit.form.get("form", ""))
    found = _found(visit)
    try:
        found.set(found.parsed(visit.form.get("value", "")))
    except errors.PeersError as error:
        return confirming.page(visit, _question(visit, found.state, "Set"), error)
    return _done(visit, "set")


def preview_reset(visit: Visit) -> Response:
    """What it has when no value is kept of it. Looks only."""
    found = _found(visit)
    state = found.state
    try:
        found.reset(dry_run=True)
    except errors.PeersError as error:
        return confirming.page(visit, _question(visit, state, "Reset"), error)
    return confirming.page(visit, _question(visit, state, "Reset", _said(state.default)))


def reset(visit: Visit) -> Response:
    """Keep no value of it."""
    visit.require_form_token(visit.form.get("form", ""))
    found = _found(visit)
    try:
        found.reset()
    except errors.PeersError as error:
        return confirming.page(visit, _question(visit, found.state, "Reset"), error)
    return _done(visit, "reset")


def _found(visit: Visit) -> Any:
    found = visit.handle.variables[visit.request.path_params["variable_id"]]
    if _is_others(visit, found.state):
        raise errors.RequestRefused(
            f"{found.state.name} is a setting of this host's device: it is for whoever runs it",
            hint="let them set it",
        )
    return found


def _is_others(visit: Visit, state: VariableState) -> bool:
    return visit.is_guest and variable_rules.stays_here(state.scope)


def _done(visit: Visit, act: str) -> Response:
    return RedirectResponse(f"{visit.addresses.at('variables')}?done={act}", HTTPStatus.SEE_OTHER)


def _row(visit: Visit, state: VariableState) -> Row:
    may_set = visit.may(variable_rules.act_of_setting(state.scope)) and not _is_others(visit, state)
    written = state.value if isinstance(state.value, str) else _json(state.value)
    is_empty = state.secret or state.value is None
    return Row(state, _shown(state), "" if is_empty else written, _WHOSE[state.scope], may_set)


def _question(
    visit: Visit, state: VariableState, act: str, after: str = "", fields: Mapping[str, str] | None = None
) -> Question:
    here, name = visit.addresses, f"{state.package}:{state.name}"
    is_reset = act == "Reset"
    is_so = is_reset and not state.is_set
    return Question(
        title=f"{act} {name}",
        icon="bi-arrow-counterclockwise" if is_reset else "bi-sliders",
        does="Keep no value, so that it has its default again."
        if is_reset
        else f"For {_WHOSE[state.scope]}.",
        target=here.at("variables", state.variable_id, *(["reset"] if is_reset else [])),
        back=(here.at("variables"), "Variables"),
        fields=fields or {},
        effects=() if is_so else confirming.changed(name, _shown(state), after),
    )


def _shown(state: VariableState) -> str:
    return _MASKED if state.secret and state.is_set else _said(state.value)


def _said(value: object) -> str:
    return "not set" if value is None else _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
