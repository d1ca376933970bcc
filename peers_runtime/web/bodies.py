"""What a request brings along: bounded in size and in the time that it may take to come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from peers_runtime.base import errors

LARGEST: Final = 1_000_000  # bytes
PATIENCE_S: Final = 10.0  # in which all of it has to be there
LARGEST_WHEEL: Final = 64_000_000  # bytes of a form with a file
PATIENCE_FOR_WHEEL_S: Final = 120.0
_FIELDS: Final = 50  # of a form


TOO_LARGE: Final = errors.RequestRefused("the request is too large", hint=f"send at most {LARGEST} bytes")
TOO_SLOW: Final = errors.RequestRefused("the request did not come to its end in time", hint="send it again")


@dataclass(frozen=True)
class File:
    """What somebody has chosen in a form; its name is that of the sender."""

    name: str
    data: bytes


class TooLarge(Exception):
    """The body is larger than a request's may be."""


class TooSlow(Exception):
    """The body did not come in time."""


def bounded(receive: Receive, largest: int = LARGEST, patience_s: float = PATIENCE_S) -> Receive:
    """The same, raising `TooLarge` and `TooSlow` while the body is read; after that it waits for ever."""
    size = 0
    whole = False
    deadline: float | None = None

    async def receive_some() -> Message:
        nonlocal size, whole, deadline
        if whole:
            return await receive()
        now = asyncio.get_running_loop().time()
        deadline = now + patience_s if deadline is None else deadline
        try:
            async with asyncio.timeout(max(deadline - now, 0.0)):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if size > largest:
                raise TooLarge
        return message

    return receive_some


async def form(request: Request) -> Mapping[str, str]:
    """The fields of a form; of a name that comes twice the last one."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != (
        "application/x-www-form-urlencoded"
    ):
        raise errors.RequestRefused("this takes what a form sends", hint="send it from the console's page")
    try:
        text = (await request.body()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS, errors="strict"))
    except ValueError as error:
        raise errors.RequestRefused(
            f"the form cannot be read: {error}", hint="send it from the console's page"
        ) from error


async def form_with_file(request: Request) -> tuple[dict[str, str], File | None]:
    """The fields of a form that may have a file, and that file."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise errors.RequestRefused(
            "this takes what a form with a file sends", hint="send it from the console's page"
        )
    fields: dict[str, str] = {}
    file = None
    try:
        async with request.form(max_files=1, max_fields=_FIELDS, max_part_size=LARGEST) as sent:
            for name, value in sent.multi_items():
                if isinstance(value, str):
                    fields[name] = value
                elif value.filename:  # "" where none was chosen
                    file = File(value.filename, await value.read())
    except (HTTPException, MultiPartException) as error:  # the first one inside of an application
        raise errors.RequestRefused(
            f"the form cannot be read: {getattr(error, 'message', None) or error}",
            hint="send it from the console's page",
        ) from error
    return fields, file


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise errors.RequestRefused("this takes application/json", hint="send a JSON object")
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise errors.InvalidInput(f"the body is no JSON: {error}", hint="send a JSON object") from error
    if not isinstance(found, dict):
        raise errors.InvalidInput("the body is no JSON object", hint="send the tool's arguments by name")
    return found
