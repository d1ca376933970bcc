"""State that lives through a reload: handed over, kept in tables, or running on in the old version."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.operations import prune
from tests.dev.loops import Loop
from tests.world import an_id, project, screen

UI = """
from notes import state

def home(props, ctx):
    return f"{version}: {{state.COUNT}}"
"""
HOOKS = """
import pluggy
from notes import state
hookimpl = pluggy.HookimplMarker("peers")

@hookimpl
def peers_activated(context, previous, data):
    state.COUNT = data.get("count", 0)
    state.HEARD.append(("activated", context, previous, dict(data)))
    {activated}

@hookimpl
def peers_deactivating(context):
    state.HEARD.append(("deactivating", context))

@hookimpl
def peers_dispose(data):
    state.HEARD.append(("dispose",))
    data["count"] = state.COUNT
    {dispose}
"""
STATE = """
import builtins
COUNT = 0
HEARD = builtins.heard
"""


def hooks(activated: str = "pass", dispose: str = "pass") -> str:
    return HOOKS.format(activated=activated, dispose=dispose)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    said: list[Any] = []
    monkeypatch.setattr("builtins.heard", said, raising=False)
    return said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(
        tmp_path / "project",
        files={
            **screen("notes", "notes", ""),
            "ui.py": UI.format(version="first"),
            "hooks.py": hooks(),
            "state.py": STATE,
        },
        definition="pkg.hooks = 'notes.hooks'",
        dependencies='["pluggy"]',
    )


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        opened.contexts.create("acme")
        opened.contexts.create("globex")
        yield opened


@pytest.fixture
def loop(runtime: Runtime, folder: Path, heard: list[Any]) -> Loop:
    return Loop(runtime, folder)


def counted(loop: Loop, number: int) -> None:
    loop.context.module("notes.state").COUNT = number


def test_what_dispose_gives_activated_gets_after_the_switch(loop: Loop, heard: list[Any]) -> None:
    counted(loop, 41)
    assert loop.shown() == "first: 41"
    reload = loop.save("ui.py", UI.format(version="second"))
    assert (reload.fault, reload.remarks) == (None, ())
    assert loop.shown() == "second: 41"
    assert heard == [
        ("activated", "acme", None, {}),
        ("deactivating", "acme"),
        ("dispose",),
        ("activated", "acme", "1.0.0", {"count": 41}),
    ]


@pytest.mark.parametrize("writer", ["another process", "pruning"])
def test_it_goes_over_once_whatever_else_was_written_to_the_home(
    loop: Loop, runtime: Runtime, heard: list[Any], writer: str
) -> None:
    counted(loop, 41)
    loop.save("ui.py", UI.format(version="second"))
    if writer == "pruning":
        for blob in (runtime.home / "blobs").rglob("*"):
            os.utime(blob, (0, 0))
        assert prune.prune(runtime.services)
    else:
        with Runtime.open(runtime.home) as other:
            other.contexts.create("initech")
    loop.save("ui.py", UI.format(version="third"))
    assert loop.shown() == "third: 41"
    assert heard.count(("dispose",)) == 2
    assert heard[-1] == ("activated", "acme", "1.0.0", {"count": 41})


def test_every_context_gets_it_and_dispose_comes_once(
    loop: Loop, runtime: Runtime, folder: Path, heard: list[Any]
) -> None:
    runtime.install(folder, context="globex")
    heard.clear()
    counted(loop, 7)
    loop.save("ui.py", UI.format(version="second"))
    assert heard == [
        ("deactivating", "acme"),
        ("deactivating", "globex"),
        ("dispose",),
        ("activated", "acme", "1.0.0", {"count": 7}),
        ("activated", "globex", "1.0.0", {"count": 7}),
    ]
    assert runtime.context("globex").render("notes").content == "second: 7"


def test_a_save_that_fails_disposes_of_nothing(loop: Loop, heard: list[Any]) -> None:
    counted(loop, 3)
    heard.clear()
    for path, text in (("ui.py", "def home(\n"), ("uis.py", "1 / 0\n"), ("package.py", "package = 3\n")):
        good = (loop.package / path).read_text()
        assert loop.save(path, text).fault is not None
        assert loop.save(path, good).fault is None
    assert heard == []
    assert loop.shown() == "first: 3"


def test_when_activated_raises_the_old_version_gets_its_own_state_back(loop: Loop, heard: list[Any]) -> None:
    counted(loop, 5)
    generation = loop.context.binding.generation
    reload = loop.save("hooks.py", hooks(activated="1 / 0"))
    assert reload.fault is not None
    assert (reload.fault.code, reload.fault.phase) == ("P0409", "check")
    assert loop.shown() == "first: 5"
    assert [one[0] for one in heard] == [
        "activated",
        "deactivating",
        "dispose",
        "activated",  # the new one's, which raises
        "activated",  # the old one's, again
    ]
    assert heard[-1] == ("activated", "acme", "1.0.0", {"count": 5})
    assert loop.context.binding.generation > generation
    assert loop.save("hooks.py", hooks(activated="state.COUNT += 1")).fault is None
    assert loop.shown() == "first: 6"


def test_when_dispose_raises_the_switch_stands_and_what_was_handed_over_until_then_arrives(
    loop: Loop,
) -> None:
    loop.save("hooks.py", hooks(dispose="1 / 0"))
    counted(loop, 9)
    reload = loop.save("hooks.py", hooks())
    assert reload.outcome == "active"
    assert loop.shown() == "first: 9"
    assert any("ZeroDivisionError" in remark for remark in reload.remarks)


OWN = {
    "an object of its own": ("state.Own()", "an object of the class notes.state.Own"),
    "a class of its own": ("state.Own", "the class notes.state.Own"),
    "a function of its own": ("peers_dispose", "the function notes.hooks.peers_dispose"),
    "a module of its own": ("state", "the module notes.state"),
    "deep in what is plain": ("{'a': [1, (state.Own(),)]}", "data['bad']['a'][1][0] is an object"),
    "a bound method": ("state.Own().method", "an object of the class notes.state.Own"),
    "a partial": ("__import__('functools').partial(state.Own)", "the class notes.state.Own"),
    "a lambda in a list": ("[lambda: 1]", "the function notes.hooks"),
    "a generator": ("state.generate()", "code of notes.state that has not ended"),
    "an attribute of a host's object": (
        "__import__('types').SimpleNamespace(x=state.Own())",
        "data['bad'].x is an object",
    ),
    "a cached function": (
        "__import__('functools').lru_cache(state.generate)",
        "the function notes.state.generate",
    ),
    "a deque": ("__import__('collections').deque([state.Own()])", "an object of the class notes.state.Own"),
    "an enum member": ("state.Colour.RED", "an object of the class notes.state.Colour"),
    "a subclass of int": ("state.Number(3)", "an object of the class notes.state.Number"),
}


@pytest.mark.parametrize("case", OWN)
def test_what_would_keep_the_old_version_is_left_out_and_named(loop: Loop, case: str) -> None:
    expression, says = OWN[case]
    loop.save(
        "state.py",
        STATE + "import enum\nclass Own:\n    def method(self): pass\n"
        "class Colour(enum.Enum):\n    RED = 1\nclass Number(int): pass\n"
        "def generate():\n    yield 1\n",
    )
    counted(loop, 2)
    loop.save("hooks.py", hooks(dispose=f"data['bad'] = {expression}"))
    reload = loop.save("ui.py", UI.format(version="second"))
    assert reload.outcome == "active"
    assert loop.shown() == "second: 2"
    (remark,) = reload.remarks
    assert remark.startswith("P0413: ")
    assert says in remark


def test_what_belongs_to_the_host_may_go(loop: Loop) -> None:
    loop.save(
        "hooks.py",
        hooks(
            dispose="import threading, datetime, decimal, pathlib, collections; "
            "data.update(lock=threading.Lock(), at=datetime.datetime.now(), price=decimal.Decimal(1), "
            "path=pathlib.Path('.'), counts=collections.Counter('aab'), kind=dict, call=len, "
            "cycle=[]); data['cycle'].append(data['cycle'])"
        ),
    )
    reload = loop.save("hooks.py", hooks(activated="state.KEYS = sorted(data)"))
    assert reload.remarks == ()
    assert loop.context.module("notes.state").KEYS == [
        "at", "call", "count", "counts", "cycle", "kind", "lock", "path", "price",
    ]  # fmt: skip


def test_whoever_wants_the_new_version_while_state_is_handed_over_waits(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, disposing = threading.Event(), threading.Event()

    def wait() -> None:
        disposing.set()
        go_on.wait(30)

    monkeypatch.setattr("builtins.wait_here", wait, raising=False)
    loop.save("hooks.py", hooks(dispose="__import__('builtins').wait_here()"))
    counted(loop, 8)
    answers: list[object] = []
    loop.write("ui.py", UI.format(version="second"))
    assert disposing.wait(30)
    request = threading.Thread(target=lambda: answers.append(loop.shown()))
    request.start()
    request.join(0.1)
    assert answers == []
    go_on.set()
    request.join()
    assert answers == ["second: 8"]


TABLES = f"""
from pydantic import BaseModel
from peers_runtime import Table, define_package

