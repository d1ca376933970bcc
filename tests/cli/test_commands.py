"""Each command: what it prints as text and as JSON, and that the global options stand anywhere."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import click
import pytest

from peers_runtime import Runtime
from peers_runtime.cli.demo import samples
from peers_runtime.cli.main import peers as peers_group
from tests import world
from tests.cli.running import ROOT, SAMPLES, Ran, run_peers

Peers = Callable[..., Ran]

NOTES = "0mwqffjy66ljt95on2890qzle"


def test_a_folder_is_installed_and_active_at_once(peers: Peers) -> None:
    version = peers("install", SAMPLES / "themes", "-c", "acme", "--json").data
    assert (version["name"], version["version"], version["versionTag"]) == ("themes", "1.0.0", "dev")
    listed = {one["name"]: one["active"]["version"] for one in peers("list", "-c", "acme", "--json").data}
    assert listed == {"charts": "1.0.0", "notes": "1.0.0", "themes": "1.0.0"}


def test_no_activate_only_stores_a_version(peers: Peers) -> None:
    peers("install", SAMPLES / "themes", "-c", "acme", "--no-activate")
    (themes,) = [one for one in peers("list", "-c", "acme", "--json").data if one["name"] == "themes"]
    assert themes["active"] is None
    assert peers("activate", "themes", "1.0.0", "-c", "acme").code == 0
    (themes,) = [one for one in peers("list", "-c", "acme", "--json").data if one["name"] == "themes"]
    assert themes["active"]["version"] == "1.0.0"


def test_installing_the_same_again_creates_nothing_new(peers: Peers) -> None:
    before = peers("versions", "notes", "-c", "acme", "--json").data
    assert peers("install", SAMPLES / "notes-1", "-c", "acme").code == 0
    assert peers("versions", "notes", "-c", "acme", "--json").data == before


def test_list_as_text_is_aligned_and_says_what_is_active(peers: Peers) -> None:
    ran = peers("list", "-c", "acme")
    header, charts, notes = ran.out.splitlines()
    assert header.split() == ["NAME", "ACTIVE", "TAG", "STATE", "DESCRIPTION"]
    assert charts.split()[:4] == ["charts", "1.0.0", "dev", "on"]
    assert notes.index("1.0.0") == charts.index("1.0.0") == header.index("ACTIVE")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """notes 2.0.0 as a wheel."""
    built = samples.wheel(SAMPLES / "notes-2", tmp_path_factory.mktemp("dist"))
    assert built is not None
    return built


def test_a_wheel_and_its_folder_are_one_snapshot(peers: Peers, wheel: Path) -> None:
    (from_folder,) = peers("versions", "notes", "-c", "globex", "--json").data
    from_wheel = peers("install", wheel, "--json").data
    assert from_wheel["snapshotDigest"] == from_folder["snapshotDigest"]


def test_what_this_environment_holds_is_listed_and_can_be_installed(
    peers: Peers, wheel: Path, tmp_path: Path
) -> None:
    ZipFile(wheel).extractall(tmp_path / "site")  # what installing a wheel is
    environment = {"PYTHONPATH": str(tmp_path / "site")}
    (notes,) = [
        one for one in peers("list", "--available", "--json", env=environment).data if one["name"] == "notes"
    ]
    assert notes == {
        "name": "notes",
        "version": "2.0.0",
        "distribution": "notes",
        "source": "entry-point:notes",
    }
    assert peers("install", notes["source"], "--json", env=environment).data["version"] == "2.0.0"
    assert peers("show", "notes", "--json").data["manifest"]["version"] == "2.0.0"


def test_show_says_what_is_contributed_and_why_it_is_active(peers: Peers) -> None:
    shown = peers("show", "notes", "-c", "globex", "--json").data
    assert shown["package"]["packageId"] == NOTES
    assert "2.0.0" in shown["reason"]
    assert [route["path"] for route in shown["manifest"]["definition"]["routes"]][:2] == [
        "notes",
        "notes/:note_id",
    ]
    text = peers("show", NOTES, "-c", "globex").out
    for part in ("notes 2.0.0", "notes/search", "add_note", "theme_colors", shown["reason"]):
        assert part in text


def test_versions_marks_the_active_one(peers: Peers) -> None:
    (version,) = peers("versions", "notes", "-c", "acme", "--json").data
    assert version["active"] is True
    assert version["contextId"] == "acme"


def test_a_package_that_is_switched_off_has_no_routes_until_it_is_activated_again(peers: Peers) -> None:
    (off, stops) = peers("disable", "notes", "-c", "acme", "--json").data["effects"]
    assert (off["what"], off["after"]) == ("disabled", "yes")
    assert (stops["what"], stops["before"], stops["after"]) == ("runs", "1.0.0 (dev)", "none")
    paths = {route["path"] for route in peers("routes", "-c", "acme", "--json").data}
    assert not any(path.startswith("notes") for path in paths)
    assert peers("activate", "notes", "1.0.0", "-c", "acme").code == 0
    assert "notes" in {route["path"] for route in peers("routes", "-c", "acme", "--json").data}


def test_a_package_that_was_removed_is_listed_no_more_and_elsewhere_it_stays(peers: Peers) -> None:
    told = peers("uninstall", "notes", "-c", "acme", "--dry-run", "--json").data
    assert (told["name"], told["applied"]) == ("notes", False)
    assert peers("uninstall", "notes", "-c", "acme", "--yes", "--json").data == {**told, "applied": True}
    assert "notes" not in [one["name"] for one in peers("list", "-c", "acme", "--json").data]
    assert "notes" in [one["name"] for one in peers("list", "-c", "globex", "--json").data]


@pytest.mark.parametrize("more", [(), ("--no-input",), ("--json",), ("-q",)])
def test_where_nobody_can_be_asked_nothing_is_removed_but_with_yes(
    peers: Peers, home: Path, more: tuple[str, ...]
) -> None:
    ran = peers("uninstall", "notes", "-c", "acme", *more)
    assert ran.code == 2
    assert "P0901" in ran.out + ran.err
    line = f"peers --home {home} {shlex.join(['uninstall', 'notes', '-c', 'acme', *more, '--yes'])}"
    assert line in ran.out + ran.err
    assert "notes" in [one["name"] for one in peers("list", "-c", "acme", "--json").data]
    assert peers(*shlex.split(line)[3:]).code == 0
    assert "notes" not in [one["name"] for one in peers("list", "-c", "acme", "--json").data]


@pytest.mark.parametrize(("answer", "code", "listed"), [("n", 1, True), ("y", 0, False)])
def test_on_a_terminal_one_is_asked_before_a_package_is_removed(
    peers: Peers, home: Path, answer: str, code: int, listed: bool
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    ran = subprocess.run(
        [sys.executable, "-m", "peers_runtime.cli.main", "--home", home, "uninstall", "notes", "-c", "acme"],
        stdin=theirs,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert ran.returncode == code
    assert "Remove notes from acme?" in ran.stderr
    assert ("notes" in [one["name"] for one in peers("list", "-c", "acme", "--json").data]) is listed


def test_contexts_are_listed_and_created(peers: Peers) -> None:
    made = peers("contexts", "create", "initech", "--kind", "group", "--name", "Initech", "--json")
    assert made.data == {"contextId": "initech", "kind": "group", "name": "Initech"}
    known = {context["contextId"] for context in peers("contexts", "--json").data}
    assert known == {"personal", "acme", "globex", "initech"}
    assert peers("contexts", "list", "--json").data == peers("contexts", "--json").data


@pytest.mark.parametrize(("context", "priority"), [("acme", 0), ("globex", 10)])
def test_a_path_goes_to_the_version_of_the_context(peers: Peers, context: str, priority: int) -> None:
    match = peers("routes", "match", "notes/tag-work", "-c", context, "--json").data
    assert match["parameters"] == {"note_id": "tag-work"}
    assert f"priority {priority}" in match["reason"]
    assert match["props"].get("tag") == ("work" if priority else None)


def test_explain_says_why_each_other_route_lost(peers: Peers) -> None:
    considered = peers("routes", "explain", "notes/search", "-c", "globex", "--json").data
    assert [one["path"] for one in considered if one["chosen"]] == ["notes/search"]
    reasons = {one["path"]: one["reason"] for one in considered if not one["chosen"]}
    assert "less specific" in reasons["notes"]
    text = peers("routes", "explain", "notes/search", "-c", "globex").out
    assert reasons["notes"] in text


def test_tools_are_listed_shown_and_run(peers: Peers) -> None:
    listed = {one["name"]: one for one in peers("tools", "-c", "globex", "--json").data}
    of_peers = {
        "promote-package-version",
        "set-active-package-version",
        "roll-back-package",
        "list-package-versions",
    }
    assert set(listed) == {"add_note", "list_notes"} | of_peers
    assert (listed["add_note"]["package"], listed["add_note"]["version"]) == ("notes", "2.0.0")

    shown = peers("tools", "show", "add_note", "-c", "globex", "--json").data
    assert set(shown["inputSchema"]["properties"]) == {"title", "text", "tags", "priority"}
    assert "hints" not in shown
    promoting = peers("tools", "show", "promote-package-version", "-c", "globex").out.splitlines()
    assert promoting[2] == "is said to be not read-only, not destructive, idempotent"

    words = ("tools", "run", "add_note", '{"title": "Ship it", "tags": ["work"]}', "-c", "globex")
    added = peers(*words, "--json").data
    assert (added["title"], added["tags"]) == ("Ship it", ["work"])
    assert peers("tools", "run", "notes:list_notes", "-c", "globex", "--json").data == {"notes": [added]}
    timed = peers("tools", "run", "notes:list_notes", "-c", "globex", "--timeout", "60", "--json")
    assert timed.data == {"notes": [added]}


def test_a_tools_arguments_can_come_from_stdin(peers: Peers) -> None:
    ran = peers("tools", "run", "add_note", "-", "-c", "acme", "--json", stdin='{"title": "From a pipe"}')
    assert ran.data["title"] == "From a pipe"


def test_a_tools_progress_goes_to_stderr(peers: Peers, project: Callable[..., Path]) -> None:
    slow = project(
        {
            "plain/package.py": """
