"""One tree, one id: whatever build backend made the wheel, or `peers pack`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime.model.manifest import Definition
from peers_runtime.projects import sources
from peers_runtime.snapshots import capture, requirements
from tests.projects.conftest import Project
from tests.projects.packed_parts import packed_wheel
from tests.snapshots.parts import CREATED_AT, FILES, PACKAGE_ID, PYPROJECT, write_files

BACKENDS = {
    "hatchling": '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    "setuptools": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    '[tool.setuptools.package-data]\nnotes = ["**/*"]\n',
    "flit": '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n',
    "poetry": '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n',
    "pdm": '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n',
    "uv": '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n',
}
DEPENDENCIES = (
    'dependencies = ["Six >= 1.16, <2.0", "packaging~=25.0", "click>=8.1; python_version < \'4\'"]\n'
    'optional-dependencies = { test = ["pytest"] }'
)
DIRTY = {
    "__pycache__/store.cpython-311.pyc": b"stale",
    "ui/__pycache__/note.cpython-311.pyc": b"stale",
    ".DS_Store": b"junk",
    "store.pyc": b"stale",
}


def identity(path: Path) -> str:
    source = sources.read(path)
    definition = Definition(package_id=PACKAGE_ID, reference=source.reference)
    return capture.manifest(source, definition, CREATED_AT).id


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.0.0", "1.2.0-rc.1"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_folder_and_its_wheels_have_one_id(project: Project, backend: str, version: str) -> None:
    pyproject = PYPROJECT.replace("dependencies = []", DEPENDENCIES).replace("1.0.0", version)
    folder = project(pyproject + BACKENDS[backend])
    write_files(folder / "src" / "notes", DIRTY)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", folder],
        check=True,
        capture_output=True,
        timeout=120,
        # uv_build looks for its program on PATH only
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    from_folder, from_wheel = sources.read(folder), sources.read(wheel)
    assert from_wheel.files == from_folder.files == FILES
    assert requirements.identity(from_wheel.requires.shared) == [
        "click>=8.1; conditional",
        "packaging<26,>=25",
        "six<2,>=1.16",
    ]
    assert from_wheel.metadata.description == from_folder.metadata.description
    assert from_wheel.metadata.author == from_folder.metadata.author == "Ann"
    assert from_wheel.metadata.tags == from_folder.metadata.tags
    packed = folder / "packed.whl"
    packed.write_bytes(packed_wheel(folder)[0])
    assert identity(wheel) == identity(folder) == identity(packed)
