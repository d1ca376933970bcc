"""A provider is swapped under a consumer: calls, subscriptions, and the choice itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from peers_runtime import Decision, Runtime
from peers_runtime.base import errors
from tests.host.devices import until
from tests.host.task_packages import CONTRACT, LABEL, by, consumer, fancy, provider
from tests.world import an_id


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        yield opened


@pytest.fixture
def swappable(runtime: Runtime, tmp_path: Path) -> Runtime:
    """Two providers and a consumer, which gets the first one."""
    for package in (provider, fancy, consumer):
        runtime.install(package(tmp_path))
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
        "context: projects@1.0.0 gets Tasks 1 from tasks@1.0.0 → fancy@1.0.0"
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


def without_it(folder: Path, version: str) -> Path:
    """A version of tasks that provides another contract."""
    return provider(folder, version=version, contract_version=7 if version < "1" else 8)


Act = Callable[[Runtime, bool], Sequence[Decision]]
LEAVING: dict[str, Act] = {
    "disable": lambda it, dry: it.disable_all(["tasks"], dry_run=dry),
    "uninstall": lambda it, dry: it.uninstall_all(["tasks"], dry_run=dry),
    "activate": lambda it, dry: [it.activate("tasks", "0.9.0", dry_run=dry)],
    "activate here": lambda it, dry: [it.activate("tasks", "0.9.0", device=True, dry_run=dry)],
    "roll back": lambda it, dry: [it.rollback("tasks", dry_run=dry)],
    "promote": lambda it, dry: [it.promote("tasks", "2.0.0", "stable", dry_run=dry)],
    "several": lambda it, dry: it.activate_all({"fancy": "1.0.0", "tasks": "0.9.0"}, dry_run=dry),
}


@pytest.fixture
def released(runtime: Runtime, tmp_path: Path) -> Runtime:
    """The consumer gets it from tasks 1.0.0; what came before and after provides another contract."""
    runtime.install(without_it(tmp_path, "0.9.0"))
    runtime.promote("tasks", "0.9.0", "stable")
    runtime.install(provider(tmp_path))
    runtime.promote("tasks", "1.0.0", "stable")
    for package in (fancy, consumer):
        runtime.install(package(tmp_path))
    runtime.install(without_it(tmp_path, "2.0.0"), activate=False)
    return runtime


@pytest.mark.parametrize("name", LEAVING)
def test_an_act_that_moves_a_consumer_to_another_provider_says_so_dry_and_done(
    released: Runtime, name: str
) -> None:
    assert by(released) == "tasks 1.0.0"
    told = [
        [str(effect) for one in LEAVING[name](released, dry_run) for effect in one.effects]
        for dry_run in (True, False)
    ]
    device = released.device
    assert f"device {device}: projects@1.0.0 gets Tasks 1 from tasks@1.0.0 → fancy@1.0.0" in told[0]
    assert told[0] == told[1]
    assert by(released) == "fancy 1.0.0"


def test_a_providers_next_version_and_an_act_on_others_move_nobody(released: Runtime, tmp_path: Path) -> None:
    released.install(provider(tmp_path, version="1.1.0"), activate=False)
    for decision in (
        released.activate("tasks", "1.1.0", dry_run=True),
        released.disable("fancy", dry_run=True),
    ):
        assert decision.effects
        assert not any("gets Tasks" in one.what for one in decision.effects)
