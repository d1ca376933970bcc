"""An interpreter that has hmr, which needs CPython 3.12: this one, or one made for it in `.venvs/hmr`."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.cache import ROOT
from benchmarks.following import Unmeasured

_PLACE = ROOT / ".venvs" / "hmr"
_LEAST = (3, 12)


def with_hmr(*, make: bool) -> str:
    """Its path. A virtual environment is made only when asked for, which may take a download.

    Raises Unmeasured when there is none.
    """
    if find_spec("reactivity") is not None:
        return sys.executable
    python = _PLACE / "bin" / "python"
    if not _has_hmr(python) and make:
        _make()
    if not _has_hmr(python):
        raise Unmeasured("it needs CPython 3.12 or newer, and no environment with it is there")
    return str(python)


def version(interpreter: str) -> str:
    asked = [interpreter, "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def _has_hmr(python: Path) -> bool:
    return (
        python.is_file()
        and not subprocess.run([python, "-c", "import reactivity.hmr"], check=False).returncode
    )


def _make() -> None:
    """With the newest interpreter of this machine that is new enough, when there is one."""
    uv = shutil.which(
        "uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    newest = max(_interpreters(), default=None)
    if uv is None or newest is None:
        return
    pydantic = f"pydantic=={importlib.metadata.version('pydantic')}"
    for command in (
        ["venv", "--clear", "--python", newest[1], str(_PLACE)],
        ["pip", "install", "--python", str(_PLACE / "bin" / "python"), "hmr", pydantic],
    ):
        if subprocess.run([uv, *command], stdout=sys.stderr, check=False).returncode:
            return


def _interpreters() -> Iterator[tuple[tuple[int, ...], str]]:
    """Version and path of each CPython on PATH, or made by pyenv, that is new enough."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [path / "bin" / "python3" for path in pyenv.glob("3.*")]
    names = [f"python3.{minor}" for minor in range(_LEAST[1], _LEAST[1] + 8)]
    found += [Path(path) for path in map(shutil.which, [*names, "python3"]) if path]
    for path in found:
        asked = [str(path), "-c", "import sys; print(*sys.version_info[:3], sys.implementation.name)"]
        run = subprocess.run(asked, capture_output=True, text=True, check=False)
        if not run.returncode and run.stdout.endswith("cpython\n"):
            numbers = tuple(int(number) for number in run.stdout.split()[:3])
            if numbers >= _LEAST:
                yield numbers, str(path)
