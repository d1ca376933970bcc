"""Which versions each context has: preparing, switching and freeing, without a database."""

from __future__ import annotations

import contextvars
import gc
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime.activation.context import DataContext
from peers_runtime.activation.engine import Engine
from peers_runtime.base import errors
from peers_runtime.importing.current import current
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.manifest import HookData
from tests.fakes.memory import FakeMemory, state

PATIENCE_S = 10
LIFE = tuple(
    HookData(
        project_name="peers", hook=hook, reference=f"notes.life:{hook}", argument_names=("context", "version")
    )
    for hook in ("peers_activated", "peers_deactivating")
)
TELLS = "".join(
    f"def {hook.hook}(context, version):\n    import builtins\n"
    f"    builtins.heard.append(({hook.hook!r}, context, version))\n"
    for hook in LIFE
)


@pytest.fixture
def memory(tmp_path: Path) -> FakeMemory:
    return FakeMemory(tmp_path)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    said: list[tuple[str, str, str]] = []
    monkeypatch.setattr("builtins.heard", said, raising=False)
    return said


@pytest.fixture
def engines() -> Iterator[list[Engine]]:
    made: list[Engine] = []
    yield made
    for engine in made:
        engine.close()


def start(engines: list[Engine], memory: FakeMemory, **contexts: list[ActivePackage]) -> Engine:
    engines.append(Engine(state(1, contexts), memory, facades=False))
    return engines[-1]


def shown(engine: Engine, context_id: str, name: str = "notes") -> object:
    return DataContext(engine, context_id).render(name).content


def switch(engine: Engine, package: ActivePackage, sequence: int) -> None:
    """What an act does: prepare, record, switch, take over what was recorded."""
    engine.switch("acme", engine.prepare("acme", [package]))
    engine.adopt(state(sequence, {"acme": [package]}))


def tags() -> set[str]:
    return {
        name.split(".")[1].rpartition("_")[0] for name in sys.modules if name.startswith("peers_packages.")
    }


