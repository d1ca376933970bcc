"""Installing into a context: from a folder, an entry point or a wheel that a browser sends.

It reads files of the host and runs code there, so it is for whoever runs the host, and for no other member.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from peers_runtime.base import errors
from peers_runtime.rules.permissions import Act
from peers_runtime.web import answers, bodies, confirming
from peers_runtime.web.confirming import Question
from peers_runtime.web.visit import Visit

_ENTRY_POINT: Final = "entry-point:"


def may_install(visit: Visit) -> bool:
    """Whether who asks is offered it."""
    return not visit.is_guest and visit.may(Act.INSTALL)


def form(visit: Visit) -> Response:
    """What can be installed from where. Looks only."""
    _require_host(visit)
    return _form(visit, {})


async def preview(visit: Visit) -> Response:
    """What installing would change: the package's code is run to see it, as for an installation."""
    given, sent = await bodies.form_with_file(visit.request)
    return await run_in_threadpool(_previewed, visit, given, sent)


def do(visit: Visit) -> Response:
    """Install it, as it was confirmed."""
    _require_host(visit)
    visit.require_form_token(visit.form.get("form", ""))
    source, upload = visit.form.get("source", ""), visit.form.get("upload", "")
    wheel = None
    try:
        wheel = visit.uploads.path(upload) if upload else None
        made = visit.runtime.install(
            wheel or _source(source),
            visit.context_id,
            visit.actor,
            activate=visit.form.get("activate") != "no",
        )
    except errors.PeersError as error:
        return _form(visit, visit.form, _as_sent(error, wheel))
    visit.uploads.remove(upload)
    return RedirectResponse(f"{visit.addresses.versions(made.name)}?done=install", HTTPStatus.SEE_OTHER)


def _previewed(visit: Visit, given: dict[str, str], sent: bodies.File | None) -> Response:
    _require_host(visit)
    visit.require_form_token(given.get("form", ""))
    source, activate = given.get("source", ""), "no" if given.get("activate") == "no" else "yes"
    wheel, upload = None, ""
    try:
        if sent is not None:
            upload = visit.uploads.keep(sent.name, sent.data)
            wheel = visit.uploads.path(upload)
        planned = visit.runtime.plan_install(
            wheel or _source(source), visit.context_id, visit.actor, activate=activate == "yes"
        )
    except errors.PeersError as error:
        visit.uploads.remove(upload)
        return _form(visit, given, _as_sent(error, wheel))
    fields = {"upload": upload} if upload else {"source": source}
    question = replace(
        _question(visit, source, {**fields, "activate": activate}),
        effects=[(planned.name, one) for one in planned.effects],
        reasons=[planned.reason],
    )
    return confirming.page(visit, question)


def _form(visit: Visit, given: Mapping[str, str], error: errors.PeersError | None = None) -> Response:
    """The page with the forms, filled with what was given, and why that could not be installed."""
    return answers.page(
        "install.html",
        _status(error),
        visit=visit,
        available=visit.runtime.available(),
        source=given.get("source", ""),
        stores_only=given.get("activate") == "no",
        error=error,
    )


def _status(error: errors.PeersError | None) -> int:
    if error is None:
        return HTTPStatus.OK
    if isinstance(error, errors.PackageError):  # of what was given, which is no failure of the console
        return HTTPStatus.BAD_REQUEST
    return answers.status_of(error)


def _as_sent(error: errors.PeersError, wheel: Path | None) -> errors.PeersError:
    """The same, with a wheel's own name in place of where it is kept."""
    if wheel is None:
        return error
    told = copy.copy(error)
    told.message = error.message.replace(str(wheel), wheel.name)
    told.hint = error.hint.replace(str(wheel), wheel.name)
    return told


def _question(visit: Visit, source: str, fields: dict[str, str] | None = None) -> Question:
    here = visit.addresses
    return Question(
        title=f"Install {source}" if source else "Install the wheel",
        icon="bi-plus-circle",
        does="Make it this device's dev version, and unless you said otherwise its active one here.",
        target=here.at("install", "do"),
        back=(here.at("install"), "Install"),
        fields=fields or {},
    )


def _source(given: str) -> str:
    """Raises `InvalidSetting` for what is neither an entry point nor an absolute path."""
    if given.startswith(_ENTRY_POINT) or Path(given).is_absolute():
        return given
    raise errors.InvalidSetting(
        f"{given[:80]!r} is no absolute path", hint="write the whole path, or entry-point:NAME", given=given
    )


def _require_host(visit: Visit) -> None:
    if visit.is_guest:
        raise errors.RequestRefused(
            "installing from here reads files of this host and runs code on it: it is for whoever runs it",
            hint="let them install it, or do so on a device of your own: peers install SOURCE",
        )
