"""Answers requests by its routes."""

import asyncio

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route


async def note(request: object) -> JSONResponse:
    return JSONResponse({"id": request.path_params["id"]})


app = Starlette(routes=[Mount("/api", routes=[Route("/{id:int}", note)])])


def _get(path: str) -> tuple[int, bytes]:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request"}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [],
        "query_string": b"",
        "root_path": "",
    }
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def use() -> object:
    assert _get("/api/5") == (200, b'{"id":5}')
    assert _get("/api/x")[0] == 404
    return app
