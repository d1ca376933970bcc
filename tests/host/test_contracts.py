"""Packages talk through contracts: whom a consumer gets, and what is refused lest it gets nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime import Role, Runtime
from peers_runtime.base import errors
from tests.host.devices import until
from tests.host.task_packages import CONTRACT, LABEL, consumer, provider
from tests.world import an_id, project


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        yield opened


def fancy(folder: Path, **changes: Any) -> Path:
    """Another provider of the contract of tasks."""
    return provider(folder, "fancy", claims=f"{CONTRACT!r}, 1", initial=40, **changes)


def by(runtime: Runtime, context: str = "personal") -> str:
    """Who adds a task of the consumer's."""
    return str(runtime.context(context).tools["projects:add"](text="x").text)


# ── who provides ─────────────────────────────────────────────────────────────────────────────────


def test_a_consumer_calls_a_tool_of_whoever_provides_it(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(provider(tmp_path))
    runtime.install(consumer(tmp_path))
    assert by(runtime) == "tasks 1.0.0"


def test_what_comes_through_a_contract_is_data_and_no_object_of_the_provider(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path))
    tasks = runtime.context().contract(CONTRACT, 1)
    row = tasks.tables["Tasks"].insert({"title": "x"})
    told: list[Any] = []
    tasks.events["task_done"].subscribe(told.append)
    answers = [tasks.tools["add_task"](title="y"), row, tasks.tables["Tasks"].get("x"), *told]
    assert [type(one) for one in answers] == [dict] * 4
    assert tasks.tables["Tasks"].list() == [{"title": "x", "by": "tasks 1.0.0"}]
    assert tasks.observables["open_tasks"]() == 1


def test_a_consumer_without_a_provider_is_refused_with_what_would_provide_it(
    runtime: Runtime, tmp_path: Path
) -> None:
    with pytest.raises(errors.ContractMissing) as caught:
        runtime.install(consumer(tmp_path))
    assert "install first a package that provides it" in caught.value.hint
    assert runtime.packages() == []
    runtime.install(provider(tmp_path), activate=False)
    with pytest.raises(
        errors.ContractMissing, match=f"projects@1.0.0 consumes the contract {LABEL}"
    ) as caught:
        runtime.install(consumer(tmp_path))
    assert caught.value.hint == "activate first what would provide it: tasks 1.0.0"


