"""Which route takes a request, and why each other one lost.

Filter by category, subcategory and edit mode (`*` takes all, and a filter that the request leaves out
takes all) → path or pattern → `props_schema` → `is_match` → highest priority, then the more specific
path, then the package id. Candidates are judged in that final order, so that an `is_match` is asked
only when nothing better has taken the request.

On a host's start path: imports nothing but `base.paths`.
"""

from __future__ import annotations

from peers_runtime.base import paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from peers_runtime.model.active import ActivePackage

    Props = Mapping[str, Any]
    Accepts = Callable[["Route", Props], str | None]  # None: accepted; else why not
    IsMatch = Callable[["Route", Props, Props], Props | None]  # (route, props, route context)


class Route:
    """One route of one active package, as read from the index."""

    __slots__ = (
        "has_is_match",
        "package",
        "path",
        "pattern",
        "peers_ui_id",
        "position",
        "priority",
        "props_schema",
        "ui_category",
        "ui_edit_mode",
        "ui_subcategory",
    )

    peers_ui_id: str
    path: str | None
    pattern: str | None
    ui_category: str
    ui_subcategory: str | None
    ui_edit_mode: str | None
    priority: int
    has_is_match: bool
    props_schema: Mapping[str, Any] | None

    def __init__(self, package: ActivePackage, position: int) -> None:
        self.package = package
        self.position = position
        (
            self.peers_ui_id,
            self.path,
            self.pattern,
            self.ui_category,
            self.ui_subcategory,
            self.ui_edit_mode,
            self.priority,
            self.has_is_match,
            self.props_schema,
        ) = package.routes[position]

    def __repr__(self) -> str:
        return f"<Route {self.shown!r} of {self.package.label}>"

    @property
    def shown(self) -> str:
        """The route in words: its path, its pattern, or its category."""
        if self.path is not None:
            return self.path or "/"
        return f"/{self.pattern}/" if self.pattern is not None else f"any {self.ui_category}"

    def rank(self) -> tuple[int, int, int, int, str, int]:
        """Sorts the better route first: priority, specificity of the path, package id, position."""
        segments = self.path.split("/") if self.path else []
        parameters = sum(segment[:1] == ":" for segment in segments)
        kind = 2 if self.path is not None else 1 if self.pattern is not None else 0
        return (
            -self.priority,
            -kind,
            -len(segments),
            parameters,
            self.package.package_id,
            self.position,
        )


class Request:
    """What a host asks for. A filter that is None takes all; `props` is never changed."""

    __slots__ = ("category", "edit_mode", "given", "package_id", "path", "props", "segments", "subcategory")

    def __init__(
        self,
        path: str | None,
        props: Props | None = None,
        category: str | None = "screen",
        subcategory: str | None = None,
        edit_mode: str | None = None,
    ) -> None:
        segments, given = paths.split(path) if path is not None else ([], [])
        self.package_id: str | None = None
        if len(given) > 1 and given[0] == paths.LAUNCHER:
            self.package_id = given[1]
            segments, given = segments[2:], given[2:]
        self.path = path
        self.segments = segments
        self.given = given
        self.props: Props = {} if props is None else props
        self.category = category
        self.subcategory = subcategory
        self.edit_mode = edit_mode


class Match:
    """The route that takes a request; `props` are the request's, the path's parameters, the derived ones."""

    __slots__ = ("parameters", "props", "reason", "route")

    def __init__(self, route: Route, props: Props, parameters: Mapping[str, str], reason: str) -> None:
        self.route = route
        self.props = props
        self.parameters = parameters
        self.reason = reason

    def __repr__(self) -> str:
        return f"<Match {self.route.shown!r} of {self.route.package.label}: {self.reason}>"

    @property
    def peers_ui_id(self) -> str:
        return self.route.peers_ui_id

    @property
    def package(self) -> str:
        return self.route.package.name

    @property
    def version(self) -> str:
        return self.route.package.version


class Considered:
    """One route that was looked at, whether it was chosen, and the reason in words."""

    __slots__ = ("chosen", "reason", "route")

    def __init__(self, route: Route, chosen: bool, reason: str) -> None:
        self.route = route
        self.chosen = chosen
        self.reason = reason

    def __repr__(self) -> str:
        verdict = "chosen" if self.chosen else "lost"
        return f"<Considered {self.route.shown!r} of {self.route.package.label}, {verdict}: {self.reason}>"


