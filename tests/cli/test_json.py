"""With `--json` every command prints one document of one schema, whatever it answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import jsonschema
import pytest

from peers_runtime import Runtime
from peers_runtime.cli.answers import SCHEMA
from peers_runtime.cli.main import peers as root
from tests.cli.running import SAMPLES, Ran

Peers = Callable[..., Ran]
VALID = jsonschema.Draft202012Validator(SCHEMA)
CASES = {
    "new": "new fresh",
    "check": "check notes-1",
    "test": "test notes-1 -- --collect-only -q",
    "contexts create": "contexts create globex",
    "contexts list": "contexts list",
    "members allow": "members allow grace NO-KEY",
    "members key": "members key",
    "members list": "members list",
    "members revoke": "members revoke ada NO-KEY",
    "members set": "members set grace reader",
    "install": "install charts",
    "pack": "pack board --dry-run",
    "component discard": "component discard Note notes-1",
    "component history": "component history Note",
    "component list": "component list notes-1",
    "component rollback": "component rollback Note 1 notes-1",
    "draft": "draft notes-1",
    "diff": "diff notes@1.0.0 notes@2.0.0",
    "list": "list",
    "show": "show notes",
    "versions": "versions notes",
    "resolve": "resolve notes",
    "promote": "promote notes 2.0.0 --to beta",
    "publish-key": "publish-key notes",
    "activate": "activate notes 1.0.0",
    "rollback": "rollback notes",
    "follow": "follow notes --tags stable",
    "pin": "pin notes",
    "unpin": "unpin notes",
    "yank": "yank notes 1.0.0",
    "disable": "disable notes",
    "uninstall": "uninstall notes --yes",
    "routes explain": "routes explain notes",
    "routes list": "routes list",
    "routes match": "routes match notes",
    "tools list": "tools list",
    "tools run": "tools run list_notes",
    "tools show": "tools show list_notes",
    "tables list": "tables list",
    "tables show": "tables show tasks:Tasks",
    "contracts graph": "contracts graph",
    "contracts list": "contracts list",
    "contracts provider clear": "contracts provider clear Tasks@1",
    "contracts provider set": "contracts provider set Tasks@1 tasks",
    "contracts show": "contracts show Tasks@1",
    "graph": "graph",
    "vars get": "vars get decimals",
    "vars key": "vars key new.key",
    "vars list": "vars list",
    "vars reset": "vars reset decimals",
    "vars set": "vars set decimals 0",
    "workflows cancel": "workflows cancel nothing",
    "workflows list": "workflows list",
    "workflows resume": "workflows resume",
    "workflows run": 'workflows run launch {"name":"Table","steps":["Paint"],"to":"Ada"}',
    "workflows runs": "workflows runs",
    "workflows show": "workflows show launch",
    "assistants ask": 'assistants ask secretary Today {"project":"Shelf"}',
    "assistants list": "assistants list",
    "types": "types Tasks@1 --py types",
    "deps add": "deps add",
    "deps list": "deps list --project notes-1",
    "deps remove": "deps remove nothing --project notes-1",
    "deps update": "deps update --project notes-1",
    "prune": "prune",
    "doctor": "doctor",
    "explain": "explain P0203",
    "id": "id",
    "completion": "completion bash",
    "mcp config": "mcp config",
    # of these, which do not end by themselves, only what they refuse
    "demo": "demo --samples nothing",
    "dev": "dev nothing",
    "serve": "serve --port none",
}
GROUPS = ("contexts", "members", "component", "routes", "tools", "tables", "contracts", "contracts provider",
          "vars", "workflows", "assistants", "deps")  # fmt: skip
NEED_A_PROJECT = {"component", "deps"}  # which is the current folder
REFUSED = {"members allow", "members revoke", "component discard", "component history", "component rollback",
           "workflows cancel", "deps add", "deps remove", "demo", "dev", "serve",
           "rollback"}  # fmt: skip


def leaves(command: click.Command, path: str = "", parent: click.Context | None = None) -> Iterator[str]:
    context = click.Context(command, info_name=path or "peers", parent=parent)
    if not isinstance(command, click.Group):
        yield path
        return
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        yield from leaves(child, f"{path} {name}".strip(), context)


def test_every_command_is_tried() -> None:
    assert set(CASES) == set(leaves(root))


@pytest.fixture(scope="module")
def full_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose context acme has something of everything."""
    home = tmp_path_factory.mktemp("full") / "home"
    with Runtime.open(home, actor="ada", facades=False) as runtime:
        runtime.contexts.create("acme")
        for name in ("notes-1", "tasks-1", "projects", "planner", "timer", "notes-2"):
            runtime.install(SAMPLES / name, "acme")
            if name == "notes-1":
                runtime.promote("notes", "1.0.0", "stable", "acme")
        runtime.context("acme").tools["plan_project"](name="Shelf", steps=["Measure"])
    return home


