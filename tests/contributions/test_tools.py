"""Tools by name, validated on the way in and out, in the version that they belong to."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.contributions import tools as tool_room
from peers_runtime.contributions.tools import Tools
from tests.fakes.versions import FakeVersion

Make = Callable[..., FakeVersion]
current: contextvars.ContextVar[str | None] = contextvars.ContextVar("current", default=None)

PACKAGE = """
    from peers_runtime.authoring.package import define_package
    from . import tools

    @define_package
    def package(pkg):
        pkg.package_id = tools.IDS["package"]
        pkg.contract(tools.IDS["contract"], 1, "Main").tools = tools.ALL
"""
TOOLS = """
    import asyncio
    from pydantic import BaseModel, ConfigDict, Field
    from peers_runtime.authoring.tools import tool

    NAMES = ["add", "fails", "exits", "wrong", "silent", "chatty", "later", "told", "nested", "stops"]
    IDS = {name: (LETTER + name * 25)[:25] for name in [*NAMES, "package", "contract"]}

    class Inner(BaseModel):
        depth: int = 0

    class Add(BaseModel):
        model_config = ConfigDict(extra="allow")
        title: str
        note_id: int = Field(default=0, alias="noteId")
        inner: Inner = Inner()

    class Nothing(BaseModel):
        fail: bool = False
        boom: bool = False
        wait: bool = False

    class Boom(BaseException): ...

    class Note(BaseModel):
        title: str
        where: str = ""

    @tool(tool_id=IDS["add"], usage="Add")
    def add(args: Add, ctx) -> Note:
        return Note(title=args.title, where=ctx.context_id)

    @tool(tool_id=IDS["fails"], usage="Fail")
    def fails(args: Nothing, ctx) -> Note:
        if args.fail: raise Boom("own")
        raise KeyError(__name__)

    @tool(tool_id=IDS["exits"], usage="Exit")
    def exits(args: Nothing, ctx) -> Note:
        raise SystemExit(3)

    @tool(tool_id=IDS["wrong"], usage="Return something else")
    def wrong(args: Nothing, ctx) -> Note:
        return {"where": 7}

    @tool(tool_id=IDS["silent"], usage="Return nothing")
    def silent(args: Nothing, ctx) -> None:
        ctx.logger.info("said")

    @tool(tool_id=IDS["chatty"], usage="Return something although it says nothing")
    def chatty(args: Nothing, ctx) -> None:
        return 7

    @tool(tool_id=IDS["later"], usage="Return later")
    async def later(args: Nothing, ctx) -> Note:
        await asyncio.sleep(0)
        if args.fail: raise ValueError("late")
        if args.boom: raise Boom("late")
        if args.wait: await asyncio.Event().wait()
        return {"title": "later"}

    @tool(tool_id=IDS["told"], usage="Speak with the caller")
    def told(args: Nothing, ctx) -> Note:
        ctx.progress(1, 2, "half")
        return Note(title=str(ctx.cancelled))

    @tool(tool_id=IDS["nested"], usage="Call another")
    def nested(args: Nothing, ctx) -> Note:
        return ctx.tools["later"](fail=args.fail)

    @tool(tool_id=IDS["stops"], usage="Interrupt")
    def stops(args: Nothing, ctx) -> Note:
        raise KeyboardInterrupt

    ALL = [add, fails, exits, wrong, silent, chatty, later, told, nested, stops]
"""


class Within:
    """Makes a context current, as often as it is used."""

    def __init__(self, context_id: str) -> None:
        self._context_id = context_id
        self._tokens: list[contextvars.Token[str | None]] = []

    def __enter__(self) -> None:
        self._tokens.append(current.set(self._context_id))

    def __exit__(self, *_: object) -> None:
        current.reset(self._tokens.pop())


class Host:
    """A host's view, of a context that has nothing but tools."""

    actor = ""
    outside = None

    def __init__(self, context_id: str) -> None:
        self.context_id = context_id
        self.within = Within(context_id)

    def of(self, version: FakeVersion) -> Host:
        raise AssertionError(f"{version.label} has nothing but tools here")