class RouteTable:
    """All routes of one active set, by first path segment. Building costs one pass over the rows."""

    __slots__ = ("_by_segment", "_open", "_packages")

    def __init__(self, packages: Sequence[ActivePackage]) -> None:
        self._packages = packages
        self._by_segment: dict[str, list[tuple[ActivePackage, int]]] = {}
        self._open: list[tuple[ActivePackage, int]] = []  # no fixed first segment: asked for every path
        for package in packages:
            for position, row in enumerate(package.routes):
                path = row[1]
                if path and path[0] != ":":
                    first = path.partition("/")[0]
                    self._by_segment.setdefault(first, []).append((package, position))
                else:
                    self._open.append((package, position))

    def __iter__(self) -> Iterator[Route]:
        for package in self._packages:
            for position in range(len(package.routes)):
                yield Route(package, position)

    def candidates(self, request: Request) -> list[Route]:
        """The routes whose first segment can take the request, best first."""
        found = list(self._open)
        if request.path is None:
            for places in self._by_segment.values():
                found += places
        elif request.segments:
            found += self._by_segment.get(request.segments[0], ())
        return _ranked(Route(package, position) for package, position in found)


def match(table: RouteTable, request: Request, accepts: Accepts, is_match: IsMatch) -> Match | None:
    """The winning route, or None when no route takes the request."""
    for route in table.candidates(request):
        judged = _judge(route, request, accepts, is_match)
        if isinstance(judged, Match):
            return judged
    return None


def explain(table: RouteTable, request: Request, accepts: Accepts, is_match: IsMatch) -> list[Considered]:
    """Every route of the active set, best first, with why it was chosen or why it lost."""
    considered: list[Considered] = []
    winner: Route | None = None
    for route in _ranked(table):
        judged = _judge(route, request, accepts, is_match)
        if not isinstance(judged, Match):
            considered.append(Considered(route, False, judged))
        elif winner is None:
            winner = route
            considered.append(Considered(route, True, judged.reason))
        else:
            considered.append(Considered(route, False, _why_behind(route, winner)))
    return considered


def _ranked(routes: Iterable[Route]) -> list[Route]:
    return sorted(routes, key=Route.rank)


def _judge(route: Route, request: Request, accepts: Accepts, is_match: IsMatch) -> Match | str:
    """A `Match`, or the reason why the route does not take the request."""
    if request.package_id is not None and route.package.package_id != request.package_id:
        return f"the launcher path names another package ({request.package_id})"
    for word, wanted, offered in (
        ("category", request.category, route.ui_category),
        ("subcategory", request.subcategory, route.ui_subcategory),
        ("edit mode", request.edit_mode, route.ui_edit_mode),
    ):
        if wanted is not None and wanted != "*" and offered not in (None, "*", wanted):
            return f"{word} is {offered}, {wanted} was asked for"
    parameters = _take_path(route, request)
    if isinstance(parameters, str):
        return parameters
    props: dict[str, Any] = {**parameters, **request.props}
    if route.props_schema is not None:
        refusal = accepts(route, props)
        if refusal is not None:
            return f"props do not fit: {refusal}"
    if route.has_is_match:
        derived = is_match(route, dict(props), _route_context(request, parameters))
        if derived is None:
            return "is_match said no"
        props.update(derived)
    reason = f"{_path_reason(route)}, priority {route.priority}"
    return Match(route, props, parameters, reason + (", is_match said yes" if route.has_is_match else ""))


def _take_path(route: Route, request: Request) -> dict[str, str] | str:
    """The path's parameters, or the reason why the path does not fit."""
    if route.path is None and route.pattern is None:
        return {}
    if request.path is None:
        return "it needs a path, and none was asked for"
    if route.pattern is not None:
        import re

        found = re.search(route.pattern, "/".join(request.given))
        return found.groupdict("") if found else f"the path does not match the pattern {route.pattern}"
    wanted = route.path.split("/") if route.path else []
    if len(wanted) > len(request.segments):
        return f"the path has fewer segments than {route.path}"
    parameters: dict[str, str] = {}
    for expected, normal, given in zip(wanted, request.segments, request.given, strict=False):
        if expected[0] == ":":
            parameters[expected[1:]] = given
        elif expected != normal:
            return f"segment {given!r} is not {expected!r}"
    return parameters


def _route_context(request: Request, parameters: Mapping[str, str]) -> dict[str, Any]:
    return {
        "path": request.path,
        "category": request.category,
        "subcategory": request.subcategory,
        "edit_mode": request.edit_mode,
        "parameters": dict(parameters),
    }


def _path_reason(route: Route) -> str:
    if route.path is not None:
        return f"path {route.shown} fits"
    return f"pattern {route.pattern} fits" if route.pattern is not None else f"takes any {route.ui_category}"


def _why_behind(route: Route, winner: Route) -> str:
    if route.priority != winner.priority:
        return f"fits too, but priority {route.priority} is below {winner.priority}"
    if route.rank()[1:4] != winner.rank()[1:4]:
        return f"fits too, but {route.shown} is less specific than {winner.shown}"
    if route.package.package_id != winner.package.package_id:
        return f"fits too, but its package id sorts after that of {winner.package.name}"
    return "fits too, but stands later in its package's list"
