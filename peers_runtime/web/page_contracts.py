"""What pages' modules hold of contracts: the members that `peers types --ts` describes, as requests.

Each request is made in the context, by who asks: their role is judged, then the provider is found, then what
they give is judged by the contract, as for any consumer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from peers_runtime.base import errors
from peers_runtime.web import bodies
from peers_runtime.web.visit import Visit

MOST_ROWS: Final = 10_000  # that one request is answered with
_PAGE: Final = frozenset({"limit", "after"})


class Way(NamedTuple):
    """How a member is used: with `least` to `most` arguments, of which those after the first are objects."""

    least: int
    most: int
    use: Callable[..., Any]


def opened(visit: Visit) -> Response:
    """The members of a contract, by name, and the values of its observables. Raises `ContractMissing`."""
    with visit.handle:
        held = _held(visit)
        told = {
            "provider": held.provider,
            "tools": list(held.tools),
            "tables": list(held.tables),
            "observables": {name: observable() for name, observable in held.observables.items()},
            "events": list(held.events),
        }
    return JSONResponse(told)


async def used(visit: Visit) -> Response:
    """Use a member: call a tool, ask or change a table, set an observable."""
    visit.require_form_token(visit.request.headers.get("x-form-token", ""))
    asked = await bodies.json_object(visit.request)
    return JSONResponse(await run_in_threadpool(_used, visit, asked))


def _used(visit: Visit, asked: Mapping[str, Any]) -> Any:
    kind, name, act, given = (asked.get(key) for key in ("kind", "name", "act", "given"))
    way = _WAYS.get(f"{kind}.{act}")
    if way is None or not isinstance(name, str) or asked.keys() - {"kind", "name", "act", "given"}:
        raise errors.InvalidInput(
            f"a page cannot {act!r} what is among the {kind!r} of a contract",
            hint=f"there are: {', '.join(_WAYS)}; each of a `name`, with what is `given` as a list",
        )
    if not isinstance(given, list) or not way.least <= len(given) <= way.most:
        raise errors.InvalidInput(
            f"{kind}[{name!r}].{act} takes {way.least} to {way.most} arguments",
            hint="see what the contract's .d.ts says: peers types CONTRACT --ts FOLDER",
        )
    with visit.handle:
        return way.use(getattr(_held(visit), str(kind))[name], *given)


def _held(visit: Visit) -> Any:
    parameters = visit.request.path_params
    return visit.handle.contract(parameters["contract_id"], parameters["version"])


def _call(tool: Any, arguments: object = None) -> Any:
    """In a thread of its own, where an async tool has an event loop of its own."""
    return tool.invoke(_object(arguments, "the arguments"))


def _list(table: Any, equals: object = None, page: object = None) -> Sequence[Any]:
    columns, asked = _object(equals, "what columns equal"), _object(page, "the page")
    if asked.keys() - _PAGE or columns.keys() & _PAGE:
        raise errors.InvalidInput(
            "a page of rows has a limit, and begins after a key; columns of these names are not asked for",
            hint="tables.NAME.list({done: false}, {limit: 100, after: key})",
        )
    limit = asked.get("limit")
    if limit is None:
        limit = MOST_ROWS + 1
    found: Sequence[Any] = table.list(limit=limit, after=asked.get("after"), **columns)
    if len(found) > MOST_ROWS:
        raise errors.PayloadTooLarge(
            f"there are more than {MOST_ROWS:,} such rows",
            hint="ask for some at a time: tables.NAME.list({}, {limit: 100, after: key})",
        )
    return found


def _set(observable: Any, value: object) -> Any:
    observable.set(value)
    return observable()  # what the provider has made of it


def _object(given: object, what: str) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise errors.InvalidInput(f"{what} are no object", hint="send names and values: {title: 'x'}")
    return given


_WAYS: Final[Mapping[str, Way]] = {
    "tools.call": Way(0, 1, _call),
    "tables.get": Way(1, 1, lambda table, key: table.get(key)),
    "tables.list": Way(0, 2, _list),
    "tables.count": Way(0, 1, lambda table, equals=None: table.count(**_object(equals, "columns"))),
    "tables.find_one": Way(0, 1, lambda table, equals=None: table.find_one(**_object(equals, "columns"))),
    "tables.insert": Way(1, 1, lambda table, row: table.insert(_object(row, "the row's columns"))),
    "tables.save": Way(1, 1, lambda table, row: table.save(_object(row, "the row's columns"))),
    "tables.update": Way(2, 2, lambda table, key, changes: table.update(key, **_object(changes, "changes"))),
    "tables.delete": Way(1, 1, lambda table, key: table.delete(key)),
    "observables.set": Way(1, 1, _set),
}
