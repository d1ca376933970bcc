"""A package whose author edits it: twenty modules, in plain Python or with pydantic models in most of them.

Its modules are what modules of real packages are: a dataclass or a model, an enumeration, classes with
properties, functions behind decorators, small tables, a logger, and imports of the standard library and of
their neighbours. Who follows the edits asks `main.answer()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks import packages

MODULES = 20
_CONTRIBUTED = ("package", "routes", "uis")
_PARTS = MODULES - 3 - len(_CONTRIBUTED)  # besides `__init__`, `common` and `main`
_EDITED = _PARTS // 2  # about half of the others build upon it
_NOUNS = (
    *("Invoice", "Parcel", "Ticket", "Shelf", "Voyage", "Recipe", "Meter", "Garden"),
    *("Ledger", "Orchard", "Signal", "Tariff", "Vessel", "Window", "Anchor", "Beacon"),
)


def modules(own: str, kind: str, edit: int = 0) -> Mapping[str, str]:
    """The files by path inside the project, its `pyproject.toml` among them; `kind` is plain or pydantic.

    `package`, `routes` and `uis` are there for this runtime; nobody else imports them.
    """
    files = {
        "pyproject.toml": _PROJECT.format(own=own),
        f"{own}/__init__.py": '"""A package that is being edited."""\n',
        **_contributed(own),
        f"{own}/common.py": _COMMON,
    }
    for number in range(_PARTS):
        files[f"{own}/part{number:02}.py"] = _part(own, kind, number)
    files[edited_path(own)] = edited(own, kind, edit)
    imports = "".join(f"from {own} import part{number:02}\n" for number in range(_PARTS))
    files[f"{own}/main.py"] = _MAIN.format(
        own=own,
        imports=imports,
        edited=f"part{_EDITED:02}",
        parts=", ".join(f"part{number:02}" for number in range(_PARTS)),
    )
    assert len(files) == MODULES + 1
    return files


def edited_path(own: str) -> str:
    return f"{own}/part{_EDITED:02}.py"


def edited(own: str, kind: str, edit: int) -> str:
    """The one module of about 300 lines that an author edits, with what `main.answer()` says after it.

    A line is longer by one character each time: bytecode files know their source by size and second.
    """
    return _part(own, kind, _EDITED, nouns=4) + _EDIT.format(edit=edit, longer="." * edit)


def beside(own: str, count: int) -> Mapping[str, str]:
    """That many modules more, in folders of twenty, which nobody imports."""
    files = {}
    for number in range(count):
        folder = f"{own}/beside{number // 20:03}"
        path = f"{folder}/__init__.py" if number % 20 == 0 else f"{folder}/module{number % 20:02}.py"
        files[path] = f'"""Module {number}, imported by nobody."""\n\n\ndef number():\n    return {number}\n'
    return files


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """The project folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def _contributed(own: str) -> Mapping[str, str]:
    main, settings = packages.ui_ids(0)
    facts = {"own": own, "package_id": packages.package_id(0), "main": main, "settings": settings}
    texts = (_PACKAGE, _ROUTES, _UIS)
    return {f"{own}/{name}.py": text.format(**facts) for name, text in zip(_CONTRIBUTED, texts, strict=True)}


