"""Threads, tasks, generators, contexts."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.importing.realms import Both, entered, feature

APP = """
    import threading
    def late():
        from notes.store import VERSION
        import notes.store
        return VERSION, notes.store.VERSION
    def in_a_thread():
        found = []
        thread = threading.Thread(target=lambda: found.append(late()))
        thread.start()
        thread.join()
        return found[0]
    def generated():
        for _ in range(3):
            yield late()
    async def task(event):
        before = late()
        await event.wait()
        return before, late()
"""
FILES = {"notes/__init__.py": "", "notes/store.py": "VERSION = $V\n", "notes/app.py": APP}


@feature("threads that start with an empty context import their own version", "concurrency")
def test_threads(both: Both) -> None:
    for realm, v in both(FILES):
        assert realm.load("notes.app:in_a_thread")() == (int(v), int(v))


@feature("first import from many threads at once", "concurrency")
def test_first_import_from_many_threads(both: Both) -> None:
    slow = "import time\ntime.sleep(0.05)\nfrom notes import other\nVERSION = $V\nready = True\n"
    files = {
        "notes/__init__.py": "runs = []\n",
        "notes/store.py": slow + "import notes\nnotes.runs.append(1)\n",
        "notes/other.py": "import notes.store\n",
        "notes/app.py": """
            def use():
                from notes.store import ready, VERSION
                import notes.other
                return VERSION
        """,
    }
    for realm, v in both(files):
        start = threading.Barrier(32)
        use = realm.load("notes.app:use")

        def run(use=use, start=start, realm=realm) -> tuple[int, int]:
            start.wait()
            return use(), realm.module("notes.store").VERSION

        with ThreadPoolExecutor(32) as pool:
            answers = [future.result() for future in [pool.submit(run) for _ in range(32)]]
        assert answers == [(int(v), int(v))] * 32
        assert realm.load("notes:runs") == [1]


@feature("asyncio tasks of two versions, interleaved", "concurrency")
def test_asyncio(both: Both) -> None:
    realms = both(FILES)

    async def main() -> list[object]:
        event = asyncio.Event()
        tasks = [
            asyncio.create_task(realm.load("notes.app:task")(event)) for realm, _ in realms for _ in range(3)
        ]
        await asyncio.sleep(0)
        event.set()
        return await asyncio.gather(*tasks)

    expected = [((int(v), int(v)),) * 2 for _, v in realms for _ in range(3)]
    assert asyncio.run(main()) == expected


@feature("generators of two versions, interleaved", "concurrency")
def test_generators(both: Both) -> None:
    (one, _), (two, _) = both(FILES)
    pairs = zip(one.load("notes.app:generated")(), two.load("notes.app:generated")(), strict=True)
    assert list(pairs) == [((1, 1), (2, 2))] * 3


@pytest.mark.usefixtures("facades")
@feature(
    "`import notes` in host code follows the ContextVar: tasks, `copy_context().run`, threads", "concurrency"
)
def test_facades_follow_the_context(both: Both) -> None:
    import notes.store

    (one, _), (two, _) = both(FILES)

    async def version_in(realm: object) -> tuple[int, int]:
        with entered(realm):
            before = notes.store.VERSION
            await asyncio.sleep(0)
            return before, notes.store.VERSION

    async def main() -> object:
        return await asyncio.gather(*(version_in(realm) for realm in (one, two, one, two)))

    assert asyncio.run(main()) == [(1, 1), (2, 2), (1, 1), (2, 2)]
    with entered(one):
        copied = contextvars.copy_context()
        with entered(two):
            assert copied.run(lambda: notes.store.VERSION) == 1
            assert notes.store.VERSION == 2
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(copied.run, lambda: notes.store.VERSION).result() == 1
