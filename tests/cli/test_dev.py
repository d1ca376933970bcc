"""`peers dev`: a line for each saved change, an error that goes by itself, and an end that leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran, run_peers
from tests.cli.started import piped

Project = Callable[..., Path]
TIME = r"^\d\d:\d\d:\d\d  "
TOOK = r"active in [\d.]+ m?s \((settle|capture) [\d.]+, .*execute [\d.]+, .*switch [\d.]+\)"
SCREEN = "plain/screen.py"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which nothing is installed."""
    return tmp_path / "home"


@pytest.fixture
def peers(home: Path) -> Callable[..., Ran]:
    return lambda *words: run_peers("--home", home, *words)


def edit(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text(encoding="utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new), encoding="utf-8")


def test_the_first_line_says_what_runs_where_and_what_is_watched(home: Path, project: Project) -> None:
    folder = project()
    with piped("--home", home, "dev", cwd=folder) as dev:
        dev.expect(rf"{TIME}plain 1\.0\.0  active in personal  watching \.$")
    with piped("--home", home, "dev", folder.name, cwd=folder.parent) as dev:
        dev.expect(rf"{TIME}plain 1\.0\.0  active in personal  watching plain-project$")
    assert "\x1b" not in dev.text


def test_a_saved_file_is_one_line(home: Path, project: Project) -> None:
    folder = project()
    with piped("--home", home, "dev", folder) as dev:
        dev.expect("watching")
        edit(folder, SCREEN, 'return "plain"', 'text = "plainer"\n    return text')
        dev.expect(rf"{TIME}plain 1\.0\.0  screen\.py \+2 -1  {TOOK}$")


def test_of_many_files_three_are_named(home: Path, project: Project) -> None:
    folder = project()
    with piped("--home", home, "dev", folder) as dev:
        dev.expect("watching")
        for name in ("a", "b", "c", "d", "e"):
            (folder / "plain" / f"{name}.py").write_text("x = 1\n")
        dev.expect(rf"{TIME}plain 1\.0\.0  a\.py \+1, b\.py \+1, c\.py \+1 \+ 2 more  active in ")


def test_other_contexts_that_run_the_project_are_named(
    home: Path, project: Project, peers: Callable[..., Ran]
) -> None:
    folder = project()
    for context in ("acme", "globex"):
        peers("contexts", "create", context)
        peers("install", folder, "-c", context)
    with piped("--home", home, "dev", folder, "-c", "acme") as dev:
        dev.expect(r"active in acme  watching")
        edit(folder, SCREEN, '"plain"', '"plainer"')
        dev.expect(rf"{TOOK}  also in globex$")


def test_an_error_is_drawn_and_goes_when_the_file_is_mended(
    home: Path, project: Project, peers: Callable[..., Ran]
) -> None:
    folder = project()
    with piped("--home", home, "dev", folder.name, cwd=folder.parent) as dev:
        dev.expect("watching")
        edit(folder, SCREEN, "return", "return (")
        dev.expect(rf"{TIME}plain 1\.0\.0  does not compile$")
        dev.expect(r"^error\[P0601\]: .*never closed$")
        dev.expect(r"^ --> plain-project/plain/screen\.py:3$")
        dev.expect(r'^3 \|     return \( "plain"$')
        dev.expect(r"^  = note: still running plain 1\.0\.0$")
        dev.expect(r"^  = help: ")
        assert peers("doctor").code == 1
        edit(folder, SCREEN, "return (", "return")
        dev.expect(rf"{TIME}plain 1\.0\.0  mended: running what the files say$")
        assert peers("doctor").code == 0
        edit(folder, "plain/routes.py", "from peers_runtime", "raise ValueError('no')\nfrom peers_runtime")
        dev.expect(rf"{TIME}plain 1\.0\.0  failed to load$")
        dev.expect(r"^ --> plain-project/plain/routes\.py:2$")
        edit(folder, "plain/routes.py", "raise ValueError('no')", "fine = 1")
        dev.expect(rf"{TIME}plain 1\.0\.0  routes\.py \+1  mended: {TOOK}$")
        edit(folder, SCREEN, "plain", "plainer")
        dev.expect(r"\d  active in")


def test_a_project_that_was_broken_before_is_watched(home: Path, project: Project) -> None:
    folder = project({SCREEN: "def render(:\n"})
    with piped("--home", home, "dev", folder) as dev:
        dev.expect(rf"{TIME}plain  not active in personal  watching ")
        dev.expect(r"^error\[P0601\]")
        dev.expect(r"^ --> .*/screen\.py:1$")
        assert "still running" not in dev.text
        edit(folder, SCREEN, "(:", "(props, ctx):\n    return 1")
        dev.expect(rf"{TIME}plain 1\.0\.0  mended: active in ")


def test_saving_the_same_bytes_says_nothing_unless_asked(home: Path, project: Project) -> None:
    folder = project()
    with piped("--home", home, "dev", folder, "-v") as dev:
        dev.expect("watching")
        edit(folder, SCREEN, "plain", "plain")
        dev.expect(rf"{TIME}plain 1\.0\.0  unchanged: running what the files say$")
    with piped("--home", home, "dev", folder) as dev:
        dev.expect("watching")
        with piped("--home", home, "dev", folder, "-v") as other:
            other.expect("watching")
            edit(folder, SCREEN, "plain", "plain")
            other.expect("unchanged")  # by now both have seen it
        edit(folder, SCREEN, "plain", "plainer")
        dev.expect("active in")
        assert "unchanged" not in dev.text


def test_a_file_that_somebody_keeps_open_is_named(home: Path, project: Project) -> None:
    folder = project()
    with piped("--home", home, "dev", folder.name, cwd=folder.parent) as dev:
        dev.expect("watching")
        with open(folder / SCREEN, "a", encoding="utf-8") as writing:
            writing.write("x = 1\n")
            writing.flush()
            dev.expect(rf"{TIME}plain 1\.0\.0  a change waits: plain-project/{SCREEN} is open for writing$")
        dev.expect(rf"screen\.py \+1  {TOOK}")


def test_files_can_be_looked_at_instead(home: Path, project: Project) -> None:
    folder = project()
    with piped("--home", home, "dev", "--poll", folder) as dev:
        dev.expect("active in personal  looking again and again at ")
        edit(folder, SCREEN, "plain", "plainer")
        dev.expect(rf"screen\.py \+1 -1  {TOOK}")


def test_several_projects_are_watched_each_once(home: Path, project: Project, tmp_path: Path) -> None:
    folder = project()
    shutil.copytree(SAMPLES / "themes", tmp_path / "themes")
    (tmp_path / "link").symlink_to(folder)
    with piped("--home", home, "dev", folder, tmp_path / "themes", tmp_path / "link", folder) as dev:
        dev.expect("plain 1.0.0  active in personal")
        dev.expect("themes 1.0.0  active in personal")
        edit(folder, SCREEN, "plain", "plainer")
        dev.expect(rf"plain 1\.0\.0  screen\.py \+1 -1  {TOOK}")
        edit(tmp_path / "themes", "pyproject.toml", "1.0.0", "1.0.1")
        dev.expect(rf"themes 1\.0\.1  pyproject\.toml  {TOOK}")
        dev.process.send_signal(signal.SIGTERM)
        assert dev.rest() == "\n"
    assert dev.text.count("watching") == 2


def test_another_package_of_the_same_name_is_an_error_of_its_own(home: Path, project: Project) -> None:
    folder = project()
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    for path in ("plain/package.py", "plain/routes.py", "plain/uis.py"):
        text = (other / path).read_text(encoding="utf-8")
        (other / path).write_text(text.replace("890q0", "890q1"), encoding="utf-8")
    with piped("--home", home, "dev", folder, other) as dev:
        dev.expect("plain 1.0.0  active in personal")
        dev.expect(r"plain  not active in personal  watching .*/other$")
        dev.expect(r"^error\[P0402\]: the import name 'plain' belongs to another package")
        edit(folder, SCREEN, "plain", "plainer")
        dev.expect(TOOK)


def test_of_two_projects_of_one_package_the_last_one_that_is_saved_runs(home: Path, tmp_path: Path) -> None:
    for name in ("notes-1", "notes-2"):
        shutil.copytree(SAMPLES / name, tmp_path / name)
    with piped("--home", home, "dev", "notes-1", "notes-2", cwd=tmp_path, err=tmp_path / "err") as dev:
        dev.expect("notes 1.0.0  active in personal  watching notes-1")
        dev.expect("notes 2.0.0  active in personal  watching notes-2")
        edit(tmp_path / "notes-1", "notes/__init__.py", "Short notes", "Notes")
        dev.expect("notes 1.0.0  active in")
    assert (tmp_path / "err").read_text() == (
        f"note: notes is in {tmp_path}/notes-1 and in {tmp_path}/notes-2; the one that is saved last runs\n"
    )


def test_what_a_package_prints_lands_on_stderr(home: Path, project: Project, tmp_path: Path) -> None:
    folder = project({"plain/__init__.py": 'print("imported")\n'})
    with piped("--home", home, "dev", folder, err=tmp_path / "err") as dev:
        dev.expect("watching")
        edit(folder, "plain/__init__.py", '"imported"', '"imported again"')
        dev.expect("active in")
        assert "imported" not in dev.text
        assert (tmp_path / "err").read_text().splitlines()[-1] == "imported again"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("{empty}",), 2, "P0101"),
        (("{empty}/nowhere",), 2, "P0101"),
        (("x" * 5000,), 2, "P0101"),
        (("{project}", "{empty}"), 2, "P0101"),
        (("{project}", "-c", "acne"), 2, "P0403"),
        (("{project}", "--nope"), 2, "P0901"),
    ],
)
def test_wrong_words_are_refused(
    peers: Callable[..., Ran], project: Project, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    peers("contexts", "create", "acme")
    given = [word.format(empty=tmp_path / "empty", project=project()) for word in words[:1]]
    given += [word.format(empty=tmp_path / "empty") for word in words[1:]]
    ran = peers("dev", *given)
    assert ran.code == code
    assert f"error[{said}]" in ran.err
    assert "Traceback" not in ran.err
    lines = peers("dev", "--json", *given).out
    assert json.loads(lines if said == "P0901" else lines.splitlines()[-1])["error"]["code"] == said


def test_an_unknown_context_comes_with_the_one_that_was_meant(
    peers: Callable[..., Ran], project: Project
) -> None:
    peers("contexts", "create", "acme")
    folder = project()
    assert f"= help: peers --home {folder.parent}/home dev {folder} -c acme\n" in (
        peers("dev", folder, "-c", "acne").err
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_nothing_behind(
    home: Path, project: Project, peers: Callable[..., Ran], tmp_path: Path, number: signal.Signals
) -> None:
    folder = project()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with piped("--home", home, "dev", folder, err=tmp_path / "err", TMPDIR=str(scratch)) as dev:
        dev.expect("watching")
        edit(folder, SCREEN, "return", "return (")
        dev.expect("still running")
        dev.process.send_signal(number)
        dev.rest()
        assert dev.code() == 128 + number
    assert (tmp_path / "err").read_text() == ""
    assert list(scratch.iterdir()) == []
    assert peers("doctor").code == 0
    assert not list(folder.rglob("__pycache__"))


def test_it_ends_when_nobody_reads_it_any_more(home: Path, project: Project, tmp_path: Path) -> None:
    with piped("--home", home, "dev", project(), err=tmp_path / "err") as dev:
        dev.expect("watching")
        assert dev.process.stdout is not None
        dev.process.stdout.close()
        assert dev.code() == 1
    assert (tmp_path / "err").read_text() == ""


def test_code_that_does_not_return_does_not_keep_it(home: Path, project: Project, tmp_path: Path) -> None:
    folder = project()
    with piped("--home", home, "dev", folder) as dev:
        dev.expect("watching")
        endless = f"open({str(tmp_path / 'began')!r}, 'w')\nwhile True: pass"
        os.mkfifo(tmp_path / "began")
        edit(folder, "plain/routes.py", "from peers_runtime", f"{endless}\nfrom peers_runtime")
        (tmp_path / "began").read_bytes()
        dev.process.send_signal(signal.SIGINT)
        dev.expect("^waiting for a package's code to return; Ctrl-C ends at once$")
        dev.process.send_signal(signal.SIGINT)
        assert dev.code() == 130
    with piped("--home", home, "dev", folder) as dev:  # in the first attempt already
        (tmp_path / "began").read_bytes()
        dev.process.send_signal(signal.SIGINT)
        assert dev.code() == 130


def test_with_json_each_line_is_a_document(home: Path, project: Project) -> None:
    folder = project()
    with piped("--home", home, "dev", "--json", folder) as dev:
        dev.expect(r'"outcome".*\n')
        edit(folder, SCREEN, "plain", "plainer")
        dev.expect(r'"outcome".*\n')
        edit(folder, SCREEN, "return", "return (")
        dev.expect(r'"outcome".*\n')
        edit(folder, SCREEN, "return (", "return")
        dev.expect(r'"outcome".*\n')
        with open(folder / SCREEN, "a", encoding="utf-8") as writing:
            writing.write("x = 1\n")
            writing.flush()
            dev.expect(r"is open for writing.*\n")
        dev.expect(r'"outcome".*\n')
        dev.process.send_signal(signal.SIGTERM)
        dev.rest()
    documents = [json.loads(line) for line in dev.text.splitlines()]
    assert {(one["version"], one["command"], one["data"]["project"]) for one in documents} == {
        (1, "dev", str(folder))
    }
    assert [one["event"] for one in documents] == [
        *("watching", "reload", "reload", "reload", "reload", "waiting", "reload")
    ]
    told = [one["data"] for one in documents if one["event"] == "reload"]
    assert [one["outcome"] for one in told] == ["active", "active", "failed", "unchanged", "active"]
    assert told[1]["files"] == [{"path": SCREEN, "added": 1, "removed": 1}]
    assert told[1]["took"]["totalS"] > 0
    assert told[2]["fault"]["path"] == str(folder / SCREEN)
    assert (told[2]["fault"]["line"], told[2]["fault"]["still"]) == (3, "plain 1.0.0")