class Note(BaseModel):
    note_id: str
    title: str

notes = Table(table_id={an_id("table")!r}, name="Notes", version=1, primary_key="note_id", model=Note)

@define_package
def package(pkg):
    pkg.package_id = {an_id("notes")!r}
    keeping = pkg.contract({an_id("keeping")!r}, 1, "Keeping")
    keeping.tables = [notes]
"""


def test_rows_of_tables_are_untouched(tmp_path: Path, runtime: Runtime) -> None:
    folder = project(tmp_path / "tables", files={"package.py": TABLES})
    loop = Loop(runtime, folder)
    loop.context.tables["Notes"].insert({"note_id": "1", "title": "Kept"})
    assert loop.save("package.py", TABLES + "\n# changed\n").outcome == "active"
    assert [row.title for row in loop.context.tables["Notes"].list()] == ["Kept"]


def test_a_generator_ends_on_the_version_it_began_on(loop: Loop) -> None:
    loop.save("late.py", "def count():\n    yield 'old'\n    import notes.later\n    yield notes.later.WHO\n")
    loop.save("later.py", "WHO = 'old, too'\n")
    running: Generator[str] = loop.context.module("notes.late").count()
    assert next(running) == "old"
    loop.save("late.py", "def count():\n    yield 'new'\n")
    loop.save("later.py", "WHO = 'new'\n")
    assert next(running) == "old, too"


def test_a_task_ends_on_the_version_it_began_on(loop: Loop) -> None:
    loop.save(
        "late.py",
        "async def work(go_on):\n    await go_on.wait()\n    import notes.who\n    return notes.who.WHO\n",
    )
    loop.save("who.py", "WHO = 'old'\n")

    async def run() -> list[str]:
        go_on = asyncio.Event()
        with loop.context:
            task = asyncio.create_task(loop.context.module("notes.late").work(go_on))
            await asyncio.sleep(0)
        await asyncio.to_thread(loop.save, "who.py", "WHO = 'new'\n")
        go_on.set()
        with loop.context:
            fresh = asyncio.create_task(loop.context.module("notes.late").work(go_on))
        return [await task, await fresh]

    assert asyncio.run(run()) == ["old", "new"]


def test_a_thread_of_the_old_version_goes_on_until_dispose_ends_it(loop: Loop) -> None:
    def threads() -> list[str]:
        return [one.name for one in threading.enumerate() if "worker" in one.name]

    work = (
        "import threading\nSTOP = threading.Event()\n"
        "THREAD = threading.Thread(target=STOP.wait, name='worker {}', daemon=True)\nTHREAD.start()\n"
    )
    stop = "from notes import worker; worker.STOP.set(); worker.THREAD.join()"
    loop.save("worker.py", work.format(1))
    loop.save("hooks.py", "from notes import worker\n" + hooks(dispose=stop))
    assert threads() == ["worker 1"]
    loop.save("worker.py", work.format(2))
    assert threads() == ["worker 2"]
