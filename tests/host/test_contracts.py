"""Packages talk through contracts: whom a consumer gets, and what is refused lest it gets nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from tests.host.task_packages import CONTRACT, LABEL, by, consumer, fancy, provider
from tests.world import an_id, project


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        yield opened


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
    assert caught.value.hint == "activate first, or in the same act, what would provide it: tasks 1.0.0"


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


def test_who_may_not_read_a_context_sees_none_of_its_contracts(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home", actor="ada") as opened:
        opened.contexts.create("acme")
        opened.install(provider(tmp_path), context="acme")
    with Runtime.open(tmp_path / "home", actor="eve") as opened, pytest.raises(errors.RoleTooLow):
        opened.contracts.list("acme")
