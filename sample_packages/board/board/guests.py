"""A small ASGI application; each package may bring one made with the framework that it likes."""

from html import escape

GUESTS = ("Ada", "Grace")


async def application(scope, receive, send):
    path = scope["path"].removeprefix(scope["root_path"])
    body = f"<!doctype html><html lang=en><title>Guests</title><h1>Guests</h1><p>{_shown(path)}</p>"
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/html; charset=utf-8")],
        }
    )
    await send({"type": "http.response.body", "body": body.encode()})


def _shown(path):
    name = path.strip("/")
    if name:
        return f"{escape(name)} is {'a' if name in GUESTS else 'no'} guest."
    return ", ".join(f'<a href="{guest}">{guest}</a>' for guest in GUESTS)
