"""The command line as its users meet it: a process with words, an exit code and two streams."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from peers_runtime.cli.main import main
from tests.cli.running import SAMPLES, Ran, plain_project, run_peers


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with notes 1.0.0 in acme, notes 2.0.0 in globex, and charts in acme."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    for words in (
        ("contexts", "create", "acme"),
        ("contexts", "create", "globex"),
        ("install", SAMPLES / "notes-1", "-c", "acme"),
        ("install", SAMPLES / "notes-2", "-c", "globex"),
        ("install", SAMPLES / "charts", "-c", "acme"),
    ):
        ran = run_peers("--home", home, *words)
        assert ran.code == 0, ran.err
    return home


@pytest.fixture
def home(prepared_home: Path, tmp_path: Path) -> Path:
    """A copy of the prepared home."""
    shutil.copytree(prepared_home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def peers(home: Path) -> Callable[..., Ran]:
    """`peers --home <a copy of the prepared home>` with more words."""
    return lambda *words, **more: run_peers("--home", home, *words, **more)


@pytest.fixture
def peers_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """`peers` in the test's own process, for many questions whose processes would say nothing more."""
    for name in os.environ:
        if name.startswith("PEERS_"):
            monkeypatch.delenv(name)

    def run(*words: object) -> Ran:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """`plain_project` of the test's own folder."""
    return partial(plain_project, tmp_path)
