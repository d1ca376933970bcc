"""Stdout holds one valid document or the answer and nothing else, whatever packages, words and streams do."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.cli.main import main
from tests.cli.running import ROOT, Ran, plain_project, run_peers

Peers = Callable[..., Ran]

TOOLS = """
import os
import sys
from typing import Any

from peers_runtime import define_package, tool
from pydantic import BaseModel

print("imported")


class Nothing(BaseModel):
    pass


class Found(BaseModel):
    found: Any


class Numbers(BaseModel):
    found: list[float]


@tool(tool_id="0mwqffjy66ljt95on2890q009", usage="Prints")
def chatty(args: Nothing, ctx) -> Found:
    print("printed")
    sys.__stdout__.write("written past the redirection\\n")
    os.system("echo from a child")
    return Found(found=1)


@tool(tool_id="0mwqffjy66ljt95on2890q011", usage="Answers with what JSON cannot say")
def odd(args: Nothing, ctx) -> Numbers:
    return Numbers(found=[float("nan"), float("-inf"), 1.5])


@tool(tool_id="0mwqffjy66ljt95on2890q012", usage="Answers with half a character")
def half(args: Nothing, ctx) -> Found:
    return Found(found="\\udcff")


@tool(tool_id="0mwqffjy66ljt95on2890q013", usage="Is interrupted")
def interrupted(args: Nothing, ctx) -> Found:
    raise KeyboardInterrupt


@define_package
def package(pkg):
    pkg.package_id = "0mwqffjy66ljt95on2890q001"
    pkg.contract("0mwqffjy66ljt95on2890q010", 1, "Plain").tools = [chatty, odd, half, interrupted]
"""


@pytest.fixture(scope="module")
def home_with_tools(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared home, with the tools in acme."""
    folder = tmp_path_factory.mktemp("tools")
    home = shutil.copytree(prepared_home, folder / "home")
    ran = run_peers(
        "--home", home, "install", plain_project(folder, {"plain/package.py": TOOLS}), "-c", "acme"
    )
    assert ran.code == 0, ran.err
    return home


@pytest.fixture
def tools(home_with_tools: Path, tmp_path: Path) -> Callable[..., Ran]:
    """Runs one of the package's tools, in a home of its own."""
    words = "--home", shutil.copytree(home_with_tools, tmp_path / "home"), "-c", "acme", "tools", "run"
    return lambda name, *more, **options: run_peers(*words, name, *more, **options)


