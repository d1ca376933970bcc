"""Real distributions in two versions, for realms that have them as private ones.

Each is unpacked once into `.venvs/distributions/` of the repository; after that no network is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".venvs" / "distributions"
NEEDED = (
    ("six", "1.16.0"),
    ("six", "1.17.0"),
    ("jinja2", "3.0.3"),
    ("jinja2", "3.1.6"),
    ("markupsafe", "2.1.5"),
    ("click", "8.1.8"),
    ("click", "8.2.1"),
    ("attrs", "23.2.0"),
    ("attrs", "25.3.0"),
)


def unpacked(name: str, version: str) -> Path:
    """The folder that holds the distribution, fetched when it is not there yet."""
    folder = FOLDER / f"{name}-{version}"
    if not folder.is_dir():
        fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
        _install(f"{name}=={version}", fresh)
        try:
            fresh.rename(folder)
        except OSError:  # somebody else was faster
            shutil.rmtree(fresh)
    return folder


def uv() -> str | None:
    """The uv beside this interpreter, or else on PATH."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _install(requirement: str, folder: Path) -> None:
    program = uv()
    command = (
        [program, "pip", "install", "--quiet", "--python", sys.executable]
        if program
        else [sys.executable, "-m", "pip", "install", "--quiet"]
    )
    subprocess.run([*command, "--no-deps", "--target", str(folder), requirement], check=True, timeout=300)
