"""Releases on the command line: every act with its dry run, its JSON, its exit codes, and looking at them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Role, Runtime
from tests.cli.running import Ran, run_peers
from tests.world import project, screen

Peers = Callable[..., Ran]


@pytest.fixture(scope="module")
def released_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Acme of ada, alan (Admin), grace (Writer) and rita (Reader) runs 1.0.1 of notes; see `rows` below."""
    folder = tmp_path_factory.mktemp("released")
    with Runtime.open(folder / "home", actor="ada", device="desk") as runtime:
        runtime.contexts.create("acme")
        for actor, role in (("alan", Role.ADMIN), ("grace", Role.WRITER), ("rita", Role.READER)):
            runtime.members.set("acme", actor, role)
        for version, tag in (("1.0.0", "stable"), ("1.0.1", "stable"), ("1.1.0", "beta"), ("2.0.0", "dev")):
            source = project(folder / version, version=version, files=screen("notes", "notes", version))
            runtime.install(source, "acme", "grace", activate=tag == "stable")
            if tag != "dev":
                runtime.promote("notes", version, tag, "acme", "alan")
    return folder / "home"


@pytest.fixture
def home(released_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(released_home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def peers(home: Path) -> Peers:
    """`peers` in acme, as ada unless another `--actor` comes later."""
    return lambda *words: run_peers("--home", home, "-c", "acme", "--actor", "ada", *words)


def rows(home: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(home / "catalog.sqlite")) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


# ── every act ────────────────────────────────────────────────────────────────────────────────────

ACTS = {
    "promote notes 2.0.0 --to beta": ["context: tag of 2.0.0 dev → beta"],
    "promote notes 1.1.0 --to stable": [
        "context: tag of 1.1.0 beta → stable",
        "device desk: runs 1.0.1 (stable) → 1.1.0 (stable)",
    ],
    "activate notes 1.1.0": [
        "context: set to version 1.0.1 (stable) → 1.1.0 (beta)",
        "device desk: runs 1.0.1 (stable) → 1.1.0 (beta)",
    ],
    "activate notes 1.1.0 --here": [
        "device desk: goes its own way no → yes",
        "device desk: runs 1.0.1 (stable) → 1.1.0 (beta)",
    ],
    "activate notes 2.0.0 --actor rita": ["device desk: runs 1.0.1 (stable) → 2.0.0 (dev)"],
    "rollback notes": [
        "context: set to version 1.0.1 (stable) → 1.0.0 (stable)",
        "context: held at or below none → 1.0.1",
        "device desk: runs 1.0.1 (stable) → 1.0.0 (stable)",
    ],
    "follow notes --tags beta,stable --range minor": [
        "context: followed tags none → stable,beta",
        "context: followed range latest → minor",
        "device desk: runs 1.0.1 (stable) → 1.1.0 (beta)",
    ],
    "follow notes --here --tags dev --actor rita": [
        "device desk: goes its own way no → yes",
        "device desk: followed tags none → dev",
        "device desk: runs 1.0.1 (stable) → 2.0.0 (dev)",
    ],
    "follow notes --group": [],
    "pin notes": ["device desk: pinned no → yes"],
    "unpin notes": [],
    "yank notes 1.0.0": ["context: yanked 1.0.0 no → yes"],
    "disable notes": ["context: disabled no → yes", "device desk: runs 1.0.1 (stable) → none"],
}


@pytest.mark.parametrize("words", ACTS)
def test_an_act_says_what_it_would_change_and_then_changes_that(peers: Peers, home: Path, words: str) -> None:
    effects = [f"  {effect}" for effect in ACTS[words]]
    before = rows(home)
    dry = peers(*words.split(), "--dry-run")
    assert dry.code == 0, dry.err
    head, *told = dry.out.splitlines()
    assert head.startswith("notes in acme: ")
    assert told == (
        [*effects, "nothing was changed: this was a dry run"] if effects else ["nothing would change"]
    )
    assert rows(home) == before
    done = peers(*words.split())
    assert done.out.splitlines() == [head, *(effects or ["nothing changes"])]
    assert (rows(home) == before) is (not effects)


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_act_as_json_is_the_decision(peers: Peers, dry_run: bool) -> None:
    data = peers(
        "promote", "notes", "2.0.0", "--to", "beta", "--json", *(["--dry-run"] if dry_run else [])
    ).data
    assert (data["contextId"], data["name"], data["actor"], data["applied"]) == (
        "acme",
        "notes",
        "ada",
        not dry_run,
    )
    assert data["effects"] == [{"what": "tag of 2.0.0", "before": "dev", "after": "beta"}]
    assert "2.0.0 goes from dev to beta" in data["reason"]
    assert data["version"]["versionTag"] == "beta"
    assert ("signature" in data["version"]) is not dry_run


# ── exit codes ───────────────────────────────────────────────────────────────────────────────────

MISTAKES = {
    # the caller asks for what is not there or does not fit
    "promote notes 9.9.9 --to beta": (2, "P0405"),
    "promote noets 1.0.0 --to beta": (2, "P0404"),
    "promote notes 2.0.0 --to gold": (2, "P0901"),
    "promote notes 2.0.0": (2, "P0901"),
    "promote notes --to beta": (2, "P0901"),
    "promote notes 2.0.0 --to beta --digest 12": (2, "P0901"),
    "activate notes": (2, "P0901"),
    "activate notes 9.9.9": (2, "P0405"),
    "activate notes 2.0.0@elsewhere": (2, "P0405"),
    "rollback notes --to 1.1.0": (2, "P0415"),
    "rollback notes --to 9.9.9": (2, "P0405"),
    "follow notes": (2, "P0901"),
    "follow notes --group --here": (2, "P0901"),
    "follow notes --tags dev": (2, "P0901"),
    "follow notes --tags": (2, "P0901"),
    "follow notes --range far": (2, "P0901"),
    "follow notes --here --tags nightly": (2, "P0901"),
    "members set": (2, "P0901"),
    "members set nina chief": (2, "P0901"),
    "members set grace reader -c personal": (2, "P0901"),
    "versions": (2, "P0901"),
    "versions noets": (2, "P0404"),
    "resolve noets --explain": (2, "P0404"),
    # policy forbids it
    "promote notes 1.0.0 --to beta": (3, "P0416"),
    "promote notes 2.0.0 --to beta --actor grace": (3, "P0406"),
    "activate notes 1.0.0 --actor grace": (3, "P0406"),
    "activate notes 1.0.0 --actor mallory": (3, "P0406"),
    "rollback notes --actor grace": (3, "P0406"),
    "follow notes --tags beta --actor rita": (3, "P0406"),
    "pin notes --actor mallory": (3, "P0406"),
    "yank notes 1.0.0 --actor grace": (3, "P0406"),
    "yank notes 2.0.0": (3, "P0416"),
    "disable notes --actor grace": (3, "P0406"),
    "members set ada admin": (3, "P0418"),
    "members set rita admin --actor grace": (3, "P0406"),
    "members set rita owner --actor alan": (3, "P0406"),
    # somebody else was faster
    f"promote notes 2.0.0 --to beta --digest {'0' * 12}": (4, "P0417"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_its_exit_code_and_changes_nothing(
    peers_here: Peers, released_home: Path, words: str
) -> None:
    before = rows(released_home)
    ran = peers_here("--home", released_home, "-c", "acme", "--actor", "ada", *words.split(), "--json")
    assert (ran.code, ran.error["code"]) == MISTAKES[words]
    assert ran.error["hint"]
    assert rows(released_home) == before


def test_a_refusal_names_the_role_that_is_needed_and_held(peers: Peers) -> None:
    ran = peers("promote", "notes", "2.0.0", "--to", "beta", "--actor", "grace")
    assert ran.code == 3
    assert "to promote a version one must be Admin, the role held is Writer" in ran.err
    assert "ask an owner of acme for the role Admin" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("promote notes 2.0.1 --to beta", "notes 2.0.0 --to beta"),
        ("rollback notes --to 1.0.00", "--to 1.0.0"),
        ("yank noets 1.0.0", "yank notes 1.0.0"),
    ],
)
def test_the_command_that_was_meant_comes_as_the_next_step(
    released_home: Path, words: str, meant: str
) -> None:
    ran = run_peers("--home", released_home, "-c", "acme", "--actor", "ada", *words.split())
    assert ran.code == 2
    (hint,) = [line for line in ran.err.splitlines() if "= help:" in line]
    assert hint.strip().startswith("= help: peers --home")
    assert meant in hint


def test_two_versions_of_one_number_are_a_conflict_that_names_the_first(peers: Peers, home: Path) -> None:
    source = project(home.parent / "again", version="1.0.0", files=screen("notes", "notes", "again"))
    assert peers("install", source).code == 0
    ran = peers("promote", "notes", "1.0.0@desk", "--to", "beta")
    assert ran.code == 4
    assert "promoted:stable by alan at 20" in ran.err


# ── tools, as an assistant or CI calls them ──────────────────────────────────────────────────────


def test_ci_promotes_with_the_tool_and_reads_what_happened(peers: Peers) -> None:
    arguments = {"package": "notes", "version": "1.1.0", "to": "stable"}
    told = peers(
        "tools", "run", "promote-package-version", json.dumps({**arguments, "dry_run": True}), "--json"
    )
    done = peers("tools", "run", "promote-package-version", json.dumps(arguments), "--json")
    assert told.data["effects"] == done.data["effects"]
    assert [told.data["applied"], done.data["applied"]] == [False, True]
    assert peers("resolve", "notes", "--json").data["version"]["version"] == "1.1.0"
    refused = peers("tools", "run", "promote-package-version", json.dumps(arguments), "--json")
    assert (refused.code, refused.error["code"]) == (4, "P0417")  # it is stable already
    arguments["to"] = "beta"
    refused = peers("tools", "run", "promote-package-version", json.dumps(arguments), "--json")
    assert (refused.code, refused.error["code"]) == (3, "P0416")


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("promote-package-version", {"package": "notes", "version": "2.0.0", "to": "dev"}, (2, "P0503")),
        ("promote-package-version", {"package": "notes", "version": "2.0.0"}, (2, "P0503")),
        ("promote-package-version", {"package": "notes", "version": "9.9.9", "to": "beta"}, (2, "P0405")),
        ("promote-package-version", {"package": "noets", "version": "2.0.0", "to": "beta"}, (2, "P0404")),
        ("set-active-package-version", {"package": "notes", "version": "1.0.0"}, (3, "P0406")),
        (
            "promote-package-version",
            {"package": "notes", "version": "2.0.0", "to": "beta", "digest": "0" * 64},
            (3, "P0406"),
        ),
    ],
)
def test_a_tools_refusal_is_that_of_the_command(
    released_home: Path, tool: str, arguments: dict[str, str], code: tuple[int, str]
) -> None:
    words = ("tools", "run", tool, json.dumps(arguments), "--json")
    actor = "grace" if code[0] == 3 else "ada"
    ran = run_peers("--home", released_home, "-c", "acme", "--actor", actor, *words)
    assert (ran.code, ran.error["code"]) == code


