"""Launcher entries from app navs.

They are read from the activation index, so listing them loads no package code. On a host's start path:
imports nothing but `base.paths`.
"""

from __future__ import annotations

from peers_runtime.base import paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from peers_runtime.model.active import ActivePackage


class App:
    """One app in the launcher; `path` leads to a route of the package."""

    __slots__ = ("always_new_tab", "display_name", "icon_class_name", "name", "package", "path", "version")

    def __init__(self, package: ActivePackage, nav: Mapping[str, Any]) -> None:
        self.name: str = nav["name"]
        self.display_name: str = _read(nav, "display_name", "displayName") or self.name
        self.icon_class_name: str | None = _read(nav, "icon_class_name", "iconClassName")
        self.path = paths.launcher(
            package.package_id, _read(nav, "navigation_path", "navigationPath") or self.name
        )
        self.always_new_tab = bool(_read(nav, "always_new_tab", "alwaysNewTab"))
        self.package = package.name
        self.version = package.version

    def __repr__(self) -> str:
        return f"<App {self.display_name!r} of {self.package}@{self.version}: {self.path}>"


def apps(package: ActivePackage) -> list[App]:
    """The apps of one active version, in its author's order."""
    return [App(package, nav) for nav in package.app_navs]


def _read(nav: Mapping[str, Any], name: str, wire_name: str) -> Any:
    """A field under its Python or its JSON name."""
    return nav.get(name, nav.get(wire_name))
