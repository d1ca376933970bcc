"""An announcement for each other list of tools, and for nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from mcp.server.subscriptions import ServerEvent

from peers_runtime import Role, Runtime
from peers_runtime.mcp.announcing import Announcing
from tests.mcp.clients import PATIENCE_S, desk

Do = Callable[[Callable[[], object]], object]


class Watched(Announcing):
    """Counts how often it has looked."""

    looks = 0

    def _look(self):
        try:
            return super()._look()
        finally:
            self.looks += 1


@asynccontextmanager
async def announced(runtime: Runtime, actor: str = "ada") -> AsyncGenerator[Callable[..., object]]:
    """Answers with a function that makes a change, and says how many announcements came of it."""
    announcing, heard = Watched(runtime, "acme", actor), list[ServerEvent]()
    announcing.bus.subscribe(heard.append)

    async def announcements(change: Callable[[], object]) -> int:
        looks, before = announcing.looks, len(heard)
        await asyncio.to_thread(change)
        with anyio.fail_after(PATIENCE_S):
            while announcing.looks == looks:
                await anyio.lowlevel.checkpoint()
        for _ in range(10):  # what comes of the look comes in the same loop
            await anyio.lowlevel.checkpoint()
        return len(heard) - before

    async with anyio.create_task_group() as group:
        ready = anyio.Event()
        group.start_soon(announcing.run, ready.set)
        await ready.wait()
        yield announcements
        group.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda runtime, folder: runtime.install(desk(folder / "shelf", name="shelf"), context="acme"), 1),
        (
            lambda runtime, folder: runtime.install(desk(folder / "d", "1.1.0", usage="Sum"), context="acme"),
            1,
        ),
        (lambda runtime, folder: runtime.disable("desk", context="acme"), 1),
        (lambda runtime, folder: runtime.install(desk(folder / "d", "1.1.0"), context="acme"), 0),
        (lambda runtime, folder: runtime.install(desk(folder / "shelf", name="shelf"), context="globex"), 0),
    ],
    ids=["another package", "another text", "none left", "the same tools in a new version", "elsewhere"],
)
def test_it_tells_of_other_tools_alone(
    runtime: Runtime, tmp_path: Path, change: Callable[[Runtime, Path], object], expected: int
) -> None:
    async def story() -> None:
        async with announced(runtime) as announcements:
            assert await announcements(lambda: change(runtime, tmp_path)) == expected

    anyio.run(story)


def test_who_may_see_them_no_more_is_told_once(runtime: Runtime, tmp_path: Path) -> None:
    runtime.members.set("acme", "bob", Role.READER)

    async def story() -> None:
        async with announced(runtime, "bob") as announcements:

            def leave() -> None:
                runtime.members.set("acme", "bob", Role.NONE)
                runtime.disable("desk", context="acme")

            assert await announcements(leave) == 1
            again = desk(tmp_path / "shelf", name="shelf")
            assert await announcements(lambda: runtime.install(again, context="acme")) == 0

    anyio.run(story)


def test_it_hears_of_nothing_once_it_has_ended(runtime: Runtime) -> None:
    async def story() -> None:
        async with announced(runtime):
            assert len(watchers()) == before + 1
        assert len(watchers()) == before

    def watchers() -> list[object]:
        found = runtime._engine.live._watchers
        return [] if found is None else list(found._callbacks)

    before = len(watchers())
    anyio.run(story)
