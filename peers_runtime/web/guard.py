"""Which requests are looked at, and the headers that every answer has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from peers_runtime.base import errors
from peers_runtime.web import bodies
from peers_runtime.web.sessions import Sessions

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; "
    "base-uri 'none'"
)
_ALWAYS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_INSTALL: Final = re.compile(r"/c/[^/]+/install")
_LOOKS: Final = frozenset({"GET", "HEAD"})
SESSION: Final = "peers.session"  # of a scope: the session that was found or made
ACTOR: Final = "peers.actor"  # of a scope: who asks

ActorOf = Callable[[HTTPConnection], str | None]
Refusing = Callable[[HTTPConnection, int, errors.PeersError], ASGIApp]


class Guard:
    """Lets a request through to the console, or answers it with a refusal."""

    def __init__(
        self, within: ASGIApp, sessions: Sessions, hosts: Sequence[str], actor_of: ActorOf, refusing: Refusing
    ) -> None:
        self._within = within
        self._sessions = sessions
        self._hosts = frozenset(host.lower() for host in hosts)
        self._actor_of = actor_of
        self._refusing = refusing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._within(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        sending = _Sending(send)
        refusal = self._refusal(connection)
        if refusal is not None:
            status, error = refusal
            await self._refuse(connection, status, error, receive, sending)
            return
        if _is_static(connection):  # what a refusal is shown with
            await self._within(scope, bodies.bounded(receive), sending)
            return
        if _is_mcp_client(connection):
            await self._let_mcp_client_in(connection, receive, sending)
            return
        session = self._sessions.find(connection.headers.get("cookie", ""))
        if self._sessions.token is not None and session is None:
            await self._let_in(connection, receive, sending)
            return
        actor = self._actor_of(connection)
        if actor is None:
            await self._refuse(connection, HTTPStatus.UNAUTHORIZED, _unknown(), receive, sending)
            return
        if session is None:
            session = self._sessions.new()
            sending.cookie = self._cookie(connection, session)
        if "token" in connection.query_params and scope["type"] == "http" and scope["method"] in _LOOKS:
            await _Moved(_without_token(connection))(scope, receive, sending)  # out of sight
            return
        await self._within({**scope, SESSION: session, ACTOR: actor}, _bounded(connection, receive), sending)

    def _refusal(self, connection: HTTPConnection) -> tuple[int, errors.PeersError] | None:
        """Why the request is not looked at, whoever sent it; None when it is."""
        headers = connection.headers
        named = headers.getlist("host")
        if len(named) != 1 or _name(named[0]) not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, _refused(
                f"this console does not answer for the host {', '.join(named)[:200]!r}",
                f"ask {', '.join(sorted(self._hosts))}, or give web.app(…, hosts=[…]) its name",
            )
        looks = connection.scope["type"] == "http" and connection.scope["method"] in _LOOKS
        if not (looks or _is_same_origin(headers) or (_is_mcp_client(connection) and _is_program(headers))):
            return HTTPStatus.FORBIDDEN, _refused(
                "the request comes from another site", "send it from the console's own page"
            )
        if looks and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            if headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document":
                return None
            return HTTPStatus.FORBIDDEN, _refused("another site asks for it", "open it in a tab of its own")
        length = headers.get("content-length", "0")
        largest = bodies.LARGEST_WHEEL if _has_wheel(connection) else bodies.LARGEST
        if not (length.isascii() and length.isdigit()) or int(length[:20]) > largest:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, bodies.TOO_LARGE
        return None

    async def _let_mcp_client_in(
        self, connection: HTTPConnection, receive: Receive, sending: _Sending
    ) -> None:
        """For whoever brings the token in a header, each time: a browser's cookie is not for programs."""
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if self._sessions.token is not None and not (
            scheme.lower() == "bearer" and self._sessions.opens(given.strip())
        ):
            error = _refused(
                "this console answers MCP clients that bring its token",
                "send `Authorization: Bearer TOKEN`; `peers mcp config --url ADDRESS` writes it down",
            )
            await self._refuse(connection, HTTPStatus.UNAUTHORIZED, error, receive, sending)
            return
        actor = self._actor_of(connection)
        if actor is None:
            await self._refuse(connection, HTTPStatus.UNAUTHORIZED, _unknown(), receive, sending)
            return
        await self._within({**connection.scope, ACTOR: actor}, bodies.bounded(receive), sending)

    async def _let_in(self, connection: HTTPConnection, receive: Receive, sending: _Sending) -> None:
        """A session for whoever brings the token; it is out of the address from then on."""
        scope = connection.scope
        looks = scope["type"] == "http" and scope["method"] in _LOOKS
        if looks and self._sessions.opens(connection.query_params.get("token")):
            sending.cookie = self._cookie(connection, self._sessions.new())
            await _Moved(_without_token(connection))(scope, receive, sending)
            return
        error = _refused(
            "this console opens for the address that it printed when it was started",
            "open that address, with its token, once in this browser",
        )
        await self._refuse(connection, HTTPStatus.UNAUTHORIZED, error, receive, sending)

    def _cookie(self, connection: HTTPConnection, session: str) -> str:
        scope = connection.scope
        path = scope.get("root_path", "").rstrip("/")
        return self._sessions.header(session, path, secure=scope.get("scheme") in ("https", "wss"))

    async def _refuse(
        self,
        connection: HTTPConnection,
        status: int,
        error: errors.PeersError,
        receive: Receive,
        sending: _Sending,
    ) -> None:
        if connection.scope["type"] == "websocket":
            await sending({"type": "websocket.close", "code": 1008})
            return
        await self._refusing(connection, status, error)(connection.scope, receive, sending)


