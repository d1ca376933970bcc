"""The SDK's own client, in both ways that it speaks, and a package for it to use."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx2
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent, ToolListChangedNotification

from tests.world import an_id, project

ROOT = Path(__file__).parents[2]
ERAS = ("legacy", "2026-07-28")  # with a handshake, and without
PATIENCE_S = 60.0  # before something awaited is missed; the machine may be busy
PLATFORM = [
    "promote-package-version",
    "set-active-package-version",
    "roll-back-package",
    "list-package-versions",
]

DESK = """
import os, subprocess, sys, time
from pathlib import Path
from pydantic import BaseModel, Field
from peers_runtime import tool

class Sum(BaseModel):
    first: int
    second: int = Field(description="what is added")

class Total(BaseModel):
    total: int

class Nothing(BaseModel):
    pass

class Marked(BaseModel):
    folder: str

class Size(BaseModel):
    bytes: int

class Large(BaseModel):
    text: str

@tool(tool_id={add!r}, usage={usage!r}, read_only=True)
def add(args: Sum, ctx) -> Total:
    return Total(total=args.first + args.second)

@tool(tool_id={steps!r}, usage="Tell how far it is")
async def steps(args: Nothing, ctx) -> None:
    for done in (1, 2, 3):
        ctx.progress(done, 3, f"step {{done}}")

@tool(tool_id={wait!r}, usage="Wait until nobody waits for it any more")
def wait(args: Marked, ctx) -> None:
    folder = Path(args.folder)
    (folder / "began").touch()
    while not ctx.cancelled:
        time.sleep(0.01)  # a tool is not told, it asks
    (folder / "stopped").touch()

@tool(tool_id={loud!r}, usage="Say something wherever it can")
def loud(args: Nothing, ctx) -> Total:
    print("printed", flush=True)
    sys.__stdout__.write("of the process\\n")
    sys.__stdout__.flush()
    os.write(1, b"written\\n")
    subprocess.run(["echo", "from a child"], check=True)
    return Total(total=len(sys.stdin.read()) + len(os.read(0, 100)))

@tool(tool_id={fail!r}, usage="Fail")
def fail(args: Nothing, ctx) -> Total:
    raise LookupError("there is none")

@tool(tool_id={large!r}, usage="Answer with much", destructive=False, idempotent=True)
def large(args: Size, ctx) -> Large:
    return Large(text="x" * args.bytes)

@tool(tool_id={who!r}, usage="Say for whom it is")
def who(args: Nothing, ctx) -> Marked:
    return Marked(folder=f"{{ctx.actor}} in {{ctx.context_id}}")
"""
TOOLS = ["add", "steps", "wait", "loud", "fail", "large", "who"]


def desk(folder: Path, version: str = "1.0.0", *, name: str = "desk", usage: str = "Add two numbers") -> Path:
    """A project with the tools above; `usage` is what one of them says of itself."""
    code = DESK.format(usage=usage, **{one: an_id(name, one) for one in TOOLS})
    definition = f"from {name} import tools\npkg.contract({an_id(name)!r}, 1, 'Desk').tools = ["
    definition += ", ".join(f"tools.{one}" for one in TOOLS) + "]"
    return project(folder, name, version, {"tools.py": code}, definition=definition)


def listed(name: str = "desk") -> list[str]:
    return [f"{name}-{one}" for one in TOOLS]


class Connected:
    """A client, and how often it was told that its tools have changed."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.told = 0
        self._told = anyio.Event()

    async def names(self) -> list[str]:
        return [one.name for one in (await self.client.list_tools()).tools]

    async def call(self, name: str, /, **arguments: Any) -> CallToolResult:
        return await self.client.call_tool(name, arguments)

    async def until_told(self) -> None:
        """Wait until it has been told anew."""
        with anyio.fail_after(PATIENCE_S):
            await self._told.wait()
        self._told = anyio.Event()

    def tell(self) -> None:
        self.told += 1
        self._told.set()


@asynccontextmanager
async def connected(transport: Any, era: str) -> AsyncGenerator[Connected]:
    """A client that has begun, and hears of changes."""
    made: list[Connected] = []

    async def hear(message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            made[0].tell()

    with anyio.fail_after(2 * PATIENCE_S):
        async with Client(transport, mode=era, message_handler=hear if era == ERAS[0] else None) as client:
            made.append(Connected(client))
            if era == ERAS[0]:
                yield made[0]
                return
            async with client.listen(tools_list_changed=True) as changes, anyio.create_task_group() as group:

                async def listen() -> None:
                    async for _ in changes:
                        made[0].tell()

                group.start_soon(listen)
                yield made[0]
                group.cancel_scope.cancel()


def over_stdio(home: Path, *words: str, err: Path | None = None) -> Any:
    """`peers mcp` as a process, started as a client starts it."""
    arguments = ["-m", "peers_runtime.cli.main", "--home", str(home), "mcp", *words]
    started = StdioServerParameters(
        command=sys.executable, args=arguments, cwd=ROOT, env={"PYTHONDONTWRITEBYTECODE": "1"}
    )
    return stdio_client(started) if err is None else _said_into(started, err)


def started(home: Path) -> subprocess.Popen[bytes]:
    """`peers mcp` for whoever speaks with it as no client should."""
    return subprocess.Popen(
        [sys.executable, "-m", "peers_runtime.cli.main", "--home", str(home), "mcp"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@asynccontextmanager
async def _said_into(started: StdioServerParameters, err: Path) -> AsyncGenerator[Any]:
    with err.open("w") as said:
        async with stdio_client(started, errlog=said) as streams:
            yield streams


@asynccontextmanager
async def over_http(address: str, context: str, headers: Mapping[str, str]) -> AsyncGenerator[Any]:
    timeout = httpx2.Timeout(PATIENCE_S)
    async with (
        httpx2.AsyncClient(headers=dict(headers), timeout=timeout) as http,
        streamable_http_client(f"{address}mcp/{context}", http_client=http) as streams,
    ):
        yield streams


def text(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


async def appeared(path: Path) -> None:
    """Wait for a file that a tool makes."""

    def wait() -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not path.exists():
            assert time.monotonic() < deadline, f"{path.name} has not appeared"
            time.sleep(0.01)  # a file tells nobody that it is there

    await anyio.to_thread.run_sync(wait)
