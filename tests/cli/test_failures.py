"""Errors on the command line: what, where, why and what next, and the exit code of their family."""

from __future__ import annotations

import itertools
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.cli import failures, suggestions
from tests.cli.running import ROOT, SAMPLES, Ran, run_peers

Peers = Callable[..., Ran]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.UINotContributed, 1),
        (errors.HomeNotWritable, 1),
        (errors.PeersError, 1),
        (errors.UnknownContext, 2),
        (errors.RoleTooLow, 3),
        (errors.NameTaken, 4),
    ],
)
def test_the_exit_code_says_whose_move_it_is(kind: type[errors.PeersError], code: int) -> None:
    assert failures.exit_code(kind("no")) == code


def test_an_error_says_what_where_why_and_what_next(tmp_path: Path) -> None:
    source = tmp_path / "routes.py"
    source.write_text("routes = [\n    Route(path='x'),\n]\n", encoding="utf-8")
    error = errors.UINotContributed("nobody contributes x", hint="peers id", where=f"{source}:2")
    error.__cause__ = KeyError("x")
    assert click.unstyle(failures.text(error)).splitlines() == [
        "error[P0203]: nobody contributes x",
        f" --> {source}:2",
        "  |",
        "2 |     Route(path='x'),",
        "  |",
        "  = note: caused by KeyError: 'x'",
        "  = note: A package's author has something to mend.",
        "  = help: peers id",
    ]


def test_an_error_without_a_hint_points_to_its_explanation() -> None:
    assert "= help: peers explain P0801" in click.unstyle(failures.text(errors.HomeTooNew("newer")))


def test_the_place_of_an_error_of_the_packages_own_is_where_it_was_raised(
    peers: Peers, project: Callable[..., Path]
) -> None:
    broken = project({"plain/package.py": "import json\n\njson.loads('{')\n"})
    ran = peers("install", broken, "-c", "acme")
    assert ran.code == 1
    assert "error[P0107]" in ran.err
    assert "package.py:3" in ran.err
    assert "json.loads('{')" in ran.err
    assert "JSONDecodeError" in ran.err


def test_code_that_does_not_compile_is_shown_with_its_line(
    peers: Peers, project: Callable[..., Path]
) -> None:
    broken = project({"plain/screen.py": "def render(props, ctx):\n    return (\n"})
    ran = peers("install", broken, "-c", "acme")
    assert ran.code == 1
    assert "error[P0601]" in ran.err
    assert "screen.py:2" in ran.err
    assert "2 |     return (" in ran.err
    assert "caused by SyntaxError" not in ran.err  # which says the same


@pytest.mark.parametrize(
    ("words", "next_command"),
    [
        (("list", "-c", "acne"), "peers --home HOME list -c acme"),
        (("show", "note", "-c", "acme"), "peers --home HOME show notes -c acme"),
        (("activate", "notes", "1.0.1", "-c", "acme"), "peers --home HOME activate notes 1.0.0 -c acme"),
        (("tools", "run", "ad_note", "-c", "acme"), "peers --home HOME tools run add_note -c acme"),
        (("lst", "-c", "acme"), "peers --home HOME list -c acme"),
    ],
)
def test_a_name_that_is_nearly_right_is_answered_with_the_command_that_was_meant(
    peers_here: Peers, home: Path, words: tuple[str, ...], next_command: str
) -> None:
    ran = peers_here("--home", home, *words)
    assert ran.code == 2
    assert next_command.replace("HOME", str(home)) in ran.err


def test_a_context_from_the_environment_is_put_right_too(peers: Peers) -> None:
    assert "list -c globex" in peers("list", env={"PEERS_CONTEXT": "globexx"}).err


def test_a_context_unlike_any_other_can_be_created(peers: Peers) -> None:
    assert "contexts create umbrella --kind group" in peers("list", "-c", "umbrella").err


@pytest.mark.parametrize("impossible", ["../etc", "a b", "-", "x" * 65])
def test_a_context_that_cannot_be_is_not_to_be_created(
    peers_here: Peers, home: Path, impossible: str
) -> None:
    for words in (("list",), ("routes", "list"), ("members",)):
        ran = peers_here("--home", home, *words, f"--context={impossible}", "--json")
        assert (ran.code, ran.error["code"]) == (2, "P0403")
        assert ran.error["hint"] == f"peers --home {home} contexts list"


