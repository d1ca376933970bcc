"""The one spelling of route and launcher paths, so that an app nav always finds its route.

On a host's start path: imports nothing.
"""

from __future__ import annotations

LAUNCHER = "package-nav"
ASSETS = "peers-asset:"  # what an asset's address in HTML begins with; an adapter puts its own in its place
_KEPT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_/")


def normalise(path: str) -> str:
    """Lower case, letters, digits, `-` and `_` kept, all else a `-`; slashes single and none at the ends.

    A segment that starts with `:` is a parameter and keeps its name as written.
    """
    return "/".join(
        segment if segment[0] == ":" else _segment(segment) for segment in path.split("/") if segment
    )


def split(path: str) -> tuple[list[str], list[str]]:
    """A request's path as (normalised segments, the segments as given); parameters take the latter."""
    given = [segment for segment in path.split("/") if segment]
    return [_segment(segment) for segment in given], given


def launcher(package_id: str, navigation_path: str) -> str:
    """Where the launcher finds an app: `package-nav/<package_id>/<tail>`."""
    return f"{LAUNCHER}/{package_id}/{normalise(navigation_path)}"


def asset(digest: str, package: str, path: str) -> str:
    """An asset's address in HTML; `path` lies in the import package, as `UI.assets` says it."""
    return f"{ASSETS}{digest}/{package}/{path}"


def _segment(segment: str) -> str:
    lowered = segment.lower()
    if _KEPT.issuperset(lowered):
        return lowered
    return "".join(character if character in _KEPT else "-" for character in lowered)