@pytest.fixture
def shell(home: Path) -> Callable[[str], Ran]:
    """Runs `peers` in a shell, with words that may close or move its streams."""

    def run(words: str) -> Ran:
        peers = shlex.join([sys.executable, "-m", "peers_runtime.cli.main", "--home", str(home)])
        ran = subprocess.run(
            ["bash", "-c", f"{peers} {words}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run


def test_what_a_package_prints_lands_on_stderr(tools: Callable[..., Ran]) -> None:
    ran = tools("chatty", "--json")
    assert ran.data == {"found": 1}
    for said in ("imported", "printed", "written past the redirection", "from a child"):
        assert said in ran.err
    assert json.loads(tools("chatty").out) == {"found": 1}


def test_a_number_that_is_not_finite_is_null(tools: Callable[..., Ran]) -> None:
    assert tools("odd", "--json").data == {"found": [None, None, 1.5]}
    assert json.loads(tools("odd").out) == {"found": [None, None, 1.5]}


def test_half_a_character_is_an_escape(tools: Callable[..., Ran]) -> None:
    for ran in (tools("half", "--json"), tools("half")):
        assert "Traceback" not in ran.err
        assert ran.out.isascii()
        json.loads(ran.out)


def test_what_the_terminal_cannot_say_is_an_escape(peers: Peers) -> None:
    ran = peers("show", "notes", "-c", "acme", env={"PYTHONIOENCODING": "latin-1"})
    assert ran.code == 0, ran.err


def test_an_interrupt_leaves_a_document_and_130(tools: Callable[..., Ran]) -> None:
    ran = tools("interrupted", "--json")
    assert ran.code == 130
    assert ran.error["message"] == "interrupted"
    silent = tools("interrupted")
    assert (silent.code, silent.out) == (130, "")


@pytest.mark.parametrize("kind", [RuntimeError, EOFError, BrokenPipeError, SystemExit, GeneratorExit])
def test_what_nobody_foresaw_is_a_document_with_p0000(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[BaseException]
) -> None:
    def fail(*_: object, **__: object) -> Runtime:
        raise kind("out of the blue")

    monkeypatch.setattr(Runtime, "open", fail)
    assert main(["list", "--json"]) == 1
    said = capsys.readouterr()
    error = json.loads(said.out)["error"]
    assert error["code"] == "P0000"
    assert "Traceback" not in said.err
    assert main(["list", "--json", "-v"]) == 1
    assert "Traceback" in capsys.readouterr().err
    assert main(["list"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" in said.err


@pytest.mark.parametrize("source", ["~nosuch/x", "x" * 5000])
def test_a_source_that_no_system_can_look_at_is_one_document(peers: Peers, source: str) -> None:
    ran = peers("--json", "install", source)
    assert ran.code in (1, 2)
    assert ran.error["message"]
    assert "Traceback" not in ran.err


def test_a_home_of_nobody_is_refused(peers: Peers) -> None:
    ran = peers("list", "--home", "~nosuch/x", "--json")
    assert ran.code == 2
    assert ran.error["code"] == "P0901"
    assert "~nosuch/x" in ran.error["message"]


@pytest.mark.parametrize(
    "words", ["show $'\\xff'", "list -c $'\\xff'", "list --actor $'\\xff'", "install $'\\xff'"]
)
def test_bytes_that_are_no_text_are_refused(shell: Callable[[str], Ran], words: str) -> None:
    ran = shell(words)
    assert ran.code == 2
    assert "error[P0901]" in ran.err
    assert shell(f"{words} --json").error["code"] == "P0901"


def test_bytes_from_the_environment_that_are_no_text_are_refused(peers: Peers) -> None:
    ran = peers("list", "--json", env={"PEERS_CONTEXT": os.fsdecode(b"\xff")})
    assert ran.code == 2
    assert ran.error["code"] == "P0901"


@pytest.mark.parametrize("text", ["[" * 100_000, "\\xff"], ids=["deep", "bytes"])
def test_arguments_on_stdin_that_are_not_json_are_refused(
    shell: Callable[[str], Ran], tmp_path: Path, text: str
) -> None:
    given = tmp_path / "given"
    given.write_bytes(text.encode().replace(b"\\xff", b"\xff"))
    ran = shell(f"tools run add_note - -c acme --json < {given}")
    assert ran.code == 2
    assert ran.error["code"] == "P0901"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_an_empty_one(shell: Callable[[str], Ran], closed: str) -> None:
    ran = shell(f"list -c acme {closed}")
    assert (ran.code, ran.err) == (0, "")
    assert ("notes" in ran.out) == (">&-" not in closed.replace("2>&-", ""))
    assert shell("doctor").code in (0, 1)  # no file of the home got what was meant for a stream


@pytest.mark.parametrize("words", ["list -c acme", "list -c acme --json", "show nope --json", "--help"])
def test_a_stdout_that_is_full_is_a_clear_error(shell: Callable[[str], Ran], words: str) -> None:
    ran = shell(f"{words} > /dev/full")
    assert ran.code == 1
    assert "could not be written to stdout: No space left on device" in ran.err
    assert "Traceback" not in ran.err
    assert "Exception ignored" not in ran.err


def test_only_groups_can_be_created(peers: Peers) -> None:
    ran = peers("contexts", "create", "alone", "--kind", "personal", "--json")
    assert ran.code == 2
    assert ran.error["code"] == "P0901"
    assert "alone" not in [one["contextId"] for one in peers("contexts", "--json").data]