def await_tags(wanted: set[str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while tags() != wanted:
        assert time.monotonic() < deadline, tags()
        time.sleep(0.001)  # of `sys.modules` nobody is told


def test_contexts_with_equal_sets_share_all_but_their_binding(
    engines: list[Engine], memory: FakeMemory
) -> None:
    notes = memory.add("notes")
    engine = start(engines, memory, acme=[notes], globex=[notes], empty=[])
    acme, globex = engine.binding("acme"), engine.binding("globex")
    assert acme is not globex
    assert acme.active is globex.active
    assert acme.modules is globex.modules
    assert engine.binding("empty").active is not acme.active


def test_a_binding_is_made_when_a_context_is_first_used(engines: list[Engine], memory: FakeMemory) -> None:
    engine = start(engines, memory, acme=[memory.add("notes")])
    assert engine.binding("acme") is engine.binding("acme")
    with pytest.raises(errors.UnknownContext, match="'globex'"):
        engine.binding("globex")


def test_a_switch_gives_new_requests_the_new_version_and_running_ones_the_old(
    engines: list[Engine], memory: FakeMemory
) -> None:
    one, two = memory.add("notes", "1.0.0"), memory.add("notes", "2.0.0")
    engine = start(engines, memory, acme=[one])
    with DataContext(engine, "acme") as pinned:
        switch(engine, two, 2)
        assert pinned.generation == 0
        assert shown(engine, "acme") == "notes 1.0.0"
    assert engine.binding("acme").generation == 1
    assert shown(engine, "acme") == "notes 2.0.0"


def test_a_copied_context_pins_its_generation_for_as_long_as_it_is_kept(
    engines: list[Engine], memory: FakeMemory
) -> None:
    one, two = memory.add("notes", "1.0.0"), memory.add("notes", "2.0.0")
    engine = start(engines, memory, acme=[one])
    with DataContext(engine, "acme"):
        copied = contextvars.copy_context()
    shown(engine, "acme")
    switch(engine, two, 2)
    engine.drain()
    assert copied.run(shown, engine, "acme") == "notes 1.0.0"
    del copied
    engine.drain()
    assert tags() == {"notes_2_0_0"}


def left_in_a_cycle(engines: list[Engine], memory: FakeMemory) -> Engine:
    """An engine that has switched from 1.0.0 to 2.0.0; nothing but a cycle refers to 1.0.0."""
    one, two = memory.add("notes", "1.0.0"), memory.add("notes", "2.0.0")
    engine = start(engines, memory, acme=[one])
    with DataContext(engine, "acme") as binding:
        cycle: list[object] = [binding]
        cycle.append(cycle)
    shown(engine, "acme")
    switch(engine, two, 2)
    shown(engine, "acme")
    return engine


def test_a_version_that_only_garbage_holds_is_swept_out(engines: list[Engine], memory: FakeMemory) -> None:
    gc.disable()
    try:
        engine = left_in_a_cycle(engines, memory)
        assert tags() == {"notes_1_0_0", "notes_2_0_0"}
        engine.sweep()
        await_tags({"notes_2_0_0"})
    finally:
        gc.enable()


def test_a_sweep_waits_for_a_collection_that_is_under_way(engines: list[Engine], memory: FakeMemory) -> None:
    """CPython's collector does nothing when it is called meanwhile."""
    under_way, may_end = threading.Event(), threading.Event()

    def hold_up(phase: str, _: object) -> None:
        if threading.current_thread() is collecting and phase == "start":
            under_way.set()
            may_end.wait(PATIENCE_S)

    collecting = threading.Thread(target=gc.collect, args=(0,))
    gc.callbacks.append(hold_up)
    gc.disable()
    try:
        engine = left_in_a_cycle(engines, memory)
        collecting.start()
        assert under_way.wait(PATIENCE_S)
        engine.sweep()
        time.sleep(0.1)  # the reaper tries in vain
        assert "notes_1_0_0" in tags()
        may_end.set()
        await_tags({"notes_2_0_0"})
    finally:
        gc.enable()
        gc.callbacks.remove(hold_up)
        collecting.join()


def test_what_is_prepared_and_discarded_is_unloaded_at_once(
    engines: list[Engine], memory: FakeMemory
) -> None:
    one, two = memory.add("notes", "1.0.0"), memory.add("notes", "2.0.0")
    engine = start(engines, memory, acme=[one])
    shown(engine, "acme")
    prepared = engine.prepare("acme", [two])
    assert tags() == {"notes_1_0_0", "notes_2_0_0"}
    engine.discard(prepared)
    assert tags() == {"notes_1_0_0"}


def test_discarding_leaves_what_another_context_uses(engines: list[Engine], memory: FakeMemory) -> None:
    one, two = memory.add("notes", "1.0.0"), memory.add("notes", "2.0.0")
    engine = start(engines, memory, acme=[one], globex=[two])
    prepared = engine.prepare("acme", [two])
    assert shown(engine, "globex") == "notes 2.0.0"
    engine.discard(prepared)
    assert shown(engine, "globex") == "notes 2.0.0"
    assert engine.binding("globex").modules["notes.ui"].__name__ in sys.modules


def test_two_owners_of_one_id_are_refused_before_anything_is_loaded(
    engines: list[Engine], memory: FakeMemory
) -> None:
    notes = memory.add("notes", ui="u" * 25)
    tasks = memory.add("tasks", ui="u" * 25)
    engine = start(engines, memory, acme=[notes])
    with pytest.raises(errors.ContributionConflict, match=r"tasks@1.0.0 .* notes@1.0.0"):
        engine.prepare("acme", [notes, tasks])
    assert tags() == set()


def test_a_version_is_told_of_its_activation_and_its_end(
    engines: list[Engine], memory: FakeMemory, heard: list[tuple[str, str, str]]
) -> None:
    one = memory.add("notes", "1.0.0", {"life.py": TELLS}, LIFE)
    two = memory.add("notes", "2.0.0", {"life.py": TELLS}, LIFE)
    engine = start(engines, memory, acme=[one])
    assert heard == []  # a start imports nothing
    shown(engine, "acme")
    assert heard == [("peers_activated", "acme", "1.0.0")]
    shown(engine, "acme")
    switch(engine, two, 2)
    assert heard[1:] == [("peers_activated", "acme", "2.0.0"), ("peers_deactivating", "acme", "1.0.0")]


def test_a_version_that_raises_at_its_end_is_listed_and_the_switch_stands(
    engines: list[Engine], memory: FakeMemory
) -> None:
    raising = "def peers_activated(context, version): pass\ndef peers_deactivating(context, version): 1 / 0\n"
    one, two = memory.add("notes", "1.0.0", {"life.py": raising}, LIFE), memory.add("notes", "2.0.0")
    engine = start(engines, memory, acme=[one])
    shown(engine, "acme")
    switch(engine, two, 2)
    assert shown(engine, "acme") == "notes 2.0.0"
    assert memory.reports == [("P0409", "notes@1.0.0")]


def test_facts_from_elsewhere_are_adopted_by_contexts_in_use_and_unused_alike(
    engines: list[Engine], memory: FakeMemory
) -> None:
    one, two = memory.add("notes", "1.0.0"), memory.add("notes", "2.0.0")
    engine = start(engines, memory, acme=[one], globex=[one], gone=[one])
    for context_id in ("acme", "gone"):
        shown(engine, context_id)
    before = engine.binding("acme")
    engine.adopt(state(2, {"acme": [two], "globex": [two], "new": [one]}))
    assert engine.binding("acme").generation == before.generation + 1
    assert [shown(engine, context_id) for context_id in ("acme", "globex", "new")] == [
        "notes 2.0.0",
        "notes 2.0.0",
        "notes 1.0.0",
    ]
    with pytest.raises(errors.UnknownContext):
        engine.binding("gone")


def test_facts_that_change_nothing_for_a_context_leave_its_binding(
    engines: list[Engine], memory: FakeMemory
) -> None:
    notes = memory.add("notes")
    engine = start(engines, memory, acme=[notes])
    before = engine.binding("acme")
    engine.adopt(state(2, {"acme": [notes], "globex": [notes]}))
    assert engine.binding("acme") is before


def test_closing_unloads_everything_and_says_so_afterwards(memory: FakeMemory) -> None:
    engine = Engine(state(1, {"acme": [memory.add("notes")]}), memory, facades=False)
    shown(engine, "acme")
    assert tags() == {"notes_1_0_0"}
    engine.close()
    engine.close()
    assert tags() == set()
    with pytest.raises(errors.RuntimeClosed):
        engine.binding("acme")


def test_nothing_is_current_after_the_last_context_is_left(engines: list[Engine], memory: FakeMemory) -> None:
    engine = start(engines, memory, acme=[memory.add("notes")])
    with DataContext(engine, "acme") as outer:
        with DataContext(engine, "acme"):
            pass
        assert current.get()[0] is outer
    assert current.get() is None


def test_three_hundred_switches_leave_as_many_objects_as_one_hundred(
    engines: list[Engine], memory: FakeMemory
) -> None:
    both = [memory.add("notes", "1.0.0"), memory.add("notes", "2.0.0")]
    engine = start(engines, memory, acme=[both[0]])
    counts = []
    for number in range(1, 301):
        target = both[number % 2]
        switch(engine, target, number + 1)
        if number % 100 == 0:
            engine.drain()
            gc.collect()
            counts.append(len(gc.get_objects()))
    assert counts[2] - counts[0] < 50, counts
    assert tags() == {"notes_1_0_0"}
