"""What clients' settings have to say to find us."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from peers_runtime.base import errors


@dataclass(frozen=True)
class Process:
    """What a client starts, and speaks with through its stdin and stdout."""

    command: str
    arguments: Sequence[str]


@dataclass(frozen=True)
class Address:
    """What a client asks over HTTP."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """One client's settings; `text` is what to write into `file`, beside what it has already."""

    client: str
    file: str
    text: str


def at(opened: str, context_id: str) -> Address:
    """The address of a context's tools, and its token, from what `peers serve` has printed.

    Raises `InvalidSetting`.
    """
    parts = urlsplit(opened)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise errors.InvalidSetting(
            f"{opened[:80]!r} is no address of a console", hint="give the one that peers serve prints"
        )
    base = parts.path.partition("/c/")[0].rstrip("/")
    token = parse_qs(parts.query).get("token", [""])[0]
    url = f"{parts.scheme}://{parts.netloc}{base}/mcp/{quote(context_id, safe='')}"
    return Address(url, {"Authorization": f"Bearer {token}"} if token else {})


def entry(client: str, name: str, reached: Process | Address) -> Entry:
    """What one client's settings have to say. Raises `InvalidSetting` for what it cannot do."""
    file, by_process, by_address = _CLIENTS[client]
    if isinstance(reached, Process):
        return Entry(client, file, by_process(name, reached))
    if by_address is None:
        raise errors.InvalidSetting(
            f"{client} starts servers from its settings, and asks none over HTTP",
            hint=f"peers mcp config --client {client}",
        )
    return Entry(client, file, by_address(name, reached))


def clients(*, over_http: bool = False) -> Sequence[str]:
    """Those that are known."""
    return [name for name, (_, _, by_address) in _CLIENTS.items() if by_address or not over_http]


def _json(section: str, make: Callable[[Any], Mapping[str, Any]]) -> Callable[[str, Any], str]:
    def text(name: str, reached: Any) -> str:
        return json.dumps({section: {name: make(reached)}}, indent=2, ensure_ascii=False)

    return text


def _started(reached: Process) -> dict[str, Any]:
    return {"command": reached.command, "args": list(reached.arguments)}


def _started_and_said(reached: Process) -> dict[str, Any]:
    return {"type": "stdio", **_started(reached)}


def _asked(reached: Address) -> dict[str, Any]:
    return {"url": reached.url, **({"headers": dict(reached.headers)} if reached.headers else {})}


def _asked_and_said(reached: Address) -> dict[str, Any]:
    return {"type": "http", **_asked(reached)}


def _asked_over_http(reached: Address) -> dict[str, Any]:
    asked = _asked(reached)
    return {"httpUrl": asked.pop("url"), **asked}


def _toml_started(name: str, reached: Process) -> str:
    arguments = ", ".join(_toml_text(one) for one in reached.arguments)
    return f"[mcp_servers.{name}]\ncommand = {_toml_text(reached.command)}\nargs = [{arguments}]"


def _toml_asked(name: str, reached: Address) -> str:
    lines = [f"[mcp_servers.{name}]", f"url = {_toml_text(reached.url)}"]
    if reached.headers:
        headers = ", ".join(
            f"{_toml_text(key)} = {_toml_text(value)}" for key, value in reached.headers.items()
        )
        lines.append(f"http_headers = {{ {headers} }}")
    return "\n".join(lines)


def _toml_text(text: str) -> str:
    # a basic string of TOML has JSON's escapes, and must have this one more
    return json.dumps(text).replace("\x7f", "\\u007f")


_Make = Callable[[str, Any], str]
_CLIENTS: Final[Mapping[str, tuple[str, _Make, _Make | None]]] = {
    "claude-code": (
        ".mcp.json",
        _json("mcpServers", _started_and_said),
        _json("mcpServers", _asked_and_said),
    ),
    "claude-desktop": ("claude_desktop_config.json", _json("mcpServers", _started), None),
    "codex": ("~/.codex/config.toml", _toml_started, _toml_asked),
    "cursor": (".cursor/mcp.json", _json("mcpServers", _started), _json("mcpServers", _asked)),
    "gemini": (
        "~/.gemini/settings.json",
        _json("mcpServers", _started),
        _json("mcpServers", _asked_over_http),
    ),
    "vscode": (".vscode/mcp.json", _json("servers", _started_and_said), _json("servers", _asked_and_said)),
    "zed": (
        "~/.config/zed/settings.json",
        _json("context_servers", _started),
        _json("context_servers", _asked),
    ),
}
