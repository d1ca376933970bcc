"""What comes next in a run: a small table, and promises over workflows, failures and crashes of any kind."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.model.workflows import Fault, StepData, StepState, ToolReference, WorkflowData
from peers_runtime.rules import workflows
from peers_runtime.rules.workflow_references import every_step
from peers_runtime.rules.workflows import Begin, Do, End, Failed, Finished, Scope

FAULT = Fault(code="P0505", message="it broke")
TOOL = ToolReference(tool_id="t" * 25)


def step(name: str, **more: Any) -> StepData:
    return StepData(name=name, **({"tool": TOOL} | more))


def workflow(*steps: StepData, name: str = "main", output: Any = None) -> WorkflowData:
    return WorkflowData(workflow_id=name, name=name, input_schema={}, steps=steps, output=output)


def state(path: str, status: str = "done", **more: Any) -> StepState:
    return StepState(path=path, kind="tool", status=status, at="", **more)


def following(of: WorkflowData, *kept: StepState, others: Mapping[str, WorkflowData] | None = None) -> Any:
    known = {of.workflow_id: of, **(others or {})}
    return workflows.following(of, known, {"title": "x"}, {one.path: one for one in kept})


CONTINUED = step("b", on_error="continue")
INSTEAD = step("b", on_error=step("c"))
TWICE = step("b", retries=1)
BROKEN = state("b", "failed", fault=FAULT)
TABLE = [
    ([step("a"), step("b")], [], ("Do", "a", "it is the first step")),
    ([step("a"), step("b")], [state("a")], ("Do", "b", "a has ended")),
    ([step("a"), step("b")], [state("a"), state("b")], ("Finished", None, "b has ended")),
    ([step("b")], [BROKEN], ("Failed", "b", "b failed, and on_error says so")),
    ([CONTINUED, step("d")], [BROKEN], ("Do", "d", "b has ended")),
    ([INSTEAD, step("d")], [BROKEN], ("Do", "c", "b failed, and this runs instead")),
    ([INSTEAD, step("d")], [BROKEN, state("c")], ("Do", "d", "b has ended")),
    (
        [INSTEAD],
        [BROKEN, state("c", "failed", fault=FAULT)],
        ("Failed", "c", "c failed, and on_error says so"),
    ),
    ([TWICE], [BROKEN], ("Do", "b", "b failed, and has 1 further attempts")),
    ([TWICE], [state("b", "failed", attempt=2)], ("Failed", "b", "b failed, and on_error says so")),
    ([step("w", tool=None, workflow_id="in")], [], ("Begin", "w", "it is the first step")),
    ([step("w", tool=None, workflow_id="in")], [state("w", "begun")], ("Do", "w/x", "it is the first step")),
    (
        [step("w", tool=None, workflow_id="in")],
        [state("w", "begun"), state("w/x")],
        ("End", "w", "w/x has ended"),
    ),
]


@pytest.mark.parametrize(("steps", "kept", "expected"), TABLE)
def test_what_comes_next_has_a_reason(
    steps: list[StepData], kept: list[StepState], expected: tuple[str, str | None, str]
) -> None:
    found = following(workflow(*steps), *kept, others={"in": workflow(step("x"), name="in")})
    assert (type(found).__name__, getattr(found, "path", None), found.reason) == expected


def test_the_next_attempt_is_counted() -> None:
    assert following(workflow(TWICE), BROKEN).attempt == 2


def test_what_runs_instead_stands_for_the_step_and_knows_the_error() -> None:
    of = workflow(INSTEAD, step("d"))
    assert following(of, BROKEN).scope.fault == FAULT
    assert following(of, BROKEN, state("c", output=7)).scope == Scope({"title": "x"}, {"b": 7})


def test_a_failed_workflow_ends_as_a_failed_step() -> None:
    of = workflow(step("w", tool=None, workflow_id="in"))
    inner = {"in": workflow(step("x"), name="in")}
    found = following(of, state("w", "begun"), state("w/x", "failed", fault=FAULT), others=inner)
    assert isinstance(found, End)
    assert found.fault == FAULT


def test_a_workflow_that_comes_back_to_itself_is_refused() -> None:
    of = workflow(step("w", tool=None, workflow_id="main"))
    with pytest.raises(errors.CircularWorkflow):
        following(of, state("w", "begun"))


SCOPE = Scope({"title": "x", "tags": ["a", "b"]}, {"made": {"id": 5}, "skipped": None}, FAULT)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("input", SCOPE.input),
        ("input.title", "x"),
        ("input.tags.1", "b"),
        ("steps.made", {"id": 5}),
        ("steps.made.id", 5),
        ("steps.skipped.id.anything", None),
        ("error.message", "it broke"),
    ],
)
def test_a_reference_stands_for_what_it_names(path: str, value: object) -> None:
    assert workflows.resolved({"deep": [{"$from": path}, 1]}, SCOPE) == {"deep": [value, 1]}


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("input.titel", "input has: tags, title"),
        ("input.tags.7", "input.tags has: no fields"),
        ("input.title.x", "input.title has: no fields"),
        ("steps.other", "steps has: made, skipped"),
        ("steps.made.key", "steps.made has: id"),
    ],
)
def test_a_reference_to_nothing_says_what_there_is(path: str, hint: str) -> None:
    with pytest.raises(errors.NothingThere, match=path) as caught:
        workflows.resolved({"$from": path}, SCOPE)
    assert caught.value.hint == hint


def test_an_output_that_refers_to_nothing_fails_the_run() -> None:
    found = following(workflow(step("a"), output={"$from": "steps.a.id"}), state("a", output={}))
    assert isinstance(found, Failed)
    assert found.fault.code == errors.NothingThere.code


# ── promises ─────────────────────────────────────────────────────────────────────────────────────


@st.composite
def sets(draw: st.DrawFn) -> list[WorkflowData]:
    """Workflows, each of which may run those before it; the last one is run."""
    made: list[WorkflowData] = []
    for number in range(draw(st.integers(1, 3))):
        names = (f"s{count}" for count in range(100))
        steps = tuple(_steps(draw, names, [one.workflow_id for one in made]))
        made.append(workflow(*steps, name=f"w{number}"))
    return made


def _steps(draw: st.DrawFn, names: Iterator[str], known: list[str]) -> Iterator[StepData]:
    for _ in range(draw(st.integers(1, 4))):
        yield _step(draw, names, known, 2)


def _step(draw: st.DrawFn, names: Iterator[str], known: list[str], depth: int) -> StepData:
    kinds = ["fail", "continue", "instead"] if depth else ["fail", "continue"]
    after = draw(st.sampled_from(kinds))
    name = next(names)
    instead = _step(draw, names, known, depth - 1) if after == "instead" else after
    if known and draw(st.booleans()):
        return StepData(name=name, workflow_id=draw(st.sampled_from(known)), on_error=instead)
    return step(name, retries=draw(st.integers(0, 2)), on_error=instead)


def acted(made: list[WorkflowData], fails: Callable[[], bool], crashes: Callable[[], bool]) -> Counter[str]:
    """Run the last one to its end; how often each step was done until it was kept."""
    known = {one.workflow_id: one for one in made}
    kept: dict[str, StepState] = {}
    finished: Counter[str] = Counter()
    for _ in range(10_000):
        found = workflows.following(made[-1], known, {}, kept)
        if isinstance(found, Finished | Failed):
            return finished
        assert kept.get(found.path) is None or kept[found.path].status != "done"
        if crashes():
            continue  # before it was kept: whoever takes the run up is told the same
        if isinstance(found, Begin):
            kept[found.path] = state(found.path, "begun")
        elif isinstance(found, End):
            status = "done" if found.fault is None else "failed"
            kept[found.path] = state(found.path, status, fault=found.fault)
        else:
            assert isinstance(found, Do)
            failed = fails()
            finished[found.path] += not failed
            status = "failed" if failed else "done"
            kept[found.path] = state(
                found.path, status, attempt=found.attempt, fault=FAULT if failed else None
            )
    raise AssertionError("it does not end")


@given(sets(), st.integers(0, 10**6), st.floats(0, 1), st.floats(0, 0.8))
def test_a_run_ends_and_no_step_that_had_finished_runs_again(
    made: list[WorkflowData], seed: int, failing: float, crashing: float
) -> None:
    chance = random.Random(seed)
    finished = acted(made, lambda: chance.random() < failing, lambda: chance.random() < crashing)
    assert all(count <= 1 for count in finished.values())


@given(sets())
def test_without_failures_the_steps_run_in_their_order_and_nothing_instead(made: list[WorkflowData]) -> None:
    finished = acted(made, lambda: False, lambda: False)
    top = [path for path in finished if "/" not in path]
    tools = [one.name for one in made[-1].steps if one.workflow_id is None]
    assert top == tools
    assert list(finished.values()) == [1] * len(finished)


@given(sets(), st.integers(0, 10**6), st.floats(0, 1))
def test_a_crash_changes_nothing_of_what_comes_next(
    made: list[WorkflowData], seed: int, failing: float
) -> None:
    fails, fails_too, crashes = random.Random(seed), random.Random(seed), random.Random(seed + 1)
    smooth = acted(made, lambda: fails.random() < failing, lambda: False)
    rough = acted(made, lambda: fails_too.random() < failing, lambda: crashes.random() < 0.5)
    assert smooth == rough


def test_every_step_includes_what_runs_instead() -> None:
    nested = step("a", on_error=step("b", on_error=step("c")))
    assert [one.name for one in every_step((nested, step("d")))] == ["a", "b", "c", "d"]
