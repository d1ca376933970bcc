"""Tools through threads, processes and Dask: pinned, validated, cancelled, and told of."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.contributions import channel
from peers_runtime.host import workers
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.manifest import Definition
from peers_runtime.operations import tidy
from peers_runtime.snapshots import capture
from peers_runtime.snapshots.source import Source
from tests import world

TOOLS = """
    import asyncio, os, time, threading
    from datetime import date
    from pathlib import Path
    from pydantic import BaseModel, Field
    from peers_runtime import tool

    class Text(BaseModel):
        text: str = "x"
        day: date = date(2026, 1, 2)
        more: dict[str, object] = {{}}

    class Said(BaseModel):
        said: str = Field(serialization_alias="Said")
        version: str = {version!r}
        day: date
        process: int
        context: str
        actor: str

    class Own(Exception):
        def __init__(self, a, b): super().__init__(a)

    def said(args, ctx):
        return Said(
            said=args.text, day=args.day, process=os.getpid(), context=ctx.context_id, actor=ctx.actor
        )

    @tool(tool_id={say!r}, usage="Say")
    def say(args: Text, ctx) -> Said:
        return said(args, ctx)

    @tool(tool_id={fail!r}, usage="Fail")
    def fail(args: Text, ctx) -> Said:
        raise Own("own", 2)

    @tool(tool_id={count!r}, usage="Count until cancelled; the text is a file to say so in")
    def count(args: Text, ctx) -> Said:
        ctx.progress(0, None, "begun")
        number = 0
        while not ctx.cancelled:
            number += 1
            time.sleep(0.005)
        Path(args.text).write_text("stopped")
        return said(args, ctx)

    @tool(tool_id={steps!r}, usage="Report steps")
    def steps(args: Text, ctx) -> Said:
        for number in range(1, 6):
            ctx.progress(number, 5, f"step {{number}}")
        return said(args, ctx)

    @tool(tool_id={later!r}, usage="Never return by itself")
    async def later(args: Text, ctx) -> Said:
        await asyncio.Event().wait()

    @tool(tool_id={outer!r}, usage="Call another")
    def outer(args: Text, ctx) -> Said:
        return ctx.tools["say"](text=args.text)

    @tool(tool_id={wrong!r}, usage="Return something else")
    def wrong(args: Text, ctx) -> Said:
        return {{}}
