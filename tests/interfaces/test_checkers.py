"""mypy --strict, pyright and tsc take right use of a contract, and see what is wrong on the very line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime.interfaces import python, typescript
from tests import typescript as compiler
from tests.interfaces.interface_parts import CIRCULAR, interface, several_odd, with_result

PYTHON = """
from tasks_1 import CONTRACT, NewTasksRow, TasksContract, TasksRow

def right(tasks: TasksContract) -> list[str]:
    task = tasks.tools["add_task"](title="x", tags=["a"])
    tasks.tools["tidy"]()
    row: NewTasksRow = {"task_id": "1", "title": task["title"], "state": "late"}
    stored: TasksRow = tasks.tables["Tasks"].insert(row)
    if stored["due"] is not None:
        print(stored["due"].upper())
    found = tasks.tables["Tasks"].list(limit=3, after="1", done=False)
    print([one["task_id"] for one in tasks.tables["Tasks"].each(state="open")])
    tasks.tables["Tasks"].update("1", state="open")
    tasks.observables["filter"].set("open")
    undo = tasks.events["task_done"].subscribe(lambda done: print(done["title"]))
    undo()
    print(tasks.observables["open_tasks"]() + 1, *tasks.tools, CONTRACT[1] + 1)
    return [one["title"] for one in found]

async def awaited(tasks: TasksContract) -> str:
    return (await tasks.tools["add_task"].acall(title="x"))["title"]

def wrong(tasks: TasksContract) -> None:
    tasks.tools["add_tusk"]  # rejected: a wrong name of a tool
    tasks.tables["tasks"]  # rejected: of a table
    tasks.observables["filters"]  # rejected: of an observable
    tasks.events["done"]  # rejected: of an event
    tasks.tools["add_task"]()  # rejected: a missing argument
    tasks.tools["add_task"](title=1)  # rejected: an argument of a wrong type
    tasks.tools["add_task"](title="x", name="y")  # rejected: an argument that there is not
    tasks.tools["tidy"](title="x")  # rejected: another one
    tasks.tools["add_task"](title="x")["name"]  # rejected: a key that there is not
    tasks.tables["Tasks"].insert({"title": "x"})  # rejected: a missing key
    tasks.tables["Tasks"].insert({"task_id": 1, "title": "x"})  # rejected: a value of a wrong type
    tasks.tables["Tasks"].insert({"task_id": "1", "title": "x", "state": "far"})  # rejected: no such value
    tasks.tables["Tasks"].get(1)  # rejected: a key of a wrong type
    tasks.tables["Tasks"].get("1")["title"]  # rejected: it may be none
    tasks.tables["Tasks"].count(name="x")  # rejected: a column that there is not
    tasks.tables["Tasks"].update("1", task_id="2")  # rejected: the key does not change
    tasks.observables["open_tasks"].set(1)  # rejected: it is only read
    tasks.observables["filter"].set(1)  # rejected: a wrong type
    tasks.events["task_done"].subscribe(lambda done: print(done["name"]))  # rejected: no key of its
"""
TYPESCRIPT = """
import type { NewTasksRow, TasksContract, TasksRow } from "./tasks_1";

export async function right(tasks: TasksContract): Promise<string[]> {
  const task = await tasks.tools["add_task"]({ title: "x", tags: ["a"] });
  await tasks.tools.tidy();
  const row: NewTasksRow = { task_id: "1", title: task.title, state: "late" };
  const stored: TasksRow = await tasks.tables.Tasks.insert(row);
  if (stored.due !== null) stored.due.toUpperCase();
  const found = await tasks.tables.Tasks.list({ done: false }, { limit: 3, after: "1" });
  await tasks.tables.Tasks.update("1", { state: "open" });
  await tasks.observables.filter.set("open");
  const undo = tasks.events.task_done.subscribe((done) => done.title.trim());
  undo();
  tasks.observables.open_tasks().toFixed();
  return found.map((one) => one.title);
}

