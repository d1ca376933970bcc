"""The console's table of addresses, and how one of them is answered."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.web import (
    absent,
    acts,
    answers,
    bodies,
    guard,
    hearing,
    installing,
    members,
    page_contracts,
    pages,
    runs,
    screens,
    several,
    static,
    tables,
    tools,
    variables,
    visit,
)
from peers_runtime.web.addresses import Addresses
from peers_runtime.web.changes import Changes
from peers_runtime.web.lifespans import Lifespans
from peers_runtime.web.mcp_clients import McpClients
from peers_runtime.web.sessions import Sessions
from peers_runtime.web.sockets import Sockets
from peers_runtime.web.streaming import EventStream
from peers_runtime.web.uploads import Uploads
from peers_runtime.web.visit import Visit

Answer = Callable[[Visit], Any]  # with a response, or with one to come
_CONTEXTS: Final = 50  # that a refusal names
_ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True)
class Parts:
    """What one console is made of."""

    runtime: Runtime
    sessions: Sessions
    changes: Changes
    uploads: Uploads
    lifespans: Lifespans
    mcp_clients: McpClients


def application(parts: Parts) -> Starlette:
    """Every page below the prefix that it is mounted under."""

    def at(answer: Answer, *, sends_form: bool = False) -> Callable[[Request], Awaitable[ASGIApp]]:
        async def endpoint(request: Request) -> ASGIApp:
            made: Visit | None = None
            try:
                made = await run_in_threadpool(_visit, parts, request)
                if sends_form:
                    made = replace(made, form=await bodies.form(request))
                if inspect.iscoroutinefunction(answer):
                    return cast("ASGIApp", await answer(made))
                return cast("ASGIApp", await run_in_threadpool(answer, made))
            except errors.PeersError as error:
                return await run_in_threadpool(_refused, parts.runtime, request, error, made)

        return endpoint

    def looked(path: str, answer: Answer) -> Route:
        return Route(f"/c/{{context}}/{path}", at(answer), methods=["GET"])

    def sent(path: str, answer: Answer) -> Route:
        return Route(f"/c/{{context}}/{path}", at(answer, sends_form=True), methods=["POST"])

    async def first(request: Request) -> Response:
        found = await run_in_threadpool(_first_context, parts.runtime, request)
        return RedirectResponse(Addresses(_base(request), found).home())

    routes: list[BaseRoute] = [
        Route("/", first, methods=["GET"]),
        Route("/static/{digest}/{name:path}", _static, methods=["GET"]),
        looked("", pages.launcher),
        looked("packages", pages.packages),
        looked("packages/{package}", pages.versions),
        looked("packages/{package}/{act}", acts.preview),
        sent("packages/{package}/{act}", acts.do),
        looked("install", installing.form),
        Route("/c/{context}/install", at(installing.preview), methods=["POST"]),
        sent("install/do", installing.do),
        looked("several", several.preview),
        sent("several", several.do),
        looked("tools", tools.tools),
        looked("tools/{tool_id}", tools.tool),
        sent("tools/{tool_id}/run", tools.run),
        looked("tables", tables.tables),
        looked("tables/{table_id}", tables.rows),
        looked("variables", variables.variables),
        sent("variables/{variable_id}/preview", variables.preview),
        looked("variables/{variable_id}/reset", variables.preview_reset),
        sent("variables/{variable_id}/reset", variables.reset),
        sent("variables/{variable_id}", variables.do),
        looked("runs", runs.runs),
        looked("runs/resume", runs.preview_resume),
        sent("runs/resume", runs.resume),
        looked("runs/{run_id}", runs.run),
        looked("runs/{run_id}/cancel", runs.preview_cancel),
        sent("runs/{run_id}/cancel", runs.cancel),
        looked("workflows/{workflow_id}", runs.workflow),
        sent("workflows/{workflow_id}/run", runs.begin),
        looked("members", members.members),
        looked("members/set", members.preview),
        sent("members/set", members.do),
        looked("contracts", pages.all_contracts),
        looked("contracts/provide", acts.preview_provider),
        sent("contracts/provide", acts.provide),
        looked("diagnostics", pages.diagnostics),
        looked("graph", pages.graph),
        looked("events", _events),
        looked("fresh/{package}", screens.fresh),
        looked("s/{path:path}", screens.screen),
        looked("beside/{other}/{path:path}", screens.beside),
        looked("assets/{digest}/{path:path}", screens.asset),
        looked("contract/{contract_id}/{version:int}", page_contracts.opened),
        Route("/c/{context}/contract/{contract_id}/{version:int}", at(page_contracts.used), methods=["POST"]),
        Route("/c/{context}/tools/{name}", at(screens.tool), methods=["POST"]),
        Route("/mcp", _no_context, methods=["POST"]),
        Route("/mcp/{context}", at(parts.mcp_clients.answer), methods=["GET", "POST", "DELETE"]),
        Route("/c/{context}/apps/{peers_ui_id}/{path:path}", at(screens.sub_application), methods=_ANY),
        WebSocketRoute("/c/{context}/apps/{peers_ui_id}/{path:path}", Sockets(partial(_visit, parts))),
        looked("{rest:path}", _nowhere),
    ]
    return Starlette(routes=routes, exception_handlers=_HANDLERS)


def _visit(parts: Parts, connection: HTTPConnection) -> Visit:
    request = cast("Request", connection)  # a websocket has all of one but a method and a body
    runtime, changes = parts.runtime, parts.changes
    state = changes.state  # before anything is looked at, so that what changes meanwhile is seen
    context_id, actor = request.path_params["context"], request.scope[guard.ACTOR]
    handle = visit.enter(runtime, context_id, actor)
    addresses = Addresses(_base(request), context_id)
    return Visit(
        runtime,
        request,
        parts.sessions,
        changes,
        context_id,
        actor,
        handle,
        addresses,
        state,
        parts.uploads,
        parts.lifespans,
    )


def _refused(runtime: Runtime, request: Request, error: errors.PeersError, made: Visit | None) -> Response:
    """Why it is not answered: in the console's frame where who asks may read the context, else with those."""
    try:
        if made is None:
            actor, base = request.scope[guard.ACTOR], _base(request)
            known = [one.context_id for one in visit.readable(runtime, actor)]
            told = [(one, Addresses(base, one).home()) for one in known[:_CONTEXTS]]
            return answers.failure(request, error, readable=told)
        if (
            made.section != "apps" and "bare" not in request.query_params
        ):  # these stand in a frame of their own
            return answers.failure(request, error, **absent.frame(made, error))
    except errors.PeersError:  # such as a catalog that cannot be read, which is then told as it was
        pass
    return answers.failure(request, error)