from peers_runtime import define_package, tool
from pydantic import BaseModel

class Nothing(BaseModel):
    pass

@tool(tool_id="0mwqffjy66ljt95on2890q009", usage="Takes its time")
def walk(args: Nothing, ctx) -> Nothing:
    ctx.progress(1, 2, "half the way")
    return Nothing()

@define_package
def package(pkg):
    pkg.package_id = "0mwqffjy66ljt95on2890q001"
    pkg.contract("0mwqffjy66ljt95on2890q010", 1, "Plain").tools = [walk]
"""
        }
    )
    assert peers("install", slow).code == 0
    ran = peers("tools", "run", "walk", "-v")
    assert (ran.out, ran.err) == ("{}\n", "1 of 2 half the way\n")
    assert peers("tools", "run", "walk").err == ""


def test_doctor_exits_with_0_when_there_is_nothing_to_mend(peers: Peers, home: Path) -> None:
    found = peers("doctor", "--json").data
    assert found["diagnostics"] == []
    assert found["home"] == str(home)
    assert peers("doctor").out.endswith("nothing to mend\n")


def test_doctor_exits_with_1_when_there_is_something_to_mend(
    peers: Peers, project: Callable[..., Path]
) -> None:
    raising = project(
        {
            "plain/routes.py": """
