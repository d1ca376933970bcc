"""What a new project begins with: the files below `template_files`, filled in.

Those of `common` belong to every project, those of a template's own folder come with them. Paths have NAME
where the import name is to stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from string import Template as Text
from typing import Final

from peers_runtime.base import errors
from peers_runtime.snapshots import source

_ENDING: Final = ".template"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_BESIDE: Final = frozenset({"dist", "src", "tests"})  # folders of projects that are no import package


@dataclass(frozen=True)
class Template:
    """`about` says what a project of it is, `needs` which distributions it imports."""

    about: str
    needs: tuple[str, ...] = ()


TEMPLATES: Final[Mapping[str, Template]] = {
    "minimal": Template("A package with one screen"),
    "web": Template("A package with a page made in Python and an ES module for the browser"),
    "contract": Template(
        "A package whose tools and table others use through a contract", ("pydantic>=2.13",)
    ),
    "hooks": Template("A package that answers the hooks of its host", ("pluggy>=1.7",)),
}


def files(template: str, name: str, make_id: Callable[[], str]) -> Mapping[str, bytes]:
    """The files of a new project whose import package is `name`, by their paths.

    What a text calls `…_id` is made by `make_id`, once for each name. Raises `InvalidSetting`, and
    `ReservedName`.
    """
    chosen = TEMPLATES.get(template)
    if chosen is None:
        raise errors.InvalidSetting(
            f"there is no template {template!r}", hint=f"choose one of {', '.join(TEMPLATES)}", given=template
        )
    _check_name(name)
    values = {
        "name": name,
        "distribution": name.replace("_", "-"),
        "title": name.replace("_", " ").capitalize(),
        "description": chosen.about,
        "dependencies": ", ".join(f'"{one}"' for one in ("peers-runtime", *chosen.needs)),
    }
    texts: dict[str, Text] = {}
    for part in ("common", template):
        _collect(resources.files("peers_runtime.projects") / "template_files" / part, "", texts)
    for text in texts.values():
        for wanted in text.get_identifiers():
            if wanted.endswith("_id") and wanted not in values:
                values[wanted] = make_id()
    return {path.replace("NAME", name): text.substitute(values).encode() for path, text in texts.items()}


def _collect(folder: Traversable, path: str, into: dict[str, Text]) -> None:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            _collect(entry, f"{path}{entry.name}/", into)
        elif entry.name.endswith(_ENDING):
            into[path + entry.name.removesuffix(_ENDING)] = Text(entry.read_text(encoding="utf-8"))


def _check_name(name: str) -> None:
    if _NAME.fullmatch(name) is None or not source.is_import_name(name):
        raise errors.InvalidSetting(
            f"{name!r} cannot be the name of a package: code imports a package by its name",
            hint="take small letters, digits and single underscores, like my_package",
            given=name,
        )
    if name in _BESIDE:
        raise errors.InvalidSetting(
            f"{name!r} cannot be the name of a package: that folder of a project is for something else",
            hint="take a name like my_package",
            given=name,
        )
    source.refuse_reserved(name)
