"""Answers a request, and says which field is wrong; makes an OpenAPI schema."""

import asyncio
import json

from fastapi import FastAPI
from pydantic import BaseModel


class Note(BaseModel):
    title: str
    stars: int = 0


app = FastAPI()


@app.post("/notes")
def add(note: Note) -> dict[str, object]:
    return {"title": note.title.upper(), "stars": note.stars}


def _post(body: bytes) -> tuple[int, object]:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/notes", "query_string": b"", "http_version": "1.1"}
    scope |= {
        "headers": [(b"content-type", b"application/json")],
        "app": app,
        "root_path": "",
        "scheme": "http",
    }
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def use() -> object:
    assert _post(b'{"title": "a", "stars": "3"}') == (200, {"title": "A", "stars": 3})
    status, answer = _post(b'{"stars": 1}')
    assert (status, answer["detail"][0]["loc"]) == (422, ["body", "title"])
    assert "Note" in app.openapi()["components"]["schemas"]
    return app
