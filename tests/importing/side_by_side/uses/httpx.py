"""Asks a transport of its own, encodes forms, follows a redirect."""

import httpx


def _answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/old":
        return httpx.Response(302, headers={"location": "/new"})
    return httpx.Response(200, json={"got": request.read().decode(), "path": request.url.path})


def use() -> object:
    with httpx.Client(transport=httpx.MockTransport(_answer), base_url="http://example.org") as client:
        assert client.post("/a", data={"x": "ä"}).json() == {"got": "x=%C3%A4", "path": "/a"}
        assert client.get("/old", follow_redirects=True).json()["path"] == "/new"
        return client
