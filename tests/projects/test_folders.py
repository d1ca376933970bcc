from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.model.dependencies import Locked, LockedPackage
from peers_runtime.model.manifest import Dependency, Metadata, Requires
from peers_runtime.projects import lock_files, private_wheels, sources
from tests.projects.conftest import Project
from tests.snapshots.parts import FILES, PYPROJECT, write_files
from tests.wheels import wheel
from tests.world import an_id


@pytest.mark.parametrize("under", ["", "src"])
def test_a_folder_is_read_with_its_package_beside_pyproject_or_under_src(
    project: Project, under: str
) -> None:
    folder = project(under=under)
    source = sources.read(folder)
    assert (source.name, source.version, source.reference) == ("notes", "1.0.0", "notes.package:package")
    assert source.files == FILES
    assert source.folder == str(folder)
    assert source.package_folder == str(folder / under)
    assert source.metadata == Metadata(author="Ann", description="Notes for everyone", tags=("demo", "notes"))


def test_what_no_wheel_holds_is_left_out(project: Project) -> None:
    folder = project()
    write_files(
        folder / "src" / "notes",
        {"__pycache__/store.cpython-311.pyc": b"x", ".DS_Store": b"x", ".git/HEAD": b"x", "store.py~": b"x"},
    )
    assert sources.read(folder).files == FILES


def test_a_package_without_init_is_read_too(project: Project) -> None:
    files = {path: data for path, data in FILES.items() if path != "notes/__init__.py"}
    assert sources.read(project(files=files)).files == files


def test_links_are_followed_and_a_loop_ends(project: Project, tmp_path: Path) -> None:
    folder = project()
    elsewhere = tmp_path / "elsewhere"
    write_files(elsewhere, {"shared.txt": b"shared"})
    package = folder / "src" / "notes"
    (package / "linked").symlink_to(elsewhere)
    (package / "loop").symlink_to(package)
    (package / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(package / "pipe")
    assert sources.read(folder).files == {**FILES, "notes/linked/shared.txt": b"shared"}


def test_files_of_a_source_cannot_be_changed(project: Project) -> None:
    source = sources.read(project())
    with pytest.raises(TypeError):
        source.files["notes/store.py"] = b"other"


def below(one: Dependency) -> LockedPackage:
    """A package that only another one depends on."""
    return LockedPackage(name="base", project_id=an_id("base"), version="1.0.0", digest=one.digest)


def test_shared_distributions_are_dependencies_and_settings_without_the_private_ones(
    project: Project,
) -> None:
    pyproject = PYPROJECT.replace("dependencies = []", 'dependencies = ["Six >=1.16", "packaging"]') + (
        '[tool.peers]\nprivate = ["six>=1.16"]\nshared = ["click>=8,<9"]\nbudget_ms = 40\n'
        '[tool.peers.dependencies]\ntasks = "<2, >=1.2"\n'
    )
    folder = project(pyproject)
    six = private_wheels.read(*wheel("six", "1.17", {"six.py": ""})).entry()
    tasks = Dependency(name="tasks", project_id=an_id("tasks"), version="1.3.0", digest="0" * 64)
    lock = Locked(
        asked=("six>=1.16",),
        private=(six,),
        packages=(LockedPackage(**dict(tasks), range=">=1.2,<2"), below(tasks)),
    )
    (folder / "peers.lock").write_text(lock_files.text(lock))
    source = sources.read(folder)
    assert source.private == (six,)
    assert source.requires == Requires(private=("six>=1.16",), shared=("click<9,>=8", "packaging"))
    assert source.budget_ms == 40
    assert source.dependencies == (tasks,)


@pytest.mark.parametrize(
    ("given", "version"),
    [
        ("1.2.3", "1.2.3"),
        ("1.2.3rc1", "1.2.3-rc.1"),
        ("1.2.3-beta.4", "1.2.3-beta.4"),
        ("1.2.3+abc", "1.2.3+abc"),
    ],
)
def test_a_version_is_semantic_however_it_is_spelled(project: Project, given: str, version: str) -> None:
    assert sources.read(project(PYPROJECT.replace("1.0.0", given))).version == version


@pytest.mark.parametrize("given", ["1.0", "v1.0.0", "01.0.0", "1.0.0.dev1", ""])
def test_another_version_is_refused_and_quoted(project: Project, given: str) -> None:
    with pytest.raises(errors.InvalidVersion) as caught:
        sources.read(project(PYPROJECT.replace("1.0.0", given)))
    assert caught.value.facts["provided"] == given


def test_a_dynamic_version_is_refused_with_a_way_out(project: Project) -> None:
    pyproject = PYPROJECT.replace('version = "1.0.0"', 'dynamic = ["version"]')
    with pytest.raises(errors.InvalidVersion, match="dynamic") as caught:
        sources.read(project(pyproject))
    assert "wheel" in caught.value.hint


def test_a_missing_version_is_refused(project: Project) -> None:
    with pytest.raises(errors.InvalidVersion, match="no version"):
        sources.read(project(PYPROJECT.replace('version = "1.0.0"', "")))


def test_dynamic_dependencies_are_refused(project: Project) -> None:
    with pytest.raises(errors.InvalidDefinition, match="dependencies"):
        sources.read(project(PYPROJECT.replace("dependencies = []", 'dynamic = ["dependencies"]')))


def test_a_folder_without_pyproject_holds_no_package(tmp_path: Path) -> None:
    with pytest.raises(errors.NoPackageThere, match=r"no pyproject\.toml"):
        sources.read(tmp_path)


@pytest.mark.parametrize("source", ["nowhere", "nowhere.whl", "~/no such folder"])
def test_a_path_that_does_not_exist_holds_no_package(source: str) -> None:
    with pytest.raises(errors.NoPackageThere, match="does not exist"):
        sources.read(source)


def test_a_project_in_another_encoding_is_told_which_one_is_meant(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes('[project]\nname = "notes"\n'.encode("utf-16"))
    with pytest.raises(errors.InvalidDefinition, match=r"is not UTF-8: .* at byte 0") as refused:
        sources.read(tmp_path)
    assert "as UTF-8" in refused.value.hint


def test_a_file_that_is_no_wheel_holds_no_package(tmp_path: Path) -> None:
    (tmp_path / "notes.zip").write_bytes(b"")
    with pytest.raises(errors.NoPackageThere, match="neither"):
        sources.read(tmp_path / "notes.zip")


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        (("[project]", "[project"), errors.InvalidDefinition, "cannot be understood"),
        (('"peers.packages"]', '"other"]'), errors.NoPackageThere, "no entry point"),
        (
            ('notes = "notes.p', 'more = "notes.package:package"\nnotes = "notes.p'),
            errors.NoPackageThere,
            "2 entry",
        ),
        (('notes = "notes.package:package"', "notes = 3"), errors.InvalidDefinition, "table of texts"),
        (('notes = "', 'no-tes = "'), errors.InvalidDefinition, "no import name"),
        (('notes = "', 'class = "'), errors.InvalidDefinition, "no import name"),
        (("notes.package:package", "other.package:package"), errors.InvalidDefinition, "does not name"),
        (("notes.package:package", "notes.package"), errors.InvalidDefinition, "does not name"),
        (("notes.package:package", "notes.missing:package"), errors.InvalidDefinition, "not there"),
        (("notes.package:package", "notes.assets:package"), errors.InvalidDefinition, "not there"),
        (('notes = "notes.', 'lost = "lost.'), errors.NoPackageThere, "no package 'lost'"),
        (("[]", '["not a requirement"]'), errors.InvalidSetting, "no requirement"),
        (("[]", '"six"'), errors.InvalidDefinition, "list of requirements"),
        (("dependencies = []", 'dependencies = ["notes"]'), errors.ReservedName, "shared library"),
    ],
)
def test_a_wrong_pyproject_is_refused_by_name(
    project: Project, change: tuple[str, str], kind: type[errors.PeersError], says: str
) -> None:
    with pytest.raises(kind, match=says) as caught:
        sources.read(project(PYPROJECT.replace(*change)))
    assert caught.value.hint