def _nowhere(_: Visit) -> Response:
    raise _no_such_page()


def _first_context(runtime: Runtime, request: Request) -> str:
    """The personal context for whoever runs the host, for others the first one that they may read."""
    actor = request.scope[guard.ACTOR]
    if actor == runtime.actor:
        return visit.PERSONAL
    for one in visit.readable(runtime, actor):
        return one.context_id
    return visit.PERSONAL  # which says why not


async def _events(made: Visit) -> EventStream:
    query = made.request.query_params
    wanted = hearing.wanted(query.getlist("contract"), query.getlist("event"))
    heard = hearing.Hearing(made.handle, wanted) if wanted else None
    return EventStream(made.changes.stream(made.require_reading, heard))


async def _static(request: Request) -> Response:
    """A file that pages are shown with; under another digest's address there is none."""
    found = static.files().get(request.path_params["name"])
    if found is None or request.path_params["digest"] != static.digest():
        return await _no_page(request, None)
    return Response(
        found.data, media_type=found.mime, headers={"cache-control": f"public, {static.FOR_EVER}"}
    )


def _no_such_page() -> errors.NoRoute:
    return errors.NoRoute("the console has no such page", hint="begin at its first page")


async def _no_page(request: Request, _: Any) -> Response:
    return await run_in_threadpool(answers.failure, request, _no_such_page())


async def _no_context(request: Request) -> Response:
    error = errors.NoRoute("tools are in a data context", hint=f"use {_base(request)}/mcp/CONTEXT")
    return await run_in_threadpool(answers.failure, request, error)


async def _too_large(request: Request, _: Any) -> Response:
    return await run_in_threadpool(
        answers.failure, request, bodies.TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )


async def _too_slow(request: Request, _: Any) -> Response:
    return await run_in_threadpool(answers.failure, request, bodies.TOO_SLOW, HTTPStatus.REQUEST_TIMEOUT)


async def _failed(request: Request, failure: Any) -> Response:
    """What nobody foresaw; whoever serves the console gets it, too, and logs it."""
    error = errors.PeersError(
        f"the console failed: {type(failure).__name__}", hint="the host's log says where; look again"
    )
    return await run_in_threadpool(answers.failure, request, error)


_HANDLERS: Final[dict[Any, Any]] = {
    HTTPStatus.NOT_FOUND: _no_page,
    HTTPStatus.METHOD_NOT_ALLOWED: _no_page,
    HTTPStatus.INTERNAL_SERVER_ERROR: _failed,
    bodies.TooLarge: _too_large,
    bodies.TooSlow: _too_slow,
}


def _base(request: HTTPConnection) -> str:
    base: str = request.scope.get("root_path", "")
    return base.rstrip("/")