def test_the_next_command_is_about_the_same_home_and_catalog(tmp_path: Path) -> None:
    home, catalog, blobs = (tmp_path / name for name in ("my home", "team.sqlite", "blobs"))
    blobs.mkdir()
    where = ("--home", home, "--catalog", catalog, "--blobs", blobs)
    options = f"--home '{home}' --catalog {catalog} --blobs {blobs}"
    assert run_peers(*where, "contexts", "create", "acme").code == 0
    ran = run_peers("list", "-c", "umbrella", *where, "--json")
    assert ran.error["hint"] == f"peers {options} contexts create umbrella --kind group"
    assert f"  = help: peers {options} list -c acme\n" in run_peers(*where, "show", "x", "-c", "acme").err
    environment = {"PEERS_HOME": str(home), "PEERS_CATALOG": str(catalog)}
    ran = run_peers("list", "-c", "umbrella", "--json", env=environment)
    assert ran.error["hint"] == "peers contexts create umbrella --kind group"


@pytest.mark.parametrize(
    ("hint", "completed"),
    [
        ("peers list -c acme", "peers --home H list -c acme"),
        (
            "see peers doctor; or: peers disable notes",
            "see peers --home H doctor; or: peers --home H disable notes",
        ),
        ("start the host, or `peers dev`, again", "start the host, or `peers --home H dev`, again"),
        ("peers --actor ada members key; then on", "peers --home H --actor ada members key; then on"),
        ("peers --home H list", "peers --home H list"),
        ("peers list --home=X", "peers list --home=X"),
        ("peers list --help", "peers list --help"),
        ("make a new id with: peers id", "make a new id with: peers id"),
        ("ask your peers and friends", "ask your peers and friends"),
        ("nothing to run", "nothing to run"),
        ("", ""),
    ],
)
def test_a_hint_gets_the_options_in_each_command_that_lacks_them(hint: str, completed: str) -> None:
    commands = ("list", "doctor", "disable", "dev", "members", "id")
    assert suggestions.complete(hint, {"--home": "H"}, commands) == completed


def test_a_hint_does_not_repeat_a_password() -> None:
    options = {"--catalog": "postgresql+psycopg://ada:secret@server/peers"}
    completed = suggestions.complete("peers list", options, ["list"])
    assert completed == "peers --catalog postgresql+psycopg://ada:…@server/peers list"


def test_what_is_to_mend_is_mended_in_the_same_home(peers: Peers, home: Path) -> None:
    with Runtime.open(home, facades=False) as runtime:
        runtime.services.report("P0703", "it was changed", hint="peers versions notes --history")
    ran = peers("doctor")
    assert f"  = help: peers --home {home} versions notes --history\n" in ran.out


def test_an_error_as_json_is_one_document_on_stdout(peers: Peers) -> None:
    ran = peers("show", "note", "-c", "acme", "--json")
    assert ran.code == 2
    assert ran.err == ""
    assert set(ran.document) == {"version", "error"}
    assert set(ran.error) == {"code", "message", "hint", "facts"}
    assert ran.error["code"] == "P0404"


@pytest.mark.parametrize(
    "words",
    [
        ("unknown-command",),
        ("list", "--no-such-option"),
        ("show",),
        ("tools", "run", "add_note", "not json"),
        ("tools", "run", "add_note", "[1]"),
        ("contexts", "create", "x", "--kind", "herd"),
        ("explain", "P9999"),
        ("demo", "--release", "--dev"),
    ],
)
def test_a_command_line_that_cannot_be_read_exits_with_2(
    peers_here: Peers, home: Path, words: tuple[str, ...]
) -> None:
    ran = peers_here("--home", home, *words, "--json")
    assert ran.code == 2
    assert ran.error["code"] == "P0901"


def test_without_any_words_the_help_is_shown_and_the_exit_code_is_2() -> None:
    ran = run_peers()
    assert ran.code == 2
    assert "Commands:" in ran.err


def test_an_actor_without_a_role_is_refused_with_3(peers: Peers) -> None:
    ran = peers("install", SAMPLES / "themes", "-c", "acme", "--actor", "mallory", "--json")
    assert ran.code == 3
    assert ran.error["code"] == "P0406"
    assert "themes" not in [one["name"] for one in peers("list", "-c", "acme", "--json").data]


def test_a_context_that_exists_is_a_conflict_with_4(peers: Peers) -> None:
    ran = peers("contexts", "create", "acme", "--json")
    assert ran.code == 4
    assert ran.error["code"] == "P0407"


def test_the_tools_own_error_exits_with_1_and_wrong_arguments_with_2(
    peers: Peers, project: Callable[..., Path]
) -> None:
    tool = project(
        {
            "plain/package.py": """
from peers_runtime import define_package, tool
from pydantic import BaseModel

class Nothing(BaseModel):
    pass

@tool(tool_id="0mwqffjy66ljt95on2890q009", usage="Fails")
def fail(args: Nothing, ctx) -> Nothing:
    raise OSError("the printer is on fire")

@define_package
def package(pkg):
    pkg.package_id = "0mwqffjy66ljt95on2890q001"
    pkg.contract("0mwqffjy66ljt95on2890q010", 1, "Plain").tools = [fail]
"""
        }
    )
    assert peers("install", tool, "-c", "acme").code == 0
    failed = peers("tools", "run", "fail", "-c", "acme")
    assert failed.code == 1
    assert "error[P0505]" in failed.err
    assert "OSError: the printer is on fire" in failed.err
    wrong = peers("tools", "run", "fail", '{"paper": 1}', "-c", "acme", "--json")
    assert wrong.code == 2
    assert wrong.error["code"] == "P0503"


