"""The tools of a context: a list, and a form that runs one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic_core import to_jsonable_python
from starlette.responses import Response

from peers_runtime.base import errors
from peers_runtime.web import answers, forms
from peers_runtime.web.visit import Visit


def tools(visit: Visit) -> Response:
    """Every tool that is active here, by package."""
    return answers.page("tools.html", visit=visit, tools=visit.handle.tools.list())


def tool(visit: Visit) -> Response:
    """One tool, with a form for its arguments. Runs nothing."""
    return _page(visit, _found(visit), dict(visit.request.query_params))


def run(visit: Visit) -> Response:
    """Run it with what the form has sent, and show what it answers with, or why it does not."""
    visit.require_form_token(visit.form.get("form", ""))
    found = _found(visit)
    try:
        with visit.handle:
            answer = found.invoke(forms.data(found.data.input_schema, visit.form))
            text = json.dumps(to_jsonable_python(answer, by_alias=True), indent=2, ensure_ascii=False)
    except errors.PeersError as error:
        return _page(visit, found, visit.form, error=error)
    return _page(visit, found, visit.form, text)


def _found(visit: Visit) -> Any:
    return visit.handle.tools[visit.request.path_params["tool_id"]]


def _page(
    visit: Visit,
    found: Any,
    given: Mapping[str, str],
    answer: str | None = None,
    error: errors.PeersError | None = None,
) -> Response:
    data = found.data
    return answers.page(
        "tool.html",
        HTTPStatus.OK if error is None else answers.status_of(error),
        visit=visit,
        tool=data,
        fields=forms.fields(data.input_schema, given),
        as_json=forms.WHOLE in given,
        answer=answer,
        error=error,
    )
