"""Clients that do not keep to the protocol: `peers mcp` answers the others' way, and ends as it should."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import Popen
from typing import Any

import anyio

from peers_runtime.mcp import stdio
from tests.mcp.clients import appeared, started

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n'


def test_what_is_no_message_leaves_the_others_alone(home: Path) -> None:
    with started(home) as process:
        say(process, b'\xff\xfe{\n[1, 2\n"text"\n{"jsonrpc":"1.0"}\n\n' + PING)
        while "result" not in (answer := heard(process)):
            assert answer["id"] is None
        assert answer["id"] == 1
        assert ended(process) == (0, b"")


def test_a_message_that_is_too_long_is_refused_and_the_next_one_answered(home: Path) -> None:
    with started(home) as process:
        say(process, b'{"text":"' + b"x" * 2 * stdio._LONGEST + b'"}\n' + PING)
        refused = heard(process)
        assert (refused["id"], refused["error"]["code"]) == (None, -32700)
        assert heard(process)["id"] == 1
        assert ended(process) == (0, b"")


def test_a_message_without_an_end_ends_with_its_client(home: Path) -> None:
    with started(home) as process:
        say(process, PING)
        assert heard(process)["id"] == 1
        say(process, b"x" * 2 * stdio._LONGEST)
        assert ended(process) == (0, b"")


def test_a_client_that_leaves_amid_a_call_stops_the_tool(home: Path, tmp_path: Path) -> None:
    def ask(number: int, method: str, **params: Any) -> bytes:
        asked = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        return json.dumps(asked).encode() + b"\n"

    with started(home) as process:
        about = {"clientInfo": {"name": "test", "version": "1"}, "capabilities": {}}
        say(process, ask(1, "initialize", protocolVersion="2025-11-25", **about))
        say(process, b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        say(process, ask(2, "tools/call", name="desk-wait", arguments={"folder": str(tmp_path)}))
        anyio.run(appeared, tmp_path / "began")
        assert ended(process) == (0, b"")


def say(process: Popen[bytes], said: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(said)
    process.stdin.flush()


def heard(process: Popen[bytes]) -> Any:
    """The next message; a server that says none ends the test by its time."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def ended(process: Popen[bytes]) -> tuple[int, bytes]:
    """Its exit code and what it said on stderr, once its client has closed its stdin."""
    _, err = process.communicate(timeout=60)
    return process.returncode, err
