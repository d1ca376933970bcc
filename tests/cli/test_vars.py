"""`peers vars`: settings and secrets on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Ran, run_peers
from tests.world import an_id, project

SECRET = "hunter2-on-stdin"
SETTINGS = f"""
from peers_runtime import Variable

variables = [
    Variable({an_id("url")!r}, "api_url", default="https://example.org", description="Where it is."),
    Variable({an_id("limit")!r}, "limit", type=int, scope="device"),
    Variable({an_id("tags")!r}, "tags", type=list[str], scope="group"),
    Variable({an_id("key")!r}, "api_key", secret=True),
]
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    definition = f"""
        from notes import settings
        main = pkg.contract({an_id("contract")!r}, 1, "Main")
        pkg.hooks = "notes.hooks"
        pkg.variables = settings.variables
        """
    hooks = """
        import pluggy

        @pluggy.HookimplMarker("myhost")
        def myhost_shown():
            return "shown"
        """
    files = {"settings.py": SETTINGS, "hooks.py": hooks}
    return project(tmp_path_factory.mktemp("notes"), files=files, definition=definition)


@pytest.fixture(scope="module")
def home(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("peers") / "home"
    assert run_peers("install", source, "--home", home).code == 0
    return home


def vars_(home: Path, *words: object, stdin: str = "", json: bool = True) -> Ran:
    return run_peers("vars", *words, "--home", home, *(["--json"] if json else []), stdin=stdin)


def test_a_value_is_set_told_and_reset(home: Path) -> None:
    assert vars_(home, "get", "api_url").data["value"] == "https://example.org"
    assert vars_(home, "set", "api_url", "https://here").data["value"] == "https://here"
    assert vars_(home, "get", "api_url", json=False).out == "https://here\n"
    told = vars_(home, "get", "api_url").data
    assert (told["value"], told["isSet"], told["scope"]) == ("https://here", True, "user")
    assert vars_(home, "reset", "api_url").data["value"] == "https://example.org"
    assert vars_(home, "get", "api_url").data["isSet"] is False


def test_what_is_no_text_is_written_as_json(home: Path) -> None:
    assert vars_(home, "set", "limit", "5").data["value"] == 5
    assert vars_(home, "set", "tags", '["a", "b"]').data["value"] == ["a", "b"]
    assert vars_(home, "set", "api_url", "5").data["value"] == "5"
    ran = vars_(home, "set", "tags", "a, b")
    assert (ran.code, ran.error["code"]) == (2, "P0541")


def test_a_dry_run_changes_nothing(home: Path) -> None:
    vars_(home, "set", "limit", "1")
    told = vars_(home, "set", "limit", "2", "--dry-run", json=False).out
    assert told == "notes:limit would be 2 (device)\nnothing was changed: this was a dry run\n"
    assert vars_(home, "reset", "limit", "--dry-run").data["applied"] is False
    assert vars_(home, "get", "limit").data["value"] == 1
    assert vars_(home, "set", "limit", "many", "--dry-run").code == 2


def test_a_secret_is_set_on_stdin_and_masked_until_it_is_to_be_revealed(home: Path) -> None:
    said = [
        vars_(home, "set", "api_key", "-", stdin=f"{SECRET}\n", json=False),
        vars_(home, "set", "api_key", "-", stdin=SECRET),
        vars_(home, "get", "api_key"),
        vars_(home, "get", "api_key", json=False),
        vars_(home, "list"),
        vars_(home, "list", json=False),
        vars_(home, "set", "api_key", "-", "--dry-run", stdin=SECRET, json=False),
    ]
    assert [ran.code for ran in said] == [0] * len(said)
    assert SECRET not in "".join(ran.out + ran.err for ran in said)
    assert said[0].out == "notes:api_key is ******** (user)\n"
    assert vars_(home, "get", "api_key", "--reveal", json=False).out == f"{SECRET}\n"
    assert vars_(home, "get", "api_key", "--reveal").data["value"] == SECRET


def test_a_secret_on_the_command_line_is_refused_and_not_repeated(home: Path) -> None:
    ran = vars_(home, "set", "api_key", SECRET)
    assert ran.code == 2
    assert "vars set api_key - < FILE" in ran.error["hint"]
    assert SECRET not in ran.out + ran.err


def test_the_list_tells_scopes_and_values_and_one_scope_alone(home: Path) -> None:
    vars_(home, "set", "limit", "3")
    vars_(home, "reset", "api_url")
    out = vars_(home, "list", json=False).out
    assert out.splitlines()[0].split() == ["NAME", "PACKAGE", "SCOPE", "VALUE", "DESCRIPTION"]
    assert '"https://example.org"  Where it is.' in out
    assert [one["name"] for one in vars_(home, "list", "--scope", "device").data] == ["limit"]
    assert vars_(home).data == vars_(home, "list").data


def test_an_unknown_name_is_an_error_with_the_one_that_was_meant(home: Path) -> None:
    ran = vars_(home, "get", "api_ulr")
    assert (ran.code, ran.error["code"]) == (2, "P0540")
    assert "api_url" in ran.error["hint"]


def test_a_shared_catalog_takes_secrets_with_a_key_that_its_devices_share(
    source: Path, tmp_path: Path
) -> None:
    (tmp_path / "shared" / "blobs").mkdir(parents=True)
    places = ("--catalog", tmp_path / "shared" / "team.sqlite", "--blobs", tmp_path / "shared" / "blobs")
    key = tmp_path / "secrets.key"

    def on(device: str, *words: object, stdin: str = "") -> Ran:
        home = tmp_path / device
        return run_peers(*words, "--home", home, *places, "--actor", "ada", "--json", stdin=stdin)

    assert on("laptop", "install", source).code == 0
    assert on("laptop", "promote", "notes", "1.0.0", "--to", "stable").code == 0
    refused = on("laptop", "vars", "set", "api_key", "-", stdin=SECRET)
    assert (refused.code, refused.error["code"]) == (3, "P0710")
    assert "vars key FILE" in refused.error["hint"]
    assert on("laptop", "vars", "key", key).code == 0
    assert on("laptop", "vars", "key", key).code == 2  # it stays as it is
    assert on("laptop", "vars", "set", "api_key", "-", "--secrets-key", key, stdin=SECRET).code == 0
    told = on("phone", "vars", "get", "api_key", "--reveal", "--secrets-key", key)
    assert told.data["value"] == SECRET
    assert on("phone", "vars", "get", "api_key", "--reveal").error["code"] == "P0710"
    assert on("phone", "vars", "get", "api_key").data["isSet"] is True
