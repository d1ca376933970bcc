"""Two versions of one package live in one process; each context sees its own."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
import types
from pathlib import Path

import pytest

from peers_runtime import NoActiveVersion, NoContext, Runtime
from tests.world import project, screen


def two_versions(runtime: Runtime, folder: Path) -> None:
    for context, version in (("acme", "1.0.0"), ("globex", "2.0.0")):
        source = project(
            folder / version,
            version=version,
            files={
                **screen("notes", "notes", f"the notes of {version}"),
                "store.py": f"VERSION = {version!r}\ndef answer():\n    return f'{{VERSION}} answers'\n",
            },
        )
        runtime.install(source, context=context)


def test_the_same_import_answers_differently_per_context(runtime: Runtime, tmp_path: Path) -> None:
    two_versions(runtime, tmp_path)
    answers = {}
    for context in ("acme", "globex"):
        with runtime.context(context):
            import notes.store

            answers[context] = notes.store.answer()
    assert answers == {"acme": "1.0.0 answers", "globex": "2.0.0 answers"}


def test_a_module_asked_of_the_handle_is_the_versions_own(runtime: Runtime, tmp_path: Path) -> None:
    two_versions(runtime, tmp_path)
    one = runtime.context("acme").module("notes.store")
    other = runtime.context("globex").module("notes.store")
    assert (one.answer(), other.answer()) == ("1.0.0 answers", "2.0.0 answers")
    assert one.answer.__globals__ is not other.answer.__globals__
    with runtime.context("acme") as active:
        assert active.modules["notes.store"] is one


def test_a_reference_dispatches_to_what_is_active_at_each_call(runtime: Runtime, tmp_path: Path) -> None:
    two_versions(runtime, tmp_path)
    answer = runtime.context("acme").reference("notes.store:answer")
    assert answer() == "1.0.0 answers"
    runtime.install(tmp_path / "2.0.0", context="acme")
    assert answer() == "2.0.0 answers"


def test_outside_any_context_the_import_succeeds_and_the_use_says_what_to_do(
    runtime: Runtime, tmp_path: Path
) -> None:
    two_versions(runtime, tmp_path)
    import notes.store

    with pytest.raises(NoContext, match=r"notes.*\[P0303\]"):
        notes.store.answer()  # the use is the point


def test_a_context_without_the_package_is_named_in_the_error(runtime: Runtime, tmp_path: Path) -> None:
    two_versions(runtime, tmp_path)
    with pytest.raises(NoActiveVersion, match=r"'notes' has no active version in context 'personal'"):
        runtime.context("personal").module("notes.store")
    import notes.store

    with runtime.context("personal"), pytest.raises(NoActiveVersion, match="'personal'"):
        notes.store.answer()


def test_threads_tasks_and_copied_contexts_each_keep_their_own(runtime: Runtime, tmp_path: Path) -> None:
    two_versions(runtime, tmp_path)

    def ask() -> str:
        import notes.store

        return str(notes.store.answer())

    async def in_task(context: str) -> str:
        with runtime.context(context):
            await asyncio.sleep(0)
            return ask()

    async def both() -> list[str]:
        return list(await asyncio.gather(*(in_task(context) for context in ("acme", "globex") * 20)))

    assert asyncio.run(both()) == ["1.0.0 answers", "2.0.0 answers"] * 20

    seen: dict[str, set[str]] = {"acme": set(), "globex": set()}

    def in_thread(context: str) -> None:
        for _ in range(200):
            with runtime.context(context):
                seen[context].add(ask())

    threads = [threading.Thread(target=in_thread, args=(context,)) for context in ("acme", "globex") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"acme": {"1.0.0 answers"}, "globex": {"2.0.0 answers"}}

    with runtime.context("acme"):
        copied = contextvars.copy_context()
    assert copied.run(ask) == "1.0.0 answers"


def test_contexts_nest_and_must_be_left_innermost_first(runtime: Runtime, tmp_path: Path) -> None:
    two_versions(runtime, tmp_path)
    acme, globex = runtime.context("acme"), runtime.context("globex")
    with acme:
        import notes.store

        with globex:
            assert notes.store.VERSION == "2.0.0"
        assert notes.store.VERSION == "1.0.0"
    acme.__enter__()
    with pytest.raises(NoContext, match="was left where it is not the current one"):
        globex.__exit__(None, None, None)
    acme.__exit__(None, None, None)


def test_without_facades_import_is_left_alone(tmp_path: Path) -> None:
    with Runtime.in_memory(facades=False) as runtime:
        runtime.install(project(tmp_path, files=screen("notes", "notes", "hello")))
        with runtime.context("personal"), pytest.raises(ModuleNotFoundError):
            import notes.ui  # noqa: F401  # must not be found
        assert runtime.context("personal").render("notes").content == "hello"


def test_closing_leaves_no_module_behind(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        runtime.install(project(tmp_path, files=screen("notes", "notes", "hello")))
        runtime.context("personal").render("notes")
        assert any(name.startswith("peers_packages.notes") for name in sys.modules)
    assert [name for name in sys.modules if name.startswith(("peers_packages.notes", "notes"))] == []


def test_a_name_that_was_imported_before_keeps_its_module_and_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = types.ModuleType("notes")
    monkeypatch.setitem(sys.modules, "notes", stock)
    with Runtime.in_memory() as runtime:
        runtime.install(project(tmp_path, files=screen("notes", "notes", "hello")))
        with runtime.context("personal"):
            import notes

            assert notes is stock
        assert runtime.context("personal").render("notes").content == "hello"
        assert [(one.code, one.subject) for one in runtime.diagnostics()] == [("P0305", "notes")]


def test_a_distribution_of_the_same_name_is_only_a_source_to_install_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site" / "notes").mkdir(parents=True)
    (tmp_path / "site" / "notes" / "__init__.py").write_text("WHO = 'the installed distribution'\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    with Runtime.in_memory() as runtime:
        runtime.install(
            project(
                tmp_path / "project", files={**screen("notes", "notes", "x"), "who.py": "WHO = 'the package'"}
            )
        )
        with runtime.context("personal"):
            import notes.who

            assert notes.who.WHO == "the package"


def test_a_hosts_module_may_import_submodules_outside_any_context(runtime: Runtime, tmp_path: Path) -> None:
    two_versions(runtime, tmp_path)
    from notes import store

    with runtime.context("globex"):
        assert store.answer() == "2.0.0 answers"
