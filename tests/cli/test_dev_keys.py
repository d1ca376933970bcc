"""`peers dev` on a terminal: its keys, and the terminal left as it was, however it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, run_peers
from tests.cli.started import ENDED, PEERS, Started, on_terminal

LINES = "src/notes/ui/lines.py"
KEYS = r"^press  r reload  ·  o open  ·  q quit  ·  h help$"
# An editor that tells what it was asked to do, and whether keys come line by line for it.
EDITOR = """#!/bin/sh
echo "$(basename "$0") $@"
stty -a | grep -ow -e -icanon -e icanon
"""
SHELL = """
import fcntl, os, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
"""
# The least of a shell with jobs: unlike others it leaves the terminal of a stopped job as that left it.
JOBS = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if not child:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
def wait():
    status = os.waitpid(child, os.WUNTRACED)[1]
    os.tcsetpgrp(0, os.getpgrp())
    print("stopped" if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status), end=", ")
    print("lines" if termios.tcgetattr(0)[3] & termios.ICANON else "keys", flush=True)
wait()
os.tcsetpgrp(0, child)
os.kill(child, signal.SIGCONT)
wait()
"""
Dev = Callable[..., AbstractContextManager[Started]]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A project whose import package lies in `src`."""
    return Path(shutil.copytree(SAMPLES / "notes-2", tmp_path / "notes"))


@pytest.fixture
def dev(tmp_path: Path, notes: Path) -> Dev:
    """`peers dev notes` on a terminal, when it takes keys; more words may follow, and an environment."""

    @contextmanager
    def start(*words: str, **env: str) -> Generator[Started]:
        with on_terminal(
            [*PEERS, "--home", tmp_path / "home", "dev", "notes", *words], cwd=tmp_path, **env
        ) as started:
            started.expect(KEYS)
            yield started

    return start


def editor(folder: Path, name: str, more: str = "") -> str:
    path = folder / name
    path.write_text(EDITOR + more)
    path.chmod(0o755)
    return str(path)


def save(notes: Path, old: str, new: str) -> None:
    text = (notes / LINES).read_text(encoding="utf-8")
    (notes / LINES).write_text(text.replace(old, new), encoding="utf-8")


def test_r_looks_now_and_says_so_even_if_nothing_changed(dev: Dev, notes: Path) -> None:
    with dev() as started:
        started.press("r")
        started.expect(r"notes 2\.0\.0  unchanged: running what the files say$")
        save(notes, "return", "return (")
        started.expect("does not compile")
        started.expect("= help: ")
        started.press("R")
        started.expect("does not compile")


def test_h_and_a_question_mark_tell_the_keys_and_others_do_nothing(dev: Dev) -> None:
    with dev() as started:
        for key in "h?":
            started.press(key)
            started.expect(r"^  o  open the file of the error, .*\$VISUAL or \$EDITOR$")
        before = len(started.text)
        started.press("xyz\x1bOq\x1b[A")
        started.press("r")
        started.expect("unchanged")
        assert "xyz" not in started.text[before:]


def test_colours_are_for_terminals_that_want_them(dev: Dev) -> None:
    with dev() as started:
        assert "\x1b[36m\x1b[1mnotes 2.0.0" in started.text
    with dev(NO_COLOR="1") as started:
        assert "\x1b" not in started.text


def test_o_opens_what_changed_last_and_the_line_of_an_error(dev: Dev, notes: Path, tmp_path: Path) -> None:
    with dev(EDITOR=editor(tmp_path, "vim")) as started:
        started.press("o")
        started.expect("nothing to open  there is no error, and no file has changed yet")
        save(notes, "#{", "~{")
        started.expect("active in")
        started.press("o")
        started.expect(rf"^vim {notes}/{LINES}\nicanon$")
        save(notes, "return", "return (")
        started.expect("= help: ")
        started.press("o")
        started.expect(rf"^vim \+6 {notes}/{LINES}\nicanon$")
        started.press("q")  # one by one again
        assert started.expect(ENDED)[1] == "0"


def test_visual_goes_before_editor_and_may_hold_options(dev: Dev, notes: Path, tmp_path: Path) -> None:
    (tmp_path / "with space").mkdir()
    code = editor(tmp_path / "with space", "code")
    with dev(VISUAL=f"'{code}' --wait", EDITOR="nope") as started:
        save(notes, "return", "return (")
        started.expect("= help: ")
        started.press("o")
        started.expect(rf"^code --wait -g {notes}/{LINES}:6$")


def test_without_an_editor_that_works_the_key_says_so(dev: Dev, notes: Path, tmp_path: Path) -> None:
    for env, said in (
        ({}, r"no editor  set VISUAL or EDITOR to your editor"),
        ({"EDITOR": "/nowhere/vim"}, r"/nowhere/vim  could not be started: No such file or directory$"),
        ({"EDITOR": editor(tmp_path, "ed", "exit 3")}, r"/ed  ended with exit code 3$"),
    ):
        with dev(**env) as started:
            save(notes, "return", "return ")
            started.expect("active in .* m?s")
            started.press("o")
            started.expect(said)


def test_ctrl_c_is_the_editors_while_it_is_in_front(dev: Dev, notes: Path, tmp_path: Path) -> None:
    waits = 'trap "echo interrupted; exit 0" INT\necho ready\nread line\n'
    with dev(EDITOR=editor(tmp_path, "vim", waits)) as started:
        save(notes, "#{", "~{")
        started.expect("active in")
        started.press("o")
        started.expect("^ready$")
        save(notes, "~{", "#{")
        started.press("\x03")
        started.expect("interrupted$")
        started.expect("active in")  # nothing is shown over the editor
        started.press("o")
        started.expect("^ready$")
        os.kill(int(re.search(r"pid (\d+)", started.text)[1]), signal.SIGTERM)
        assert started.expect(ENDED)[1] == "143"


@pytest.mark.parametrize(("keys", "code"), [("q", "0"), ("\x04", "0"), ("\x03", "130")])
def test_a_key_ends_it_and_leaves_the_terminal_as_it_was(dev: Dev, keys: str, code: str) -> None:
    with dev() as started:
        started.press(keys)
        assert started.expect(ENDED)[1] == code


def test_sigterm_leaves_the_terminal_as_it_was(dev: Dev) -> None:
    with dev() as started:
        os.kill(int(re.search(r"pid (\d+)", started.text)[1]), signal.SIGTERM)
        assert started.expect(ENDED)[1] == "143"


def test_an_unforeseen_error_leaves_the_terminal_as_it_was(tmp_path: Path, notes: Path) -> None:
    fails = (
        "import sys; from peers_runtime.cli import main; from peers_runtime.cli.dev import session\n"
        "def fail(*_): raise RuntimeError('out of the blue')\n"
        "session.Session.reload = fail; sys.exit(main.main())"
    )
    words = [PEERS[0], "-c", fails, "--home", tmp_path / "home", "dev", notes]
    with on_terminal(words) as started:
        started.expect(KEYS)
        started.press("r")
        started.expect("RuntimeError: out of the blue")
        assert started.expect(ENDED)[1] == "1"


def test_no_input_takes_no_keys(tmp_path: Path, notes: Path) -> None:
    with on_terminal(
        [*PEERS, "--home", tmp_path / "home", "dev", "--no-input", notes], cwd=tmp_path
    ) as started:
        started.expect("watching notes$")
        save(notes, "#{", "~{")
        started.expect("active in .* ms")
        assert "press" not in started.text
        started.press("\x03")
        assert started.expect(ENDED)[1] == "130"


def test_ctrl_z_leaves_the_terminal_as_it_was_until_it_goes_on(tmp_path: Path, notes: Path) -> None:
    words = [*PEERS, "--home", tmp_path / "home", "dev", notes]
    with on_terminal(words, login=JOBS) as started:
        started.expect(KEYS)
        started.press("\x1a")
        started.expect("^stopped, lines$")
        started.press("r")
        started.expect("unchanged")
        started.press("q")
        started.expect("^0, lines$")


def test_ctrl_z_gives_the_terminal_to_the_shell_until_fg(tmp_path: Path, notes: Path) -> None:
    with on_terminal([], cwd=tmp_path, login=SHELL, PS1="> ") as shell:
        shell.press(f"{PEERS[0]} -m peers_runtime.cli.main --home home dev notes\n")
        shell.expect(KEYS)
        shell.press("\x1a")
        shell.expect("Stopped")
        shell.press("stty -a | grep -ow -e -icanon -e icanon\n")
        shell.expect("^(?:> )?icanon$")  # the shell may have typed the command before it prompts
        save(notes, "#{", "~{")
        shell.press("fg\n")
        shell.expect("active in")
        shell.press("r")
        shell.expect("unchanged")
        shell.press("q")
        shell.expect("^> $")
        shell.press("echo code $?\n")
        shell.expect("^code 0$")


def test_in_the_background_it_leaves_the_keys_to_the_shell(tmp_path: Path, notes: Path) -> None:
    with on_terminal([], cwd=tmp_path, login=SHELL, PS1="> ") as shell:
        shell.press(f"{PEERS[0]} -m peers_runtime.cli.main --home home dev notes &\n")
        shell.expect("watching notes$")
        shell.press("echo $((20+3))\n")
        shell.expect("^23$")
        save(notes, "#{", "~{")
        shell.expect("active in")
        shell.press("jobs\n")
        shell.expect("Running")
        shell.press("fg\n")
        shell.expect("home dev notes$")
        shell.press("r")
        shell.expect("unchanged")
        shell.press("\x03")
        shell.expect("^> $")
        shell.press("echo code $?\n")
        shell.expect("^code 130$")


def test_the_next_host_runs_what_was_active_at_the_end(dev: Dev, notes: Path, tmp_path: Path) -> None:
    with dev() as started:
        save(notes, "#{", "~{")
        started.expect("active in")
        started.press("q")
        started.expect(ENDED)
    home = tmp_path / "home"
    run_peers("--home", home, "tools", "run", "add_note", '{"title": "x", "tags": ["y"]}')
    assert [one["active"]["version"] for one in run_peers("--home", home, "list", "--json").data] == ["2.0.0"]