def test_an_optional_contract_is_none_until_somebody_provides_it(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(consumer(tmp_path, consumes=f"{CONTRACT!r}, 1, optional=True"))
    assert by(runtime) == "nobody"
    runtime.install(provider(tmp_path))
    assert by(runtime) == "tasks 1.0.0"
    runtime.disable("tasks")
    assert by(runtime) == "nobody"


def test_two_packages_may_consume_each_others_contracts(runtime: Runtime, tmp_path: Path) -> None:
    asks = f"pkg.consumes({an_id('projects', 'contract')!r}, 1, optional=True)"
    tasks = provider(tmp_path)
    source = tasks / "tasks/package.py"
    source.write_text(source.read_text() + f"    {asks}\n")
    runtime.install(tasks)
    runtime.install(consumer(tmp_path))
    consumers = {one.package: one.provider for each in runtime.contracts.list() for one in each.consumers}
    assert consumers == {"projects@1.0.0": "tasks@1.0.0", "tasks@1.0.0": "projects@1.0.0"}


def test_a_packages_code_gets_only_what_its_definition_consumes(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(provider(tmp_path))
    runtime.install(consumer(tmp_path, uses=2))
    with pytest.raises(errors.ToolFailed) as caught:
        by(runtime)
    assert isinstance(caught.value.__cause__, errors.UnknownContract)
    assert f"pkg.consumes('{CONTRACT}', 2)" in caught.value.__cause__.hint


def test_a_host_may_ask_for_any_contract_and_hears_when_nobody_provides_it(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path))
    with pytest.raises(errors.ContractMissing, match=f"{CONTRACT}@7"):
        runtime.context().contract(CONTRACT, 7)


# ── claims ───────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_that_does_not_hold_is_refused_with_member_place_and_both_sides(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path))
    with pytest.raises(errors.ContractNotFulfilled) as caught:
        runtime.install(fancy(tmp_path, title="int"))
    said = str(caught.value)
    assert f"Fancy of fancy@1.0.0 claims {LABEL}: " in said
    assert "tool add_task: argument title: was string, is integer" in said
    assert [one.name for one in runtime.packages()] == ["tasks"]


def test_a_claim_counts_once_the_contract_is_known(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(fancy(tmp_path))
    (listed,) = [one for one in runtime.diagnostics() if one.code == "P0523"]
    assert "no package of the context has shown what that is" in listed.message
    with pytest.raises(errors.ContractMissing):
        runtime.install(consumer(tmp_path))
    runtime.install(provider(tmp_path))
    runtime.install(consumer(tmp_path))
    runtime.contracts.set_provider("Tasks", "fancy")
    assert by(runtime) == "fancy 1.0.0"


def test_a_next_version_goes_on_for_those_who_consume_the_one_before(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path))
    runtime.install(consumer(tmp_path))
    with pytest.raises(errors.ContractNeeded, match=r"projects@1\.0\.0") as caught:
        runtime.install(provider(tmp_path, version="2.0.0", contract_version=2))
    assert caught.value.facts["consumers"] == ["projects@1.0.0"]
    assert by(runtime) == "tasks 1.0.0"
    more = {"more": "due: str = ''", "claims": f"{CONTRACT!r}, 1"}
    runtime.install(provider(tmp_path, version="2.0.0", contract_version=2, **more))
    assert by(runtime) == "tasks 2.0.0"


def test_each_version_of_a_range_is_judged(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(provider(tmp_path))
    runtime.promote("tasks", "1.0.0", "stable")
    second = provider(tmp_path, version="2.0.0", contract_version=2, more="due: int")
    runtime.install(second)
    runtime.promote("tasks", "2.0.0", "stable")
    third = {"contract_version": 3, "claims": f"{CONTRACT!r}, (1, 2)"}
    with pytest.raises(errors.ContractNotFulfilled, match=f"claims {CONTRACT}@2: .*argument due is gone"):
        runtime.install(provider(tmp_path, version="3.0.0", **third))
    fits = provider(tmp_path, version="3.0.0", more="due: int | None = None", **third)
    assert runtime.install(fits).version == "3.0.0"


def test_a_build_that_has_left_the_frozen_shape_provides_it_no_longer(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path))
    runtime.promote("tasks", "1.0.0", "stable")
    runtime.install(consumer(tmp_path))
    with pytest.raises(errors.ContractNotFulfilled, match="argument due is new, and required"):
        runtime.install(provider(tmp_path, version="1.1.0", more="due: int"))
    assert by(runtime) == "tasks 1.0.0"


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("act", ["disable", "uninstall"])
def test_a_provider_with_consumers_is_not_taken_away(runtime: Runtime, tmp_path: Path, act: str) -> None:
    runtime.install(provider(tmp_path))
    runtime.install(consumer(tmp_path))
    with pytest.raises(errors.ContractNeeded, match=r"projects@1\.0\.0"):
        getattr(runtime, act)("tasks")
    assert by(runtime) == "tasks 1.0.0"
    runtime.install(fancy(tmp_path))
    getattr(runtime, act)("tasks")  # whose contract is known from then on
    assert by(runtime) == "fancy 1.0.0"


def test_a_provider_with_consumers_is_not_rolled_back_to_before_the_contract(
    runtime: Runtime, tmp_path: Path
) -> None:
    hooks = "import pluggy\n@pluggy.HookimplMarker('peers')\ndef peers_activated():\n    pass\n"
    before = {"files": {"hooks.py": hooks}, "definition": "pkg.hooks = 'tasks.hooks'"}
    runtime.install(project(tmp_path / "before", "tasks", "0.9.0", **before))
    runtime.promote("tasks", "0.9.0", "stable")
    runtime.install(provider(tmp_path))
    runtime.promote("tasks", "1.0.0", "stable")
    runtime.install(consumer(tmp_path))
    with pytest.raises(errors.ContractNeeded, match=r"projects@1\.0\.0"):
        runtime.rollback("tasks")
    assert by(runtime) == "tasks 1.0.0"


def test_another_contexts_consumers_are_no_concern(runtime: Runtime, tmp_path: Path) -> None:
    runtime.contexts.create("acme")
    for context in ("personal", "acme"):
        runtime.install(provider(tmp_path), context=context)
    runtime.install(consumer(tmp_path), context="acme")
    runtime.disable("tasks")
    assert by(runtime, "acme") == "tasks 1.0.0"


# ── swapping ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def swappable(runtime: Runtime, tmp_path: Path) -> Runtime:
    """Two providers and a consumer, which gets the first one."""
    runtime.install(provider(tmp_path))
    runtime.install(fancy(tmp_path))
    runtime.install(consumer(tmp_path))
    return runtime


def test_a_provider_is_swapped_under_a_consumer_and_back(swappable: Runtime) -> None:
    assert by(swappable) == "tasks 1.0.0"
    swappable.contracts.set_provider("Tasks@1", "fancy")
    assert by(swappable) == "fancy 1.0.0"
    swappable.contracts.set_provider(LABEL, None)
    assert by(swappable) == "tasks 1.0.0"


def test_a_dry_run_says_who_would_get_it_from_whom(swappable: Runtime) -> None:
    decision = swappable.contracts.set_provider("Tasks", "fancy", dry_run=True)
    assert not decision.applied
    assert [str(one) for one in decision.effects][1:] == [
        "context: projects@1.0.0 gets it from tasks@1.0.0 → fancy@1.0.0"
    ]
    assert by(swappable) == "tasks 1.0.0"


def test_a_call_that_is_under_way_ends_on_the_provider_that_it_began_with(swappable: Runtime) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def between() -> None:
        reached.set()
        assert go_on.wait(10)

    swappable.context().module("projects.tools").between = between
    answers: list[str] = []
    call = threading.Thread(target=lambda: answers.append(swappable.context().tools["projects:twice"]().text))
    call.start()
    assert reached.wait(10)
    swappable.contracts.set_provider("Tasks", "fancy")
    assert by(swappable) == "fancy 1.0.0"
    go_on.set()
    call.join(10)
    assert answers == ["tasks 1.0.0, tasks 1.0.0"]


def test_subscriptions_move_to_the_next_provider_and_hear_of_its_value(swappable: Runtime) -> None:
    tasks = swappable.context().contract(CONTRACT, 1)
    values: list[int] = []
    done: list[str] = []
    tasks.observables["open_tasks"].subscribe(values.append)
    tasks.events["task_done"].subscribe(lambda told: done.append(told["by"]))
    swappable.context().tools["tasks:add_task"](title="x")
    swappable.contracts.set_provider("Tasks", "fancy")
    swappable.context().tools["tasks:add_task"](title="y")
    swappable.context().tools["fancy:add_task"](title="z")
    assert values == [1, 40, 41]
    assert done == ["tasks 1.0.0", "fancy 1.0.0"]


def test_a_subscription_waits_while_nobody_provides_and_goes_on_with_the_next(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path))
    done: list[str] = []
    tasks = runtime.context().contract(CONTRACT, 1)
    tasks.events["task_done"].subscribe(lambda told: done.append(told["by"]))
    runtime.disable("tasks")
    with pytest.raises(errors.ContractMissing):
        tasks.tools["add_task"]
    runtime.activate("tasks", "1.0.0")
    tasks.tools["add_task"](title="x")
    assert done == ["tasks 1.0.0"]


