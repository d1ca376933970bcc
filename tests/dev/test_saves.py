"""However a file is saved, what runs is what was saved: once, whole, and without dropping a request."""

from __future__ import annotations

import os
import random
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.activation.context import DataContext
from tests.dev import savers
from tests.dev.loops import Loop
from tests.world import project, screen

LINES = 12
WHOLE = f"{{}} in {LINES} lines"


def ui(value: int) -> str:
    """A module that is valid Python after each of its lines, and says what it is only when it is whole."""
    body = "".join(f"    seen.append({value})\n" for _ in range(LINES))
    return (
        f"def home(props, ctx):\n    seen = []\n{body}"
        "    same = seen if len(set(seen)) == 1 else ['torn']\n"
        "    return f'{same[0]} in {len(same)} lines'\n"
    )


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    files = {**screen("notes", "notes", ""), "ui.py": ui(0)}
    files.update({f"parts/part_{number}.py": "VALUE = 0\n" for number in range(200)})
    files["parts/__init__.py"] = ""
    folder = project(tmp_path / "project", files=files)
    with Runtime.in_memory() as runtime:
        yield Loop(runtime, folder, "personal")


@contextmanager
def requests(context: DataContext) -> Iterator[dict[object, int]]:
    """Asks for the screen again and again; what it showed, and how often. An error is a dropped request."""
    shown: dict[object, int] = {}
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.001):
            try:
                said = context.render("notes").content
            except Exception as error:  # whatever it is, the request was dropped
                said = repr(error)
            shown[said] = shown.get(said, 0) + 1

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield shown
    finally:
        stop.set()
        thread.join()


def save(style: str, path: Path, text: str, *, apart: bool) -> None:
    if apart:
        with savers.another_process(style, str(path), text):
            pass
    else:
        savers.STYLES[style](str(path), text)


@pytest.mark.parametrize("apart", [False, True], ids=["by this process", "by another process"])
@pytest.mark.parametrize("style", savers.STYLES)
def test_every_style_of_saving_is_one_activation_of_the_whole(loop: Loop, style: str, *, apart: bool) -> None:
    target = loop.package / "ui.py"
    with requests(loop.context) as shown:
        for value in range(1, 5):
            reload = loop.activation(partial(save, style, target, ui(value), apart=apart))
            assert (reload.outcome, reload.fault) == ("active", None)
            assert loop.shown() == WHOLE.format(value)
    assert set(shown) <= {WHOLE.format(value) for value in range(5)}
    assert [reload.outcome for reload in loop.activations] == ["active"] * 5


def test_a_checkout_of_two_hundred_files_is_one_activation(loop: Loop) -> None:
    folder = loop.package.parent
    branches = {
        name: {f"notes/parts/part_{number}.py": f"VALUE = {value}\n" for number in range(200)}
        | {"notes/ui.py": ui(value)}
        for value, name in enumerate(("one", "two"), start=1)
    }
    loop.watch.close()
    savers.repository(folder, branches)
    with Runtime.in_memory() as runtime:
        again = Loop(runtime, folder, "personal")
        for value, name in ((2, "two"), (1, "one"), (2, "two")):
            reload = again.activation(partial(savers.git, folder, "checkout", "-q", name))
            assert (reload.outcome, len(reload.files)) == ("active", 201)
            values = {again.context.module(f"notes.parts.part_{number}").VALUE for number in range(200)}
            assert (values, again.shown()) == ({value}, WHOLE.format(value))
        assert [reload.outcome for reload in again.activations] == ["active"] * 4


def test_a_new_sub_package_is_one_activation(loop: Loop, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    for number in range(20):
        (fresh / "deep").mkdir(parents=True, exist_ok=True)
        (fresh / "deep" / f"part_{number}.py").write_text(f"VALUE = {number}\n")
    (fresh / "__init__.py").touch()
    reload = loop.activation(lambda: subprocess.run(["cp", "-r", str(fresh), str(loop.package)], check=True))
    assert (reload.outcome, len(reload.files)) == ("active", 21)
    assert loop.context.module("notes.fresh.deep.part_19").VALUE == 19
    loop.save("fresh/deep/part_19.py", "VALUE = 20\n")
    assert loop.context.module("notes.fresh.deep.part_19").VALUE == 20
    assert len(loop.activations) == 3


def test_a_linked_file_that_is_edited_at_its_target_is_one_activation(loop: Loop, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "shared.py"
    target.parent.mkdir()
    target.write_text("VALUE = 1\n")
    loop.activation(lambda: (loop.package / "linked.py").symlink_to(target))
    assert loop.context.module("notes.linked").VALUE == 1
    for value in range(2, 5):
        loop.activation(partial(target.write_text, f"VALUE = {value}\n"))
        assert value == loop.context.module("notes.linked").VALUE
    assert [reload.outcome for reload in loop.activations] == ["active"] * 5


def test_polling_sees_every_style_too(loop: Loop) -> None:
    loop.watch.close()
    with Runtime.in_memory() as runtime:
        polled = Loop(runtime, loop.package.parent, "personal", polling=True)
        for value, style in enumerate(
            ("in place", "vim", "PyCharm", "rename over", "slowly, 60 ms"), start=1
        ):
            polled.activation(partial(save, style, loop.package / "ui.py", ui(value), apart=False))
            assert polled.shown() == WHOLE.format(value)
        assert [reload.outcome for reload in polled.activations] == ["active"] * 6


def many_saves(loop: Loop, number: int) -> None:
    chance = random.Random(number)
    fast = [style for style in savers.STYLES if savers.PAUSES_S[style] < 0.1]
    target = loop.package / "ui.py"
    with requests(loop.context) as shown:
        for value in range(1, number + 1):
            style = chance.choice(fast if value % 20 else list(savers.STYLES))
            reload = loop.activation(partial(save, style, target, ui(value), apart=False))
            assert reload.outcome == "active", (value, style, reload.fault)
            assert loop.shown() == WHOLE.format(value), style
    assert len(loop.activations) == number + 1
    assert set(shown) <= {WHOLE.format(value) for value in range(number + 1)}
    assert sum(shown.values()) > number
    if os.isatty(1):
        print(f"{number} saves, {sum(shown.values())} requests")  # noqa: T201  # who soaks wants to see


def test_two_hundred_saves_of_all_styles_drop_no_request_and_tear_nothing(loop: Loop) -> None:
    many_saves(loop, 200)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_ten_thousand_saves_of_all_styles_drop_no_request_and_tear_nothing(loop: Loop) -> None:
    many_saves(loop, 10_000)
