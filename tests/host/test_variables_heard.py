"""Who wants to hear of a variable is told once of each change, whoever made it."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from tests.host.devices import Group, until
from tests.host.variable_parts import a_project, a_project_of_all_scopes, declared


@pytest.fixture
def scoped(tmp_path: Path) -> Path:
    """A package with a variable of each scope."""
    return a_project_of_all_scopes(tmp_path / "scoped")


@pytest.fixture
def shared(tmp_path: Path) -> Group:
    return Group(tmp_path / "devices")


class Heard:
    """What a subscriber was told."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def __call__(self, value: Any) -> None:
        self.values.append(value)


def test_a_subscriber_is_told_once_of_each_change_and_no_more_after_the_undo(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "type=int, default=10")), context="acme")
    limit, heard = runtime.context("acme").variables["limit"], Heard()
    undo = limit.subscribe(heard)
    limit.set(20)
    limit.set(20)
    limit.set(30, dry_run=True)
    limit.reset()
    limit.reset()
    assert heard.values == [20, 10]
    undo()
    undo()
    limit.set(40)
    assert heard.values == [20, 10]


def test_when_a_subscriber_is_told_the_value_is_kept(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "type=int")), context="acme")
    found: list[Any] = []
    undo = (
        runtime.context("acme")
        .variables["limit"]
        .subscribe(lambda value: found.append((value, runtime.context("acme").variables["limit"]())))
    )
    runtime.context("acme").variables["limit"].set(1)
    undo()
    assert found == [(1, 1)]


def test_a_subscriber_that_fails_stops_nobody_and_is_listed(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "type=int")), context="acme")
    limit, heard = runtime.context("acme").variables["limit"], Heard()

    def fails(value: int) -> None:
        raise ValueError(f"cannot take {value}")

    undos = [limit.subscribe(fails), limit.subscribe(heard)]
    limit.set(7)
    for undo in undos:
        undo()
    assert heard.values == [7]
    (listed,) = runtime.diagnostics()
    assert "'limit' failed: ValueError: cannot take 7" in listed.message


def test_a_subscription_goes_on_with_the_next_version_and_holds_none(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "type=int")), context="acme")
    heard = Heard()
    undo = runtime.context("acme").variables["limit"].subscribe(heard)
    runtime.context("acme").variables["limit"].set(1)
    runtime.install(a_project(tmp_path, declared("limit", "type=str"), version="2.0.0"), context="acme")
    runtime.drain()
    runtime.context("acme").variables["limit"].set("two")
    undo()
    assert heard.values == [1, "two"]
    assert [one.code for one in runtime.diagnostics()] == []  # such as that a version is held


def _set_elsewhere(home: str, name: str, value: str) -> None:
    with Runtime.open(home, actor="ada", facades=False) as runtime:
        runtime.context().variables[name].set(value)


@pytest.mark.parametrize("name", ["device", "user", "group", "group_device", "group_user"])
def test_what_another_process_of_the_home_sets_arrives(scoped: Path, tmp_path: Path, name: str) -> None:
    with Runtime.open(tmp_path / "home", actor="ada", facades=False) as runtime:
        runtime.install(scoped)
        heard = Heard()
        undo = runtime.context().variables[name].subscribe(heard)
        other = multiprocessing.get_context("spawn").Process(
            target=_set_elsewhere, args=(str(tmp_path / "home"), name, "from elsewhere")
        )
        other.start()
        until(lambda: heard.values)
        other.join()
        undo()
        assert heard.values == ["from elsewhere"]
        assert runtime.context().variables[name]() == "from elsewhere"


@pytest.mark.parametrize("name", ["user", "group", "group_user"])
def test_what_another_device_sets_arrives(group: Group, scoped: Path, name: str) -> None:
    with group.open("laptop") as laptop, group.open("phone") as phone:
        laptop.contexts.create("acme", kind="group")
        laptop.install(scoped, context="acme")
        laptop.promote("notes", "1.0.0", "stable", context="acme")
        until(lambda: name in phone.context("acme").variables)
        heard = Heard()
        undo = phone.context("acme").variables[name].subscribe(heard)
        laptop.context("acme").variables[name].set("from the laptop")
        until(lambda: heard.values)
        assert heard.values == ["from the laptop"]
        assert phone.context("acme").variables[name]() == "from the laptop"
        undo()


def test_what_is_of_a_device_does_not_arrive_at_another(shared: Group, scoped: Path) -> None:
    with shared.open("laptop") as laptop, shared.open("phone") as phone:
        laptop.install(scoped)
        laptop.promote("notes", "1.0.0", "stable")
        until(lambda: "device" in phone.context().variables)
        heard = Heard()
        undos = [phone.context().variables[name].subscribe(heard) for name in ("device", "group")]
        laptop.context().variables["device"].set("mine")
        laptop.context().variables["group"].set("ours")
        until(lambda: heard.values)
        for undo in undos:
            undo()
        assert heard.values == ["ours"]


def _threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "peers-variables" and one.is_alive()]


def test_there_is_a_thread_only_while_somebody_listens(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(a_project(tmp_path, declared("limit", "type=int")), context="acme")
    limit = runtime.context("acme").variables["limit"]
    limit.set(1)
    assert not _threads()
    undos = [limit.subscribe(print), limit.subscribe(print)]
    assert len(_threads()) == 1
    undos.pop()()
    assert len(_threads()) == 1
    undos.pop()()
    until(lambda: not _threads())


def test_a_closed_runtime_tells_nobody_and_takes_no_value(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(a_project(tmp_path / "source", declared("limit", "type=int")))
        limit = runtime.context().variables["limit"]
        limit.subscribe(print)
    assert not _threads()
    for act in (limit, limit.reset, lambda: limit.set(1), lambda: limit.subscribe(print)):
        with pytest.raises(errors.RuntimeClosed):
            act()
