"""What becomes of calls elsewhere when the host closes its runtime, and when a worker ends."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import CancelledError, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from peers_runtime import Runtime
from tests import world
from tests.host.test_executors import until

TOOLS = """
    import time
    from pathlib import Path
    from pydantic import BaseModel
    from peers_runtime import tool

    class Where(BaseModel):
        folder: str

    class Ended(BaseModel):
        cancelled: bool

    @tool(tool_id={count!r}, usage="Count until cancelled")
    def count(args: Where, ctx) -> Ended:
        folder = Path(args.folder)
        (folder / "begun").touch()
        while not ctx.cancelled:
            time.sleep(0.005)
        (folder / "stopped").touch()
        return Ended(cancelled=ctx.cancelled)

    @tool(tool_id={look!r}, usage="Say that it is loaded")
    def look(args: Where, ctx) -> Ended:
        from notes import hooks
        hooks.folder = args.folder
        return Ended(cancelled=False)
"""
HOOKS = """
    import pluggy
    from pathlib import Path
    hookimpl = pluggy.HookimplMarker("peers")
    folder = ""

    @hookimpl
    def peers_deactivating(context, version):
        if folder:
            (Path(folder) / "ended").write_text(context)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    ids = {name: world.an_id("notes", name) for name in ("count", "look")}
    return world.project(
        tmp_path / "notes",
        files={"tools.py": TOOLS.format(**ids), "hooks.py": HOOKS},
        dependencies='["pydantic", "pluggy"]',
        definition=f"""
            from notes import tools
            pkg.hooks = "notes.hooks"
            pkg.contract({world.an_id("contract")!r}, 1, "Main").tools = [tools.count, tools.look]
        """,
    )


def workers(kind: str) -> Executor:
    if kind == "threads":
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("kind", ["threads", "spawn"])
def test_closing_the_runtime_tells_tools_to_stop_and_ends_what_has_not_begun(
    source: Path, tmp_path: Path, kind: str
) -> None:
    with workers(kind) as executor:
        with Runtime.open(tmp_path / "home", facades=False) as runtime:
            runtime.install(source)
            tools = runtime.context().tools.through(executor)
            under_way = tools["count"].submit({"folder": str(tmp_path)})
            until((tmp_path / "begun").exists)
            waiting = [tools["count"].submit({"folder": str(tmp_path / "never")}) for _ in range(8)]
        until((tmp_path / "stopped").exists)
        with pytest.raises(CancelledError):
            waiting[-1].result(60)
        until(under_way.done)


def test_a_workers_versions_are_told_their_end(source: Path, tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home", facades=False) as runtime:
        runtime.install(source)
        with workers("spawn") as executor:
            runtime.context().tools.through(executor)["look"].submit({"folder": str(tmp_path)}).result(60)
            assert not (tmp_path / "ended").exists()
        assert (tmp_path / "ended").read_text() == "personal"
