"""The console's table of addresses, and how one of them is answered."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.web import acts, answers, bodies, guard, pages, screens, static, visit
from peers_runtime.web.addresses import Addresses
from peers_runtime.web.changes import Changes
from peers_runtime.web.mcp_clients import McpClients
from peers_runtime.web.sessions import Sessions
from peers_runtime.web.visit import Visit

Answer = Callable[[Visit], Any]  # with a response, or with one to come
_ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def application(runtime: Runtime, sessions: Sessions, changes: Changes, mcp_clients: McpClients) -> Starlette:
    """Every page below the prefix that it is mounted under."""

    def at(answer: Answer, *, sends_form: bool = False) -> Callable[[Request], Awaitable[ASGIApp]]:
        async def endpoint(request: Request) -> ASGIApp:
            try:
                made = await run_in_threadpool(_visit, runtime, sessions, changes, request)
                if sends_form:
                    made = replace(made, form=await bodies.form(request))
                if inspect.iscoroutinefunction(answer):
                    return cast("ASGIApp", await answer(made))
                return cast("ASGIApp", await run_in_threadpool(answer, made))
            except errors.PeersError as error:
                return await run_in_threadpool(answers.failure, request, error)

        return endpoint

    def looked(path: str, answer: Answer) -> Route:
        return Route(f"/c/{{context}}/{path}", at(answer), methods=["GET"])

    def sent(path: str, answer: Answer) -> Route:
        return Route(f"/c/{{context}}/{path}", at(answer, sends_form=True), methods=["POST"])

    async def first(request: Request) -> Response:
        found = await run_in_threadpool(_first_context, runtime, request)
        return RedirectResponse(Addresses(_base(request), found).home())

    routes = [
        Route("/", first, methods=["GET"]),
        Route("/static/{digest}/{name:path}", _static, methods=["GET"]),
        looked("", pages.launcher),
        looked("packages", pages.packages),
        looked("packages/{package}", pages.versions),
        looked("packages/{package}/{act}", acts.preview),
        sent("packages/{package}/{act}", acts.do),
        looked("contracts", pages.all_contracts),
        looked("contracts/provide", acts.preview_provider),
        sent("contracts/provide", acts.provide),
        looked("diagnostics", pages.diagnostics),
        looked("graph", pages.graph),
        looked("events", _events),
        looked("fresh/{package}/{digest}", screens.fresh),
        looked("s/{path:path}", screens.screen),
        looked("beside/{other}/{path:path}", screens.beside),
        looked("assets/{digest}/{path:path}", screens.asset),
        Route("/c/{context}/tools/{name}", at(screens.tool), methods=["POST"]),
        Route("/mcp/{context}", at(mcp_clients.answer), methods=["GET", "POST", "DELETE"]),
        Route("/c/{context}/apps/{peers_ui_id}/{path:path}", at(screens.sub_application), methods=_ANY),
    ]
    return Starlette(routes=routes, exception_handlers=_HANDLERS)


def _visit(runtime: Runtime, sessions: Sessions, changes: Changes, request: Request) -> Visit:
    state = changes.state  # before anything is looked at, so that what changes meanwhile is seen
    context_id, actor = request.path_params["context"], request.scope[guard.ACTOR]
    handle = visit.enter(runtime, context_id, actor)
    addresses = Addresses(_base(request), context_id)
    return Visit(runtime, request, sessions, changes, context_id, actor, handle, addresses, state)


def _first_context(runtime: Runtime, request: Request) -> str:
    """The personal context for whoever runs the host, for others the first one that they may read."""
    actor = request.scope[guard.ACTOR]
    if actor == runtime.actor:
        return visit.PERSONAL
    for one in visit.readable(runtime, actor):
        return one.context_id
    return visit.PERSONAL  # which says why not


async def _events(made: Visit) -> Response:
    return StreamingResponse(
        made.changes.stream(made.require_reading),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _static(request: Request) -> Response:
    """A file that pages are shown with; under another digest's address there is none."""
    found = static.files().get(request.path_params["name"])
    if found is None or request.path_params["digest"] != static.digest():
        return await _no_page(request, None)
    return Response(
        found.data, media_type=found.mime, headers={"cache-control": f"public, {static.FOR_EVER}"}
    )


async def _no_page(request: Request, _: Any) -> Response:
    error = errors.NoRoute("the console has no such page", hint="begin at its first page")
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


def _base(request: Request) -> str:
    base: str = request.scope.get("root_path", "")
    return base.rstrip("/")
