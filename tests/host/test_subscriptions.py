"""A subscription belongs to whoever subscribes, whatever it is a subscription to."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from tests.host.task_packages import CONTRACT, provider
from tests.world import an_id, project, screen

KINDS = ("variable", "table", "observable", "event", "contract's observable", "contract's event")

EAR = """
from pydantic import BaseModel
from peers_runtime import tool

class Nothing(BaseModel):
    pass

heard = []

def subscribe(ctx, hear):
    tasks = ctx.contract("{contract}", 1)
    return [
        ctx.variables["limits:limit"].subscribe(lambda value: hear("variable", value)),
        ctx.tables["tasks:Tasks"].data_changed(lambda change: hear("table", change.row)),
        ctx.observables["tasks:open_tasks"].subscribe(lambda value: hear("observable", value)),
        ctx.events["tasks:task_done"].subscribe(lambda done: hear("event", done)),
        tasks.observables["open_tasks"].subscribe(lambda value: hear("contract's observable", value)),
        tasks.events["task_done"].subscribe(lambda done: hear("contract's event", done)),
    ]

def hear(kind, what):
    heard.append(kind)

@tool(tool_id="{listen}", usage="Hear of tasks")
def listen(args: Nothing, ctx) -> None:
    undos.extend(subscribe(ctx, hear))

@tool(tool_id="{stop}", usage="Hear no more of tasks")
def stop(args: Nothing, ctx) -> None:
    for undo in undos:
        undo()

undos = []
"""


def ear(folder: Path, version: str = "1.0.0") -> Path:
    definition = f"""
from ear import tools
pkg.contract({an_id("ear", "contract")!r}, 1, "Ear").tools = [tools.listen, tools.stop]
pkg.consumes({CONTRACT!r}, 1)
"""
    ids = {word: an_id("ear", word) for word in ("listen", "stop")}
    files = {"tools.py": EAR.format(contract=CONTRACT, **ids)}
    return project(folder / f"ear-{version}", "ear", version, files, definition=definition)


def limits(folder: Path) -> Path:
    definition = f"""
from peers_runtime import Variable
pkg.variables = [Variable({an_id("limits", "limit")!r}, "limit", str)]
"""
    return project(
        folder / "limits", "limits", files=screen("limits", "limits", "'limits'"), definition=definition
    )


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        opened.install(provider(tmp_path))
        opened.install(limits(tmp_path))
        opened.install(ear(tmp_path))
        yield opened


def happen(runtime: Runtime, title: str) -> None:
    """Everything that there is to hear of, once."""
    context = runtime.context()
    context.variables["limit"].set(title)
    context.tables["Tasks"].insert({"title": title})
    context.tools["add_task"](title=title)  # sets the observable and tells of the event


def freed(runtime: Runtime, kind: weakref.ref[Any]) -> bool:
    runtime.drain()
    return kind() is None


def test_the_hosts_goes_on_with_the_next_version_in_its_model(runtime: Runtime, tmp_path: Path) -> None:
    context = runtime.context()
    heard: list[tuple[str, Any]] = []
    undos = context.module("ear.tools").subscribe(context, lambda kind, what: heard.append((kind, what)))
    happen(runtime, "a")
    assert sorted(kind for kind, _ in heard) == sorted(KINDS)
    old = weakref.ref(context.module("tasks.members").Task)
    heard.clear()
    runtime.install(provider(tmp_path, version="1.1.0"))
    assert freed(runtime, old)
    happen(runtime, "b")
    told = dict(heard)
    members = context.module("tasks.members")
    assert len(heard) == len(told) == len(KINDS)
    assert (type(told["table"]), type(told["event"])) == (members.Task, members.Done)
    assert told["variable"] == "b"
    assert told["contract's event"] == {"title": "b", "by": "tasks 1.1.0"}
    assert told["observable"] == told["contract's observable"] == 2
    for undo in undos:
        undo()
    happen(runtime, "c")
    assert len(heard) == len(KINDS)


def test_a_versions_own_outlives_what_it_listens_to_and_keeps_none_of_it(
    runtime: Runtime, tmp_path: Path
) -> None:
    context = runtime.context()
    context.tools["listen"]()
    happen(runtime, "a")
    heard = context.module("ear.tools").heard
    assert sorted(heard) == sorted(KINDS)
    old = weakref.ref(context.module("tasks.members").Task)
    heard.clear()
    runtime.install(provider(tmp_path, version="1.1.0"))
    assert freed(runtime, old)
    happen(runtime, "b")
    assert sorted(heard) == sorted(KINDS)


@pytest.mark.parametrize("leaves", ["upgrade", "disable", "uninstall"])
def test_a_versions_own_ends_when_it_leaves_and_does_not_keep_it(
    runtime: Runtime, tmp_path: Path, leaves: str
) -> None:
    context = runtime.context()
    context.tools["listen"]()
    module = context.module("ear.tools")
    heard, old = module.heard, weakref.ref(module.Nothing)
    del module
    if leaves == "upgrade":
        runtime.install(ear(tmp_path, "1.1.0"))
    else:
        getattr(runtime, leaves)("ear")
    happen(runtime, "a")
    assert heard == []
    assert freed(runtime, old)


def test_a_versions_own_may_end_before(runtime: Runtime) -> None:
    context = runtime.context()
    context.tools["listen"]()
    context.tools["stop"]()
    context.tools["stop"]()
    happen(runtime, "a")
    assert context.module("ear.tools").heard == []


def test_what_a_request_subscribes_to_when_its_version_has_left_goes_with_the_request(
    runtime: Runtime, tmp_path: Path
) -> None:
    context = runtime.context()
    with context:
        module = context.module("ear.tools")
        heard, old = module.heard, weakref.ref(module.Nothing)
        del module
        runtime.install(ear(tmp_path, "1.1.0"))
        context.tools["listen"]()
        happen(runtime, "a")
        assert sorted(heard) == sorted(KINDS)
    assert freed(runtime, old)
    happen(runtime, "b")
    assert len(heard) == len(KINDS)


def test_in_one_context_it_hears_nothing_of_another(runtime: Runtime, tmp_path: Path) -> None:
    runtime.contexts.create("acme")
    for package in (provider, limits, ear):
        runtime.install(package(tmp_path), context="acme")
    for context in ("acme", "personal"):
        runtime.context(context).tools["listen"]()
    runtime.disable("ear", context="acme")
    runtime.context("acme").tools["add_task"](title="a")
    heard = runtime.context().module("ear.tools").heard
    assert heard == []
    happen(runtime, "b")
    assert sorted(heard) == sorted(KINDS)


HOOKS = """
import pluggy
from ear import tools