def tools_of(*versions: FakeVersion, context_id: str = "acme") -> Tools:
    return Tools(tool_room.names(versions), Host(context_id))


@pytest.fixture
def version(make: Make) -> FakeVersion:
    return with_tools(make, "a", "notes")


def with_tools(make: Make, letter: str, name: str, number: str = "1.0.0") -> FakeVersion:
    version = make({"package.py": PACKAGE, "tools.py": TOOLS.replace("LETTER", repr(letter))}, name, number)
    assert version.definition.tools
    return version


def test_a_tool_is_imported_when_it_is_first_called(version: FakeVersion) -> None:
    tools = tools_of(version)
    assert [tool.name for tool in tools.list()][:2] == ["add", "fails"]
    assert tools["add"].data.usage_description == "Add"
    assert version.loaded() == ()
    assert tools["add"](title="x").title == "x"
    assert set(version.loaded()) == {"notes", "notes.tools"}


def test_a_tool_answers_with_its_output_model(version: FakeVersion) -> None:
    answer = tools_of(version)["add"](title="x", noteId="7", inner={"depth": 1})
    assert type(answer) is version.load("notes.tools:Note")
    assert answer.where == "acme"


def test_a_tool_is_found_by_name_by_id_and_by_package(version: FakeVersion) -> None:
    tools = tools_of(version)
    by_id = version.definition.tools[0].tool_id
    assert tools["add"].data == tools[by_id].data == tools["notes:add"].data
    assert tools.call("add", title="x") == tools["add"](title="x")
    assert {"add", by_id, "notes:add"} <= {name for name in ("add", by_id, "notes:add", "b") if name in tools}
    assert "b" not in tools
    assert len(tools) == 10
    assert next(iter(tools)) == "notes:add"


def test_a_name_of_two_packages_needs_its_package(make: Make) -> None:
    one, two = with_tools(make, "a", "notes"), with_tools(make, "b", "tasks", "2.0.0")
    tools = tools_of(one, two)
    with pytest.raises(errors.AmbiguousName, match="'add' belongs to notes:add and tasks:add") as caught:
        tools["add"]
    assert "notes:add" in caught.value.hint
    assert (tools["tasks:add"].data.package, tools["tasks:add"].data.version) == ("tasks", "2.0.0")
    assert type(tools["tasks:add"](title="x")) is two.load("tasks.tools:Note")