export async function wrong(tasks: TasksContract): Promise<void> {
  tasks.tools["add_tusk"]; // rejected: a wrong name of a tool
  tasks.tables["tasks"]; // rejected: of a table
  tasks.observables["filters"]; // rejected: of an observable
  tasks.events.done; // rejected: of an event
  await tasks.tools.add_task({}); // rejected: a missing argument
  await tasks.tools.add_task({ title: 1 }); // rejected: an argument of a wrong type
  await tasks.tools.add_task({ title: "x", name: "y" }); // rejected: an argument that there is not
  await tasks.tools.tidy({ title: "x" }); // rejected: another one
  (await tasks.tools.add_task({ title: "x" })).name; // rejected: a key that there is not
  await tasks.tables.Tasks.insert({ title: "x" }); // rejected: a missing key
  await tasks.tables.Tasks.insert({ task_id: 1, title: "x" }); // rejected: a value of a wrong type
  await tasks.tables.Tasks.insert({ task_id: "1", title: "x", state: "far" }); // rejected: no such value
  await tasks.tables.Tasks.get(1); // rejected: a key of a wrong type
  (await tasks.tables.Tasks.get("1")).title; // rejected: it may be none
  await tasks.tables.Tasks.count({ name: "x" }); // rejected: a column that there is not
  await tasks.tables.Tasks.update("1", { task_id: "2" }); // rejected: the key does not change
  tasks.observables.open_tasks.set(1); // rejected: it is only read
  await tasks.observables.filter.set(1); // rejected: a wrong type
  tasks.events.task_done.subscribe((done) => done.name); // rejected: no key of its
}
"""


def rejected(text: str) -> set[int]:
    return {number for number, line in enumerate(text.splitlines(), start=1) if "rejected:" in line}


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A folder with the types of a contract in both languages, and what uses it."""
    (tmp_path / "tasks_1.py").write_text(python.source(interface()), encoding="utf-8")
    (tmp_path / "tasks_1.d.ts").write_text(typescript.source(interface()), encoding="utf-8")
    (tmp_path / "use.py").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "use.ts").write_text(TYPESCRIPT, encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text(
        '{"typeCheckingMode": "strict", "reportTypedDictNotRequiredAccess": true,'
        ' "reportUnusedExpression": false, "reportUnknownLambdaType": false}'
    )
    return tmp_path


def test_mypy_takes_right_use_and_sees_what_is_wrong(used: Path) -> None:
    found, told = mypy(used, "tasks_1.py", "use.py")
    assert found == {("use.py", line) for line in rejected(PYTHON)}, told


def test_pyright_takes_right_use_and_sees_what_is_wrong(used: Path) -> None:
    found, told = pyright(used, "tasks_1.py", "use.py")
    assert found == {("use.py", line) for line in rejected(PYTHON)}, told


def test_tsc_takes_right_use_and_sees_what_is_wrong(used: Path) -> None:
    found, told = compiler.checked([used / "use.ts"], used)
    assert found == {("use.ts", line) for line in rejected(TYPESCRIPT)}, told


def test_whatever_a_contract_holds_mypy_and_pyright_take_its_module(tmp_path: Path) -> None:
    names = []
    for number, odd in enumerate(several_odd()):
        names.append(f"odd_{number}.py")
        (tmp_path / names[-1]).write_text(python.source(odd), encoding="utf-8")
    found, told = mypy(tmp_path, *names)
    assert not found, told
    found, told = pyright(tmp_path, *names)
    assert not found, told


def test_mypy_and_pyright_take_what_is_itself_among_others(tmp_path: Path) -> None:
    names = []
    for number, schema in enumerate(CIRCULAR.values()):
        names.append(f"circular_{number}.py")
        (tmp_path / names[-1]).write_text(python.source(with_result(schema)), encoding="utf-8")
    found, told = mypy(tmp_path, *names)
    assert not found, told
    found, told = pyright(tmp_path, *names)
    assert not found, told


def mypy(folder: Path, *names: str) -> tuple[set[tuple[str, int]], str]:
    told = _run(folder, "mypy", "--strict", "--config-file", "/dev/null", "--no-incremental", *names)
    return {
        (name, int(line)) for name, line in re.findall(r"^(\w+\.py):(\d+): error", told, re.MULTILINE)
    }, told


def pyright(folder: Path, *names: str) -> tuple[set[tuple[str, int]], str]:
    told = _run(folder, "pyright", "--outputjson", *names)
    problems = [one for one in json.loads(told)["generalDiagnostics"] if one["severity"] == "error"]
    return {(Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in problems}, told


def _run(folder: Path, module: str, *words: str) -> str:
    command = [sys.executable, "-m", module, *words]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=170)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    return run.stdout