from peers_runtime import Route

def fails(props, route_context):
    raise LookupError("no moon today")

routes = [Route(peers_ui_id="0mwqffjy66ljt95on2890q002", path="plain", is_match=fails)]
"""
        }
    )
    assert peers("install", raising, "-c", "acme").code == 0
    assert peers("routes", "match", "plain", "-c", "acme").code == 2
    ran = peers("doctor", "--json")
    assert ran.code == 1
    codes = {one["code"] for one in ran.document["data"]["diagnostics"]}
    assert "P0208" in codes
    assert "no moon today" in peers("doctor").out


def test_doctor_says_where_in_which_context_and_when(peers: Peers, tmp_path: Path, home: Path) -> None:
    files = {**world.screen("broken", "broken", ""), "ui.py": "def home(props, ctx):\n    return 1 / 0\n"}
    made = world.project(tmp_path / "made", name="broken", files=files)
    assert peers("install", made, "-c", "acme").code == 0
    with Runtime.open(home, facades=False) as runtime:  # another process' business
        assert runtime.context("acme").render("broken").error is not None
    (one,) = peers("doctor", "--json").document["data"]["diagnostics"]
    assert (one["code"], one["contextId"], one["line"], one["source"]) == ("P0206", "acme", 2, "return 1 / 0")
    assert Path(one["path"]).parts[-2:] == ("broken", "ui.py")
    shown = peers("doctor").out
    assert f"--> {one['path']}:2\n  |\n2 | return 1 / 0\n" in shown
    assert f"note: in acme, at {one['at'][:10]} " in shown


def test_explain_tells_what_an_error_code_means(tmp_path: Path) -> None:
    explained = run_peers("explain", "p0406", "--json").data
    assert (explained["code"], explained["name"], explained["exitCode"]) == ("P0406", "RoleTooLow", 3)
    assert (explained["area"], explained["family"]) == ("lifecycle and policy", "Refused")
    told = run_peers("explain", "RoleTooLow").out
    assert "role" in told
    assert "Refused: Policy forbids the act" in told
    assert {"P0101", "P0901", "W0603"} <= {one["code"] for one in run_peers("explain", "--json").data}


@pytest.mark.parametrize(("given", "meant"), [("P02033", "P0203"), ("RoleToLow", "RoleTooLow"), ("zzz", "")])
def test_an_unknown_code_is_answered_with_the_one_that_was_meant(given: str, meant: str) -> None:
    error = run_peers("explain", given, "--json").error
    assert error["hint"] == (f"peers explain {meant} --json" if meant else "peers explain")


def test_a_remark_is_explained_like_an_error() -> None:
    explained = run_peers("explain", "W0603", "--json").data
    assert (explained["name"], explained["family"], explained["exitCode"]) == ("NoTests", "warning", 0)


def test_each_id_is_new_and_well_formed() -> None:
    made = [run_peers("id").out.strip() for _ in range(2)]
    assert len(set(made)) == 2
    assert all(len(one) == 25 and one.isalnum() and one == one.lower() for one in made)


@pytest.mark.parametrize("first", [True, False], ids=["before the command", "after the command"])
def test_global_options_stand_before_or_after_the_command(home: Path, first: bool) -> None:
    options = ("--home", home, "-c", "globex", "--json", "-q", "--no-input")
    words = ("routes", "match", "notes/search")
    ran = run_peers(*options, *words) if first else run_peers(*words, *options)
    assert ran.data["version"] == "2.0.0"


def test_the_option_nearest_to_the_end_wins(peers: Peers) -> None:
    ran = peers("-c", "acme", "show", "-c", "globex", "notes", "--json")
    assert ran.data["manifest"]["version"] == "2.0.0"


def test_home_and_context_come_from_the_environment_unless_they_are_given(home: Path) -> None:
    env = {"PEERS_HOME": str(home), "PEERS_CONTEXT": "globex"}
    assert run_peers("show", "notes", "--json", env=env).data["manifest"]["version"] == "2.0.0"
    given = run_peers("show", "notes", "-c", "acme", "--json", env=env)
    assert given.data["manifest"]["version"] == "1.0.0"
    assert run_peers("-c", "acme", "show", "notes", "--json", env=env).data["manifest"]["version"] == "1.0.0"


def test_data_goes_to_stdout_and_progress_to_stderr(peers: Peers) -> None:
    ran = peers("install", SAMPLES / "themes", "-c", "acme", "-v")
    assert ran.out == "installed and activated themes 1.0.0 in acme\n"
    assert "installing" in ran.err
    assert peers("install", SAMPLES / "themes", "-c", "globex").err == ""  # nobody waits at a terminal
    assert peers("list", "-c", "acme").err == ""


def test_every_command_has_its_own_line_in_the_help() -> None:
    with click.Context(peers_group, info_name="peers") as ctx:
        for name, (_, line) in peers_group.lazy_commands.items():
            command = peers_group.get_command(ctx, name)
            assert command is not None
            assert command.name == name
            assert (command.help or "").splitlines()[0] == line, name


@pytest.mark.parametrize("name", list(peers_group.lazy_commands))
def test_every_command_has_help_that_names_the_global_options(peers_here: Peers, name: str) -> None:
    ran = peers_here(name, "--help")
    assert ran.code == 0
    assert "--context" in ran.out
    assert "Global options" in ran.out


LOOK = ("list", "contexts", "members", "tools", "show notes", "versions notes", "routes match notes", "prune",
        "doctor", "promote notes 1.0.0 --to beta", "uninstall notes --yes", "contracts provider")  # fmt: skip


@pytest.mark.parametrize("words", LOOK)
@pytest.mark.parametrize("is_typed", [True, False])
def test_no_home_is_made_of_a_slip(
    peers_here: Peers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, is_typed: bool
) -> None:
    slip = tmp_path / "slip"
    if not is_typed:
        monkeypatch.setenv("PEERS_HOME", str(slip))
    ran = peers_here(*(("--home", slip) if is_typed else ()), *words.split(), "--json")
    assert (ran.code, ran.error["code"]) == (2, "P0901")
    assert ran.error["message"] == f"there is no home at {slip}"
    assert ran.error["hint"].endswith(f"peers {f'--home {slip} ' if is_typed else ''}install SOURCE")
    assert not slip.exists()


def test_a_home_that_nobody_named_is_made(
    peers_here: Peers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert peers_here("list").code == 0
    assert (tmp_path / ".peers").exists()


def test_what_this_environment_holds_is_listed_without_a_home(peers_here: Peers, tmp_path: Path) -> None:
    assert peers_here("--home", tmp_path / "none", "list", "--available").code == 0
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("option", ["--home", "-c", "--actor"])
def test_an_option_that_is_empty_is_a_mistake(peers_here: Peers, option: str) -> None:
    error = peers_here("list", option, "", "--json").error
    assert (error["code"], "it is empty" in error["message"]) == ("P0901", True)
