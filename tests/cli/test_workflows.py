"""`peers workflows` and `peers assistants`: the command line, killed and resumed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import Ran, run_peers
from tests.world import an_id, project

WORK = f"""
import os
from pathlib import Path
import signal
from pydantic import BaseModel
from peers_runtime import Assistant, AssistantAnswer, AssistantRequest, Ref, Step, Workflow, tool

class Title(BaseModel):
    title: str

class Made(BaseModel):
    text: str

@tool(tool_id={an_id("make")!r}, usage="Make a text")
def make(args: Title, ctx) -> Made:
    if args.title == "bad":
        raise ValueError("a bad title")
    if args.title == "KILLED" and os.environ.get("KILLED"):
        os.kill(os.getpid(), signal.SIGKILL)
    return Made(text=args.title.upper())

@tool(tool_id={an_id("answer")!r}, usage="Answer")
def answer(args: AssistantRequest, ctx) -> AssistantAnswer:
    return AssistantAnswer(text=args.text + "!", data=args.context)

helper = Assistant({an_id("helper")!r}, "helper", "Be kind", answer, [make])
twice = Workflow(
    {an_id("twice")!r},
    "twice",
    [
        Step("first", tool=make, arguments={{"title": Ref("input.title")}}),
        Step("second", tool=make, arguments={{"title": Ref("steps.first.text")}}, retries=1),
    ],
    Title,
    usage="Make a text twice",
)
outer = Workflow(
    {an_id("outer")!r},
    "outer",
    [
        Step("run_it", workflow=twice, arguments={{"title": Ref("input.title")}}, on_error="continue"),
        Step("ask", assistant=helper, text="Why", on_error=Step("instead", tool=make)),
    ],
    Title,
)
"""
DEFINITION = f"""
from notes import work
main = pkg.contract({an_id("contract")!r}, 1, "Notes")
main.tools = [work.make, work.answer]
pkg.workflows = [work.twice, work.outer]
pkg.assistants = [work.helper]
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("peers")
    source = project(folder / "notes", files={"work.py": WORK}, definition=DEFINITION)
    assert run_peers("install", source, "--home", folder / "home").code == 0
    return folder / "home"


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    shutil.copytree(prepared, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def peers(home: Path, *words: object, json: bool = True) -> Ran:
    return run_peers(*words, "--home", home, *(["--json"] if json else []))


def killed(home: Path) -> None:
    command = [sys.executable, "-m", "peers_runtime.cli.main", "--home", home, "workflows", "run", "twice"]
    environment = {**os.environ, "KILLED": "1"}
    ran = subprocess.run([*command, '{"title": "killed"}'], env=environment, check=False, capture_output=True)
    assert ran.returncode == -signal.SIGKILL, ran


def test_workflows_are_listed_and_shown(home: Path) -> None:
    listed = peers(home, "workflows").data
    assert [(one["name"], one["package"], len(one["steps"])) for one in listed] == [
        ("twice", "notes", 2), ("outer", "notes", 2),
    ]  # fmt: skip
    assert peers(home, "workflows", "show", "outer").data["workflowId"] == an_id("outer")
    shown = peers(home, "workflows", "show", "notes:outer", json=False).out
    assert "run_it  workflow twice    continue\nask     assistant helper  run instead\n" in shown
    assert (
        "second  tool make  fail after 2 attempts"
        in peers(home, "workflows", "show", "twice", json=False).out
    )


def test_a_run_answers_with_its_output_and_is_kept(home: Path) -> None:
    ran = peers(home, "workflows", "run", "twice", '{"title": "a"}')
    assert (ran.data["output"], ran.data["status"]) == ({"text": "A"}, "done")
    assert (
        peers(home, "workflows", "run", "twice", '{"title": "b"}', json=False).out == '{\n  "text": "B"\n}\n'
    )
    runs = peers(home, "workflows", "runs").data
    assert [one["input"]["title"] for one in runs] == ["a", "b"]
    assert [one["input"]["title"] for one in peers(home, "workflows", "runs", "--limit", 1).data] == ["b"]
    shown = peers(home, "workflows", "show", runs[0]["runId"], json=False).out.splitlines()
    assert shown[0].endswith("is done")
    assert shown[2] == "first   tool  done    1"
    assert shown[-3:] == ["{", '  "text": "A"', "}"]


def test_a_failed_run_says_where_and_what_to_do_next(home: Path) -> None:
    ran = peers(home, "workflows", "run", "twice", '{"title": "bad"}')
    assert ran.code != 0
    assert ran.error["code"] == "P0555"
    assert "at the step 'first': the tool 'make' of notes@1.0.0 failed: ValueError" in ran.error["message"]
    [run] = peers(home, "workflows", "runs").data
    assert f"peers --home {home} workflows show {run['runId']}" in ran.error["hint"]
    shown = peers(home, "workflows", "show", run["runId"], json=False).out
    assert "ValueError: a bad title" in shown


def test_what_was_killed_is_resumed(home: Path) -> None:
    killed(home)
    [run] = peers(home, "workflows", "runs", "--unfinished").data
    assert run["status"] == "running"
    shown = peers(home, "workflows", "show", run["runId"], json=False).out
    assert f"it goes on with: peers --home {home} workflows resume {run['runId']}" in shown
    [resumed] = peers(home, "workflows", "resume").data
    assert (resumed["runId"], resumed["output"]) == (run["runId"], {"text": "KILLED"})
    assert peers(home, "workflows", "resume", json=False).out == "no run in personal was interrupted\n"
    assert peers(home, "workflows", "runs", "--unfinished").data == []


def test_one_run_is_resumed_or_cancelled(home: Path) -> None:
    killed(home)
    killed(home)
    first, second = (one["runId"] for one in peers(home, "workflows", "runs").data)
    assert peers(home, "workflows", "resume", first).data["output"] == {"text": "KILLED"}
    ran = peers(home, "uninstall", "notes")
    assert (ran.error["code"], second in ran.error["message"]) == ("P0558", True)
    assert peers(home, "workflows", "cancel", second, "--dry-run").data["applied"] is False
    assert peers(home, "workflows", "cancel", second).data["status"] == "cancelled"
    assert peers(home, "workflows", "resume", second).error["code"] == "P0557"
    assert peers(home, "workflows", "cancel", second).error["code"] == "P0557"
    assert peers(home, "uninstall", "notes", "--yes").code == 0


def test_a_resumed_run_that_fails_is_told(home: Path) -> None:
    killed(home)
    peers(home, "disable", "notes")
    ran = peers(home, "workflows", "resume", json=False)
    assert ran.code != 0
    assert "waits: no version of notes is active" in ran.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "twice", '{"titel": "a"}'), "P0503"),
        (("run", "twise", "{}"), "P0552"),
        (("show", "twise"), "P0552"),
        (("show", "0" * 25), "P0554"),
        (("resume", "nothing"), "P0554"),
        (("cancel", "0" * 25), "P0554"),
    ],
)
def test_a_mistake_gives_one_error_with_the_next_step(home: Path, words: tuple[str, ...], code: str) -> None:
    ran = peers(home, "workflows", *words)
    assert (ran.code, ran.error["code"]) == (2, code)
    assert ran.error["hint"]


def test_an_assistant_is_asked(home: Path) -> None:
    assert [one["name"] for one in peers(home, "assistants").data] == ["helper"]
    assert peers(home, "assistants", "ask", "helper", "Why", '{"a": 1}').data == {
        "text": "Why!",
        "data": {"a": 1},
    }
    assert peers(home, "assistants", "ask", "helper", "Why", json=False).out == "Why!\n"
    assert peers(home, "assistants", "ask", "nobody", "Why").error["code"] == "P0553"
