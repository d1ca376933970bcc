"""The routes of a context: matching, explaining, listing.

On a host's start path: imports late; an `is_match` or a `props_schema` costs an import only when one is met.
"""

from __future__ import annotations

from peers_runtime.base import errors
from peers_runtime.rules import routes as rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from peers_runtime.activation.binding import Binding


class Routes:
    """The routes of one generation of a context."""

    __slots__ = ("_binding",)

    def __init__(self, binding: Binding) -> None:
        self._binding = binding

    def list(self) -> Sequence[rule.Route]:
        """Every route of the active versions, by package name and then in their authors' order."""
        return tuple(self._binding.active.routes)

    def match(
        self,
        path: str | None,
        props: Mapping[str, Any] | None = None,
        category: str | None = "screen",
        subcategory: str | None = None,
        edit_mode: str | None = None,
    ) -> rule.Match:
        """The route that takes the request. Raises `NoRoute`, naming the nearest and why they lost."""
        request = rule.Request(path, props, category, subcategory, edit_mode)
        found = rule.match(self._binding.active.routes, request, self._accepts, self._is_match)
        if found is None:
            raise self._no_route(request)
        return found

    def explain(
        self,
        path: str | None,
        props: Mapping[str, Any] | None = None,
        category: str | None = "screen",
        subcategory: str | None = None,
        edit_mode: str | None = None,
    ) -> Sequence[rule.Considered]:
        """Every route of the active versions, best first, with why it was chosen or why it lost."""
        request = rule.Request(path, props, category, subcategory, edit_mode)
        return rule.explain(self._binding.active.routes, request, self._accepts, self._is_match)

    def _accepts(self, route: rule.Route, props: Mapping[str, Any]) -> str | None:
        from peers_runtime.contributions import routes

        assert route.props_schema is not None  # the rule asks only then
        return routes.accepts(route.props_schema, props)

    def _is_match(
        self, route: rule.Route, props: Mapping[str, Any], route_context: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        from peers_runtime.activation.binding import Entered
        from peers_runtime.contributions import routes

        binding, memory = self._binding, self._binding.active.memory
        version = binding.versions[route.package.name]
        with Entered(binding):
            return routes.is_match(
                version,
                route.position,
                props,
                {**route_context, "context_id": binding.context_id},
                lambda code, message, hint: memory.report(
                    code, message, hint, version.label, binding.context_id
                ),
            )

    def _no_route(self, request: rule.Request) -> errors.NoRoute:
        context_id = self._binding.context_id
        considered = rule.explain(self._binding.active.routes, request, self._accepts, self._is_match)
        # A route whose path fits lost by its props or its is_match: that is what the caller wants to know.
        considered = sorted(considered, key=lambda one: not one.reason.startswith(("props", "is_match")))
        near = [f"{one.route.package.name}: {one.route.shown} ({one.reason})" for one in considered[:3]]
        why = f"; nearest were {'; '.join(near)}" if near else "; no active package has a route"
        return errors.NoRoute(
            f"no route takes {request.path!r} in context {context_id!r}{why}",
            hint=f"peers routes explain {request.path or ''} --context {context_id}".replace("  ", " "),
            path=request.path,
            context=context_id,
        )
