"""One request in a context: who asks, and what they may do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.requests import Request

from peers_runtime import Role, Runtime
from peers_runtime.base import errors
from peers_runtime.operations import access, contexts, contracts, inspect
from peers_runtime.rules import permissions
from peers_runtime.rules.permissions import Act
from peers_runtime.web import guard
from peers_runtime.web.addresses import Addresses
from peers_runtime.web.changes import Changes
from peers_runtime.web.lifespans import Lifespans
from peers_runtime.web.ports import Handle
from peers_runtime.web.sessions import Sessions
from peers_runtime.web.uploads import Uploads

if TYPE_CHECKING:
    from peers_runtime.model.catalog import Context, ContextKind
    from peers_runtime.operations.services import Services

PERSONAL = "personal"
_ID = re.compile(r"\b(?P<id>[0-9a-z]{25})(?:@(?P<version>\d+))?\b")
_SECTIONS = {
    **{name: name for name in ("packages", "tools", "tables", "variables", "runs", "members")},
    **{name: name for name in ("contracts", "graph", "diagnostics", "install")},
    "workflows": "runs",
    "several": "packages",
}


@dataclass(frozen=True)
class Visit:
    """`request` is from `actor`, who may read the context; `form` is what it has sent, once that is read."""

    runtime: Runtime
    request: Request
    sessions: Sessions
    changes: Changes
    context_id: str
    actor: str
    handle: Handle
    addresses: Addresses
    state: str  # of the runtime when the request came
    uploads: Uploads
    lifespans: Lifespans
    form: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def services(self) -> Services:
        """What operations work with, looking with the eyes of who asks."""
        return replace(self.runtime.services, actor=self.actor)

    @cached_property
    def standing(self) -> tuple[ContextKind, Role]:
        """The kind of the context, and what who asks is in it."""
        return inspect.role(self.services, self.context_id, self.actor)

    @property
    def is_guest(self) -> bool:
        """Whether it is somebody else than the runtime's own actor, whose device this is."""
        return self.actor != self.runtime.actor

    def may(self, act: Act) -> bool:
        kind, role = self.standing
        act = permissions.of_guest(act) if self.is_guest else act
        return isinstance(permissions.judge(act, role, kind), permissions.Allowed)

    @cached_property
    def contexts(self) -> list[Context]:
        """Those that who asks may read."""
        return readable(self.runtime, self.actor)

    def spoken(self, text: str) -> str:
        """A text with the names of the contracts and packages whose ids are in it."""
        return _ID.sub(self._named, text) if _ID.search(text) else text

    def _named(self, found: re.Match[str]) -> str:
        name = self._names.get(found["id"])
        if name is None:
            return found[0]
        return f"{name} {found['version']}" if found["version"] else name

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """By id: the packages of the context and its contracts."""
        known = contracts.listed(self.services, self.context_id)
        named = {one.contract_id: one.name for one in known if one.name}
        return named | {one.package_id: one.name for one in inspect.packages(self.services, self.context_id)}

    @property
    def section(self) -> str:
        """The first word of the page's address below the context."""
        return self._rest.partition("/")[0]

    @property
    def _rest(self) -> str:
        path: str = self.request.scope["path"]
        return path.partition(self.addresses.home())[2]

    def same_page(self, context_id: str) -> str:
        """Where the like of this page is in another context."""
        there = self.addresses.of(context_id)
        if self.section == "s":
            return there.screen(self.request.path_params["path"])
        section = _SECTIONS.get(self.section)
        return there.home() if section is None else there.at(section)

    @property
    def form_token(self) -> str:
        return self.sessions.form_token(self.request.scope[guard.SESSION], self.actor)

    def require_form_token(self, given: str) -> None:
        """Raises `RequestRefused` for what no page of this session has sent."""
        if not self.sessions.is_form_token(given, self.request.scope[guard.SESSION], self.actor):
            raise errors.RequestRefused(
                "the form is none of this session's", hint="open the page again, and send the form from there"
            )

    def require_reading(self) -> None:
        """Raises `RoleTooLow` or `UnknownContext` once who asks may no longer read the context."""
        enter(self.runtime, self.context_id, self.actor)


def readable(runtime: Runtime, actor: str) -> list[Context]:
    """The contexts that somebody may read here."""
    found = contexts.readable(runtime.services, actor)
    return [one for one in found if one.context_id != PERSONAL or actor == runtime.actor]


def enter(runtime: Runtime, context_id: str, actor: str) -> Handle:
    """A handle for who asks. Others than the runtime's own actor have no business in its personal context."""
    if context_id == PERSONAL and actor != runtime.actor:
        reason = "it is the personal one of whoever runs this host"
        raise access.too_low(context_id, actor, Role.OWNER, Role.NONE, reason)
    return runtime.context(context_id, actor)
