"""Kinds of arguments that click does not know, and several words that belong together."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from peers_runtime.base import errors

VERSIONS: Final = "NAME VERSION | NAME@VERSION..."  # how `versions` are written


class JSONObject(click.ParamType[dict[str, Any]]):
    """A JSON object on the command line; `-` reads it from stdin."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        import json  # only where one is given

        if isinstance(value, dict):
            return value
        try:
            text = sys.stdin.read() if value == "-" else str(value)
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            self.fail(f"this is not JSON: {error}", param, ctx)
        if not isinstance(data, dict):
            self.fail(f'a JSON object is needed, like {{"title": "x"}}, not {text.strip()!r}', param, ctx)
        return data


def versions(words: Sequence[str]) -> dict[str, str]:
    """`NAME VERSION` as {name: version}, or `NAME@VERSION` for each of several packages."""
    if len(words) == 2 and "@" not in words[0]:
        return {words[0]: words[1]}
    found: dict[str, str] = {}
    for word in words:
        name, _, version = word.partition("@")
        if not (name and version):
            raise click.UsageError(f"{word!r}: give NAME VERSION, or NAME@VERSION for each of several")
        if name in found:
            raise click.UsageError(f"{name} is given twice")
        found[name] = version
    return found


def check_text(word: str) -> None:
    """Raises `InvalidSetting` for bytes that are not UTF-8 and arrive as surrogates: nothing stores those."""
    try:
        word.encode()
    except UnicodeEncodeError:
        raise errors.InvalidSetting(
            f"{word!r} is not UTF-8", hint="write it in UTF-8, or rename what it stands for", given=word
        ) from None
