"""Runs two tasks in a group."""

import anyio


def use() -> object:
    done: list[str] = []

    async def work(name: str) -> None:
        await anyio.sleep(0)
        done.append(name)

    async def main() -> object:
        async with anyio.create_task_group() as group:
            group.start_soon(work, "a")
            group.start_soon(work, "b")
        return group

    group = anyio.run(main)
    assert sorted(done) == ["a", "b"]
    return group
