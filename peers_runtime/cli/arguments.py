"""Kinds of arguments that click does not know."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from peers_runtime.base import errors


class JSONObject(click.ParamType[dict[str, Any]]):
    """A JSON object on the command line; `-` reads it from stdin."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
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


def check_text(word: str) -> None:
    """Raises `InvalidSetting` for bytes that are not UTF-8 and arrive as surrogates: nothing stores those."""
    try:
        word.encode()
    except UnicodeEncodeError:
        raise errors.InvalidSetting(
            f"{word!r} is not UTF-8", hint="write it in UTF-8, or rename what it stands for", given=word
        ) from None