def test_a_reader_activates_for_this_device_with_the_tool(peers: Peers) -> None:
    arguments = json.dumps({"package": "notes", "version": "1.1.0", "device": True})
    ran = peers("--actor", "rita", "tools", "run", "peers:set-active-package-version", arguments, "--json")
    assert [one["deviceId"] for one in ran.data["effects"]] == ["desk", "desk"]
    assert peers("resolve", "notes", "--json").data["version"]["version"] == "1.1.0"


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


def test_versions_shows_tag_snapshot_where_active_by_whom_and_when(peers: Peers) -> None:
    peers("activate", "notes", "2.0.0", "--actor", "rita")
    peers("yank", "notes", "1.0.0")
    shown = peers("versions", "notes")
    header, *lines = shown.out.splitlines()
    assert header.split() == ["VERSION", "TAG", "ACTIVE", "SNAPSHOT", "BY", "AT"]
    data = {one["version"]: one for one in peers("versions", "notes", "--json").data}
    for line, (version, tag, active, by) in zip(
        lines,
        [
            ("1.0.0", "stable (yanked)", "", "ada"),
            ("1.0.1", "stable", "context", "alan"),
            ("1.1.0", "beta", "", "alan"),
            ("2.0.0", "dev", "here", "grace"),
        ],
        strict=True,
    ):
        row = data[version]
        assert line.split() == [
            version,
            *tag.split(),
            *active.split(),
            row["snapshotDigest"][:12],
            by,
            row["history"][-1]["at"],
        ]
        assert (row["activeInContext"], row["active"]) == (active == "context", active == "here")


