"""Running a project's own tests, with pytest, in a process of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from peers_runtime.base import errors
from peers_runtime.model.projects import Tested
from peers_runtime.projects import sources

_STDERR: Final = 2  # the process's own, whatever stands for it in Python


def run(path: str | os.PathLike[str], words: Sequence[str] = (), *, on_stderr: bool = False) -> Tested:
    """Run the tests of the project in the folder `path`; `words` are options of pytest.

    What pytest says goes where this process writes. Raises `NoPackageThere` for what is no folder with a
    pyproject.toml, and `InvalidSetting` when pytest is not to be had or does not understand the words.
    """
    folder = sources.folder(path).resolve()
    if not (folder / "pyproject.toml").is_file():
        raise errors.NoPackageThere(
            f"{folder} holds no project: there is no pyproject.toml in it",
            hint="give the folder of a project; `peers new` makes one",
            where=str(folder),
        )
    if any(word.startswith("--junit") for word in words):
        raise errors.InvalidSetting(
            "the tests' report is read here, so pytest cannot write another one",
            hint="run pytest itself, or take peers test --json",
            given=list(words),
        )
    if importlib.util.find_spec("pytest") is None:
        raise errors.InvalidSetting(
            "pytest is not installed beside peers-runtime", hint="pip install 'peers-runtime[test]'"
        )
    with tempfile.TemporaryDirectory(prefix="peers-test-") as place:
        report = os.path.join(place, "report.xml")
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", f"--junit-xml={report}", *words],
            cwd=folder,
            stdout=_STDERR if on_stderr else None,
            check=False,
        )
        if not os.path.exists(report):
            raise errors.InvalidSetting(
                f"pytest did not run the tests: it ended with exit code {ran.returncode}",
                hint="what it said stands above",
                given=list(words),
            )
        return _told(str(folder), report)


def _told(folder: str, report: str) -> Tested:
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314  # pytest's own, in a folder of ours
    counted = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    took_s = 0.0
    for suite in suites:
        took_s += float(suite.get("time", 0))
        for name in counted:
            counted[name] += int(suite.get(name, 0))
    return Tested(
        folder=folder,
        ran=counted["tests"],
        failed=counted["failures"],
        broken=counted["errors"],
        skipped=counted["skipped"],
        took_s=took_s,
    )
