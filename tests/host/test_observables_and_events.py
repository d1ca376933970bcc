"""Values that live in a context, and what happens there, whatever becomes of the versions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from tests.world import an_id, project

OPEN, STATE, TICK = (an_id("clock", word) for word in ("open", "state", "tick"))

DEFINITION = """
from clock import members
main = pkg.contract({contract!r}, 1, "Clock")
main.observables = [members.open_count, members.state]
main.events = [members.tick]
main.tools = [members.strike]
"""

MEMBERS = """
from typing import Literal
from pydantic import BaseModel
from peers_runtime import Event, Observable, tool

class State(BaseModel):
    mode: Literal["day", "night"] = "day"
    level: {level} = 0

class Tick(BaseModel):
    number: int

class Nothing(BaseModel):
    pass

attached = []

def source(emit, ctx):
    attached.append((ctx.context_id, emit))
    return lambda: attached.remove((ctx.context_id, emit))

open_count = Observable(observable_id={open!r}, name="open_count", type=int, initial={initial})
state = Observable(observable_id={state!r}, name="state", type=State, initial=State(), writable=True)
tick = Event(event_id={tick!r}, name="tick", payload=Tick, source=source)

@tool(tool_id={strike!r}, usage="Strike once")
def strike(args: Nothing, ctx) -> None:
    ctx.observables["open_count"].set(ctx.observables["open_count"]() + 1)
    ctx.events["tick"].emit(Tick(number=ctx.observables["open_count"]()))
