"""What errors say: the texts at the places that make them, read from the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from docs._render.source import ROOT

UNKNOWN = "…"


class Message(NamedTuple):
    """`text` and `hint` with `<name>` where a value stands; `module` is the path of the file.

    What is `listed` stops nothing: it is no exception, and `peers doctor` lists it.
    """

    text: str
    hint: str
    module: str
    listed: bool


@cache
def by_error() -> Mapping[str, Sequence[Message]]:
    """Of each class of errors, by its name: what is said with it, each text once, by module."""
    found: dict[str, dict[tuple[str, str], Message]] = {}
    for path in sorted((ROOT / "peers_runtime").rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and (name := _error_of(call) or _listed_of(call)):
                text, hint = _said(call, listed=not _error_of(call))
                if re.search(r"\w", text):
                    message = Message(text, hint, module, listed=not _error_of(call))
                    found.setdefault(name, {}).setdefault((text, hint), message)
    return {name: list(messages.values()) for name, messages in found.items()}


def _error_of(call: ast.Call) -> str:
    """The class of errors that is called: `errors.NoRoute(…)`, `NoRoute(…)`."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="errors"), attr=name) | ast.Name(id=name):
            return name if name[0].isupper() else ""
        case _:
            return ""


def _listed_of(call: ast.Call) -> str:
    """The class whose code is handed on: `report(errors.VersionHeld.code, …)`."""
    codes = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "code")]
    match codes:
        case [ast.Attribute(value=ast.Attribute(value=ast.Name(id="errors"), attr=name), attr="code")]:
            return name
        case _:
            return ""


def _said(call: ast.Call, *, listed: bool) -> tuple[str, str]:
    words = {word.arg: word.value for word in call.keywords}
    given = call.args[1:] if listed else call.args
    text = words.get("message", given[0] if given else None)
    hint = words.get("hint", given[1] if listed and len(given) > 1 else None)
    return _text(text) if text else "", _text(hint) if hint else ""


def _text(node: ast.expr) -> str:
    """The text that the expression makes, as far as its source says it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(_text, parts))
        case ast.FormattedValue(value=value, conversion=conversion):
            return f"'{_named(value)}'" if conversion == ord("r") else _named(value)
        case ast.Call(func=ast.Attribute(value=value, attr="replace" | "strip" | "rstrip")):
            return _text(value)
        case ast.Call(func=ast.Attribute(attr="logical"), args=[value]):  # names modules as their author does
            return _text(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left) + _text(right)
        case _:
            return UNKNOWN


def _named(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return f"<{name.strip('_')}>"
        case ast.Subscript(value=value, slice=ast.Slice()):
            return _named(value)
        case _:
            return UNKNOWN