def test_the_subscription_of_a_consumers_code_ends_with_its_version(
    swappable: Runtime, tmp_path: Path
) -> None:
    context = swappable.context()
    context.tools["projects:follow"]()
    context.tools["tasks:add_task"](title="x")
    heard = context.module("projects.tools").heard
    assert [one["title"] for one in heard] == ["x"]
    swappable.install(consumer(tmp_path, version="1.1.0"))
    context.tools["tasks:add_task"](title="y")
    assert len(heard) == 1
    assert context.module("projects.tools").heard == []


def test_a_choice_outlives_the_process_and_reaches_others_on_the_home(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as first:
        first.install(provider(tmp_path))
        first.install(fancy(tmp_path))
        first.install(consumer(tmp_path))
        assert by(first) == "tasks 1.0.0"
        with Runtime.open(tmp_path / "home", facades=False) as second:
            second.contracts.set_provider("Tasks", "fancy")
        first.context()  # looks for what others have changed
        until(lambda: by(first) == "fancy 1.0.0")
    with Runtime.open(tmp_path / "home") as again:
        assert by(again) == "fancy 1.0.0"
        (contract,) = [one for one in again.contracts.list() if one.contract_id == CONTRACT]
        assert contract.chosen == an_id("fancy")


@pytest.mark.parametrize(
    ("which", "provider_name", "error"),
    [
        ("Task", "fancy", errors.UnknownContract),
        (f"{CONTRACT}@9", "fancy", errors.UnknownContract),
        ("Tasks", "nobody", errors.UnknownPackage),
        ("Tasks", "projects", errors.ContractMissing),
    ],
)
def test_who_cannot_be_chosen_is_refused_and_nothing_changes(
    swappable: Runtime, which: str, provider_name: str, error: type[errors.PeersError]
) -> None:
    with pytest.raises(error) as caught:
        swappable.contracts.set_provider(which, provider_name)
    assert caught.value.hint
    assert by(swappable) == "tasks 1.0.0"


# ── a proxy ──────────────────────────────────────────────────────────────────────────────────────


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


def test_what_only_one_provider_takes_is_no_part_of_the_contract(swappable: Runtime, tmp_path: Path) -> None:
    swappable.install(fancy(tmp_path, version="1.1.0", more="colour: str = 'red'"))
    swappable.contracts.set_provider("Tasks", "fancy")
    with pytest.raises(errors.InvalidInput, match="colour"):
        swappable.context().contract(CONTRACT, 1).tools["add_task"](title="x", colour="blue")


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
