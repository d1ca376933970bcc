"""A package's screen, its sub-application, its assets and its tools."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from peers_runtime.base import errors
from peers_runtime.operations import assets, inspect
from peers_runtime.web import adapter, answers, bodies, static
from peers_runtime.web.ports import Active, Generation
from peers_runtime.web.visit import Visit

if TYPE_CHECKING:
    from peers_runtime.model.diagnostic import Diagnostic

_OWN_COOKIE: Final = re.compile(rb"(?:^|;\s*)peers-[0-9a-f]{8}=[^;]*")


async def screen(visit: Visit) -> ASGIApp:
    """The page of the UI that takes the path; the query is its props."""
    path = visit.request.path_params["path"]
    bare = "bare" in visit.request.query_params
    with visit.handle as active:
        shown = await adapter.show(visit.handle, path, props(visit.request), visit.addresses)
        if shown.response is not None:
            return Within(visit.handle, shown.response)
        lying_over = [] if bare else await run_in_threadpool(adapter.overlays, visit.handle, visit.addresses)
        apps = visit.handle.apps
        there = on_screen(visit, active, shown.rendered.package)
    rendered = shown.rendered
    own = [app for app in apps if app.package == rendered.package]
    title = next((app.display_name for app in own if app.path == path), own[0].display_name if own else None)
    return await run_in_threadpool(
        answers.page,
        "bare.html" if bare else "screen.html",
        HTTPStatus.INTERNAL_SERVER_ERROR if shown.failed else HTTPStatus.OK,
        visit=visit,
        shown=shown,
        path=path,
        title=title or rendered.package,
        overlays=lying_over,
        props=props(visit.request),
        there=there,
        faults=await run_in_threadpool(faults, visit, [active.versions[name] for name in there]),
        elsewhere=[] if bare else await run_in_threadpool(_elsewhere, visit, rendered.package),
    )


def beside(visit: Visit) -> Response:
    """One path in two contexts, side by side."""
    other, path = visit.request.path_params["other"], visit.request.path_params["path"]
    if other not in [one.context_id for one in visit.contexts]:
        raise errors.UnknownContext(f"there is no context {other[:64]!r}", hint="choose one of the list")
    sides = [(one, visit.addresses.of(one).screen(path, bare="1")) for one in (visit.context_id, other)]
    return answers.page("beside.html", visit=visit, sides=sides, path=path)


def fresh(visit: Visit) -> Response:
    """What would be on a package's screen now, and what is wrong with the working copies among it."""
    package = visit.request.path_params["package"]
    with visit.handle as active:
        there = on_screen(visit, active, package)
    found = faults(visit, [active.versions[name] for name in there])
    return JSONResponse({"shown": there, "faults": found})


def asset(visit: Visit) -> Response:
    """A file that never changes under its address, for whoever may read the context."""
    digest, path = visit.request.path_params["digest"], visit.request.path_params["path"]
    found, data = assets.read(visit.services, visit.context_id, digest, path, visit.actor)
    tag = f'"{found.digest}"'
    headers = {"cache-control": f"private, {static.FOR_EVER}", "etag": tag}
    if visit.request.headers.get("if-none-match") == tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(data, media_type=found.mime, headers=headers)


async def tool(visit: Visit) -> Response:
    """Call a tool of the context with a JSON object, as pages' modules do."""
    visit.require_form_token(visit.request.headers.get("x-form-token", ""))
    given = await bodies.json_object(visit.request)
    with visit.handle:
        found = visit.handle.tools[visit.request.path_params["name"]]
        if found.data.is_async:
            answer = await found.ainvoke(given)
        else:
            answer = await run_in_threadpool(found.invoke, given)  # which keeps nobody else waiting
    return JSONResponse(await run_in_threadpool(_plain, answer))


async def sub_application(visit: Visit) -> ASGIApp:
    """An ASGI application that is the content of a UI, below an address of its own."""
    peers_ui_id = visit.request.path_params["peers_ui_id"]
    with visit.handle:
        found = await run_in_threadpool(visit.handle.ui, peers_ui_id, ("asgi",))
        if found.target != "asgi":
            raise errors.NoSuchUI(
                f"the UI {found.name!r} of {found.package}@{found.version} is no application",
                hint="its target is not 'asgi'",
                peers_ui_id=peers_ui_id,
            )
        life = await visit.lifespans.of(visit.handle, visit.context_id, peers_ui_id, found)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        base = visit.addresses.sub_application(peers_ui_id)
        path = f"{base}/{visit.request.path_params['path']}"
        headers = [
            (name, _OWN_COOKIE.sub(b"", value).lstrip(b"; ") if name == b"cookie" else value)
            for name, value in scope["headers"]
        ]
        within = {**scope, "root_path": base, "path": path, "raw_path": path.encode(), "headers": headers}
        for key in ("endpoint", "path_params", "router", "app"):
            within.pop(key, None)
        within["state"] = {**scope.get("state", {}), **life.state}
        with life.used():
            await found.content(within, receive, send)

    return Within(visit.handle, call)


class Within:
    """An ASGI application that is answered inside of a context, to its end."""

    def __init__(self, handle: Any, application: ASGIApp) -> None:
        self._handle = handle
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._handle:
            await self._application(scope, receive, send)


def props(request: Request) -> dict[str, Any]:
    """The query as props: text, or a list of texts where a name comes several times."""
    found: dict[str, Any] = {}
    for name in request.query_params:
        if name != "bare":
            given = request.query_params.getlist(name)
            found[name] = given[0] if len(given) == 1 else given
    return found


def on_screen(visit: Visit, active: Generation, package: str) -> dict[str, dict[str, str]]:
    """The package whose screen it is, if it is active, and those that fill slots or lie over screens.

    Of each its version, its snapshot, and for a working copy a name of its folder.
    """
    others = {
        route.package.name
        for route in visit.handle.routes.list()
        if route.ui_category == "other" and route.ui_subcategory
    }
    names = [package, *sorted(others - {package})]
    return {name: _named(active.versions[name]) for name in names if name in active.versions}


def faults(visit: Visit, versions: Iterable[Active]) -> list[dict[str, str]]:
    """Why the files of working copies are not what runs, as whoever watches them has listed."""
    origins = {one.package.origin for one in versions if one.package.origin is not None}
    projects = {project for origin in origins for project in (origin, *map(str, Path(origin).parents))}
    if not projects:
        return []
    return [
        _fault(one)
        for one in visit.runtime.diagnostics()
        if one.context_id == visit.context_id and one.subject in projects
    ]


def _named(version: Active) -> dict[str, str]:
    origin = version.package.origin
    copy = "" if origin is None else hashlib.sha256(origin.encode()).hexdigest()[:16]
    return {"version": version.package.version, "digest": version.digest, "copy": copy}


def _fault(one: Diagnostic) -> dict[str, str]:
    source = f"\n\n{one.line} | {one.source}" if one.source else ""
    return {"code": one.code, "message": one.message + source, "hint": one.hint}


def _elsewhere(visit: Visit, package: str) -> list[tuple[str, str]]:
    """Other contexts that have the package, with the version that they have."""
    others = [one.context_id for one in visit.contexts if one.context_id != visit.context_id]
    active = inspect.active_versions(visit.services, others)
    return [(context_id, found[package][0]) for context_id, found in active.items() if package in found]


def _plain(answer: Any) -> Any:
    """A tool's answer as JSON."""
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(answer)