def test_an_unknown_tool_suggests_a_near_one(version: FakeVersion) -> None:
    with pytest.raises(errors.UnknownTool, match="a tool 'ad'") as caught:
        tools_of(version)["ad"]
    assert caught.value.hint == "did you mean 'add'?"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "title: Field required"),
        ({"title": 7}, "title: Input should be a valid string"),
        ({"title": "x", "colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"title": "x", "inner": {"width": 1}}, "inner.width: Extra inputs are not permitted"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    version: FakeVersion, arguments: dict[str, object], said: str
) -> None:
    for act in (tools_of(version)["add"].invoke, lambda given: asyncio.run(_ainvoke(version, given))):
        with pytest.raises(errors.InvalidInput, match=said) as caught:
            act(arguments)
        assert caught.value.facts["tool"] == "add"
        faults = caught.value.facts["faults"]
        assert isinstance(faults, list)
        assert faults[0]["field"] == said.partition(":")[0]


async def _ainvoke(version: FakeVersion, given: dict[str, object]) -> object:
    return await tools_of(version)["add"].ainvoke(given)


def test_what_a_tool_returns_must_fit_its_output_model(version: FakeVersion) -> None:
    tools = tools_of(version)
    with pytest.raises(errors.InvalidOutput, match="title: Field required; where: Input should be"):
        tools["wrong"]()
    with pytest.raises(errors.InvalidOutput, match="declared to return nothing, and returned 7"):
        tools["chatty"]()
    assert tools["silent"]() is None


def test_a_tools_own_error_is_the_cause_of_ours(version: FakeVersion) -> None:
    tools = tools_of(version)
    with pytest.raises(
        errors.ToolFailed, match=r"'fails' of notes@1\.0\.0 failed: KeyError: 'notes\.tools'"
    ) as caught:
        tools["fails"]()
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(errors.ToolFailed, match="SystemExit: 3"):
        tools["exits"]()
    with pytest.raises(errors.ToolFailed, match="ValueError: late"):
        tools["later"](fail=True)
    with pytest.raises(errors.ToolFailed, match="ValueError: late"):
        asyncio.run(tools.acall("later", fail=True))


def test_a_failure_of_a_nested_tool_is_the_outer_tools_failure(version: FakeVersion) -> None:
    tools = tools_of(version)
    assert tools["nested"]().title == "later"

    async def host() -> None:
        await tools.acall("nested")

    with pytest.raises(errors.ToolFailed, match=r"'nested'.*LoopRunning"):
        asyncio.run(host())


def test_an_async_tool_is_called_both_ways(version: FakeVersion) -> None:
    tools = tools_of(version)
    assert tools["later"]().title == "later"
    assert asyncio.run(tools.acall("later")).title == "later"
    assert asyncio.run(tools.acall("add", title="x")).title == "x"


def test_an_async_tool_called_synchronously_in_a_running_loop_says_what_to_write(
    version: FakeVersion,
) -> None:
    async def host() -> None:
        tools_of(version)["later"]()

    with pytest.raises(errors.LoopRunning, match="the tool 'later' is async") as caught:
        asyncio.run(host())
    assert "await ctx.tools.acall('later', …)" in caught.value.hint


def test_a_tool_runs_with_its_context_current(version: FakeVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    tools = tools_of(version)
    module = version.load("notes.tools")
    monkeypatch.setattr(module.add, "function", lambda args, ctx: seen.append(current.get()) or {"title": ""})
    tools["add"](title="x")
    asyncio.run(tools.acall("add", title="x"))
    assert seen == ["acme", "acme"]
    assert current.get() is None


def test_cancellation_and_progress_reach_the_caller(version: FakeVersion) -> None:
    tools = tools_of(version)
    heard: list[tuple[object, ...]] = []
    cancel = threading.Event()
    tell = lambda *news: heard.append(news)  # noqa: E731  # append takes one argument only
    assert tools["told"].invoke({}, cancel=cancel, progress=tell).title == "False"
    cancel.set()
    for act in (tools["told"].invoke, lambda given, **more: asyncio.run(_told(tools, given, **more))):
        with pytest.raises(errors.ToolCancelled, match=r"'told' of notes@1\.0\.0 was cancelled"):
            act({}, cancel=cancel, progress=tell)
    assert heard == [(1, 2, "half")] * 3
    assert tools["told"]().title == "False"


async def _told(tools: Tools, given: dict[str, object], **more: Any) -> object:
    return await tools["told"].ainvoke(given, **more)


def test_a_tools_logger_is_below_that_of_its_package(
    version: FakeVersion, caplog: pytest.LogCaptureFixture
) -> None:
    tools = tools_of(version)
    tools["silent"]()
    assert caplog.records == []
    with caplog.at_level(logging.INFO, logger="notes"):
        tools["silent"]()
    assert [record.name for record in caplog.records] == ["notes@1.0.0:tool.silent"]
    assert "notes@1.0.0:tool.silent" not in logging.Logger.manager.loggerDict
    with caplog.at_level(logging.INFO, logger="notes"):
        logging.disable()
        try:
            tools["silent"]()
        finally:
            logging.disable(logging.NOTSET)
    assert len(caplog.records) == 1


def test_a_tool_without_a_reference_is_found_in_the_definition(version: FakeVersion) -> None:
    data = version.definition.tools[0].model_copy(update={"reference": None})
    version._definition = version.definition.model_copy(update={"tools": (data,)})
    assert tools_of(version)["add"](title="x").title == "x"
    moved = data.model_copy(update={"reference": "notes.tools:silent"})
    version._definition = version.definition.model_copy(update={"tools": (moved,)})
    assert tools_of(version)["add"](title="x").title == "x"
    gone = data.model_copy(update={"tool_id": "0" * 25})
    version._definition = version.definition.model_copy(update={"tools": (gone,)})
    with pytest.raises(errors.ToolFailed, match="no longer has the tool"):
        tools_of(version)["add"](title="x")


def test_a_tool_whose_module_cannot_be_imported_fails_and_may_be_mended(version: FakeVersion) -> None:
    tools = tools_of(version)
    source = (version.folder / "notes" / "tools.py").read_text()
    (version.folder / "notes" / "tools.py").write_text("1 / 0")
    with pytest.raises(errors.ToolFailed, match="could not be imported: ZeroDivisionError"):
        tools["add"](title="x")
    (version.folder / "notes" / "tools.py").write_text(source + "# mended")
    assert tools["add"](title="x").title == "x"


def test_an_argument_may_be_named_as_python_names_ours(make: Make) -> None:
    text = TOOLS.replace("fail: bool = False", "self: int = 0; name: int = 0; arguments: int = 0").replace(
        "Note(title=str(ctx.cancelled))", 'Note(title=f"{args.self}{args.name}{args.arguments}")'
    )
    version = make({"package.py": PACKAGE, "tools.py": text.replace("LETTER", "'a'")})
    tools = tools_of(version)
    assert tools["told"](self=1, name=2, arguments=3).title == "123"
    assert tools.call("told", self=1, name=2, arguments=3).title == "123"
    assert asyncio.run(tools.acall("told", self=1, name=2, arguments=3)).title == "123"


def test_what_is_no_exception_is_the_tools_failure_too(version: FakeVersion) -> None:
    tools = tools_of(version)
    acts: list[tuple[Callable[[], object], str]] = [
        (lambda: tools["fails"](fail=True), "Boom: own"),
        (lambda: asyncio.run(tools.acall("fails", fail=True)), "Boom: own"),
        (lambda: tools["later"](boom=True), "Boom: late"),
        (lambda: asyncio.run(tools.acall("later", boom=True)), "Boom: late"),
    ]
    for act, said in acts:
        with pytest.raises(errors.ToolFailed, match=said):
            act()


def test_a_module_of_a_tool_may_raise_what_is_no_exception(version: FakeVersion) -> None:
    (version.folder / "notes" / "tools.py").write_text("raise GeneratorExit")
    with pytest.raises(errors.ToolFailed, match="could not be imported: GeneratorExit"):
        tools_of(version)["add"](title="x")


def test_interrupts_and_cancellation_come_through_a_tool(version: FakeVersion) -> None:
    tools = tools_of(version)
    with pytest.raises(KeyboardInterrupt):
        tools["stops"]()

    async def host() -> None:
        await asyncio.wait_for(tools.acall("later", wait=True), 0.01)

    with pytest.raises(TimeoutError):
        asyncio.run(host())


def test_a_tool_that_nobody_awaits_any_more_is_closed_quietly(version: FakeVersion) -> None:
    answer = tools_of(version)["later"].ainvoke({})
    answer.send(None)
    answer.close()


@pytest.mark.parametrize("name", ["nope", "notes:nope", None, 5, []])
def test_what_is_no_tool_is_missing_as_from_any_mapping(version: FakeVersion, name: Any) -> None:
    tools = tools_of(version)
    assert tools.get(name) is None
    with pytest.raises(KeyError) as caught:
        tools[name]
    assert str(caught.value).startswith("no active version has a tool ")