@pytest.fixture
def answer(
    full_home: Path, tmp_path: Path, peers_here: Peers, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Ran]:
    """`peers … --json` beside the samples, in a copy of that home."""
    shutil.copytree(full_home, tmp_path / "home")
    for name in ("notes-1", "charts", "board"):
        shutil.copytree(SAMPLES / name, tmp_path / name)
    (tmp_path / "types").mkdir()
    monkeypatch.chdir(tmp_path)

    def run(words: str) -> Ran:
        before, dashes, after = words.partition(" -- ")
        shared = ("--home", tmp_path / "home", "-c", "acme", "--actor", "ada", "--json")
        return peers_here(*shared, *before.split(), *([dashes.strip(), *after.split()] if dashes else []))

    return run


@pytest.mark.parametrize("name", CASES)
def test_a_command_answers_with_one_document(name: str, answer: Callable[[str], Ran]) -> None:
    ran = answer(CASES[name])
    document = json.loads(ran.out)
    VALID.validate(document)
    if name in REFUSED:
        assert ran.code != 0
        assert "error" in document
    else:
        assert document.get("command") == name, ran.out
        assert ran.code in (0, 1)


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_answers_by_itself(name: str, answer: Callable[[str], Ran]) -> None:
    document = json.loads(answer(name).out)
    VALID.validate(document)
    if name in NEED_A_PROJECT:
        assert document["error"]["code"] == "P0101"
    else:
        assert document["command"] == name


@pytest.mark.parametrize(
    "words", ["tables list", "members list", "members set grace reader --dry-run", "contracts provider"]
)
def test_names_in_documents_are_camel_case_and_roles_are_words(
    words: str, answer: Callable[[str], Ran]
) -> None:
    if words.startswith("contracts"):
        assert answer("contracts provider set Tasks@1 tasks").code == 0
    found = answer(words).data
    for one in found if isinstance(found, list) else [found]:
        assert one
        assert not [name for name in one if "_" in name]
        assert {one.get("role", "owner"), one.get("formerRole", "none")} <= {
            "none",
            "reader",
            "writer",
            "owner",
        }
        assert one.get("provider", "tasks") == "tasks"


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_answered_with_a_document_too(name: str, answer: Callable[[str], Ran]) -> None:
    ran = answer(f"{name} --no-such-option")
    document = json.loads(ran.out)
    VALID.validate(document)
    assert (ran.code, document["error"]["code"]) == (2, "P0901")


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 1},
        {"version": 2, "command": "list", "data": []},
        {"version": 1, "command": "list", "data": [], "more": 1},
        {"version": 1, "error": {"code": "P0901", "message": "x", "hint": ""}},
        {"version": 1, "error": {"code": "0901", "message": "x", "hint": "", "facts": {}}},
        {
            "version": 1,
            "command": "list",
            "data": 1,
            "error": {"code": "P0901", "message": "", "hint": "", "facts": {}},
        },
    ],
)
def test_the_schema_takes_nothing_else(wrong: object) -> None:
    assert not VALID.is_valid(wrong)
