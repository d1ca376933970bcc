"""What clients' settings need to find us."""

from __future__ import annotations

import json
import tomllib

import pytest

from peers_runtime import InvalidSetting
from peers_runtime.mcp import entries
from peers_runtime.mcp.entries import Address, Process

STARTED = Process("/usr/bin/peers", ["mcp", "--home", '/home/ada/my "peers"', "--context", "acme"])
ASKED = Address("http://127.0.0.1:8765/mcp/acme", {"Authorization": "Bearer t"})


@pytest.mark.parametrize("client", entries.clients())
def test_a_clientstarts_the_very_command(client: str) -> None:
    entry = entries.entry(client, "peers-acme", STARTED)
    [servers] = parsed(client, entry.text).values()
    assert servers["peers-acme"]["command"] == STARTED.command
    assert servers["peers-acme"]["args"] == list(STARTED.arguments)
    assert entry.file


@pytest.mark.parametrize("client", entries.clients(over_http=True))
def test_a_clientasks_the_very_address_with_its_token(client: str) -> None:
    [servers] = parsed(client, entries.entry(client, "peers", ASKED).text).values()
    said = servers["peers"]
    assert ASKED.url in said.values()
    assert dict(ASKED.headers) in said.values()
    [without] = parsed(client, entries.entry(client, "peers", Address(ASKED.url, {})).text).values()
    assert not [value for value in without["peers"].values() if isinstance(value, dict)]


def test_a_clientthat_asks_none_over_http_says_so() -> None:
    with pytest.raises(InvalidSetting, match="claude-desktop starts servers"):
        entries.entry("claude-desktop", "peers", ASKED)


@pytest.mark.parametrize(
    ("opened", "url"),
    [
        ("http://127.0.0.1:8765/c/personal/?token=t", "http://127.0.0.1:8765/mcp/acme"),
        ("https://shop.example/admin/c/personal/?token=t", "https://shop.example/admin/mcp/acme"),
        ("https://shop.example/admin/?token=t", "https://shop.example/admin/mcp/acme"),
    ],
)
def test_the_address_that_opens_a_console_leads_to_its_tools(opened: str, url: str) -> None:
    assert entries.at(opened, "acme") == Address(url, {"Authorization": "Bearer t"})


def test_an_address_without_a_token_has_no_header() -> None:
    assert entries.at("http://localhost:1/", "acme").headers == {}


@pytest.mark.parametrize("wrong", ["", "localhost:8765", "file:///etc/passwd", "http://"])
def test_what_is_no_address_is_said_so(wrong: str) -> None:
    with pytest.raises(InvalidSetting, match="no address of a console"):
        entries.at(wrong, "acme")


def parsed(client: str, text: str) -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads(text) if client == "codex" else json.loads(text)
