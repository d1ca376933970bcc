from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.projects import distributions, sources
from peers_runtime.projects.distributions import AvailableDistribution
from tests.projects.conftest import Project, Wheel
from tests.snapshots.parts import FILES, PYPROJECT

BUILD_SYSTEM = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A further folder of installed distributions of this interpreter."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def install(site: Path, *what: str | Path) -> None:
    # pip compiles what it installs, as it would for a user; uv is only much quicker to start
    command: list[str | Path] = [
        Path(sys.executable).parent / "uv",
        "pip",
        "install",
        "--offline",
        "--no-build-isolation",
    ]
    arguments = ["--python", sys.executable, "--target", site, "--compile-bytecode", "--no-deps", *what]
    subprocess.run([*command, *arguments], check=True, capture_output=True, timeout=120)


def test_an_installed_distribution_is_read_like_its_wheel(site: Path, wheel: Wheel) -> None:
    path = wheel(requires=("six>=1.16",))
    install(site, path)
    assert (site / "notes" / "__pycache__").is_dir()
    assert sources.read("entry-point:notes") == sources.read(path)


def test_an_editable_distribution_is_read_from_its_folder(site: Path, project: Project) -> None:
    folder = project(PYPROJECT + BUILD_SYSTEM)
    install(site, "--editable", folder)
    source = sources.read("entry-point:notes")
    assert source.folder == str(folder)
    (folder / "src" / "notes" / "store.py").write_bytes(b"changed = True\n")
    assert sources.read("entry-point:notes").files == {**FILES, "notes/store.py": b"changed = True\n"}


def test_what_is_available_is_listed_without_importing_it(site: Path, wheel: Wheel) -> None:
    install(site, wheel(version="1.2.0rc1"))
    assert AvailableDistribution("notes", "1.2.0rc1", "notes") in distributions.available()
    assert "notes" not in sys.modules


def test_a_name_that_no_distribution_has_is_refused_with_those_that_are_there(
    site: Path, wheel: Wheel
) -> None:
    install(site, wheel())
    with pytest.raises(errors.NoPackageThere, match="'task'") as caught:
        sources.read("entry-point:task")
    assert "notes" in caught.value.hint


def test_a_distribution_that_lost_a_file_is_refused(site: Path, wheel: Wheel) -> None:
    install(site, wheel())
    (site / "notes" / "store.py").unlink()
    with pytest.raises(errors.NoPackageThere, match=r"store\.py"):
        sources.read("entry-point:notes")


def test_two_distributions_with_one_name_are_refused(site: Path, wheel: Wheel) -> None:
    install(site, wheel())
    second = site / "more_notes-1.0.0.dist-info"
    second.mkdir()
    (second / "METADATA").write_text("Metadata-Version: 2.1\nName: more-notes\nVersion: 1.0.0\n")
    (second / "entry_points.txt").write_text("[peers.packages]\nnotes = notes.package:package\n")
    with pytest.raises(errors.NoPackageThere, match="more-notes, notes"):
        sources.read("entry-point:notes")


def test_an_editable_distribution_whose_package_was_renamed_is_refused(site: Path, project: Project) -> None:
    folder = project(PYPROJECT + BUILD_SYSTEM)
    install(site, "--editable", folder)
    (folder / "src" / "notes").rename(folder / "src" / "papers")
    (folder / "pyproject.toml").write_text(
        PYPROJECT.replace('notes = "notes.package', 'papers = "papers.package') + BUILD_SYSTEM
    )
    with pytest.raises(errors.NoPackageThere, match="papers"):
        sources.read("entry-point:notes")
