"""A project from a template is a package at once, with ids that no other project has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime import InvalidSetting, ProjectNotWritable, ReservedName, Runtime
from peers_runtime.operations import new
from peers_runtime.projects import rewriting
from peers_runtime.projects.templates import TEMPLATES

TOOLS = Path(sys.executable).parent


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_project_runs_while_it_is_watched_and_passes_its_own_tests(
    template: str, tmp_path: Path
) -> None:
    made = new.make(tmp_path / "my-package", template)
    assert (made.name, made.template) == ("my_package", template)
    with Runtime.in_memory() as runtime:
        reload = runtime.watch(made.folder).reload()
        assert (reload.name, reload.version, reload.fault) == ("my_package", "0.1.0", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    ran = subprocess.run(command, cwd=made.folder, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_is_left_to_fill_in_and_the_code_is_in_good_shape(template: str, tmp_path: Path) -> None:
    folder = Path(new.make(tmp_path / "things", template).folder)
    for path, text in texts(folder).items():
        assert "NAME" not in path
        assert not re.search(r"\$\w", text), path
        assert text.endswith("\n")
    for words in (("format", "--check"), ("check", "--select", "E,F,I,B,UP")):
        command = [TOOLS / "ruff", *words, "--isolated", "--no-cache", "."]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, ran.stdout


def test_ids_are_fresh_and_each_is_another(tmp_path: Path) -> None:
    found: list[str] = []
    for name in ("one", "two"):
        folder = Path(new.make(tmp_path / name, "contract").folder)
        found += re.findall(r'"([0-9a-z]{25})"', (folder / name / "ids.py").read_text(encoding="utf-8"))
    assert len(found) == len(set(found)) == 12


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_what_is_there_is_left_alone(there: str, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    if there == "folder":
        place.mkdir()
    elif there == "file":
        place.write_text("mine")
    else:
        place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InvalidSetting, match="is there already"):
        new.make(place)
    assert os.listdir(tmp_path) == ["mine"]
    assert there != "folder" or not list(place.iterdir())


@pytest.mark.parametrize("name", ["1st", "Big", "_own", "own_", "a__b", "a.b", "class", "ü", "tests", "src"])
def test_a_name_that_no_package_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="cannot be the name of a package"):
        new.make(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["json", "pydantic", "peers_runtime", "peers-runtime"])
def test_a_name_of_somebody_else_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ReservedName):
        new.make(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_an_unknown_template_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        new.make(tmp_path / "mine", "webb")
    assert refusal.value.hint == "choose one of minimal, web, contract, hooks"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="there is no folder"):
        new.make(tmp_path / "apps" / "mine")
    with pytest.raises(InvalidSetting) as refusal:
        new.make(tmp_path / "my apps" / "mine")
    assert refusal.value.hint == f"mkdir -p '{tmp_path / 'my apps'}'"


def test_no_half_of_a_project_is_left_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = rewriting.disk.write_new

    def full(path: str, data: bytes, mode: int) -> None:
        if "routes" in path:
            raise OSError(28, "No space left on device")
        written(path, data, mode)

    monkeypatch.setattr(rewriting.disk, "write_new", full)
    with pytest.raises(ProjectNotWritable, match="No space left"):
        new.make(tmp_path / "mine")
    assert not list(tmp_path.iterdir())
