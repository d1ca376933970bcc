"""The activation index: what is active on this device, in one small file that a host starts from.

The first line is the SHA-256 of the rest, the rest is one JSON document. A writer of the home's own catalog
puts up the mark `index.stale` before it commits, and takes it down when the new index is in place; so an
index without the mark is the catalog's newest state, whenever somebody was killed. What is in doubt is not
used: `read` answers None, and the catalog is asked.

An index names its device and its catalog, and is read for these only. Of a catalog that homes share, each
home has an index of its own, which others' writes leave as it is: it is the newest state as long as it has
the catalog's last change, which whoever reads it asks for.

On a host's start path: imports json, hashlib, gc, os and `base.paths`.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os

from peers_runtime.base import paths
from peers_runtime.model.active import ActivePackage, State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from peers_runtime.model.manifest import RouteData

    Stamp = tuple[int, int, int]

FORMAT = 6  # to be raised with the layout, and whenever `rules.resolution` would answer otherwise
_HEAD = 65  # bytes: 64 hexadecimal digits and the line's end


def read(path: str, device: str | None = None, catalog: str = "") -> State | None:
    """The state at `path`; None when it is missing, damaged, marked stale, or of another format or device.

    `catalog` is the name of the location that it has to be of; the home's own has none.
    """
    if is_marked(path):
        return None
    return read_unmarked(path, device, catalog)


def read_unmarked(path: str, device: str | None = None, catalog: str = "") -> State | None:
    """Like `read`, but takes a stale index too: a true state as of an older change."""
    try:
        with open(path, "rb") as file:
            data = memoryview(file.read())
    except OSError:
        return None
    body = data[_HEAD:]
    if _head(body) != data[:_HEAD].tobytes():
        return None
    # Nothing of what is made here is garbage; looking for some costs a fifth of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        return _state(json.loads(str(body, "ascii")), device, catalog)
    finally:
        if collects:
            gc.enable()


def stamp(path: str) -> Stamp | None:
    """What tells one index from the next without reading it; None while there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def write(path: str, state: State, device: str, catalog: str = "") -> None:
    """Put `state` in place of the old index, on the disk before this returns. Hold the home's lock."""
    body = json.dumps(_document(state, device, catalog), separators=(",", ":")).encode()
    new = f"{path}.new"
    with open(new, "wb") as file:
        file.write(_head(body))
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    _sync_folder(path)


def mark(path: str) -> None:
    """Say that the index is no longer to be trusted, on the disk before this returns."""
    os.close(os.open(_mark(path), os.O_WRONLY | os.O_CREAT, 0o666))
    _sync_folder(path)


def is_marked(path: str) -> bool:
    return os.path.exists(_mark(path))


def unmark(path: str) -> None:
    """Say that the index is true. Should this not reach the disk, the index is only written once more."""
    os.unlink(_mark(path))


def route_rows(routes: Iterable[RouteData]) -> list[list[Any]]:
    """Routes as rows of a state's packages, paths in their one spelling; `rules.routes` names the columns."""
    return [
        [
            route.peers_ui_id,
            None if route.path is None else paths.normalise(route.path),
            route.pattern,
            route.ui_category,
            route.ui_subcategory,
            route.ui_edit_mode,
            route.priority,
            route.has_is_match,
            route.props_schema,
        ]
        for route in routes
    ]


def _state(document: dict[str, Any], device: str | None, catalog: str) -> State | None:
    if document["format"] != FORMAT or device not in (None, document["device"]):
        return None
    if document["catalog"] != catalog:
        return None
    # Contexts are many and distinct rows few: what they share costs nothing for the ten-thousandth context.
    rows = [tuple(row) for row in document["rows"]]
    return State(
        document["sequence"],
        [
            ActivePackage(name, package_id, version, digest, routes, app_navs, origin)
            for name, package_id, version, digest, origin, routes, app_navs in document["packages"]
        ],
        document["sets"],
        {context_id: rows[number] for context_id, number in document["contexts"].items()},
        document["names"],
    )


def _document(state: State, device: str, catalog: str) -> dict[str, Any]:
    rows: dict[tuple[str, int, tuple[tuple[str, int], ...]], int] = {}
    numbers = {
        context_id: rows.setdefault((kind, position, tuple(roles.items())), len(rows))
        for context_id, (kind, position, roles) in state.contexts.items()
    }
    return {
        "format": FORMAT,
        "device": device,
        "catalog": catalog,
        "sequence": state.sequence,
        "names": state.names,
        "packages": [
            [p.name, p.package_id, p.version, p.digest, p.origin, p.routes, p.app_navs]
            for p in state.packages
        ],
        "sets": state.sets,
        "rows": [(kind, position, dict(roles)) for kind, position, roles in rows],
        "contexts": numbers,
    }


def _head(body: bytes | memoryview) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n"


def _mark(path: str) -> str:
    return f"{path.removesuffix('.json')}.stale"


def _sync_folder(path: str) -> None:
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
