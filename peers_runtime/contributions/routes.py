"""What the rule of routes asks of package code: do the props fit, and what does `is_match` say.

On the way to a host's first route: imports late.
"""

from __future__ import annotations

from collections.abc import Mapping

from peers_runtime.base import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from peers_runtime.contributions.ports import Contributor
    from peers_runtime.model.contributions import Route
    from peers_runtime.model.manifest import RouteData


def accepts(schema: Mapping[str, Any], props: Mapping[str, Any]) -> str | None:
    """Why the props do not fit the JSON Schema, in a line, or None when they do."""
    from peers_runtime.contributions import acceptance

    return acceptance.refusal(schema, dict(props))


def is_match(
    version: Contributor,
    position: int,
    props: Mapping[str, Any],
    route_context: Mapping[str, Any],
    report: Callable[[str, str, str], object],
) -> Mapping[str, Any] | None:
    """The props that the route's `is_match` derives, or None when it does not take the request.

    The first call imports the routes module. Anything that goes wrong is no match, and is reported as
    (code, message, hint): `RoutesChanged`, `IsMatchFailed`, or why the module cannot be imported. Lists
    and dicts are handed over as copies, so that the caller's props stay as they are.
    """
    where = f"{version.definition.routes_module}, route {position + 1} of {version.label}"
    try:
        predicate = check(version)[position].is_match
    except errors.PeersError as error:
        report(error.code, error.message, error.hint)
        return None
    except BaseException as error:  # noqa: BLE001  # whatever an author's module raises, others go on
        shown = _shown(version, error)
        report(errors.DefinitionFailed.code, f"{where}: cannot be imported: {shown}", _MEND)
        return None
    assert predicate is not None  # `check` has compared it with the index, which said that there is one
    try:
        derived = predicate(_copy(props), _copy(route_context))
    except BaseException as error:  # noqa: BLE001  # see above
        shown = _shown(version, error)
        report(errors.IsMatchFailed.code, f"{where}: is_match raised {shown}", _MEND)
        return None
    if derived is None or isinstance(derived, Mapping):
        return derived
    said = f"{where}: is_match returned {derived!r}"
    report(
        errors.IsMatchFailed.code,
        said,
        "return a dict of derived props, or None when the route does not match",
    )
    return None


def check(version: Contributor) -> Sequence[Route]:
    """Import the routes module; its list must be the one recorded at capture.

    JSON Schemas of models are not made again for the comparison. Raises `RoutesChanged`, or what the
    module raises.
    """
    definition = version.definition
    routes: Sequence[Route] = version.load(f"{definition.routes_module}:routes")
    now, then = [_shape(route) for route in routes], [_recorded(route) for route in definition.routes]
    if now != then:
        position = next(
            (i for i, pair in enumerate(zip(now, then, strict=False)) if pair[0] != pair[1]), None
        )
        what = (
            f"there are {len(now)} routes, {len(then)} were recorded"
            if position is None
            else f"route {position + 1} is not the one that was recorded"
        )
        raise errors.RoutesChanged(
            f"{definition.routes_module} of {version.label}: {what}",
            hint="a list of routes must not depend on the time, the environment or chance",
            package=version.label,
        )
    return routes


_MEND = "mend the package and install it again; until then the route counts as not matching"


def _shown(version: Contributor, error: BaseException) -> str:
    """The package's error in a line. An interrupt is none of its errors, and goes on."""
    from peers_runtime.contributions import interrupts

    if interrupts.is_interrupt(error):
        raise error
    return version.logical(f"{type(error).__name__}: {error}")


def _shape(route: Route) -> tuple[object, ...]:
    return (
        route.peers_ui_id,
        route.path,
        *(route.pattern, route.ui_category, route.ui_subcategory, route.ui_edit_mode, route.priority),
        route.is_match is not None,
        route.props_schema is not None,
    )


def _recorded(route: RouteData) -> tuple[object, ...]:
    return (
        route.peers_ui_id,
        route.path,
        *(route.pattern, route.ui_category, route.ui_subcategory, route.ui_edit_mode, route.priority),
        route.has_is_match,
        route.props_schema is not None,
    )


def _copy(value: Any) -> Any:
    """Lists and mappings anew, everything in them that is neither as it is."""
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value
