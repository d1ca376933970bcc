"""A form with a file: what was chosen comes byte by byte, whatever bytes those are."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx2
import pytest
from starlette.requests import Request

from peers_runtime import RequestRefused
from peers_runtime.web import bodies

RANDOM = random.Random(7)  # every process that collects the tests sees the same ones


def sent(content: bytes, content_type: str) -> Any:
    async def receive() -> Any:
        return {"type": "http.request", "body": content, "more_body": False}

    headers = [(b"content-type", content_type.encode())]
    return asyncio.run(bodies.form_with_file(Request({"type": "http", "headers": headers}, receive)))


def encoded(**files: Any) -> tuple[bytes, str]:
    """As a browser sends it."""
    request = httpx2.Request("POST", "http://x/", files=files)
    return request.read(), request.headers["content-type"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\r\n", b"--\r\n--", b"\r\n--x\r\n\r\n", b"\0\r\xff\n" * 999, RANDOM.randbytes(5000)],
    ids=lambda one: repr(one)[:20],
)
def test_what_was_chosen_comes_as_it_is(content: bytes) -> None:
    fields, file = sent(*encoded(form=(None, "token"), wheel=("a-1.whl", content), more=(None, "ü\r\n")))
    assert fields == {"form": "token", "more": "ü\r\n"}
    assert file == bodies.File("a-1.whl", content)


def test_where_nothing_was_chosen_there_is_no_file() -> None:
    text = (
        b'--x\r\nContent-Disposition: form-data; name="form"\r\n\r\ntoken\r\n'
        b'--x\r\nContent-Disposition: form-data; name="wheel"; filename=""\r\n\r\n\r\n--x--\r\n'
    )
    assert sent(text, "multipart/form-data; boundary=x") == ({"form": "token"}, None)


@pytest.mark.parametrize(
    "content_type", ["", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain; boundary=x"]
)
def test_what_is_no_form_with_a_file_is_refused(content_type: str) -> None:
    with pytest.raises(RequestRefused):
        sent(b"--x--", content_type)


@pytest.mark.parametrize(
    "content", [b"", b"--x", b"nothing", b"--x\r\n\r\n--x--", b"\r\n--x\r\n: \r\n\r\n", b"--x\r\n\xff"]
)
def test_what_is_cut_off_or_damaged_gives_no_file(content: bytes) -> None:
    try:
        _, file = sent(content, "multipart/form-data; boundary=x")
    except RequestRefused:
        return
    assert file is None
