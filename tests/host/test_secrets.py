"""Secrets: never on a disk, in a log, an error or a repr in the clear, and only where they belong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Role, Runtime
from peers_runtime.base import errors
from peers_runtime.trust import seals
from tests import postgres
from tests.host.devices import Group, until
from tests.world import an_id, project

SECRET = "hunter2-in-the-clear"
SCOPES = ("device", "user", "group", "group-device", "group-user")


def _lines(*more: str) -> str:
    scoped = [
        f"Variable({an_id(scope)!r}, {scope.replace('-', '_')!r}, scope={scope!r}, secret=True),"
        for scope in SCOPES
    ]
    return "\n".join((*scoped, *more))


def a_project(folder: Path, *more: str, version: str = "1.0.0", lines: str | None = None) -> Path:
    return project(
        folder,
        "notes",
        version,
        files={
            "settings.py": "from pydantic import BaseModel, SecretStr, field_validator\n"
            "from peers_runtime import Variable\n"
            "class Login(BaseModel):\n"
            "    user: str\n"
            "    age: int = 0\n"
            "    @field_validator('user')\n"
            "    @classmethod\n"
            "    def check(cls, value: str) -> str:\n"
            "        if value.startswith('hunter2'):\n"
            "            raise ValueError('never ' + value)\n"
            "        return value\n"
            f"variables = [\n{_lines(*more) if lines is None else lines}\n]\n",
            "tools.py": f"""
                from pydantic import BaseModel
                from peers_runtime import tool

                class Asked(BaseModel):
                    name: str

                class Told(BaseModel):
                    length: int

                @tool(tool_id={an_id("tool")!r}, usage="Tells how long a secret is.")
                def length(args: Asked, ctx) -> Told:
                    return Told(length=len(ctx.variables[args.name]()))
                """,
        },
        definition=f"""
            from notes import settings, tools
            main = pkg.contract({an_id("contract")!r}, 1, "Main")
            main.tools = [tools.length]
            pkg.variables = settings.variables
            """,
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return a_project(tmp_path / "source")


@pytest.fixture
def runtime(tmp_path: Path, source: Path) -> Iterator[Runtime]:
    with Runtime.open(tmp_path / "home", actor="ada", facades=False) as opened:
        opened.install(source)
        yield opened


def clear_in(folder: Path) -> list[str]:
    """The files with the secret in them, write-ahead logs included."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [str(path) for path in files if SECRET.encode() in path.read_bytes()]


def test_no_file_of_the_home_ever_holds_a_secret(runtime: Runtime, tmp_path: Path) -> None:
    variables = runtime.context().variables
    for name in variables:
        variables[name].set(SECRET)
        assert variables[name]() == SECRET
    assert runtime.context().tools["length"](name="user").length == len(SECRET)
    assert (tmp_path / "home" / "catalog.sqlite-wal").exists()  # what is written lies there first
    assert (tmp_path / "home" / "variables.sqlite-wal").exists()
    assert clear_in(tmp_path / "home") == []
    for name in variables:
        variables[name].set(SECRET[::-1])
        variables[name].reset()
    assert clear_in(tmp_path / "home") == []
    runtime.close()
    assert clear_in(tmp_path / "home") == []


def test_the_search_finds_what_is_no_secret(tmp_path: Path) -> None:
    line = f"Variable({an_id('plain')!r}, 'plain'),"
    with Runtime.open(tmp_path / "home", actor="ada", facades=False) as opened:
        opened.install(a_project(tmp_path / "source", lines=line))
        opened.context().variables["plain"].set(SECRET)
        assert clear_in(tmp_path / "home")


def test_no_log_repr_or_record_holds_a_secret(runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    variables = runtime.context().variables
    for name in variables:
        variables[name].set(SECRET)
        assert variables[name]() == SECRET
    shown = [repr(variables), str(variables), repr(runtime.context()), repr(runtime.services)]
    shown += [repr(variables[name]) + repr(vars_of(variables[name])) for name in variables]
    shown += [repr(variables.list()), str([one.wire() for one in variables.list()]), caplog.text]
    assert SECRET not in "".join(shown)
    assert all(one.is_set for one in variables.list())


def vars_of(of: Any) -> dict[str, Any]:
    return {name: getattr(of, name) for name in type(of).__slots__}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", SECRET),
        ("list[int]", [1, SECRET]),
        ("dict[str, int]", {SECRET: SECRET}),
        ("Login", {"user": SECRET}),
        ("Login", {"user": "ada", SECRET: 1}),
        ("Login", {"user": "ada", "age": SECRET}),
        ("object", object),
        ("float", float("nan")),
    ],
)
def test_what_does_not_fit_is_refused_without_quoting_it(tmp_path: Path, kind: str, value: Any) -> None:
    line = f"Variable({an_id('odd')!r}, 'odd', type={kind}, secret=True),"
    with Runtime.open(tmp_path / "home", actor="ada", facades=False) as opened:
        opened.install(a_project(tmp_path / "source", lines=line))
        with pytest.raises(errors.InvalidVariable) as caught:
            opened.context().variables["odd"].set(value)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    everything = "".join(traceback.format_exception(error)) + repr(error) + repr(error.facts)
    assert SECRET not in everything


def test_a_subscriber_of_a_secret_that_fails_is_listed_without_it(runtime: Runtime) -> None:
    secret = runtime.context().variables["user"]

    def fails(value: str) -> None:
        raise ValueError(f"cannot take {value}")

    undo = secret.subscribe(fails)
    secret.set(SECRET)
    undo()
    (listed,) = runtime.diagnostics()
    assert "'user' failed: ValueError" in listed.message
    assert SECRET not in repr(listed)