class _Sending:
    """Adds the headers that every answer has, and the cookie of a session that has just been made."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.cookie: str | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            for name, value in _ALWAYS.items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
            if self.cookie is not None:
                headers.append("set-cookie", self.cookie)
            message = {**message, "headers": headers.raw}
        await self._send(message)


class _Moved:
    """Sends a browser to an address of the same console."""

    def __init__(self, to: str) -> None:
        self._to = to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # as ASGI calls it
        headers: Any = [(b"location", self._to.encode("ascii")), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": HTTPStatus.SEE_OTHER, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _is_static(connection: HTTPConnection) -> bool:
    scope = connection.scope
    return scope["type"] == "http" and scope["method"] in _LOOKS and _below(scope).startswith("/static/")


def _is_mcp_client(connection: HTTPConnection) -> bool:
    scope = connection.scope
    if scope["type"] != "http":
        return False
    # without a context it is answered with the right address, after the same checks
    return _below(scope).startswith("/mcp/") or (_below(scope) == "/mcp" and scope["method"] == "POST")


def _has_wheel(connection: HTTPConnection) -> bool:
    """Whether a file may be sent there, which is larger than what other forms have."""
    return connection.scope["type"] == "http" and _INSTALL.fullmatch(_below(connection.scope)) is not None


def _bounded(connection: HTTPConnection, receive: Receive) -> Receive:
    """What is received, with an end; a websocket has its own, which its server sets."""
    if connection.scope["type"] == "websocket":
        return receive
    if _has_wheel(connection):
        return bodies.bounded(receive, bodies.LARGEST_WHEEL, bodies.PATIENCE_FOR_WHEEL_S)
    return bodies.bounded(receive)


def _below(scope: Scope) -> str:
    """The address within the console."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "").rstrip("/"))


def _name(host: str) -> str:
    """A `Host` header without its port."""
    name = host.strip().lower()
    return name if name.endswith("]") else name.rpartition(":")[0] or name


def _is_same_origin(headers: Headers) -> bool:
    """Whether a page of this very host and port has sent it, as only browsers can say."""
    origins = headers.getlist("origin")
    if origins:
        return len(origins) == 1 and urlsplit(origins[0]).netloc == headers.get("host")
    return headers.get("sec-fetch-site") == "same-origin"


def _is_program(headers: Headers) -> bool:
    """Whether no page can have sent it: with what it sends, a browser says where that comes from."""
    return "origin" not in headers and "sec-fetch-site" not in headers


def _without_token(connection: HTTPConnection) -> str:
    """Relative to the address itself, so that no path can lead elsewhere."""
    kept = [(name, value) for name, value in parse_qsl(connection.url.query) if name != "token"]
    last = connection.scope["path"].rpartition("/")[2]
    return f"./{quote(last)}" + (f"?{urlencode(kept)}" if kept else "")


def _refused(message: str, hint: str) -> errors.RequestRefused:
    return errors.RequestRefused(message, hint=hint)


def _unknown() -> errors.RequestRefused:
    return _refused("nobody is signed in", "sign in to the application that this console is a part of")
