"""Who asks: a cookie that this console has signed, and the token of its forms.

Nothing is kept: what a console signs is good as long as the process lives.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie


class Sessions:
    """`token` lets somebody in; None when the host application says who asks."""

    def __init__(self, token: str | None) -> None:
        self.token = token
        self._secret = secrets.token_bytes(32)
        # browsers do not tell ports apart: two consoles on one machine have two cookies
        self.cookie = f"peers-{secrets.token_hex(4)}"

    def opens(self, given: str | None) -> bool:
        """Whether it is the token."""
        if self.token is None or given is None:
            return False
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def new(self) -> str:
        """A session as the cookie's value."""
        name = secrets.token_urlsafe(18)
        return f"{name}.{self._signed('session', name)}"

    def find(self, cookies: str) -> str | None:
        """The session in a request's `Cookie` header; None when there is none that was signed here."""
        try:
            morsel = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return None
        if morsel is None:
            return None
        name, _, signature = morsel.value.partition(".")
        return morsel.value if self._is_right(signature, "session", name) else None

    def form_token(self, session: str, actor: str) -> str:
        """What a form of this session sends along, so that no other page can have made it."""
        return self._signed("form", session, actor)

    def is_form_token(self, given: str, session: str, actor: str) -> bool:
        return self._is_right(given, "form", session, actor)

    def header(self, session: str, path: str, *, secure: bool) -> str:
        """The `Set-Cookie` header of a session for all below a path."""
        ending = "; Secure" if secure else ""
        return f"{self.cookie}={session}; Path={path or '/'}; HttpOnly; SameSite=Strict{ending}"

    def _signed(self, *what: str) -> str:
        return hmac.new(self._secret, "\0".join(what).encode(), hashlib.sha256).hexdigest()

    def _is_right(self, signature: str, *what: str) -> bool:
        return hmac.compare_digest(signature.encode("utf-8", "replace"), self._signed(*what).encode())
