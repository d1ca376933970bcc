"""`peers mcp config`: what a client's settings need; how it serves is in tests/mcp."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import ROOT, run_peers

WITHOUT = """
import sys
from peers_runtime.cli.main import main

class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("mcp", "mcp_types"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nowhere())
sys.exit(main())
"""


def test_what_it_prints_for_a_client_starts_this_home_from_anywhere(tmp_path: Path) -> None:
    words = ("--home", "home", "--context", "personal", "mcp", "config", "--client", "cursor")
    told = json.loads(run_peers(*words, "--actor", "ada", cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}).out)
    entry = told["mcpServers"]["peers"]
    assert entry["args"][-6:] == ["--home", str(tmp_path / "home"), "--context", "personal", "--actor", "ada"]
    asked = subprocess.run(
        [entry["command"], *entry["args"]],
        input=b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert asked.stderr == b""


def test_all_clients_are_told_where_to_write_it(tmp_path: Path) -> None:
    told = run_peers("--home", tmp_path, "-c", "acme", "mcp", "config")
    assert "claude-code: .mcp.json\n{" in told.out
    assert '"peers-acme"' in told.out
    data = run_peers("--home", tmp_path, "--json", "mcp", "config").data
    assert {"claude-code", "claude-desktop", "codex", "cursor", "vscode"} <= {one["client"] for one in data}


def test_a_served_console_is_asked_with_its_token(tmp_path: Path) -> None:
    url = "http://127.0.0.1:8765/c/personal/?token=secret"
    words = ("mcp", "config", "-c", "acme", "--url", url, "--client", "claude-code")
    [entry] = json.loads(run_peers("--home", tmp_path, *words).out)["mcpServers"].values()
    assert entry["url"] == "http://127.0.0.1:8765/mcp/acme"
    assert entry["headers"] == {"Authorization": "Bearer secret"}


@pytest.mark.parametrize("name", ["two words", "x" * 65, 'a"]'])
def test_a_name_that_clients_do_not_take_is_refused(tmp_path: Path, name: str) -> None:
    refused = run_peers("--home", tmp_path, "mcp", "config", "--name", name)
    assert (refused.code, "error[P0901]" in refused.err) == (2, True)


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT, "--home", tmp_path, "mcp"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert "pip install 'peers-runtime[mcp]'" in run.stderr


def test_on_a_terminal_it_says_who_starts_it(tmp_path: Path) -> None:
    keyboard, terminal = pty.openpty()
    words = [sys.executable, "-m", "peers_runtime.cli.main", "--home", tmp_path, "mcp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=ROOT, stdin=terminal, stdout=pipe, stderr=pipe, text=True) as started:
        assert started.stderr is not None
        said = started.stderr.readline()
        started.kill()
    os.close(keyboard)
    os.close(terminal)
    assert said.endswith(f"peers --home {tmp_path} mcp config\n")


def test_an_entry_that_cannot_start_is_printed_with_a_warning(tmp_path: Path) -> None:
    words = ("mcp", "config", "--client", "cursor")
    assert run_peers("--home", tmp_path, *words).err == ""
    told = run_peers("--home", tmp_path, "-c", "nope", *words)
    assert (told.code, "--context" in told.out) == (0, True)
    assert told.err.startswith("warning: there is no data context 'nope'; help: ")
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT, "--home", tmp_path, *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0
    assert "warning: MCP needs what is not installed here: pip install 'peers-runtime[mcp]'\n" in run.stderr
