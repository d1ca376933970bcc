"""What a package's UI answered with, as a page's part or as a response of its own."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from peers_runtime.base import errors, ids, paths
from peers_runtime.web.addresses import Addresses
from peers_runtime.web.ports import Handle, Rendered

TARGETS: Final = ("web-module", "html", "asgi")  # the first one that a UI has is shown
OVERLAY: Final = "overlay"  # the subcategory of routes whose UIs lie over every screen


@dataclass(frozen=True)
class Shown:
    """A UI on a page: its HTML, or an ES module that mounts itself, or an application in a frame."""

    rendered: Rendered
    digest: str  # of the snapshot
    html: Markup | None = None
    module: str | None = None  # its address
    frame: str | None = None  # its address
    response: Response | None = None  # the UI's own, to be taken as it is

    @property
    def failed(self) -> bool:
        return self.rendered.error is not None


async def show(handle: Handle, path_or_id: str, props: Mapping[str, Any], addresses: Addresses) -> Shown:
    """Match, call and adapt a UI; call it inside of the context. Raises `NoRoute` or `NoSuchUI`.

    What is not async runs in a thread, so that it keeps nobody else waiting; what is, runs here.
    """
    peers_ui_id, given = await run_in_threadpool(_find, handle, path_or_id, props)
    if await run_in_threadpool(_is_async, handle, peers_ui_id):
        rendered = await handle.arender(peers_ui_id, given, targets=TARGETS)
    else:
        rendered = await run_in_threadpool(handle.render, peers_ui_id, given, None, TARGETS)
    version = handle.binding.versions[rendered.package]
    if rendered.error is None:
        if isinstance(rendered.content, Response):
            return Shown(rendered, version.digest, response=rendered.content)
        if rendered.target == "web-module":
            at = addresses.asset(version.digest, f"{rendered.package}/{rendered.content}")
            return Shown(rendered, version.digest, module=at)
        if rendered.target == "asgi":
            return Shown(rendered, version.digest, frame=f"{addresses.sub_application(peers_ui_id)}/")
    html = await run_in_threadpool(to_html, rendered, addresses)
    return Shown(rendered, version.digest, html)


def overlays(handle: Handle, addresses: Addresses) -> list[Markup]:
    """What packages lay over every screen of the context, the best route's first."""
    routes = sorted(
        (
            route
            for route in handle.routes.list()
            if (route.ui_category, route.ui_subcategory) == ("other", OVERLAY)
        ),
        key=lambda route: route.rank(),
    )
    return [to_html(handle.render(one.peers_ui_id, targets=("html",)), addresses) for one in routes]


def to_html(rendered: Rendered, addresses: Addresses) -> Markup:
    """The HTML of a UI, or of the card in its place; the addresses of assets are those of this console."""
    html = rendered.__html__().replace(paths.ASSETS, addresses.assets())
    return Markup(html)  # noqa: S704  # it is HTML: what is not was escaped


def _find(handle: Handle, path_or_id: str, props: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if ids.is_id(path_or_id):
        return path_or_id, props
    match = handle.routes.match(path_or_id, props)
    return match.peers_ui_id, match.props


def _is_async(handle: Handle, peers_ui_id: str) -> bool:
    try:
        return inspect.iscoroutinefunction(handle.ui(peers_ui_id, TARGETS).content)
    except errors.NoSuchUI:
        raise
    except errors.PeersError:
        return False  # what is wrong with it is said in its place
