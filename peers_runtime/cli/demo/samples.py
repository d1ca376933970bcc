"""Where the sample packages lie, and a wheel of one of them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Final

from peers_runtime.base import errors

NAMES: Final = (
    *("notes-1", "notes-2", "themes", "charts", "week"),
    *("tasks-1", "tasks-2", "fancy_tasks", "projects"),
    *("planner", "board", "hints", "timer"),
)
_BESIDE_THE_CHECKOUT: Final = Path(__file__).resolve().parents[3] / "sample_packages"


def find(folder: Path | None) -> Path:
    """The folder that holds all sample packages: the given one, else the one of this checkout.

    Raises `InvalidSetting` when one of them is missing there.
    """
    samples = _BESIDE_THE_CHECKOUT if folder is None else folder
    missing = [name for name in NAMES if not (samples / name / "pyproject.toml").is_file()]
    if missing:
        raise errors.InvalidSetting(
            f"there are no sample packages in {samples}: {', '.join(missing)} missing",
            hint="peers demo --samples FOLDER, with the folder sample_packages of the project's source",
            folder=str(samples),
            missing=missing,
        )
    return samples


def wheel(project: Path, folder: Path) -> Path | None:
    """A wheel of the project, built into `folder`; None when no builder is installed here or it fails."""
    if importlib.util.find_spec("hatchling") is None:
        return None
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=project,
        capture_output=True,
        check=False,
    )
    return next(iter(folder.glob("*.whl")), None) if built.returncode == 0 else None
