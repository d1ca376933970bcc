"""Several at once: threads, processes, runtimes; and what is left when one of them fails."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from peers_runtime import ActivationFailed, ContributionConflict, InvalidSetting, Runtime, RuntimeClosed
from peers_runtime.importing.finder import finder
from tests.world import an_id, project, screen

WAITING = {
    "hooks.py": """
        import builtins, pluggy
        hookimpl = pluggy.HookimplMarker("peers")

        @hookimpl
        def peers_activated(context):
            builtins.began.set()
            builtins.go_on.wait(30)
            raise RuntimeError("not today")
        """,
}
TELLING = {
    "hooks.py": """
        import builtins, pluggy
        hookimpl = pluggy.HookimplMarker("peers")

        @hookimpl
        def peers_activated(context, version):
            builtins.heard.append(("activated", context, version))

        @hookimpl
        def peers_deactivating(context, version):
            builtins.heard.append(("deactivating", context, version))

        @hookimpl
        def peers_dispose(data):
            builtins.heard.append(("dispose",))
        """,
}
HOOKS = "pkg.hooks = '{name}.hooks'"


def in_threads(number: int, act: Callable[[int], object]) -> list[BaseException]:
    """Runs them all at once; the errors they raised."""
    failures: list[BaseException] = []
    together = threading.Barrier(number)

    def run(which: int) -> None:
        together.wait()
        try:
            act(which)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_a_failing_activation_does_not_touch_a_package_that_came_into_use_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr("builtins.began", began, raising=False)
    monkeypatch.setattr("builtins.go_on", go_on, raising=False)
    files = {
        **screen("notes", "notes", "hello"),
        "store.py": "KEPT = []\n",
        "later.py": "from notes.store import KEPT\n",
    }
    bad = project(
        tmp_path / "bad", "bad", files={**screen("bad", "bad", "x"), **WAITING},
        definition=HOOKS.format(name="bad"), dependencies='["pluggy"]',
    )  # fmt: skip
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(project(tmp_path / "notes", files=files))
    with Runtime.open(tmp_path / "home") as runtime:
        failures: list[BaseException] = []

        def fail() -> None:
            with pytest.raises(ActivationFailed) as caught:
                runtime.install(bad)
            failures.append(caught.value)

        thread = threading.Thread(target=fail)
        thread.start()
        assert began.wait(30)
        runtime.context().module("notes.store").KEPT.append(1)
        go_on.set()
        thread.join()
        assert len(failures) == 1
        assert runtime.context().module("notes.later").KEPT == [1]
    assert [name for name in sys.modules if name.startswith("peers_packages.notes")] == []


def test_many_threads_install_one_folder_into_many_contexts(tmp_path: Path) -> None:
    source = project(tmp_path, files=screen("notes", "notes", "hello"))
    with Runtime.in_memory() as runtime:
        for number in range(8):
            runtime.contexts.create(f"group-{number}")
        assert in_threads(8, lambda number: runtime.install(source, context=f"group-{number}")) == []
        shown = {runtime.context(f"group-{number}").render("notes").content for number in range(8)}
        assert shown == {"hello"}


def test_a_damaged_package_stops_no_act_on_another(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        broken = runtime.install(project(tmp_path / "aa", "aa", files=screen("aa", "aa", "aa")))
        runtime.install(project(tmp_path / "bb", "bb", files=screen("bb", "bb", "bb")))
        blob = runtime.home / "blobs" / broken.snapshot_digest[:2] / broken.snapshot_digest
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes() + b" ")
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(project(tmp_path / "cc", "cc", files=screen("cc", "cc", "cc")))
        runtime.disable("bb")
        runtime.activate("bb", "1.0.0")
        runtime.uninstall("bb")
        assert [one.name for one in runtime.packages()] == ["aa", "cc"]


def test_two_processes_cannot_give_one_id_two_owners(tmp_path: Path) -> None:
    one = project(tmp_path / "aa", "aa", files=screen("aa", "aa", "aa"))
    other = project(tmp_path / "bb", "bb", files=screen("bb", "bb", "bb"))
    for file in ("routes.py", "uis.py"):
        path = other / "bb" / file
        path.write_text(path.read_text().replace(an_id("bb", "ui", "bb"), an_id("aa", "ui", "aa")))
    with Runtime.open(tmp_path / "home") as first, Runtime.open(tmp_path / "home") as second:
        first.install(one)
        with pytest.raises(ContributionConflict, match=r"aa@1\.0\.0"):
            second.install(other)
        second.install(project(tmp_path / "cc", "cc", files=screen("cc", "cc", "cc")))
        assert [package.name for package in second.packages()] == ["aa", "cc"]


def test_an_act_that_is_interrupted_after_its_commit_has_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peers_runtime.catalog import index

    old = project(tmp_path / "1", files=screen("notes", "notes", "old"))
    new = project(tmp_path / "2", version="2.0.0", files=screen("notes", "notes", "new"))

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(old)
        with monkeypatch.context() as patch:
            patch.setattr(index, "write", interrupted)
            with pytest.raises(KeyboardInterrupt):
                runtime.install(new)
        assert runtime.context().render("notes").content == "new"
    with Runtime.open(tmp_path / "home") as runtime:
        assert runtime.context().render("notes").content == "new"


def test_each_context_is_told_of_its_beginning_and_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, ...]] = []
    monkeypatch.setattr("builtins.heard", heard, raising=False)
    source = project(
        tmp_path / "notes",
        files={**screen("notes", "notes", "hello"), **TELLING},
        definition=HOOKS.format(name="notes"),
        dependencies='["pluggy"]',
    )
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.contexts.create("b")
        runtime.install(source)
        runtime.install(source, context="b")
        runtime.disable("notes", context="b")
        runtime.activate("notes", "1.0.0", context="b")
        assert heard == [
            ("activated", "personal", "1.0.0"),
            ("activated", "b", "1.0.0"),
            ("deactivating", "b", "1.0.0"),
            ("activated", "b", "1.0.0"),
        ]
        heard.clear()
    assert sorted(heard[:-1]) == [("deactivating", "b", "1.0.0"), ("deactivating", "personal", "1.0.0")]
    assert heard[-1] == ("dispose",)
    heard.clear()
    with Runtime.open(tmp_path / "home") as runtime:
        in_threads(8, lambda _: runtime.context("b").render("notes"))
        assert heard == [("activated", "b", "1.0.0")]


def test_an_activation_that_cannot_be_recorded_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peers_runtime.catalog.writer import Writer

    heard: list[tuple[str, ...]] = []
    monkeypatch.setattr("builtins.heard", heard, raising=False)
    source = project(
        tmp_path,
        files={**screen("notes", "notes", "hello"), **TELLING},
        definition=HOOKS.format(name="notes"),
        dependencies='["pluggy"]',
    )

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with Runtime.in_memory() as runtime:
        monkeypatch.setattr(Writer, "put_version", full)
        with pytest.raises(OSError, match="No space"):
            runtime.install(source)
        assert [said[0] for said in heard] == ["activated", "deactivating", "dispose"]


def test_specifications_from_many_threads_are_all_kept() -> None:
    import pluggy

    def specs(number: int) -> ModuleType:
        module = ModuleType(f"specs_{number}")
        setattr(module, f"hook_{number}", pluggy.HookspecMarker(f"host_{number}")(lambda: None))
        return module

    with Runtime.in_memory() as runtime:
        assert in_threads(16, lambda number: runtime.add_hookspecs(specs(number), f"host_{number}")) == []
        for number in range(16):
            assert getattr(runtime.context().hook, f"hook_{number}")() == []


def test_workers_find_the_home_that_is_still_open(tmp_path: Path) -> None:
    def seen() -> str | None:
        return os.environ.get("PEERS_HOME")

    before = seen()
    first, second = Runtime.open(tmp_path / "a"), Runtime.open(tmp_path / "b")
    first.close()
    assert seen() == str(tmp_path / "b")
    first.close()
    assert seen() == str(tmp_path / "b")
    third = Runtime.open(tmp_path / "b")
    second.close()
    third.install(
        project(tmp_path / "notes", files={**screen("notes", "notes", "x"), "own.py": "class Own: pass\n"})
    )
    data = pickle.dumps(third.context().module("notes.own").Own())
    script = "import pickle, sys; print(type(pickle.load(sys.stdin.buffer)).__name__)"
    worker = subprocess.run([sys.executable, "-c", script], input=data, capture_output=True, check=True)
    assert worker.stdout == b"Own\n"
    third.close()
    assert seen() == before


def test_a_closed_runtime_does_not_act(tmp_path: Path) -> None:
    source = project(tmp_path, files=screen("notes", "notes", "x"))
    runtime = Runtime.in_memory()
    runtime.install(source)
    runtime.close()
    acts: list[Callable[[], object]] = [
        lambda: runtime.contexts.create("late"),
        lambda: runtime.install(source),
        runtime.packages,
        lambda: runtime.disable("notes"),
        runtime.context,
    ]
    for act in acts:
        with pytest.raises(RuntimeClosed):
            act()
    runtime.drain()


def test_a_context_that_outlives_its_runtime_loads_nothing_more(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(project(tmp_path / "notes", files=screen("notes", "notes", "x")))
    runtime = Runtime.open(tmp_path / "home")
    ctx = runtime.context()
    with ctx:
        runtime.close()
        with pytest.raises(RuntimeClosed):
            ctx.module("notes.ui")
    assert [name for name in sys.modules if name.startswith("peers_packages.notes")] == []


def test_a_forked_child_can_close_and_leaves_the_home_in_memory_alone(tmp_path: Path) -> None:
    source = project(tmp_path, files=screen("notes", "notes", "x"))
    script = f"""
