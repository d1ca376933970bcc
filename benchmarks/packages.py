"""Generated packages: of three modules with routes, and of many modules that import each other."""

from __future__ import annotations

from collections.abc import Mapping

from peers_runtime.base import ids

_EPOCH_MS = 1_700_000_000_000  # ids begin with a time; a fixed one makes every run's ids the same


def name(number: int) -> str:
    return f"pack{number:04}"


def package_id(number: int) -> str:
    return ids.make(_EPOCH_MS, number)


def ui_ids(number: int) -> tuple[str, str]:
    """The ids of a package's two UIs: of its list and of its settings."""
    return ids.make(_EPOCH_MS + 1, number), ids.make(_EPOCH_MS + 2, number)


def routes(number: int) -> list[dict[str, object]]:
    """A package's two routes, as plain data."""
    main, settings = ui_ids(number)
    return [
        {"path": name(number), "category": "screen", "priority": 0, "ui": main},
        {"path": f"{name(number)}/settings", "category": "screen", "priority": 0, "ui": settings},
    ]


def three_modules(number: int, version: str = "1.0.0") -> Mapping[str, str]:
    """A package for this runtime, by path: its definition, its routes, its UIs."""
    own, (main, settings) = name(number), ui_ids(number)
    return {
        f"{own}/__init__.py": (
            f'"""Package {number}, version {version}."""\n\n'
            "from peers_runtime import AppNav, define_package\n\n\n"
            "@define_package\n"
            "def package(pkg):\n"
            f'    pkg.package_id = "{package_id(number)}"\n'
            f'    pkg.app_navs = [AppNav(name="{own}")]\n'
        ),
        f"{own}/routes.py": (
            "from peers_runtime import Route\n\n"
            "routes = [\n"
            f'    Route(peers_ui_id="{main}", path="{own}"),\n'
            f'    Route(peers_ui_id="{settings}", path="{own}/settings"),\n'
            "]\n"
        ),
        f"{own}/uis.py": (
            "from peers_runtime import UI\n\n\n"
            "def render(props, ctx):\n"
            f'    return "{own} {version}"\n\n\n'
            "uis = [\n"
            f'    UI(peers_ui_id="{main}", name="Main", content=render),\n'
            f'    UI(peers_ui_id="{settings}", name="Settings", content=render),\n'
            "]\n"
        ),
    }


def many_modules(own: str, count: int, version: str = "1") -> Mapping[str, str]:
    """A package of `count` small modules besides `__init__`; importing `main` imports them all.

    Only the last one knows the version. Each module is as small code usually is: a class, a few
    functions, and imports of the standard library and of its neighbours.
    """
    modules = {f"{own}/__init__.py": f'"""{count} modules."""\n'}
    for number in range(count - 1):
        neighbour = (
            f"from {own}.part{number - 1:03} import Item as Before\n" if number else "Before = object\n"
        )
        modules[f"{own}/part{number:03}.py"] = _PART.format(
            number=number,
            neighbour=neighbour,
            version=version if number == count - 2 else "1",
        )
    imports = "".join(f"from {own} import part{number:03}\n" for number in range(count - 1))
    modules[f"{own}/main.py"] = f'"""Imports all."""\n\n{imports}\nPARTS = {count - 1}\n'
    return modules


_PART = '''\
"""Part {number} of the package."""

from __future__ import annotations

import json
from collections import OrderedDict

{neighbour}
VERSION = "{version}"
LIMITS = {{"low": 0, "high": {number}, "names": ["a", "b", "c"]}}


class Item:
    """One item, with a title and the item that came before it."""

    kind = "item-{number}"

    def __init__(self, title, before=None, size=0):
        self.title = title
        self.before = before
        self.size = size

    @property
    def label(self):
        return f"{{self.kind}}: {{self.title}} ({{self.size}})"

    def larger(self, by=1):
        return Item(self.title, self.before, self.size + by)

    def __repr__(self):
        return f"<Item {{self.title!r}}>"


def add(items, title, size=0):
    """A new item after the others."""
    item = Item(title, items[-1] if items else None, size)
    items.append(item)
    return item


def total(items):
    return sum(item.size for item in items if item.size > LIMITS["low"])


def by_title(items):
    found = OrderedDict()
    for item in sorted(items, key=lambda item: item.title):
        found.setdefault(item.title, []).append(item)
    return found


def as_json(items):
    try:
        return json.dumps([{{"title": item.title, "size": item.size}} for item in items])
    except TypeError as error:
        raise ValueError(f"an item of part {number} cannot be written: {{error}}") from error
'''
