"""What consumers of a contract are typed by is written from its shape, frozen, active or stored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from peers_runtime import InvalidSetting, ProjectNotWritable, Runtime, UnknownContract
from peers_runtime.model.generated import Generated
from tests.world import an_id, project

CONTRACT = an_id("Tasks")
TOOLS = """
from pydantic import BaseModel
from peers_runtime import tool

class AddTask(BaseModel):
    title: {kind}

@tool(tool_id={tool_id!r}, usage="Add a task")
def add_task(args: AddTask, ctx) -> None:
    pass
"""
PROVIDES = """
from {name}.tools import add_task
pkg.contract({contract!r}, {number}, {title!r}).tools = [add_task]
"""


def tasks(
    folder: Path, version: str = "1.0.0", *, name: str = "tasks", title: str = "Tasks", kind: str = "str",
    number: int = 1, contract: str = CONTRACT,
) -> Path:  # fmt: skip
    return project(
        folder,
        name,
        version,
        {"tools.py": TOOLS.format(kind=kind, tool_id=an_id(name, "add_task"))},
        definition=PROVIDES.format(name=name, contract=contract, number=number, title=title),
    )


def was(found: Generated) -> dict[str, str]:
    return {Path(one.path).name: one.was for one in found.files}


def test_both_files_are_written_and_then_they_are_as_they_belong(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    out = tmp_path / "src" / "types"
    found = runtime.contracts.types("Tasks", py=out, ts=out)
    assert was(found) == {"tasks_1.py": "missing", "tasks_1.d.ts": "missing"}
    assert (found.label, found.name, found.written) == (f"{CONTRACT}@1", "Tasks", True)
    assert {path.name for path in out.iterdir()} == {"tasks_1.py", "tasks_1.d.ts"}
    assert "title: str" in (out / "tasks_1.py").read_text()
    assert "title: string;" in (out / "tasks_1.d.ts").read_text()
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    again = runtime.contracts.types(f"{CONTRACT}@1", py=out, ts=out)
    assert again.is_current
    assert before == {path: path.stat().st_mtime_ns for path in out.iterdir()}


def test_a_check_tells_what_differs_and_writes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    out = tmp_path / "types"
    found = runtime.contracts.types("Tasks", py=out, check=True)
    assert was(found) == {"tasks_1.py": "missing"}
    assert not out.exists()
    runtime.contracts.types("Tasks", py=out)
    made = (out / "tasks_1.py").read_text()
    (out / "tasks_1.py").write_text(made.replace("title: str", "title: int"))
    found = runtime.contracts.types("Tasks", py=out, check=True)
    assert was(found) == {"tasks_1.py": "different"}
    assert "\n-    title: int\n+    title: str\n" in found.files[0].difference
    assert (found.is_current, found.written) == (False, False)
    assert "title: int" in (out / "tasks_1.py").read_text()
    runtime.contracts.types("Tasks", py=out)
    assert (out / "tasks_1.py").read_text() == made


def test_other_ends_of_lines_are_a_difference(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    runtime.contracts.types("Tasks", py=tmp_path)
    path = tmp_path / "tasks_1.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert was(runtime.contracts.types("Tasks", py=tmp_path, check=True)) == {"tasks_1.py": "different"}


def test_the_frozen_shape_counts_whatever_is_active(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    runtime.promote("tasks", "1.0.0", "stable")
    runtime.contracts.types("Tasks", py=tmp_path)
    runtime.install(tasks(tmp_path / "tasks", "1.1.0", kind="int"))
    assert runtime.contracts.types("Tasks", py=tmp_path, check=True).is_current
    runtime.disable("tasks")
    assert runtime.contracts.types("Tasks", py=tmp_path, check=True).is_current
    assert runtime.contracts.types(CONTRACT, py=tmp_path, check=True).is_current


def test_what_is_installed_and_not_active_is_found_too(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    runtime.disable("tasks")
    found = runtime.contracts.types("Tasks", py=tmp_path)
    assert (was(found), found.name) == ({"tasks_1.py": "missing"}, "Tasks")


def test_without_a_number_it_is_the_highest_version(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    runtime.promote("tasks", "1.0.0", "beta")
    runtime.install(tasks(tmp_path / "tasks", "2.0.0", number=2, kind="int"))
    assert was(runtime.contracts.types("Tasks", py=tmp_path)) == {"tasks_2.py": "missing"}
    assert was(runtime.contracts.types("Tasks@1", py=tmp_path)) == {"tasks_1.py": "missing"}
    assert "title: str" in (tmp_path / "tasks_1.py").read_text()
    assert "title: int" in (tmp_path / "tasks_2.py").read_text()


def test_an_unknown_contract_is_answered_with_a_near_one(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    with pytest.raises(UnknownContract, match="did you mean 'Tasks@1'"):
        runtime.contracts.types("Taks", py=tmp_path / "out")
    with pytest.raises(UnknownContract, match="Tasks@7"):
        runtime.contracts.types("Tasks@7", py=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_name_of_two_contracts_is_refused_with_their_ids(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "one"))
    runtime.install(tasks(tmp_path / "two", name="other", contract=an_id("other")))
    with pytest.raises(UnknownContract, match="several contracts") as caught:
        runtime.contracts.types("Tasks", py=tmp_path)
    assert CONTRACT in caught.value.hint


def test_a_file_that_is_not_of_this_contract_stays(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "one"))
    runtime.install(tasks(tmp_path / "two", name="other", contract=an_id("other")))
    runtime.contracts.types(CONTRACT, ts=tmp_path)
    (tmp_path / "tasks_1.py").write_text("mine = 1\n")
    for which, folders in (
        (CONTRACT, {"py": tmp_path}),
        (an_id("other"), {"py": tmp_path / "new", "ts": tmp_path}),
    ):
        with pytest.raises(InvalidSetting, match="first line"):
            runtime.contracts.types(which, **folders)
    assert (tmp_path / "tasks_1.py").read_text() == "mine = 1\n"
    assert not (tmp_path / "new").exists()


def test_without_a_folder_there_is_nothing_to_do(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    with pytest.raises(InvalidSetting, match="no folder"):
        runtime.contracts.types("Tasks")


def test_a_folder_that_cannot_be_written_is_told_and_the_other_file_is_not_written_either(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(tasks(tmp_path / "tasks"))
    (tmp_path / "file").write_text("")
    with pytest.raises((ProjectNotWritable, InvalidSetting)):
        runtime.contracts.types("Tasks", py=tmp_path / "out", ts=tmp_path / "file" / "in")
    assert not (tmp_path / "out").exists()


def test_types_do_not_depend_on_the_home_that_they_come_from(runtime: Runtime, tmp_path: Path) -> None:
    source = tasks(tmp_path / "tasks")
    runtime.install(source)
    runtime.contracts.types("Tasks", py=tmp_path, ts=tmp_path)
    copied = shutil.copytree(source, tmp_path / "elsewhere" / "tasks")
    with Runtime.in_memory() as other:
        other.install(copied)
        assert other.contracts.types("Tasks", py=tmp_path, ts=tmp_path, check=True).is_current
