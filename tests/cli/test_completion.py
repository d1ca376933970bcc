"""Completion: a script for each shell, and what it is answered with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, run_peers
from tests.cli.test_start import loaded_by

LOADED = """
import json, sys
from peers_runtime.cli.main import main
code = main([])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def asked(words: str, at: int) -> list[str]:
    env = {"_PEERS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
    ran = run_peers(env=env)
    assert (ran.code, ran.err) == (0, "")
    return [line.partition(",")[2] for line in ran.out.splitlines() if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_peers(shell: str, tmp_path: Path) -> None:
    ran = run_peers("--home", tmp_path / "home", "completion", shell)
    assert ran.code == 0
    assert f"_PEERS_COMPLETE={shell}_complete" in ran.out
    assert not (tmp_path / "home").exists()


def test_bash_takes_its_script() -> None:
    script = run_peers("completion", "bash").out
    ran = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, check=False, timeout=30
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_real_bash_completes_by_its_script(prepared_home: Path) -> None:
    for words, found in (
        ("peers comp", ["component", "completion"]),
        ("peers contracts pro", ["provider"]),
        (f"peers --home {prepared_home} -c acme versions n", ["notes"]),
    ):
        press_tab = f"""
            COMP_WORDS=({words})
            COMP_CWORD={len(words.split()) - 1}
            _peers_completion {Path(sys.executable).parent / "peers"}
            printf '%s\n' "${{COMPREPLY[@]}}"
            """
        ran = subprocess.run(
            ["bash", "--norc", "-c", run_peers("completion", "bash").out + press_tab],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (ran.stdout.split(), ran.stderr) == (found, "")


def test_another_shell_is_refused_with_those_that_there_are() -> None:
    error = run_peers("completion", "tcsh", "--json").error
    assert "'bash', 'zsh', 'fish'" in error["message"]


def test_commands_options_and_choices_are_completed() -> None:
    assert asked("peers comp", 1) == ["component", "completion"]
    assert asked("peers contracts pro", 2) == ["provider"]
    assert "--format" in asked("peers check --fo", 2)
    assert asked("peers check --format sa", 3) == ["sarif"]


WORDS = {
    "peers versions n": ["notes"],
    "peers show notes@": ["notes@1.0.0"],
    "peers promote notes ": ["1.0.0"],
    "peers yank notes ": ["1.0.0"],
    "peers disable c": ["charts"],
    "peers list -c gl": ["globex"],
    "peers explain P02": [f"P020{number}" for number in range(1, 9)],
    "peers tools run add": ["add_note"],
    "peers tables show N": ["Notes"],
    "peers versions n -c nowhere x": [],
}


@pytest.mark.parametrize("words", WORDS)
def test_names_of_the_home_are_completed(words: str, prepared_home: Path) -> None:
    where = f"peers --home {prepared_home} -c acme "
    found = asked(words.replace("peers ", where, 1), len(words.split(" ")) + 3)
    assert found[:8] == WORDS[words]


def test_variables_are_completed(home: Path) -> None:
    assert run_peers("--home", home, "install", SAMPLES / "timer", "-c", "acme").code == 0
    assert asked(f"peers --home {home} -c acme vars set dec", 7) == ["decimals"]


def test_where_there_is_no_home_nothing_is_offered_and_none_is_made(tmp_path: Path) -> None:
    assert asked(f"peers --home {tmp_path / 'none'} versions ", 4) == []
    env = {
        "_PEERS_COMPLETE": "bash_complete",
        "COMP_WORDS": "peers versions ",
        "COMP_CWORD": "2",
        "HOME": str(tmp_path),
    }
    ran = run_peers(env=env)
    assert (ran.code, ran.out.strip(), ran.err) == (0, "", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "kind"),
    [("check ", "dir"), ("dev ", "dir"), ("install ", "file"), ("pack ", "file"), ("list --home ", "dir")],
)
def test_paths_are_left_to_the_shell(words: str, kind: str) -> None:
    env = {
        "_PEERS_COMPLETE": "bash_complete",
        "COMP_WORDS": f"peers {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    assert run_peers(env=env).out == f"{kind},\n"


def test_completing_a_command_imports_none() -> None:
    env = {"_PEERS_COMPLETE": "bash_complete", "COMP_WORDS": "peers c", "COMP_CWORD": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    assert "plain,check" in ran.stdout.splitlines()
    assert '"peers_runtime.cli.commands' not in ran.stderr
    assert ran.stderr.startswith("[0, ")


@pytest.mark.parametrize("words", [("new", "--help"), ("completion", "bash"), ("new", "1st")])
def test_commands_that_need_no_home_do_not_import_what_opens_one(words: tuple[str, ...]) -> None:
    assert not {"sqlalchemy", "peers_runtime.host.runtime", "rich"} & loaded_by(*words)