@pluggy.HookimplMarker("peers")
def peers_activated(ctx):
    tools.undos = tools.subscribe(ctx, tools.hear)
    {then}
"""


def listening(folder: Path, version: str, then: str = "pass") -> Path:
    """An ear that listens from the beginning."""
    source = ear(folder, version)
    (source / "ear" / "hooks.py").write_text(HOOKS.format(then=then))
    package = source / "ear" / "package.py"
    package.write_text(package.read_text() + "    pkg.hooks = 'ear.hooks'\n")
    return source


def test_a_version_may_subscribe_when_it_is_activated(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        for package in (provider, limits):
            runtime.install(package(tmp_path))
        runtime.install(listening(tmp_path, "1.0.0"))
        happen(runtime, "a")
        first = runtime.context().module("ear.tools").heard
        assert sorted(first) == sorted(KINDS)
        runtime.install(listening(tmp_path, "1.1.0"))
        happen(runtime, "b")
        assert len(first) == len(KINDS)
        assert sorted(runtime.context().module("ear.tools").heard) == sorted(KINDS)


def test_an_activation_that_fails_leaves_no_subscription(
    runtime: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = listening(tmp_path, "1.1.0", "raise LookupError")
    tools = source / "ear" / "tools.py"
    tools.write_text(tools.read_text().replace("heard.append(kind)", "print('heard of', kind)"))
    with pytest.raises(errors.ActivationFailed, match="LookupError"):
        runtime.install(source)
    happen(runtime, "a")
    assert "heard of" not in capsys.readouterr().out


def test_what_fails_in_a_versions_own_callback_is_listed_as_its_own(runtime: Runtime) -> None:
    context = runtime.context()

    def fails(kind: str, what: object) -> None:
        raise LookupError(kind)

    context.module("ear.tools").hear = fails
    context.tools["listen"]()
    happen(runtime, "a")
    listed = runtime.diagnostics()
    own = [one for one in listed if (one.code, one.subject) == ("P0528", "ear@1.0.0")]
    assert {one.context_id for one in listed} == {"personal"}
    assert (len(own), len(listed)) == (
        len(KINDS) - 1,
        len(KINDS),
    )  # that of a variable never quotes the error
