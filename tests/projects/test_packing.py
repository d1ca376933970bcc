"""A project as a packed wheel: what is in it, who takes it, and that the same content gives the same."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.metadata import Metadata as CoreMetadata
from packaging.utils import parse_wheel_filename

from peers_runtime.base import errors
from peers_runtime.projects import packed, packing, sources
from tests.projects.conftest import Project
from tests.projects.packed_parts import INFO, MANIFEST, files_of, manifest_of, packed_wheel
from tests.snapshots.parts import FILES, PYPROJECT, write_files

DYNAMIC = PYPROJECT.replace('version = "1.0.0"', 'dynamic = ["version"]')


def test_a_packed_wheel_holds_the_package_and_what_describes_it(project: Project) -> None:
    data, wheel = packed_wheel(project())
    info = {f"{INFO}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "peers.json")}
    assert files_of(data).keys() == {*FILES, *info}
    assert {entry.path for entry in wheel.entries} == {*FILES, *info}
    assert (wheel.filename, wheel.size) == ("notes-1.0.0-py3-none-any.whl", len(data))
    assert wheel.manifest.name == "notes"


def test_what_it_says_of_itself_is_what_the_folder_says(project: Project, tmp_path: Path) -> None:
    folder = project()
    data, wheel = packed_wheel(folder)
    path = tmp_path / wheel.filename
    path.write_bytes(data)
    from_folder, from_wheel = sources.read(folder), sources.read(path)
    assert from_wheel.packed == wheel.manifest
    for field in ("name", "version", "reference", "files", "requires", "metadata", "digests", "modules"):
        assert getattr(from_wheel, field) == getattr(from_folder, field), field
    assert wheel.manifest.id == manifest_of(packing.read(folder, None)).id


def test_the_same_content_gives_the_same_bytes(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = packed_wheel(project())
    other = project(files=dict(reversed(FILES.items())), under=".")
    for path in other.rglob("*"):
        os.utime(path, (0, 0))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    second, _ = packed_wheel(other)
    monkeypatch.undo()
    time.tzset()
    assert first == second


def test_a_module_beside_a_folder_of_its_name_does_not_matter_to_the_id(project: Project) -> None:
    """Sorted, `store.py` comes before what is in `store/`; in a folder that is listed, after it."""
    folder = project(files={**FILES, "notes/store/__init__.py": b"", "notes/store/deep.py": b""})
    assert packed_wheel(folder)[1].manifest.id == manifest_of(packing.read(folder, None)).id


@pytest.mark.parametrize("path", FILES)
def test_one_byte_more_gives_another_id(project: Project, path: str) -> None:
    _, before = packed_wheel(project())
    _, after = packed_wheel(project(files={**FILES, path: FILES[path] + b"\n"}))
    assert before.manifest.id != after.manifest.id
    assert before.digest != after.digest


def test_pip_installs_it(project: Project, tmp_path: Path) -> None:
    data, wheel = packed_wheel(project())
    (tmp_path / wheel.filename).write_bytes(data)
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile", "--target"]
    subprocess.run([*pip, target, tmp_path / wheel.filename], check=True, capture_output=True, timeout=120)
    installed = {path: (target / path).read_bytes() for path in FILES}
    assert installed == FILES
    assert (target / MANIFEST).read_bytes() == files_of(data)[MANIFEST]


def test_every_reader_of_zip_archives_finds_the_same_in_it(project: Project, tmp_path: Path) -> None:
    data, wheel = packed_wheel(project())
    path = tmp_path / wheel.filename
    path.write_bytes(data)
    with zipfile.ZipFile(path) as read:
        assert {name: read.read(name) for name in read.namelist()} == files_of(data)


FULL = """\
[project]
name = "Acme.Notes"
version = "1.2.0-rc.1"
description = "Notes for everyone"
readme = "README.md"
license = "MIT"
license-files = ["LICENSES/*"]
requires-python = ">=3.11"
authors = [{ name = "Ann", email = "ann@example.org" }, { name = "Żaneta" }]
keywords = ["notes", "demo"]
classifiers = ["Programming Language :: Python :: 3"]
dependencies = ["Six>=1.16", "click>=8.1; python_version < '4'"]
optional-dependencies = { test = ["pytest"] }
urls = { Home = "https://example.org" }
scripts = { notes = "notes.store:add" }

[project.entry-points."peers.packages"]
notes = "notes.package:package"

