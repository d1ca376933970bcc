"""Workflows of a context and their runs: beginning one, looking at its steps, cancelling, and resuming."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from peers_runtime.base import errors
from peers_runtime.rules.permissions import Act
from peers_runtime.web import answers, confirming, forms
from peers_runtime.web.confirming import Question
from peers_runtime.web.visit import Visit

_SHOWN: Final = 50  # runs, the newest
_SAID: Final = {"cancel": "Cancel", "resume": "Resume"}


def runs(visit: Visit) -> Response:
    """The workflows that are active here, and the newest runs, the latest first."""
    known = visit.handle.workflows
    return answers.page(
        "runs.html",
        visit=visit,
        workflows=known.list(),
        runs=[one.state for one in reversed(known.runs(limit=_SHOWN))],
        may_run=visit.may(Act.RUN),
        done=_SAID.get(visit.request.query_params.get("done", "")),
    )


def run(visit: Visit) -> Response:
    """How far one run is."""
    state = _run(visit).state
    return answers.page(
        "run.html",
        visit=visit,
        run=state,
        given=_json(state.input),
        output=None if state.status != "done" else _json(state.output),
        may_run=visit.may(Act.RUN),
    )


def workflow(visit: Visit) -> Response:
    """One workflow: its steps, and a form for its input. Begins nothing."""
    return _workflow_page(visit, _workflow(visit), dict(visit.request.query_params))


def begin(visit: Visit) -> Response:
    """Begin a run, which goes on by itself; its page says how far it is."""
    visit.require_form_token(visit.form.get("form", ""))
    found = _workflow(visit)
    try:
        begun = found.begin(forms.data(found.data.input_schema, visit.form))
    except errors.PeersError as error:
        return _workflow_page(visit, found, visit.form, error)
    return RedirectResponse(visit.addresses.at("runs", begun.run_id), HTTPStatus.SEE_OTHER)


def preview_cancel(visit: Visit) -> Response:
    """What cancelling a run would change. Looks only."""
    found = _run(visit)
    try:
        found.cancel(dry_run=True)
    except errors.PeersError as error:
        return confirming.page(visit, _cancelling(visit), error)
    effects = confirming.changed(f"run of {found.state.label}", found.state.status, "cancelled")
    return confirming.page(visit, _cancelling(visit, effects))


def cancel(visit: Visit) -> Response:
    """Let it not go on."""
    visit.require_form_token(visit.form.get("form", ""))
    try:
        _run(visit).cancel()
    except errors.PeersError as error:
        return confirming.page(visit, _cancelling(visit), error)
    return RedirectResponse(f"{visit.addresses.at('runs')}?done=cancel", HTTPStatus.SEE_OTHER)


def preview_resume(visit: Visit) -> Response:
    """Which runs could go on. Looks only: whether somebody works at one shows when it is taken up."""
    effects: list[Any] = []
    for one in visit.handle.workflows.runs(unfinished=True):
        state = one.state
        effects += confirming.changed(f"run {state.run_id} of {state.label}", "not ended", "goes on")
    return confirming.page(visit, _resuming(visit, tuple(effects)))


def resume(visit: Visit) -> Response:
    """Take up the unfinished runs of this device at which nobody works."""
    visit.require_form_token(visit.form.get("form", ""))
    try:
        visit.handle.workflows.resume()
    except errors.PeersError as error:
        return confirming.page(visit, _resuming(visit), error)
    return RedirectResponse(f"{visit.addresses.at('runs')}?done=resume", HTTPStatus.SEE_OTHER)


def _run(visit: Visit) -> Any:
    return visit.handle.workflows.run(visit.request.path_params["run_id"])


def _workflow(visit: Visit) -> Any:
    return visit.handle.workflows[visit.request.path_params["workflow_id"]]


def _workflow_page(
    visit: Visit, found: Any, given: Mapping[str, str], error: errors.PeersError | None = None
) -> Response:
    data = found.data
    return answers.page(
        "workflow.html",
        HTTPStatus.OK if error is None else answers.status_of(error),
        visit=visit,
        workflow=data,
        fields=forms.fields(data.input_schema, given),
        as_json=forms.WHOLE in given,
        error=error,
        may_run=visit.may(Act.RUN),
    )


def _cancelling(visit: Visit, effects: Any = ()) -> Question:
    run_id, here = visit.request.path_params["run_id"], visit.addresses
    return Question(
        title="Cancel the run",
        icon="bi-stop-circle",
        does="Let it not go on. A step that is under way ends first.",
        target=here.at("runs", run_id, "cancel"),
        back=(here.at("runs", run_id), f"Run {run_id}"),
        effects=effects,
        danger=True,
    )


def _resuming(visit: Visit, effects: Any = ()) -> Question:
    here = visit.addresses
    return Question(
        title="Resume runs",
        icon="bi-play-circle",
        does="Take up what was interrupted on this device, each run with the step that had not finished.",
        target=here.at("runs", "resume"),
        back=(here.at("runs"), "Runs"),
        effects=effects,
        reasons=["What somebody works at, or what began on another device, is left to them."],
    )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
