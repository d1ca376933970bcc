"""Pages from templates, and errors as pages, or as JSON for programs."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from peers_runtime.base import errors
from peers_runtime.web import hints
from peers_runtime.web.addresses import Addresses

_FOLDER: Final = Path(__file__).parent / "templates"
_NOT_FOUND: Final = (
    errors.NoRoute,
    errors.NoSuchUI,
    errors.UnknownAsset,
    errors.UnknownContext,
    errors.UnknownContract,
    errors.UnknownMember,
    errors.UnknownPackage,
    errors.UnknownRow,
    errors.UnknownRun,
    errors.UnknownTable,
    errors.UnknownTool,
    errors.UnknownVariable,
    errors.UnknownVersion,
    errors.UnknownWorkflow,
)
_STATUSES: Final[tuple[tuple[type[errors.PeersError] | tuple[type[errors.PeersError], ...], int], ...]] = (
    (_NOT_FOUND, HTTPStatus.NOT_FOUND),
    (errors.UsageError, HTTPStatus.BAD_REQUEST),
    (errors.Refused, HTTPStatus.FORBIDDEN),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (errors.StorageError, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.PeersError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


@cache
def templates() -> Environment:
    """Everything that a template is given is escaped, unless it says of itself that it is HTML."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["hint"] = hints.shown
    return made


def page(template: str, status: int = HTTPStatus.OK, **given: Any) -> HTMLResponse:
    return HTMLResponse(templates().get_template(template).render(**given), status_code=status)


def status_of(error: errors.PeersError) -> int:
    return next(status for kind, status in _STATUSES if isinstance(error, kind))


def data(error: errors.PeersError, status: int | None = None) -> JSONResponse:
    """What a program gets."""
    told = {"code": error.code, "message": error.message, "hint": error.hint}
    return JSONResponse({"error": told}, status_code=status or status_of(error))


def failure(
    connection: HTTPConnection, error: errors.PeersError, status: int | None = None, **frame: Any
) -> Response:
    """An error for whoever asked: a page for a browser, else JSON.

    `frame` is what the page is shown in, such as the visit; without one it stands alone.
    """
    if "text/html" not in connection.headers.get("accept", "text/html"):
        return data(error, status)
    base = connection.scope.get("root_path", "").rstrip("/")
    number = status or status_of(error)
    visit = frame.get("visit")
    given = {"absent": None, "active": None, "readable": (), **frame}
    return page(
        "refused_bare.html" if visit is None else "refused.html",
        number,
        error=error,
        reason=HTTPStatus(number).phrase,
        addresses=Addresses(base, "personal"),
        here=None if visit is None else visit.addresses,
        home=f"{base}/",
        **given,
    )