"""
NAMES = ("say", "fail", "count", "steps", "later", "outer", "wrong")


def write(folder: Path, version: str) -> Path:
    ids = {name: world.an_id("notes", name) for name in NAMES}
    return world.project(
        folder,
        version=version,
        files={"tools.py": TOOLS.format(version=version, **ids)},
        dependencies='["pydantic"]',
        definition=f"""
            from notes import tools
            pkg.contract({world.an_id("contract")!r}, 1, "Main").tools = [
                {", ".join(f"tools.{name}" for name in NAMES)}
            ]
        """,
    )


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with Runtime.open(tmp_path / "home", actor="ada", facades=False) as opened:
        opened.install(write(tmp_path / "notes", "1.0.0"))
        yield opened


def _threads() -> Executor:
    return ThreadPoolExecutor(1)


def _spawned() -> Executor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


EXECUTORS: dict[str, Callable[[], Executor]] = {"threads": _threads, "spawn": _spawned}


@pytest.fixture(params=EXECUTORS)
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with EXECUTORS[request.param]() as made:
        yield made


def is_elsewhere(executor: Executor) -> bool:
    return not isinstance(executor, ThreadPoolExecutor)


def until(condition: Callable[[], object], patience_s: float = 60.0) -> None:
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_tool_runs_elsewhere_with_its_context_and_answers_with_its_model(
    runtime: Runtime, executor: Executor
) -> None:
    context = runtime.context(actor="grace")
    answer = context.tools.through(executor)["say"](text="é", day=date(2026, 3, 4))
    assert type(answer) is context.module("notes.tools").Said
    assert (answer.said, answer.day, answer.context) == ("é", date(2026, 3, 4), "personal")
    assert answer.actor == "grace"
    assert (answer.process != os.getpid()) is is_elsewhere(executor)


def test_the_host_chooses_an_executor_once(runtime: Runtime, executor: Executor) -> None:
    runtime.executor = executor
    context = runtime.context()
    if is_elsewhere(executor):
        assert context.tools["say"]().process != os.getpid()
    assert (
        context.tools["outer"](text="in one worker").said == "in one worker"
    )  # and does not wait for itself
    assert asyncio.run(_awaited(context)).said == "awaited"
    assert context.tools.inline["say"]().process == os.getpid()


async def _awaited(context: Any) -> Any:
    return await context.tools.acall("say", text="awaited")


def test_a_submitted_version_runs_although_another_is_active_by_then(
    runtime: Runtime, executor: Executor, tmp_path: Path
) -> None:
    context = runtime.context()
    tools = context.tools.through(executor)
    stop = tmp_path / "stopped"
    heard = threading.Event()
    first = tools["count"].submit({"text": str(stop)}, progress=lambda *_: heard.set())
    second = tools["say"].submit({})
    assert heard.wait(60)
    runtime.install(write(tmp_path / "notes", "2.0.0"))
    assert context.tools["say"]().version == "2.0.0"
    assert first.cancel() is False
    assert second.result(60).version == "1.0.0"
    with pytest.raises(errors.ToolCancelled):
        first.result(60)
    assert stop.read_text() == "stopped"


def test_progress_comes_in_order(runtime: Runtime, executor: Executor) -> None:
    heard: list[tuple[object, ...]] = []
    tools = runtime.context().tools.through(executor)
    tools["steps"].invoke({}, progress=lambda *news: heard.append(news))
    assert heard == [(number, 5, f"step {number}") for number in range(1, 6)]


def test_what_progress_raises_stops_the_call(runtime: Runtime, executor: Executor, tmp_path: Path) -> None:
    def fails(done: float, total: float | None, message: str) -> None:
        raise LookupError(message)

    tools = runtime.context().tools.through(executor)
    future = tools["count"].submit({"text": str(tmp_path / "stopped")}, progress=fails)
    with pytest.raises((LookupError, errors.ToolFailed), match="begun"):
        future.result(60)


def test_errors_come_back_as_what_they_are(runtime: Runtime, executor: Executor) -> None:
    tools = runtime.context().tools.through(executor)
    with pytest.raises(errors.ToolFailed, match=r"'fail' of notes@1\.0\.0 failed: Own: own") as failed:
        tools["fail"]()
    assert "Own: own" in f"{type(failed.value.__cause__).__name__}: {failed.value.__cause__}"
    assert failed.value.facts["tool"] == "fail"
    with pytest.raises(errors.InvalidInput, match="colour: Extra inputs") as caught:
        tools["say"](colour="red")
    assert "peers tools show notes:say" in caught.value.hint
    with pytest.raises(errors.InvalidOutput, match="said: Field required"):
        tools["wrong"]()


def test_a_call_that_takes_too_long_is_told_of_in_time(
    runtime: Runtime, executor: Executor, tmp_path: Path
) -> None:
    tools = runtime.context().tools.through(executor)
    tools["say"]()  # the worker is there
    with pytest.raises(errors.ToolTimedOut):
        tools["later"].invoke({}, timeout_s=0.2)
    with pytest.raises(errors.ToolTimedOut):
        tools["count"].invoke({"text": str(tmp_path / "stopped")}, timeout_s=0.2)
    until((tmp_path / "stopped").exists)
    assert tools["say"]().version == "1.0.0"


def test_a_call_that_has_not_begun_can_be_cancelled(
    runtime: Runtime, executor: Executor, tmp_path: Path
) -> None:
    tools = runtime.context().tools.through(executor)
    cancel = threading.Event()
    first = tools["count"].submit({"text": str(tmp_path / "stopped")}, cancel=cancel)
    waiting = [tools["say"].submit({}) for _ in range(4)]
    assert waiting[-1].cancel() is True
    assert waiting[-1].cancelled()
    cancel.set()
    with pytest.raises(errors.ToolCancelled):
        first.result(60)
    assert [one.result(60).version for one in waiting[:-1]] == ["1.0.0"] * 3


def test_nothing_stays_of_a_call(runtime: Runtime, executor: Executor) -> None:
    runtime.context().tools.through(executor)["say"]()
    assert not list((runtime.home / "calls").glob("*"))


def test_no_executor_is_an_error_of_the_caller(runtime: Runtime) -> None:
    with pytest.raises(errors.NoExecutor, match="where the tool 'say' should run"):
        runtime.context().tools["say"].submit({})


def test_what_is_no_json_cannot_cross(runtime: Runtime) -> None:
    with _spawned() as executor:
        tools = runtime.context().tools.through(executor)
        with pytest.raises(errors.InvalidInput, match="cannot be sent as JSON"):
            tools["say"].submit({"text": object()})


class Pickling(Executor):
    """Runs at once what has been pickled, and keeps the pickle."""

    sent: bytes = b""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        self.sent = pickle.dumps((function, arguments, named))
        future: Future[Any] = Future()
        revived, given, more = pickle.loads(self.sent)
        future.set_result(revived(*given, **more))
        return future


def test_a_small_reference_crosses_and_no_code(runtime: Runtime) -> None:
    executor = Pickling()
    answer = runtime.context().tools.through(executor)["say"](text="here")
    assert answer.said == "here"
    assert b"peers_packages" not in executor.sent
    assert len(executor.sent) < 1200


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_workers_open_the_home_themselves(runtime: Runtime) -> None:
    context = runtime.context()
    process = context.tools["say"]().process
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as executor:
        home, tools = str(runtime.home), context.tools.through(executor)
        assert (_is_open(home), executor.submit(_is_open, home).result()) == (True, False)
        assert tools["say"]().process == tools["say"]().process != process
        assert executor.submit(_is_open, home).result()


def _is_open(home: str) -> bool:
    return workers.opened(home, None) is not None


def test_workers_of_a_fork_server_open_the_home_once(runtime: Runtime) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("forkserver")) as executor:
        tools = runtime.context().tools.through(executor)
        assert tools["say"]().process == tools["say"]().process


def test_a_tool_that_does_not_look_is_not_cancelled(runtime: Runtime) -> None:
    cancel = threading.Event()
    cancel.set()
    assert runtime.context().tools["say"].invoke({"text": "done"}, cancel=cancel).said == "done"


def test_a_tool_in_the_callers_thread_is_stopped_when_its_time_is_over(
    runtime: Runtime, tmp_path: Path
) -> None:
    tools = runtime.context().tools
    with pytest.raises(errors.ToolTimedOut, match=r"'count' of notes@1\.0\.0 was not done in time") as caught:
        tools["count"].invoke({"text": str(tmp_path / "stopped")}, timeout_s=0.05)
    assert isinstance(caught.value, TimeoutError)
    with pytest.raises(errors.ToolTimedOut):
        tools["later"].invoke({}, timeout_s=0.05)
    with pytest.raises(errors.ToolTimedOut):
        asyncio.run(_later(runtime, timeout_s=0.05))
    assert tools["say"].invoke({}, timeout_s=60).version == "1.0.0"
    with pytest.raises(errors.InvalidInput):
        tools["say"].invoke({"colour": "red"}, timeout_s=0)


def test_an_async_tool_is_cancelled_by_its_caller(runtime: Runtime) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(errors.ToolCancelled):
        asyncio.run(_later(runtime, cancel=cancel))
    with pytest.raises(errors.ToolCancelled):
        runtime.context().tools["later"].invoke({}, cancel=cancel)


async def _later(runtime: Runtime, **more: Any) -> None:
    await runtime.context().tools["later"].ainvoke({}, **more)


def test_what_a_killed_host_has_left_is_tidied(runtime: Runtime) -> None:
    path = channel.make(str(runtime.home / "calls"))
    assert path not in tidy.tidy(str(runtime.home), time.time())
    assert path in tidy.tidy(str(runtime.home), time.time() + 7200)


def test_code_that_is_only_tried_out_cannot_cross(runtime: Runtime) -> None:
    source = Source(
        name="tried", version="1.0.0", reference="tried:package", files={"tried/__init__.py": b""}
    )
    described = Definition(package_id=world.an_id("tried"), reference="tried:package")
    manifest = capture.manifest(source, described, "2026-01-01T00:00:00+00:00")
    package = ActivePackage("tried", manifest.package_id, "1.0.0", manifest.id, (), ())
    draft = runtime.services.snapshots.draft(source, manifest)
    with pytest.raises(errors.VersionNotKept, match=r"tried@1\.0\.0 is tried out"):
        runtime._storage.carry("personal", [package])
    runtime.services.snapshots.add(source, manifest)
    assert runtime._storage.carry("personal", [package])
    del draft


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Dask's own
def test_dask_runs_a_tool_from_the_shared_catalog(tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    group = {"catalog": tmp_path / "catalog.sqlite", "blobs": tmp_path / "blobs"}
    (tmp_path / "blobs").mkdir()
    with (
        Runtime.open(tmp_path / "home", facades=False, **group) as runtime,
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
            local_directory=str(tmp_path / "dask"),
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        runtime.install(write(tmp_path / "notes", "1.0.0"))
        runtime.executor = client.get_executor(pure=False)
        context = runtime.context()
        heard = threading.Event()
        future = context.tools["count"].submit(
            {"text": str(tmp_path / "stopped")}, progress=lambda *_: heard.set()
        )
        assert heard.wait(60)
        runtime.install(write(tmp_path / "notes", "2.0.0"))
        answers = [context.tools["say"].submit({}) for _ in range(4)]
        found = [one.result(60) for one in answers]
        assert {one.version for one in found} == {"2.0.0"}
        assert os.getpid() not in {one.process for one in found}
        future.cancel()
        until((tmp_path / "stopped").exists)
        with pytest.raises(errors.ToolFailed, match="Own: own"):
            context.tools["fail"]()
