"""`Watch.reload` answers for all that was saved before it, noticed or not."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Reload, Runtime
from tests.dev.loops import PATIENCE_S, Loop
from tests.world import project, screen

UI = "from notes.word import WORD\ndef home(props, ctx):\n    return WORD\n"


def test_what_is_saved_after_a_notice_and_before_asking_is_in_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch knows of one file when it is asked, and must look at the other one too."""
    waits, noticed, saved = threading.Event(), threading.Event(), threading.Event()
    folder = project(
        tmp_path / "project", files=screen("notes", "notes", "") | {"ui.py": UI, "word.py": "WORD = 1\n"}
    )
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        loop = Loop(runtime, folder)
        following = loop.watch._changes.next

        def held_back(*arguments: Any) -> Any:
            waits.set()
            settled = following(*arguments)
            if settled is not None and settled.paths and not noticed.is_set():
                noticed.set()
                assert saved.wait(PATIENCE_S)
            return settled

        monkeypatch.setattr(loop.watch._changes, "next", held_back)
        monkeypatch.setattr(loop.watch._changes, "stirred", lambda: False)
        monkeypatch.setattr(loop.watch._changes, "wake", saved.set)
        assert waits.wait(PATIENCE_S)
        loop.write("ui.py", f"{UI}# saved\n")
        assert noticed.wait(PATIENCE_S)
        loop.write("word.py", "WORD = 2\n")
        loop.watch.reload()
        assert loop.shown() == 2


def test_who_asks_is_answered_after_on_reload_was_told(tmp_path: Path) -> None:
    answered: list[Reload] = []
    folder = project(
        tmp_path / "project", files=screen("notes", "notes", "") | {"ui.py": UI, "word.py": "WORD = 1\n"}
    )
    with Runtime.in_memory() as runtime:

        def told(reload: Reload) -> None:
            if asking.ident is not None:
                asking.join(0.1)
                in_time.append(asking.is_alive())

        in_time: list[bool] = []
        asking = threading.Thread(target=lambda: answered.append(watch.reload()))
        watch = runtime.watch(folder, on_reload=told)
        asking.start()
        asking.join(PATIENCE_S)
        assert in_time == [True]
        assert [one.outcome for one in answered] == ["unchanged"]
