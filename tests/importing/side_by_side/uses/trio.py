"""Runs two tasks in a nursery, with a time limit."""

import trio


def use() -> object:
    done: list[str] = []

    async def work(name: str) -> None:
        await trio.sleep(0)
        done.append(name)

    async def main() -> object:
        with trio.move_on_after(0.01) as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(work, "a")
                nursery.start_soon(work, "b")
                nursery.start_soon(trio.sleep_forever)
        return scope

    scope = trio.run(main)
    assert (sorted(done), scope.cancelled_caught) == (["a", "b"], True)
    return scope
