"""What a consumer holds of a contract: members as data, judged by the contract, whoever provides them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime import Role, Runtime
from peers_runtime.base import errors
from tests.host.task_packages import CONTRACT, fancy, provider


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        yield opened


@pytest.fixture
def tasks(runtime: Runtime, tmp_path: Path) -> Any:
    runtime.install(provider(tmp_path, more="note: str = ''"))
    return runtime.context().contract(CONTRACT, 1)


def test_disposing_ends_subscriptions_and_twice_does_no_harm(runtime: Runtime, tasks: Any) -> None:
    done: list[Any] = []
    tasks.events["task_done"].subscribe(done.append)
    tasks.dispose()
    tasks.dispose()
    runtime.context().tools["add_task"](title="x")
    assert done == []
    for use in (lambda: tasks.tools["add_task"], lambda: tasks.provider, lambda: list(tasks.tables)):
        with pytest.raises(errors.ProxyDisposed):
            use()


@pytest.mark.parametrize("arguments", [{"title": 1}, {}, {"title": "x", "colour": "red"}])
def test_what_the_contract_does_not_take_is_refused_before_the_provider_sees_it(
    tasks: Any, arguments: dict[str, Any]
) -> None:
    with pytest.raises(errors.InvalidInput, match="of the contract Tasks 1"):
        tasks.tools["add_task"](**arguments)
    assert tasks.observables["open_tasks"]() == 0


def test_what_only_one_provider_takes_is_no_part_of_the_contract(
    runtime: Runtime, tasks: Any, tmp_path: Path
) -> None:
    runtime.install(fancy(tmp_path, more="note: str = ''; colour: str = 'red'"))
    runtime.contracts.set_provider("Tasks", "fancy")
    assert tasks.provider == "fancy@1.0.0"
    with pytest.raises(errors.InvalidInput, match="colour"):
        tasks.tools["add_task"](title="x", colour="blue")


@pytest.mark.parametrize("kind", ["tools", "tables", "observables", "events"])
def test_what_the_contract_lacks_is_an_unknown_member(tasks: Any, kind: str) -> None:
    with pytest.raises(errors.UnknownMember, match=f"Tasks 1 has no {kind[:-1]} 'nope'"):
        getattr(tasks, kind)["nope"]


def test_payloads_are_bounded_data(tasks: Any) -> None:
    with pytest.raises(errors.PayloadTooLarge, match="1,048,576"):
        tasks.tools["add_task"](title="x" * 2**20)
    with pytest.raises(errors.InvalidPayload):
        tasks.tools["add_task"](title=object())


class Given(BaseModel):
    title: str


def test_a_consumers_own_models_go_through_as_data(tasks: Any) -> None:
    assert tasks.tables["Tasks"].insert(Given(title="x"))["title"] == "x"


def test_a_refused_write_leaves_the_value_as_it_was(tasks: Any) -> None:
    tasks.observables["open_tasks"].set(5)
    for wrong, error in ((-1, errors.NotWritable), ("many", errors.InvalidValue)):
        with pytest.raises(error):
            tasks.observables["open_tasks"].set(wrong)
        assert tasks.observables["open_tasks"]() == 5


def test_roles_are_asked_at_each_call(runtime: Runtime, tmp_path: Path) -> None:
    runtime.contexts.create("acme")
    runtime.install(provider(tmp_path), context="acme")
    runtime.members.set("acme", "reader", Role.READER)
    seen = runtime.context("acme", actor="reader").contract(CONTRACT, 1)
    assert seen.tools["add_task"](title="x")["title"] == "x"
    assert seen.tables["Tasks"].list() == []
    with pytest.raises(errors.RoleTooLow, match="Writer"):
        seen.tables["Tasks"].insert({"title": "x"})
    with pytest.raises(errors.RoleTooLow):
        seen.observables["open_tasks"].set(1)
    runtime.members.set("acme", "reader", Role.NONE)
    with pytest.raises(errors.RoleTooLow):
        seen.tools["add_task"](title="y")


def test_choosing_a_provider_takes_an_admin(runtime: Runtime, tmp_path: Path) -> None:
    runtime.contexts.create("acme")
    runtime.install(provider(tmp_path), context="acme")
    runtime.members.set("acme", "writer", Role.WRITER)
    with pytest.raises(errors.RoleTooLow, match="choose who provides a contract"):
        runtime.contracts.set_provider("Tasks", "tasks", context="acme", actor="writer")
