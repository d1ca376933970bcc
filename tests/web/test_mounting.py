"""The console below a prefix of Starlette, FastAPI, Django and Litestar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.types import ASGIApp

from peers_runtime import InvalidSetting, Runtime, web
from peers_runtime.web.console import Console
from tests.web import django_host
from tests.web.consoles import active, browser, confirm


def in_starlette(console: Console) -> ASGIApp:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    return Starlette(routes=[Mount("/admin/peers", console)])


def in_fastapi(console: Console) -> ASGIApp:
    from fastapi import FastAPI

    made = FastAPI()
    made.mount("/admin/peers", console)
    return made


def in_litestar(console: Console) -> ASGIApp:
    from litestar import Litestar, asgi

    @asgi("/admin/peers", is_mount=True, copy_scope=True)
    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        whole = unquote(scope["raw_path"].decode())  # Litestar cuts `path`, and ends it with a slash
        await console({**scope, "root_path": "/admin/peers", "path": whole}, receive, send)

    return Litestar(route_handlers=[mounted], openapi_config=None, logging_config=None)


def in_django(console: Console) -> ASGIApp:
    theirs = django_host.application()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/admin/peers/"):
            await console({**scope, "root_path": "/admin/peers"}, receive, send)
        else:
            await theirs(scope, receive, send)

    return application


@pytest.mark.parametrize("mount", [in_starlette, in_fastapi, in_litestar, in_django])
def test_it_works_below_a_prefix(
    notes: Runtime, console: Console, mount: Callable[[Console], ASGIApp]
) -> None:
    client = browser(mount(console))
    base = "/admin/peers"
    first = client.get(f"{base}/?token={console.token}")
    assert (first.status_code, first.url.path) == (200, f"{base}/c/personal/")
    assert f"Path={base};" in first.history[0].headers["set-cookie"]
    page = client.get(f"{base}/c/acme/").text
    assert f'href="{base}/c/acme/packages/notes"' in page
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert style.startswith(f"{base}/static/")
    assert client.get(style).status_code == 200
    assert "My notes" in client.get(f"{base}/c/acme/s/notes").text
    done = confirm(client, f"{base}/c/acme/packages/notes/disable")
    assert done.url.path == f"{base}/c/acme/packages/notes"
    assert active(notes, "notes") is None
    assert client.get("/elsewhere").status_code == 404  # the host's own answer


def test_a_host_gives_an_actor_or_a_token(runtime: Runtime) -> None:
    with pytest.raises(InvalidSetting, match="an actor or a token"):
        web.app(runtime, actor=lambda _: "ada", token="x" * 20)
    with pytest.raises(InvalidSetting, match="can be guessed"):
        web.app(runtime, token="short")
    with pytest.raises(InvalidSetting, match="list of names"):
        web.app(runtime, hosts="localhost")


def test_the_door_offers_two_names() -> None:
    assert web.app.__name__ == "app"
    assert web.middleware.__name__ == "middleware"
    with pytest.raises(AttributeError, match="no attribute 'apps'"):
        web.apps  # noqa: B018  # asking for it is the test