def test_verbose_adds_the_traceback(peers: Peers) -> None:
    assert "Traceback" not in peers("show", "note", "-c", "acme").err
    assert "Traceback" in peers("show", "note", "-c", "acme", "-v").err


def test_a_reader_that_goes_away_ends_the_command_quietly(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(
        [sys.executable, "-m", "peers_runtime.cli.main", "--home", home, "explain"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        check=False,
    )
    os.close(writing)
    assert (run.returncode, run.stderr) == (1, b"")


def test_every_family_of_errors_has_an_exit_code() -> None:
    codes = {family: failures.exit_code(family("no")) for family in errors.PeersError.__subclasses__()}
    refused_or_conflict = itertools.compress(codes, (code in (3, 4) for code in codes.values()))
    assert set(refused_or_conflict) == {errors.Refused, errors.Conflict}


@pytest.mark.parametrize(
    ("given", "said", "hint"),
    [
        (("promot", "notes"), "peers has no command 'promot'", "promote notes"),
        (("xyzzy",), "peers has no command 'xyzzy'", "peers --help"),
        (("members", "add", "bob"), "peers members has no command 'add'", "peers members --help"),
        (("publish", "x"), "peers has no command 'publish'", "peers --help"),
        (
            ("remove", "x"),
            "peers has no command 'remove'",
            "remove is called uninstall here: peers --home HOME u",
        ),
        (("init", "x"), "peers has no command 'init'", "init is called new here: peers --home HOME new x"),
        (("enable", "x"), "peers has no command 'enable'", "peers --home HOME activate NAME VERSION"),
        (("run", "x"), "peers has no command 'run'", "peers --home HOME tools run NAME"),
        (("upgrade", "x"), "peers has no command 'upgrade'", "peers --home HOME deps update"),
    ],
)
def test_an_unknown_command_names_its_group_and_the_next_command(
    peers_here: Peers, tmp_path: Path, given: tuple[str, ...], said: str, hint: str
) -> None:
    ran = peers_here("--home", tmp_path, *given, "--json")
    assert (ran.code, ran.error["code"]) == (2, "P0901")
    assert ran.error["message"] == said
    assert hint.replace("HOME", str(tmp_path)) in ran.error["hint"]


@pytest.mark.parametrize("given", ["run", "enable", "remove", "publish", "runs", "move"])
def test_another_word_is_not_taken_for_a_slip(peers_here: Peers, given: str) -> None:
    hint = peers_here(given, "x", "--json").error["hint"]
    assert not re.search(r"peers (prune|tables|resolve|publish-key|doctor) x", hint)


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
@pytest.mark.parametrize("words", [("explain", "P9999"), ("check", ".", "-q"), ("xyzzy",)])
def test_an_error_has_colours_on_a_terminal_for_who_wants_them(
    environment: dict[str, str], is_coloured: bool, words: tuple[str, ...], tmp_path: Path
) -> None:
    reading, writing = pty.openpty()
    wanted = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    ran = subprocess.run(
        [sys.executable, "-m", "peers_runtime.cli.main", *words],
        stdout=writing,
        stderr=writing,
        cwd=tmp_path,
        env={**wanted, **environment, "PYTHONPATH": str(ROOT), "PEERS_HOME": str(tmp_path)},
        check=False,
        timeout=60,
    )
    os.close(writing)
    shown = os.read(reading, 100_000)
    os.close(reading)
    assert (ran.returncode, b"error[P0" in shown) == (2, True)
    assert (b"\x1b[" in shown) is is_coloured


def test_choices_that_are_missing_stand_in_the_line(peers_here: Peers) -> None:
    said = peers_here("promote", "notes@1.0.0", "--json").error["message"]
    assert "\n" not in said
    assert "Choose from: beta, stable" in said


@pytest.mark.parametrize("words", [("vars", "get"), ("workflows", "show"), ("assistants", "ask", "x")])
def test_where_there_is_none_the_next_step_is_to_have_one(
    peers_here: Peers, home: Path, words: tuple[str, ...]
) -> None:
    error = peers_here("--home", home, *words, "nothing", "--json").error
    assert "a assistant" not in error["message"]
    assert error["hint"].startswith("install or activate a package that has one")