"""


def clock(folder: Path, version: str = "1.0.0", *, level: str = "int", initial: str = "10") -> Path:
    ids = {"open": OPEN, "state": STATE, "tick": TICK, "strike": an_id("clock", "strike")}
    files = {"members.py": MEMBERS.format(level=level, initial=initial, **ids)}
    definition = DEFINITION.format(contract=an_id("clock", "contract"))
    return project(folder / version, "clock", version, files, definition=definition)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        opened.install(clock(tmp_path))
        yield opened


@pytest.fixture
def context(runtime: Runtime) -> Any:
    return runtime.context()


def test_the_definition_is_data_and_imports_nothing(runtime: Runtime, context: Any) -> None:
    definition = runtime.manifest("clock").definition
    assert [(one.name, one.writable) for one in definition.observables] == [
        ("open_count", False),
        ("state", True),
    ]
    assert [(one.name, one.has_source) for one in definition.events] == [("tick", True)]
    assert list(context.observables) == ["clock:open_count", "clock:state"]
    assert context.observables["state"].data.value_schema["properties"]["mode"]["enum"] == ["day", "night"]


def test_a_value_is_of_the_type_that_its_author_gave(context: Any) -> None:
    assert context.observables["open_count"]() == 10
    state = context.observables[STATE]()
    assert (type(state).__name__, state.mode) == ("State", "day")
    context.observables["clock:state"].set({"mode": "night"})
    assert context.observables["state"]().mode == "night"


def test_the_first_value_may_be_computed_in_the_context(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(clock(tmp_path, "1.1.0", initial="lambda ctx: len(ctx.context_id)"))
    assert runtime.context().observables["open_count"]() == len("personal")


def test_a_first_value_that_fails_is_the_packages_fault(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(clock(tmp_path, "1.1.0", initial="lambda ctx: 1 // 0"))
    with pytest.raises(errors.SourceFailed, match="ZeroDivisionError") as caught:
        runtime.context().observables["open_count"]()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_its_own_package_sets_what_nobody_else_may(context: Any) -> None:
    heard: list[int] = []
    context.observables["open_count"].subscribe(heard.append)
    context.tools["strike"]()
    assert heard == [11]
    with pytest.raises(errors.NotWritable, match="only its own package sets it"):
        context.observables["open_count"].set(0)
    assert context.observables["open_count"]() == 11


@pytest.mark.parametrize("value", [{"mode": "dusk"}, {"level": "high"}, 3, None])
def test_what_does_not_fit_is_refused_and_changes_nothing(context: Any, value: Any) -> None:
    before = context.observables["state"]()
    with pytest.raises(errors.InvalidValue, match="'state' of clock@1"):
        context.observables["state"].set(value)
    assert context.observables["state"]() == before


def test_each_context_has_values_and_subscribers_of_its_own(
    runtime: Runtime, context: Any, tmp_path: Path
) -> None:
    runtime.contexts.create("acme")
    runtime.install(clock(tmp_path), context="acme")
    heard: list[Any] = []
    context.events["tick"].subscribe(heard.append)
    runtime.context("acme").tools["strike"]()
    assert heard == []
    assert runtime.context("acme").observables["open_count"]() == 11
    assert context.observables["open_count"]() == 10


def test_values_and_subscribers_outlive_the_version_in_the_type_of_the_next(
    runtime: Runtime, context: Any, tmp_path: Path
) -> None:
    heard: list[Any] = []
    context.observables["state"].subscribe(lambda state: heard.append(state.level))
    context.observables["state"].set({"level": 3})
    runtime.install(clock(tmp_path, "1.1.0", level="float"))
    assert context.observables["state"]().level == 3.0
    context.observables["state"].set({"level": 4.0})
    assert heard == [3, 4]


def test_a_value_that_the_next_version_does_not_take_is_said_to_whoever_asks(
    runtime: Runtime, context: Any, tmp_path: Path
) -> None:
    context.observables["state"].set({"level": 3})
    runtime.install(clock(tmp_path, "2.0.0", level="list[int] | Literal[0]"))
    with pytest.raises(errors.InvalidValue):
        context.observables["state"]()
    context.observables["state"].set({"level": [3]})
    assert context.observables["state"]().level == [3]


def test_an_event_reaches_its_subscribers_in_its_own_model(context: Any) -> None:
    heard: list[Any] = []
    undo = context.events["tick"].subscribe(heard.append)
    context.tools["strike"]()
    undo()
    context.tools["strike"]()
    assert [(type(one).__name__, one.number) for one in heard] == [("Tick", 11)]


def test_a_payload_that_does_not_fit_is_the_callers_error(context: Any) -> None:
    with pytest.raises(errors.InvalidPayload, match="number"):
        context.events["tick"].emit({"number": "many"})


def test_a_source_is_attached_while_somebody_listens_and_is_that_of_the_active_version(
    runtime: Runtime, context: Any, tmp_path: Path
) -> None:
    old = context.module("clock.members")
    heard: list[int] = []
    undo = context.events["tick"].subscribe(lambda tick: heard.append(tick.number))
    ((where, emit),) = old.attached
    assert where == "personal"
    emit({"number": 1})
    runtime.install(clock(tmp_path, "1.1.0"))
    new = context.module("clock.members")
    assert old.attached == []
    ((_, emit),) = new.attached
    emit(new.Tick(number=2))
    undo()
    assert new.attached == []
    assert heard == [1, 2]


def test_the_source_of_a_disabled_package_is_detached_and_comes_back_with_it(
    runtime: Runtime, context: Any
) -> None:
    context.events["tick"].subscribe(print)
    members = context.module("clock.members")
    runtime.disable("clock")
    assert members.attached == []
    runtime.activate("clock", "1.0.0")
    assert len(context.module("clock.members").attached) == 1


def test_what_a_subscriber_raises_is_a_diagnostic_and_stops_nobody(runtime: Runtime, context: Any) -> None:
    heard: list[Any] = []
    context.events["tick"].subscribe(lambda _: 1 // 0)
    context.events["tick"].subscribe(heard.append)
    context.tools["strike"]()
    assert len(heard) == 1
    (listed,) = [one for one in runtime.diagnostics() if one.code == "P0528"]
    assert "ZeroDivisionError" in listed.message


def test_an_async_host_subscribes_as_any_other(context: Any) -> None:
    async def heard() -> int:
        ticks: asyncio.Queue[int] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        undo = context.events["tick"].subscribe(
            lambda tick: loop.call_soon_threadsafe(ticks.put_nowait, tick.number)
        )
        await asyncio.to_thread(context.tools["strike"])
        undo()
        return await asyncio.wait_for(ticks.get(), 10)

    assert asyncio.run(heard()) == 11


def test_a_reload_of_the_provider_keeps_values_and_subscribers(
    runtime: Runtime, context: Any, tmp_path: Path
) -> None:
    heard: list[int] = []
    reloaded = threading.Event()
    with runtime.watch(tmp_path / "1.0.0", on_reload=lambda _: reloaded.set()):
        context.events["tick"].subscribe(lambda tick: heard.append(tick.number))
        context.tools["strike"]()
        reloaded.clear()
        members = tmp_path / "1.0.0" / "clock" / "members.py"
        members.write_text(members.read_text().replace("() + 1", "() + 100"))
        assert reloaded.wait(10)
        context.tools["strike"]()
    assert heard == [11, 111]
    assert context.observables["open_count"]() == 111


HOOKS = """
import pluggy

@pluggy.HookimplMarker("peers")
def peers_dispose(data):
    pass
"""


def test_a_reload_that_hands_over_takes_the_source_of_the_next_state(tmp_path: Path) -> None:
    folder = clock(tmp_path)
    (folder / "clock" / "hooks.py").write_text(HOOKS)
    package = folder / "clock" / "package.py"
    package.write_text(package.read_text() + "    pkg.hooks = 'clock.hooks'\n")
    reloaded = threading.Event()
    with Runtime.in_memory() as runtime, runtime.watch(folder, on_reload=lambda _: reloaded.set()):
        context = runtime.context()
        context.events["tick"].subscribe(print)
        old = context.module("clock.members")
        assert len(old.attached) == 1
        reloaded.clear()
        members = folder / "clock" / "members.py"
        members.write_text(members.read_text().replace("() + 1", "() + 100"))
        assert reloaded.wait(10)
        new = context.module("clock.members")
        assert (len(old.attached), len(new.attached)) == (0, 1)
        del old
