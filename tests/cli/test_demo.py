"""`peers demo`: it plays on the real samples, with and without a terminal, and leaves nothing behind."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from peers_runtime.cli.demo import samples
from tests.cli.running import ROOT, SAMPLES, Ran, run_peers


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """One run without a terminal, and the folder that it had for temporary files."""
    scratch = tmp_path_factory.mktemp("scratch")
    return run_peers("demo", env={"TMPDIR": str(scratch)}), scratch


def test_it_ends_by_itself_without_a_terminal_and_leaves_nothing_behind(played: tuple[Ran, Path]) -> None:
    ran, scratch = played
    assert ran.code == 0, ran.err
    assert list(scratch.iterdir()) == []
    assert ran.out == click.unstyle(ran.out)


@pytest.mark.parametrize(
    "line",
    [
        r"^acme +notes +1\.0\.0 +dev +folder",
        r"^globex +notes +2\.0\.0 +dev +wheel",
        r"globex, called as in acme: refused: .*body",
        r"modules of packages that are imported now: nothing",
        r"a new process, to its first matched route \(notes 1\.0\.0\): \d+\.\d ms",
        r"of pydantic, pluggy, sqlalchemy, jsonschema it imported: nothing",
        r"^notes/search +acme +notes 1\.0\.0 +Note ",
        r"^notes/search +globex +notes 2\.0\.0 +Search ",
        r"^notes/tag-work +globex +notes 2\.0\.0 +Tag .*priority 10",
        r"imported to judge is_match, once: notes, notes\.ids, notes\.routes$",
        r"acme, first navigation, .*: imported notes, .*notes\.ui\.home$",
        r"acme, second navigation, .*: imported nothing",
        r"globex, second navigation, .*: imported nothing",
        r"My notes",
        r"Notes, the important ones first",
        r"acme: notes 1\.0\.0 keeps a title and a body",
        r"globex: notes 2\.0\.0 keeps tags and a priority",
        r"acme: hook\.theme_colors\(context_id='acme'\): \[\{\"frame\"",
        r"globex: hook\.theme_colors.*\"found\": \"gold\"",
        r"peers\.lock of week: charts 1\.0\.0, notes 1\.0\.0",
        r"made with the page of: notes 1\.0\.0 keeps",
        r"notes of globex itself: notes 2\.0\.0 keeps",
        r"peers disable tasks --dry-run: refused: context 'globex' .* consumers projects@1\.0\.0 of ",
        r"^projects and tasks 1\.0\.0 are installed +tasks@1\.0\.0 +2 ",
        r"^fancy_tasks is chosen +fancy_tasks@1\.0\.0 +1 ",
        r"^tasks 2\.0\.0 is installed, and nobody chosen +tasks@2\.0\.0 +3 ",
        r"charts/pie: P0206, charts 1\.0\.0",
        r"charts/gauge: P0206, charts 1\.0\.0",
        r"summer #########",
        r"the request that began before: notes 1\.0\.0",
        r"a request that begins after: notes 2\.0\.0",
    ],
)
def test_it_shows(played: tuple[Ran, Path], line: str) -> None:
    assert re.search(line, played[0].out, re.MULTILINE), played[0].out


def test_it_imports_no_screen_but_the_one_that_is_shown(played: tuple[Ran, Path]) -> None:
    navigations = [line for line in played[0].out.splitlines() if "navigation, " in line]
    assert len(navigations) == 4
    assert not any("notes.ui.note" in line or "notes.tools" in line for line in navigations)


def test_it_ends_with_where_to_go_next(played: tuple[Ran, Path]) -> None:
    assert played[0].out.endswith("Next: peers demo --dev edits a package while it serves.\n")


def test_with_dev_a_package_is_edited_broken_and_mended_while_it_serves(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    for words in ((), ("--home", tmp_path / "home"), ("--home", tmp_path / "home")):
        ran = run_peers("demo", "--dev", *words, env={"TMPDIR": str(tmp_path / "scratch")})
        assert ran.code == 0, ran.err
        assert ran.out == click.unstyle(ran.out)
        assert list((tmp_path / "scratch").iterdir()) == []
        place = 0
        for line in (
            r"^src/notes/ui/home\.py, line \d+, saved:\n +return Page\(\"Notes, edited while they are",
            r"notes 2\.0\.0  ui/home\.py \+1 -1: active in [\d.]+ m?s \(settle .*, switch [\d.]+\)$",
            r"^\+- before -+\n\|  Notes, the important ones first$",
            r"^\+- after -+\n\|  Notes, edited while they are served$",
            r"a request that began before it: Notes, the important ones first$",
            r"a request that begins now: Notes, edited while they are served$",
            r"error\[P0601\]: .*was never closed",
            r"--> .*/src/notes/ui/home\.py:10$",
            r"10 \|     return Page\(\(",
            r"note: still running notes 2\.0\.0$",
            r"notes 2\.0\.0 still answers: Notes, edited while they are served$",
            r"peers doctor lists: 1 to mend$",
            r"notes 2\.0\.0: mended: running what the files say$",
            r"peers doctor lists: 0 to mend$",
            r"and the title as it was: Notes, the important ones first$",
            r"^from the save to the new code +[\d.]+ ms$",
        ):
            found = re.compile(line, re.MULTILINE).search(ran.out, place)
            assert found, f"{line} is missing in {ran.out[place:]}"
            place = found.end()


def test_on_a_terminal_it_is_drawn() -> None:
    reading, writing = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "peers_runtime.cli.main", "demo"],
        stdout=writing,
        stderr=writing,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"},
    ) as process:
        os.close(writing)
        drawn = _read_all(reading)
    assert process.returncode == 0
    assert "\x1b[" in drawn
    assert "╭" in drawn
    assert "notes 2.0.0 keeps tags" in drawn


def test_a_home_that_was_named_is_kept_and_can_be_played_in_again(tmp_path: Path) -> None:
    for _ in range(2):
        assert run_peers("demo", "--home", tmp_path / "home").code == 0
    kept = run_peers("--home", tmp_path / "home", "list", "-c", "globex", "--json").data
    assert {one["name"] for one in kept} == {
        *("charts", "notes", "themes", "week"),
        *("fancy_tasks", "projects", "tasks"),
    }


def test_a_home_from_the_environment_is_not_played_in(tmp_path: Path) -> None:
    ran = run_peers("demo", "--json", env={"PEERS_HOME": str(tmp_path / "own")})
    assert ran.data == {"played": "all", "home": None}
    assert "peers demo --dev" in ran.err  # what it says to a person
    assert not (tmp_path / "own").exists()


def test_samples_may_lie_elsewhere_and_missing_ones_are_named(tmp_path: Path) -> None:
    ran = run_peers("demo", "--samples", tmp_path)
    assert ran.code == 2
    assert (
        "notes-1, notes-2, themes, charts, week, tasks-1, tasks-2, fancy_tasks, projects, "
        "planner, board, hints, timer missing" in ran.err
    )
    assert "peers demo --samples FOLDER" in ran.err
    (tmp_path / "moved").symlink_to(SAMPLES)
    assert run_peers("demo", "--samples", tmp_path / "moved").code == 0


def test_without_a_builder_there_is_no_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert samples.wheel(SAMPLES / "notes-2", tmp_path) is None


def _read_all(descriptor: int) -> str:
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:  # what a terminal says when its other end is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(descriptor)
    return b"".join(parts).decode()