def test_a_secret_that_is_moved_into_another_s_row_is_not_read(runtime: Runtime, tmp_path: Path) -> None:
    import sqlite3

    variables = runtime.context().variables
    for name in ("user", "group", "device"):
        variables[name].set(f"of {name}")
    with sqlite3.connect(tmp_path / "home" / "catalog.sqlite") as connection:
        connection.execute(
            "UPDATE variables SET value = (SELECT value FROM variables WHERE scope = 'group')"
            " WHERE scope = 'user'"
        )
    connection.close()
    with pytest.raises(errors.SecretUnreadable, match=r"'user'.*in the place of another"):
        variables["user"]()
    assert variables["group"]() == "of group"
    variables["user"].set("anew")
    assert variables["user"]() == "anew"


def test_a_text_in_the_clear_is_never_taken_for_a_secret(runtime: Runtime, tmp_path: Path) -> None:
    import sqlite3

    secret = runtime.context().variables["user"]
    secret.set(SECRET)
    with sqlite3.connect(tmp_path / "home" / "catalog.sqlite") as connection:
        connection.execute("UPDATE variables SET value = '\"theirs\"', is_sealed = 0")
    connection.close()
    with pytest.raises(errors.SecretUnreadable, match="in the clear") as caught:
        secret()
    assert "peers vars set user -" in caught.value.hint
    assert runtime.context().variables.list()[1].value is None


def test_what_was_a_secret_is_not_told_when_a_later_version_says_that_it_is_none(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.context().variables["user"].set(SECRET)
    line = f"Variable({an_id('user')!r}, 'user', scope='user'),"
    runtime.install(a_project(tmp_path / "source", version="2.0.0", lines=line))
    (found,) = runtime.context().variables.list()
    assert (found.is_set, found.value) == (True, None)
    assert runtime.context().variables["user"]() == SECRET  # to the package, it is what it was


def test_a_key_that_others_may_read_is_not_used(runtime: Runtime, tmp_path: Path) -> None:
    secret = runtime.context().variables["user"]
    secret.set(SECRET)
    (tmp_path / "home" / "keys" / "secrets.json").chmod(0o644)
    with pytest.raises(errors.KeyExposed):
        secret()


def test_a_home_without_secrets_has_no_key_of_them(runtime: Runtime, tmp_path: Path) -> None:
    secret = runtime.context().variables["user"]
    assert secret() is None
    secret.set(SECRET, dry_run=True)
    assert not (tmp_path / "home" / "keys" / "secrets.json").exists()


# ── where homes share a catalog ──────────────────────────────────────────────────────────────────


def test_without_a_shared_key_what_would_be_shared_is_refused_and_the_device_s_own_is_kept(
    group: Group, source: Path
) -> None:
    with group.open("laptop") as laptop:
        laptop.install(source)
        variables = laptop.context().variables
        for name in ("user", "group", "group_user"):
            for dry_run in (True, False):
                with pytest.raises(errors.NoSecretsKey, match="no key that seals secrets") as caught:
                    variables[name].set(SECRET, dry_run=dry_run)
            assert "peers vars key FILE" in caught.value.hint
            assert SECRET not in str(caught.value)
            assert variables[name]() is None
        for name in ("device", "group_device"):
            variables[name].set(SECRET)
            assert variables[name]() == SECRET
    assert clear_in(group.folder) == []


def test_devices_with_one_key_share_secrets_and_one_without_it_reads_none(
    group: Group, source: Path, tmp_path: Path
) -> None:
    key, other = tmp_path / "secrets.key", tmp_path / "other.key"
    assert seals.make_key(key)
    assert seals.make_key(other)
    with group.open("laptop", secrets_key=key) as laptop, group.open("phone", secrets_key=key) as phone:
        laptop.contexts.create("acme", kind="group")
        laptop.install(source, context="acme")
        laptop.promote("notes", "1.0.0", "stable", context="acme")
        until(lambda: "user" in phone.context("acme").variables)
        heard: list[str] = []
        undo = phone.context("acme").variables["group"].subscribe(heard.append)
        for name in ("user", "group", "group_user"):
            laptop.context("acme").variables[name].set(SECRET)
            assert phone.context("acme").variables[name]() == SECRET
        until(lambda: heard)
        undo()
        assert heard == [SECRET]
    with group.open("tablet") as tablet, pytest.raises(errors.NoSecretsKey):
        tablet.context("acme").variables["group"]()
    with group.open("tablet", secrets_key=other) as tablet:
        with pytest.raises(errors.SecretUnreadable, match="another key"):
            tablet.context("acme").variables["group"]()
        assert tablet.context("acme").variables.list()[2].is_set
    assert clear_in(group.folder) == []
    if isinstance(group.catalog, str):
        with postgres.Database(group.catalog).connected() as session:
            rows = session.execute("SELECT scope, value FROM variables ORDER BY scope").fetchall()
        assert [scope for scope, _ in rows] == ["group", "group-user", "user"]
        assert SECRET not in repr(rows)


def test_a_secret_of_one_is_not_another_s(tmp_path: Path, source: Path) -> None:
    with Runtime.open(tmp_path / "home", actor="ada", facades=False) as opened:
        opened.contexts.create("acme", kind="group")
        opened.members.set("acme", "bob", Role.READER)
        opened.install(source, context="acme")
        for name in ("user", "group_user"):
            opened.context("acme", "ada").variables[name].set(SECRET)
            assert opened.context("acme", "bob").variables[name]() is None
