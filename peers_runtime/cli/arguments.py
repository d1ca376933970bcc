"""Kinds of arguments that click does not know."""

from __future__ import annotations

import json
import sys
from typing import Any

import click


class JSONObject(click.ParamType[dict[str, Any]]):
    """A JSON object on the command line; `-` reads it from stdin."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        text = sys.stdin.read() if value == "-" else str(value)
        try:
            data = json.loads(text)
        except ValueError as error:
            self.fail(f"this is not JSON: {error}", param, ctx)
        if not isinstance(data, dict):
            self.fail(f'a JSON object is needed, like {{"title": "x"}}, not {text.strip()!r}', param, ctx)
        return data
