"""What `peers dev` shows of watches that are hard to bring about with real files, and each editor's words."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.cli.dev import editor, wording
from peers_runtime.cli.dev.inbox import Inbox
from peers_runtime.cli.dev.reports import Documents, Lines
from peers_runtime.cli.dev.session import Session
from peers_runtime.cli.dev.signals import Stop
from peers_runtime.model.reload import Fault, FileChange, Outcome, Phase, Reload, Took

AT = "2026-03-04T11:03:04.000+00:00"


class StandIn:
    """A watch that says what a test wants it to."""

    def __init__(self, project: Path, context: str, on_reload: Callable[[Reload], object], name: str) -> None:
        self.project = project
        self.context = context
        self.last = Reload(outcome=Outcome.ACTIVE, at=AT, name=name, version="1.0.0", contexts=(context,))
        self.degraded: str | None = None
        self.waiting: str | None = None
        self.tell = on_reload
        self.tell(self.last)

    def reload(self) -> Reload:
        self.last = self.last.model_copy(update={"outcome": Outcome.UNCHANGED})
        return self.last


class Watching:
    """A runtime, as far as a session needs one."""

    def __init__(self) -> None:
        self.watches: list[StandIn] = []

    def watch(self, project: Path, context: str, *, on_reload: Any, polling: bool) -> StandIn:
        self.watches.append(StandIn(project, context, on_reload, project.name))
        return self.watches[-1]


class Shown:
    """A session of two projects, and what it shows."""

    def __init__(self, folder: Path, inbox: Inbox, *, verbosity: int = 0, as_json: bool = False) -> None:
        self.stream = io.StringIO()
        runtime: Any = Watching()
        report = Documents(self.stream) if as_json else Lines(self.stream, verbosity, polling=False)
        self.session = Session(runtime, "personal", report, Stop(), inbox, lambda hint: f"{hint} --home here")
        self.session.watch([folder / "one", folder / "two"], polling=False)
        self.one, self.two = runtime.watches
        self.first = self.new()

    def new(self) -> list[str]:
        """The lines since the last call, without the time of day."""
        self.session.show()
        lines = self.stream.getvalue().splitlines()
        self.stream.seek(0)
        self.stream.truncate()
        return [line[10:] if line[2:3] == ":" else line for line in lines]


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    with Inbox() as inbox:
        yield lambda **named: Shown(tmp_path, inbox, **named)


def test_degraded_watching_is_said_when_it_comes_and_when_it_goes(shown: Callable[..., Shown]) -> None:
    now = shown()
    now.one.degraded = "too many folders are watched"
    assert now.new() == ["one 1.0.0  changes may be noticed late: too many folders are watched"]
    assert now.new() == []
    now.one.degraded = None
    assert now.new() == ["one 1.0.0  changes are noticed at once again"]
    assert now.new() == []


def test_a_change_that_waits_is_said_once_when_it_lasts(
    shown: Callable[..., Shown], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    now = shown()
    now.two.waiting = f"{tmp_path}/two/x.py is open for writing"
    assert now.new() == []
    clock[0] += 1.9
    assert now.new() == []
    now.two.tell(now.two.reload())  # one change was answered, another one waits
    assert now.new() == []
    clock[0] += 1.9
    assert now.new() == []
    clock[0] += 0.2
    assert now.new() == ["two 1.0.0  a change waits: two/x.py is open for writing"]
    clock[0] += 10
    assert now.new() == []
    now.two.waiting = None
    assert now.new() == []


def test_both_are_documents_with_json(shown: Callable[..., Shown], tmp_path: Path) -> None:
    now = shown(as_json=True)
    now.one.degraded = "why"
    now.new()
    now.one.degraded = None
    (line,) = now.new()
    assert json.loads(line) == {
        "version": 1,
        "command": "dev",
        "event": "degraded",
        "data": {"project": f"{tmp_path}/one", "reason": None},
    }


def test_quiet_leaves_out_the_first_lines_only(shown: Callable[..., Shown]) -> None:
    assert shown().first == [f"{name} 1.0.0  active in personal  watching {name}" for name in ("one", "two")]
    now = shown(verbosity=-1)
    assert now.first == []
    now.one.tell(now.one.last.model_copy(update={"took": Took(total_s=0.02)}))
    assert now.new() == ["one 1.0.0  active in 20 ms"]


def test_only_who_asked_is_told_that_nothing_is_new(shown: Callable[..., Shown]) -> None:
    now = shown()
    now.one.tell(now.one.reload())
    assert now.new() == []
    now.session.reload()
    assert now.new() == []  # the answers may come after the call
    now.one.tell(now.one.last)
    now.two.tell(now.two.last)
    assert now.new() == [f"{name} 1.0.0  unchanged: running what the files say" for name in ("one", "two")]


def test_the_newest_error_is_opened_else_the_file_that_was_saved_last(
    shown: Callable[..., Shown], tmp_path: Path
) -> None:
    now = shown()
    assert now.session.place() is None
    for at, path in enumerate(("one/src/one/a.py", "one/src/one/b.py")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
        os.utime(tmp_path / path, (at, at))
    changes = tuple(FileChange(path=f"one/{name}.py", added=1, removed=0) for name in ("b", "a", "gone"))
    now.one.tell(now.one.last.model_copy(update={"files": changes}))
    now.new()
    assert now.session.place() == (tmp_path / "one/src/one/b.py", None)
    for hour, watch in enumerate((now.two, now.one), 12):
        fault = Fault(
            code="P0601", message="no", phase=Phase.COMPILE, path=f"/{watch.project.name}.py", line=7
        )
        watch.last = watch.last.model_copy(update={"fault": fault, "at": AT.replace("11", str(hour))})
    assert now.session.place() == (Path("/one.py"), 7)
    now.one.last = now.one.last.model_copy(update={"fault": None})
    assert now.session.place() == (Path("/two.py"), 7)


def test_remarks_are_notes_below_the_line(shown: Callable[..., Shown]) -> None:
    now = shown()
    held = Reload(
        outcome=Outcome.ACTIVE, at=AT, name="one", version="1.0.0", remarks=("P0304: held by atexit",)
    )
    now.one.tell(held)
    assert now.new()[1:] == ["  = note: P0304: held by atexit"]


def test_steps_that_took_nothing_are_left_out() -> None:
    took = Took(settle_s=0.0104, compile_s=0.00296, execute_s=0.007, check_s=0.000004, switch_s=0.00003)
    assert wording.steps(took) == "(settle 10, compile 3, execute 7, switch 0.03)"
    assert wording.steps(Took()) == ""
    assert [wording.duration(seconds) for seconds in (0.0002, 0.0214, 1.26)] == ["0.2 ms", "21 ms", "1.3 s"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("vim", ["vim", "+7", "/a/b.py"]),
        ("nvim -p", ["nvim", "-p", "+7", "/a/b.py"]),
        ("/usr/bin/nano", ["/usr/bin/nano", "+7", "/a/b.py"]),
        ("code --wait", ["code", "--wait", "-g", "/a/b.py:7"]),
        ("cursor", ["cursor", "-g", "/a/b.py:7"]),
        ("subl", ["subl", "/a/b.py:7"]),
        ("pycharm", ["pycharm", "--line", "7", "/a/b.py"]),
        ("my-editor", ["my-editor", "/a/b.py"]),
        ("it's", ["it's", "/a/b.py"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(given: str, words: list[str]) -> None:
    assert editor.command({"EDITOR": given}, Path("/a/b.py"), 7) == words
    assert editor.command({"VISUAL": given, "EDITOR": "other"}, Path("/a/b.py"), 7) == words
    assert editor.command({"EDITOR": "vim"}, Path("/a/b.py"), None) == ["vim", "/a/b.py"]
    assert editor.command({"EDITOR": " "}, Path("/a/b.py"), 7) is None


def test_an_error_ends_with_what_to_type_in_this_home(shown: Callable[..., Shown]) -> None:
    fault = Fault(code="P0101", message="no name", hint="peers check one", phase=Phase.CAPTURE)
    failed = Reload(outcome=Outcome.FAILED, at=AT, name="one", fault=fault)
    now = shown()
    now.one.tell(failed)
    assert now.new()[-1] == "  = help: peers check one --home here"
    now = shown(as_json=True)
    now.one.tell(failed)
    assert json.loads(now.new()[-1])["data"]["fault"]["hint"] == "peers check one --home here"