@pytest.mark.parametrize("name", ["json", "peers_runtime", "peers_packages", "pydantic", "pluggy"])
def test_names_of_the_host_and_the_standard_library_are_reserved(project: Project, name: str) -> None:
    files = {path.replace("notes/", f"{name}/", 1): data for path, data in FILES.items()}
    with pytest.raises(errors.ReservedName):
        sources.read(project(PYPROJECT.replace('notes = "notes.', f'{name} = "{name}.'), files))


def test_the_import_name_of_a_shared_library_is_reserved_although_its_distribution_is_called_otherwise(
    project: Project,
) -> None:
    files = {path.replace("notes/", "yaml/", 1): data for path, data in FILES.items()}
    pyproject = PYPROJECT.replace('notes = "notes.', 'yaml = "yaml.').replace("[]", '["PyYAML"]')
    with pytest.raises(errors.ReservedName, match="pyyaml"):
        sources.read(project(pyproject, files))


def test_two_import_packages_of_one_name_are_refused(project: Project) -> None:
    folder = project()
    write_files(folder, FILES)
    with pytest.raises(errors.InvalidDefinition, match="also under src"):
        sources.read(folder)


def test_a_folder_of_the_same_name_that_holds_no_code_does_not_disturb(project: Project) -> None:
    folder = project()
    write_files(folder, {"notes/readme.txt": b"documents"})
    assert sources.read(folder).files == FILES


def test_a_file_name_that_is_not_utf8_is_refused(project: Project) -> None:
    folder = project()
    path = os.fsencode(folder / "src" / "notes") + b"/\xff.txt"
    os.close(os.open(path, os.O_CREAT))
    with pytest.raises(errors.InvalidDefinition, match="UTF-8"):
        sources.read(folder)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "None is no path"),
        (5, "5 is no path"),
        (b"notes", "is no path"),
        ([], "is no path"),
        ("", "names no folder"),
        ("~nosuchuser/x", "is no path"),
        ("x" * 5000, "cannot be looked at"),
        ("a\0b", "is no path"),
        ("\ud800", r"\\ud800' is no path"),
        ("/dev/null", "neither a folder nor a .whl"),
        ("/dev/null/x", "does not exist"),
    ],
)
def test_what_can_be_no_source_is_no_package(
    project: Project, monkeypatch: pytest.MonkeyPatch, given: Any, said: str
) -> None:
    monkeypatch.chdir(project())
    with pytest.raises(errors.NoPackageThere, match=said) as caught:
        sources.read(given)
    assert "entry-point:NAME" in caught.value.hint
    assert len(caught.value.message) < 400


def test_the_current_folder_can_be_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project())
    assert sources.read(".").name == "notes"
