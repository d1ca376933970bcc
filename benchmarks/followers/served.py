"""Served by `uvicorn --reload served:app`, which starts a new process after each change."""

from shop import main


async def app(scope, receive, send):  # noqa: ARG001  # the signature is ASGI's
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": main.answer().encode()})