import os, sys
from peers_runtime import Runtime
runtime = Runtime.in_memory()
runtime.install({str(source)!r})
runtime.context().render("notes")
child = os.fork()
if child == 0:
    runtime.close()
    sys.exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), runtime.home.exists())
runtime.close()
print(runtime.home.exists())
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "0 True\nFalse\n"


def test_an_error_inside_a_context_is_heard_although_it_is_left_elsewhere(tmp_path: Path) -> None:
    import contextvars

    with Runtime.in_memory() as runtime:

        def request() -> object:
            with runtime.context():
                yield
                raise ValueError("the real error")

        running = request()
        contextvars.copy_context().run(next, running)
        with pytest.raises(ValueError, match="the real error"):
            next(running)


def test_only_groups_are_created() -> None:
    with Runtime.in_memory() as runtime, pytest.raises(InvalidSetting, match="'personal'"):
        runtime.contexts.create("team", kind="personal")


def test_the_services_of_a_runtime_are_built_once() -> None:
    with Runtime.in_memory() as runtime:
        found: list[object] = []
        assert in_threads(8, lambda _: found.append(runtime.services)) == []
        assert len(set(map(id, found))) == 1


@pytest.mark.parametrize("keeps", ["", "builtins.kept = peers_activated; "])
def test_who_holds_a_version_that_failed_is_said_once_its_error_has_been_handled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: str
) -> None:
    monkeypatch.setattr("builtins.kept", None, raising=False)
    hooks = f"""
        import builtins, pluggy

        @pluggy.HookimplMarker("peers")
        def peers_activated(context):
            {keeps}raise RuntimeError("not today")
        """
    failing = project(tmp_path, "failing", files={"hooks.py": hooks}, definition=HOOKS.format(name="failing"))
    with Runtime.in_memory() as runtime:
        with pytest.raises(ActivationFailed):
            runtime.install(failing)
        assert runtime.diagnostics() == []  # the error held its frames
        finder().collect()
        assert [one.code for one in runtime.diagnostics()] == (["P0304"] if keeps else [])
        monkeypatch.undo()