def test_the_history_says_that_it_was_verified(peers: Peers) -> None:
    shown = peers("versions", "notes", "--history")
    assert shown.code == 0
    assert shown.out.splitlines()[-1] == (
        "9 entries of 4 versions of notes: every link and signature was verified"
    )
    assert [one["problems"] for one in peers("versions", "notes", "--history", "--json").data] == [[]] * 4


@pytest.mark.parametrize("statement", ["created_by = 'ada'", "history = '[]'", "signature = NULL"])
def test_a_history_that_was_changed_is_a_problem(peers: Peers, home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "catalog.sqlite")) as connection, connection:
        connection.execute(f"UPDATE package_versions SET {statement} WHERE version = '1.0.0'")
    ran = peers("versions", "notes", "--history")
    assert ran.code == 1
    assert "problems were found" in ran.out
    assert ran.out.splitlines()[-1].startswith("1.0.0: ")
    assert peers("versions", "notes").code == 0


def test_resolve_explains_every_version(peers: Peers) -> None:
    assert (
        peers("resolve", "notes").out
        == "notes in acme: 1.0.1 (stable): the context is set to 1.0.1 (stable)\n"
    )
    lines = peers("resolve", "notes", "--explain").out.splitlines()[2:]
    assert [line.split()[0] for line in lines] == ["2.0.0", "1.1.0", "1.0.1", "1.0.0"]
    considered = peers("resolve", "notes", "--json").data["considered"]
    assert [one["chosen"] for one in considered] == [False, False, True, False]
    assert all(one["reason"] for one in considered)