def _part(own: str, kind: str, number: int, nouns: int = 0) -> str:
    """A module with as many nouns as `nouns` says, or with one to three."""
    neighbours = sorted({number - 1, number // 2} - {number}) if number else []
    found = [_NOUNS[(number + step) % len(_NOUNS)] for step in range(nouns or 1 + number % 3)]
    models = kind == "pydantic" and number % 5 != 4
    head = _HEAD.format(
        number=number,
        own=own,
        records="from pydantic import BaseModel, ConfigDict, Field\n\n" if models else "",
        neighbours="".join(f"from {own} import part{other:02}\n" for other in neighbours if other >= 0),
    )
    records = [_MODEL if models else _DATACLASS, *[_CLASS] * (len(found) - 1)]
    return head + "".join(
        (record + _BLOCK).format(noun=noun, lower=noun.lower(), upper=noun.upper(), number=number)
        for record, noun in zip(records, found, strict=True)
    )


_PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{own}"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["peers-runtime>=0.1", "pydantic>=2.13"]

[project.entry-points."peers.packages"]
{own} = "{own}.package:package"

[tool.hatch.build.targets.wheel]
packages = ["{own}"]
"""

_PACKAGE = '''\
"""What the package contributes."""

from peers_runtime import AppNav, define_package

from {own} import main


@define_package
def package(pkg):
    pkg.package_id = "{package_id}"
    pkg.app_navs = [AppNav(name=main.NAME, navigation_path="{own}")]
'''

_ROUTES = '''\
"""Which path shows which UI."""

from peers_runtime import Route

routes = [
    Route(peers_ui_id="{main}", path="{own}"),
    Route(peers_ui_id="{settings}", path="{own}/settings"),
]
'''

_UIS = '''\
"""What there is to see."""

from peers_runtime import UI

from {own} import main


def show(props, ctx):
    return main.answer()


def show_settings(props, ctx):
    return main.described()


uis = [
    UI(peers_ui_id="{main}", name="Answer", content=show),
    UI(peers_ui_id="{settings}", name="Settings", content=show_settings),
]
'''

_MAIN = '''\
"""Imports all, and answers for all."""

{imports}from {own}.{edited} import answer

NAME = "{own}"
PARTS = ({parts})


def described():
    return {{part.__name__: part.__doc__ for part in PARTS}}
'''

_COMMON = '''\
"""What all modules use: a decorator or two, and the errors."""

import functools
import logging
import time

logger = logging.getLogger(__name__)


class PackageError(Exception):
    """Something of this package could not be done."""

    def __init__(self, message, **facts):
        super().__init__(message)
        self.facts = facts


class NotFound(PackageError, LookupError):
    """There is nothing of that name."""


def timed(function):
    """Log how long a call took."""

    @functools.wraps(function)
    def call(*arguments, **named):
        start = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            logger.debug("%s took %.6f s", function.__qualname__, time.perf_counter() - start)

    return call


def retried(times):
    """Try again, that many times, when nothing of that name was found."""

    def decorate(function):
        @functools.wraps(function)
        def call(*arguments, **named):
            for left in reversed(range(times)):
                try:
                    return function(*arguments, **named)
                except NotFound:
                    if not left:
                        raise
            return None

        return call

    return decorate
'''

_HEAD = '''\
"""Part {number} of the package."""

from __future__ import annotations

import functools
import json
import logging
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

{records}{neighbours}from {own}.common import NotFound, PackageError, retried, timed

logger = logging.getLogger(__name__)
'''

_DATACLASS = '''


class {noun}State(Enum):
    OPEN = "open"
    PAID = "paid"
    LATE = "late"

@dataclass
class {noun}:
    """One {lower}, as it is stored."""

    name: str
    price_cents: int = 0
    due: date | None = None
    tags: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{{self.name}} ({{self.price_cents / 100:.2f}})"

    def as_data(self) -> dict[str, Any]:
        due = self.due.isoformat() if self.due else None
        return {{"name": self.name, "price_cents": self.price_cents, "due": due, "tags": self.tags}}
'''

_MODEL = '''


class {noun}State(Enum):
    OPEN = "open"
    PAID = "paid"
    LATE = "late"

class {noun}(BaseModel):
    """One {lower}, as it is stored."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    price_cents: int = Field(default=0, ge=0)
    due: date | None = None
    tags: list[str] = Field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{{self.name}} ({{self.price_cents / 100:.2f}})"

    def as_data(self) -> dict[str, Any]:
        return self.model_dump(mode="json")
'''

_CLASS = '''

class {noun}:
    """One {lower}, as it is stored."""

    def __init__(
        self, name: str, price_cents: int = 0, due: date | None = None, tags: list[str] | None = None
    ) -> None:
        self.name = name
        self.price_cents = price_cents
        self.due = due
        self.tags = tags or []

    def __repr__(self) -> str:
        return f"{{type(self).__name__}}({{self.name!r}}, {{self.price_cents!r}})"

    def as_data(self) -> dict[str, Any]:
        return dict(vars(self))
'''

_BLOCK = '''

{upper}_LIMITS = {{"least": 0, "most": 1_000_000, "batch": 30 + {number}, "words": ("paid", "open", "late")}}
{upper}_NAME = re.compile(r"[a-z][a-z0-9-]*")


class {noun}Book:
    """All of them, by name."""

    kind = "{lower}-{number}"

    def __init__(self, found: list[{noun}] | None = None) -> None:
        self._by_name = {{one.name: one for one in found or []}}

    def __len__(self) -> int:
        return len(self._by_name)

    def add(self, one: {noun}) -> None:
        if not {upper}_NAME.fullmatch(one.name):
            raise PackageError(f"{{one.name!r}} is no name", name=one.name)
        self._by_name[one.name] = one

    @retried(2)
    def get(self, name: str) -> {noun}:
        try:
            return self._by_name[name]
        except KeyError:
            raise NotFound(f"there is no {lower} {{name!r}}", name=name) from None

    @property
    def total(self) -> int:
        least, most = {upper}_LIMITS["least"], {upper}_LIMITS["most"]
        return sum(one.price_cents for one in self._by_name.values() if least <= one.price_cents <= most)


@timed
def {lower}s_by_tag(book: {noun}Book, names: list[str]) -> dict[str, list[{noun}]]:
    found = defaultdict(list)
    for name in names:
        one = book.get(name)
        for tag in one.tags or ["none"]:
            found[tag].append(one)
    return dict(found)


@functools.lru_cache(maxsize=128)
def read_{lower}(text: str) -> {noun}:
    try:
        return {noun}(**json.loads(text))
    except (TypeError, ValueError) as error:
        raise PackageError(f"this is no {lower}: {{error}}") from error
'''

_EDIT = '''

def answer():
    """What this state of the file says."""
    # {longer}
    return "{edit}"
'''
