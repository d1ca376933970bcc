"""What is not in a context: of which package it is, and in which other contexts that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from peers_runtime.base import errors
from peers_runtime.operations import inspect
from peers_runtime.web.visit import Visit

_MOST: Final = 50  # contexts that are looked into


@dataclass(frozen=True)
class Absent:
    """A package that somebody looked for; `there` are contexts that have it, each with an address."""

    name: str
    is_installed: bool
    there: tuple[tuple[str, str], ...]


def frame(visit: Visit, error: errors.PeersError) -> Mapping[str, Any]:
    """What the page of an error is shown with in a context that who asks may read."""
    absent = found(visit, error)
    if absent is None or not absent.is_installed:
        return {"visit": visit, "absent": absent}
    version = visit.handle.binding.versions.get(absent.name)
    return {"visit": visit, "absent": absent, "active": version and version.package.version}


def found(visit: Visit, error: errors.PeersError) -> Absent | None:
    """The package that a page was about which there is not; None where no context has any such."""
    if not isinstance(error, errors.NoRoute | errors.UnknownPackage):
        return None
    given = visit.request.path_params
    path = given.get("path") if visit.section == "s" else None
    words = path.split("/") if path else [given.get("package", "")]
    others = [one.context_id for one in visit.contexts if one.context_id != visit.context_id][:_MOST]
    active = inspect.active_versions(visit.services, others)
    for context_id in (visit.context_id, *others):
        for one in inspect.packages(visit.services, context_id):
            if one.name == words[0] or one.package_id in words:
                there = tuple(
                    (other, _address(visit, other, path, one.name))
                    for other in others
                    if one.name in active.get(other, {})
                )
                return Absent(one.name, context_id == visit.context_id, there)
    return None


def _address(visit: Visit, context_id: str, path: str | None, name: str) -> str:
    there = visit.addresses.of(context_id)
    return there.screen(path) if path else there.versions(name)