def test_keys_of_members_are_shown_allowed_and_taken_back(peers: Peers) -> None:
    key = peers("members", "key").out.strip()
    assert peers("members", "allow", "alan", key, "--dry-run").out == "alan would sign with 2 keys in acme\n"
    assert peers("members", "allow", "alan", key).out == "alan signs with 2 keys in acme\n"
    assert [line.split()[-1] for line in peers("members").out.splitlines()[1:3]] == ["1", "2"]
    assert peers("members", "revoke", "alan", key).out == "alan signs with 1 key in acme\n"
    refused = peers("members", "allow", "alan", "no key")
    assert (refused.code, "error[P0901]" in refused.err) == (2, True)


def test_an_author_signs_with_a_key_that_another_can_follow(peers: Peers) -> None:
    assert "publish key none → a new one" in peers("publish-key", "notes", "--dry-run").out
    assert "ada publishes notes" in peers("publish-key", "notes").out
    assert "this device publishes notes already" in peers("publish-key", "notes").out
    assert "with a new key" in peers("publish-key", "notes", "--rotate").out


def test_a_build_of_another_device_is_the_one_that_is_meant(peers: Peers, home: Path) -> None:
    with closing(sqlite3.connect(home / "catalog.sqlite")) as connection, connection:
        connection.execute("UPDATE package_versions SET device_id = 'laptop' WHERE version = '2.0.0'")
    refused = peers("activate", "notes", "2.0.0")
    assert "did you mean '2.0.0@laptop'?" in refused.err
    assert "= help: peers --home" in refused.err
    assert "activate notes 2.0.0@laptop" in refused.err


def test_members_are_listed_given_a_role_and_taken_out(peers: Peers) -> None:
    header, *lines = peers("members").out.splitlines()
    assert header.split() == ["NAME", "ROLE", "KEYS"]
    assert [line.split()[:2] for line in lines] == [
        ["ada", "owner"],
        ["alan", "admin"],
        ["grace", "writer"],
        ["rita", "reader"],
    ]
    told = "nina would be writer in acme, and is no member now: Owner may make nina Writer\n"
    assert peers("members", "set", "nina", "writer", "--dry-run").out == told
    assert peers("members", "set", "nina", "Writer").out == "nina is writer in acme\n"
    assert peers("members", "set", "nina", "none").out == "nina is no member in acme\n"
    known = peers("members", "list", "--json").data
    assert [(one["actorId"], one["role"]) for one in known] == [
        ("ada", "owner"),
        ("alan", "admin"),
        ("grace", "writer"),
        ("rita", "reader"),
    ]


COMING_AND_GOING = ["contexts create", "install", "members set", "uninstall"]


@pytest.mark.parametrize("command", [*sorted({words.split()[0] for words in ACTS}), *COMING_AND_GOING])
def test_help_says_what_a_dry_run_is(peers_here: Peers, command: str) -> None:
    ran = peers_here(*command.split(), "--help")
    assert ran.code == 0
    assert "--dry-run" in ran.out
    assert "change nothing" in " ".join(ran.out.split())