[project.entry-points."other.group"]
b = "notes.store"
a = "notes.store:add"
"""


def full_project(project: Project) -> Path:
    folder = project(FULL)
    write_files(folder, {"README.md": "# Notes\n\nFür alle.\n".encode(), "LICENSES/MIT.txt": b"MIT\n"})
    return folder


def test_metadata_is_what_the_project_says(project: Project) -> None:
    data, wheel = packed_wheel(full_project(project))
    files = files_of(data)
    info = "acme_notes-1.2.0rc1.dist-info"
    metadata = CoreMetadata.from_email(files[f"{info}/METADATA"], validate=True)
    assert (metadata.name, str(metadata.version), metadata.summary) == (
        "Acme.Notes",
        "1.2.0rc1",
        "Notes for everyone",
    )
    assert metadata.description == "# Notes\n\nFür alle.\n"
    assert metadata.description_content_type == "text/markdown"
    assert [str(one) for one in metadata.requires_dist or ()] == [
        "Six>=1.16",
        'click>=8.1; python_version < "4"',
        'pytest; extra == "test"',
    ]
    assert metadata.license_expression == "MIT"
    assert metadata.license_files == ["LICENSES/MIT.txt"]
    assert files[f"{info}/licenses/LICENSES/MIT.txt"] == b"MIT\n"
    assert files[f"{info}/entry_points.txt"].decode() == (
        "[console_scripts]\nnotes = notes.store:add\n\n"
        "[other.group]\na = notes.store:add\nb = notes.store\n\n"
        "[peers.packages]\nnotes = notes.package:package\n"
    )
    name, version, _, tags = parse_wheel_filename(wheel.filename)
    assert (name, str(version), {str(tag) for tag in tags}) == ("acme-notes", "1.2.0rc1", {"py3-none-any"})
    assert wheel.manifest.version == "1.2.0-rc.1"


def test_what_is_left_to_a_build_backend_is_missing_and_said(project: Project) -> None:
    table = DYNAMIC.replace('["version"]', '["version", "readme"]')
    read = packing.read(project(table), "1.0.0")
    assert read.warnings == ("[project] leaves 'readme' to a build backend, so METADATA lacks it",)


def test_what_is_unusual_in_the_metadata_is_said(project: Project) -> None:
    read = packing.read(project(PYPROJECT.replace("Notes for everyone", "Notes\\nfor everyone")), None)
    (warning,) = read.warnings
    assert "one-line summary" in warning


WRONG: Mapping[str, tuple[str, str, str]] = {
    "a readme that is not there": ("dependencies = []", 'readme = "README.md"', "README.md"),
    "a readme in no format": ("dependencies = []", 'readme = "README"', "content type"),
    "a license file that is not there": ("dependencies = []", 'license-files = ["LICENSE"]', "did not match"),
    "a license file from elsewhere": ("dependencies = []", 'license-files = ["../*"]', "within the project"),
    "a key that nobody knows": ("dependencies = []", 'licence = "MIT"', "'licence'"),
    "a dynamic that is no list": ("dependencies = []", "dynamic = 5", "dynamic"),
    "no name": ('name = "notes"\n', "", '"project.name"'),
    "a name that is none": ('name = "notes"\n', 'name = "no tes"\n', "no tes"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_project_that_makes_no_metadata_is_refused(project: Project, how: str) -> None:
    old, new, told = WRONG[how]
    folder = project(PYPROJECT.replace(old, new, 1))
    with pytest.raises(errors.InvalidDefinition, match=r"makes no METADATA") as caught:
        packing.read(folder, None)
    assert told in caught.value.message
    assert caught.value.facts["path"] == str(folder.resolve() / "pyproject.toml")


def test_a_readme_in_no_utf8_is_refused(project: Project) -> None:
    folder = project(PYPROJECT.replace("dependencies = []", 'readme = "README.md"'))
    (folder / "README.md").write_bytes(b"\xff")
    with pytest.raises(errors.InvalidDefinition, match="makes no METADATA"):
        packing.read(folder, None)


# ── the version ──────────────────────────────────────────────────────────────────────────────────


def test_a_version_that_is_left_open_is_given(project: Project) -> None:
    data, wheel = packed_wheel(project(DYNAMIC), "1.2.0")
    assert (wheel.manifest.version, wheel.filename) == ("1.2.0", "notes-1.2.0-py3-none-any.whl")
    assert b"\nVersion: 1.2.0\n" in files_of(data)["notes-1.2.0.dist-info/METADATA"]
    assert b"Dynamic" not in files_of(data)["notes-1.2.0.dist-info/METADATA"]


def test_a_version_that_is_given_is_the_one_of_a_project_that_says_so(project: Project) -> None:
    _, given = packed_wheel(project(DYNAMIC), "1.0.0")
    _, stated = packed_wheel(project())
    assert given == stated
    assert packed_wheel(project(), "1.0.0")[1] == stated


def test_a_version_that_nobody_gives_is_missed(project: Project) -> None:
    with pytest.raises(errors.InvalidVersion, match="dynamic") as caught:
        packing.read(project(DYNAMIC), None)
    assert "--version" in caught.value.hint


def test_another_version_than_the_project_says_is_refused(project: Project) -> None:
    with pytest.raises(errors.InvalidVersion, match=r"is 1\.0\.0.*cannot be 1\.2\.0") as caught:
        packing.read(project(), "1.2.0")
    assert (caught.value.facts["provided"], caught.value.facts["expected"]) == ("1.2.0", "1.0.0")


# ── what cannot be packed ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "rule"),
    [("aux.py", "reserved-name"), ("a:b.txt", "name-character"), ("STORE.py", "case-collision")],
)
def test_a_file_that_does_not_mean_one_file_everywhere_is_refused(
    project: Project, name: str, rule: str
) -> None:
    with pytest.raises(errors.BadWheel, match="cannot be written") as caught:
        packed_wheel(project(files={**FILES, f"notes/{name}": b""}))
    assert caught.value.facts["rule"] == rule


def test_what_is_no_folder_is_refused(project: Project, tmp_path: Path) -> None:
    for path in (project() / "pyproject.toml", tmp_path / "nothing"):
        with pytest.raises(errors.NoPackageThere):
            packing.read(path, None)
    with pytest.raises(errors.NoPackageThere, match=r"no pyproject\.toml"):
        packing.read(tmp_path, None)


def test_a_manifest_has_no_time_of_its_own(project: Project) -> None:
    manifest = manifest_of(packing.read(project(), None))
    later = manifest.model_copy(update={"created_at": "2027-01-01", "updated_at": "2027-01-01"})
    assert packed.undated(manifest) == packed.undated(later)
