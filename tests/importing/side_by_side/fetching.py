"""Wheels from the index that pip is configured for, fetched once into `.venvs/side-by-side/`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from hashlib import sha256
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".venvs" / "side-by-side"
_PURE = ("--only-binary", ":all:", "--implementation", "py", "--abi", "none", "--platform", "any")


def wheels(name: str, version: str, beside: Sequence[str] | None = None) -> list[Path]:
    """The wheel of a distribution, and those of all that it needs: pure ones only.

    With `beside`, these are what it needs, and nothing is resolved. Without any pure wheel, the one of
    this platform, alone. Raises CalledProcessError when there is none either.
    """
    exactly = f"-{sha256(' '.join(beside).encode()).hexdigest()[:8]}" if beside else ""
    folder = FOLDER / f"{name}-{version}{exactly}"
    if not folder.is_dir():
        fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
        _fetch(name, version, beside, fresh)
        fresh.rename(folder)
    return sorted(folder.glob("*.whl"), key=lambda path: (not _is_of(path, name), path.name))


def unpacked(wheel: Path) -> Path:
    """The folder that holds the wheel's files, as stock CPython can import them."""
    folder = FOLDER / "unpacked" / wheel.stem
    if not folder.is_dir():
        fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(fresh)
        for below in fresh.glob("*.data/*lib"):
            shutil.copytree(below, fresh, dirs_exist_ok=True)
        fresh.rename(folder)
    return folder


def shared(name: str) -> Path:
    """A folder with a copy of a distribution that the host has, and nothing else."""
    distribution = metadata.distribution(name)
    folder = FOLDER / "unpacked" / f"{distribution.name}-{distribution.version}"
    if not folder.is_dir():
        fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
        for file in distribution.files or ():
            if ".." not in file.parts:
                (fresh / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), fresh / file)
        fresh.rename(folder)
    return folder


def plain_python() -> str:
    """The Python of an environment in which nothing is installed."""
    folder = FOLDER / f"plain-{'.'.join(map(str, sys.version_info[:3]))}"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    return str(python)


def _fetch(name: str, version: str, beside: Sequence[str] | None, folder: Path) -> None:
    requirement = f"{name}=={version}"
    if beside is not None:
        _download(folder, [*_PURE, "--no-deps", requirement, *beside])
        return
    try:
        _download(folder, [*_PURE, requirement])
    except subprocess.CalledProcessError:
        _download(folder, ["--only-binary", ":all:", "--no-deps", requirement])


def _download(folder: Path, arguments: Sequence[str]) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=600)


def _is_of(wheel: Path, name: str) -> bool:
    return wheel.name.partition("-")[0].lower().replace("_", "-").replace(".", "-") == name.replace(".", "-")
