"""The trials of private distributions: a few real ones from the index, and what a trial finds fault with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.importing.side_by_side import alone, fetching
from tests.importing.side_by_side.trials import Trial
from tests.wheels import wheel

TRIAL = Trial("noisy", ("1.0", "2.0"))
GOOD = "from noisy import Thing\n\n\ndef use():\n    return Thing()\n"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.importing.side_by_side", *arguments],
        cwd=fetching.ROOT,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


def tried(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str, use: str) -> alone.Found:
    """Two versions of one distribution, made by hand."""
    monkeypatch.setattr(fetching, "FOLDER", folder / "fetched")
    wheels = []
    for version in TRIAL.versions:
        data, filename = wheel("noisy", version, {"noisy/__init__.py": source})
        path = folder / filename
        path.write_bytes(data)
        wheels.append([path])
    return alone.tried(TRIAL, wheels, use, folder / "home")


def test_two_versions_of_real_distributions_run_side_by_side_and_a_compiled_one_is_refused() -> None:
    done = run("six", "tomli", "pyyaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()[:3]] == ["works", "works", "refused"]
    assert done.stdout.splitlines()[3] == "all at once: 4 realms, no trouble"


def test_what_is_no_trial_is_refused() -> None:
    done = run("nothing-like-it")
    assert done.returncode == 2
    assert "nothing-like-it" in done.stderr


def test_a_trial_works_when_each_version_uses_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tried(tmp_path, monkeypatch, "class Thing: pass\n", GOOD)
    assert (found.result, [side.modules for side in found.sides]) == ("works", [1, 1])


def test_a_module_that_stock_python_imports_and_a_realm_does_not_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import sys\nclass Thing: pass\nassert sys._getframe().f_globals['__name__'] == 'noisy'\n"
    found = tried(tmp_path, monkeypatch, source, "def use():\n    from trial import use\n    return use\n")
    assert found.result == "in part"
    assert "AssertionError" in found.sides[0].faults["noisy"]


def test_what_the_host_has_too_is_not_kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use = "import pathlib\n\n\ndef use():\n    return pathlib.Path\n"
    found = tried(tmp_path, monkeypatch, "class Thing: pass\n", use)
    assert found.result == "fails"
    assert "uses <class 'pathlib" in found.mixed[0]


def test_a_use_that_goes_wrong_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tried(tmp_path, monkeypatch, "class Thing: pass\n", "def use():\n    return 1 / 0\n")
    assert found.result == "fails"
    assert "ZeroDivisionError" in found.sides[0].used
