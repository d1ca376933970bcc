"""A host's own hooks, called for exactly the versions that are active in a context."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pluggy
import pytest

from peers_runtime import InvalidHook, Runtime, UnknownHook
from tests.world import project

spec = pluggy.HookspecMarker("editor")


class Specs:
    """What the host `editor` offers to packages."""

    @spec
    def greet(self, name: str) -> Any: ...

    @spec(firstresult=True)
    def first(self) -> Any: ...


def hooks(body: str) -> dict[str, str]:
    return {"hooks.py": f"import pluggy\nhookimpl = pluggy.HookimplMarker('editor')\n{body}"}


def install(
    runtime: Runtime, folder: Path, name: str, body: str, context: str = "acme", version: str = "1.0.0"
) -> None:
    source = project(
        folder / name / version,
        name,
        version,
        hooks(body),
        definition=f"pkg.hooks = '{name}.hooks'",
        dependencies='["pluggy"]',
    )
    runtime.install(source, context=context)


GREET = """
@hookimpl
def greet(name):
    return f"{word} {{name}}"
"""


def test_a_call_reaches_exactly_the_versions_active_there(runtime: Runtime, tmp_path: Path) -> None:
    runtime.add_hookspecs(Specs, project_name="editor")
    install(runtime, tmp_path, "polite", GREET.format(word="good day"), "acme", "1.0.0")
    install(runtime, tmp_path, "polite", GREET.format(word="hello"), "globex", "2.0.0")
    install(runtime, tmp_path, "loud", GREET.format(word="HEY"), "globex")
    assert runtime.context("acme").hook.greet(name="ada") == ["good day ada"]
    assert sorted(runtime.context("globex").hook.greet(name="ada")) == ["HEY ada", "hello ada"]
    assert runtime.context("personal").hook.greet(name="ada") == []


def test_order_wrappers_and_firstresult_are_pluggys(runtime: Runtime, tmp_path: Path) -> None:
    runtime.add_hookspecs(Specs, project_name="editor")
    install(runtime, tmp_path, "a", GREET.format(word="a") + "\n@hookimpl\ndef first():\n    return 'a'\n")
    install(
        runtime,
        tmp_path,
        "b",
        "@hookimpl(trylast=True)\ndef greet(name):\n    return f'b {name}'\n"
        "@hookimpl(tryfirst=True)\ndef first():\n    return 'b'\n",
    )
    install(
        runtime,
        tmp_path,
        "c",
        "@hookimpl(wrapper=True)\ndef greet(name):\n    found = yield\n    return [*found, 'wrapped']\n",
    )
    hook = runtime.context("acme").hook
    for _ in range(2):  # the second time the implementations stand in their own place
        assert hook.greet(name="x") == ["a x", "b x", "wrapped"]
        assert hook.first() == "b"


def test_two_contexts_with_equal_active_sets_share_one_manager(runtime: Runtime, tmp_path: Path) -> None:
    runtime.add_hookspecs(Specs, project_name="editor")
    for context in ("acme", "globex"):
        install(runtime, tmp_path, "polite", GREET.format(word="hello"), context)
    acme, globex = runtime.context("acme").binding, runtime.context("globex").binding
    assert acme is not globex
    assert acme.active is globex.active


def test_an_implementation_runs_with_the_context_current(runtime: Runtime, tmp_path: Path) -> None:
    class Where:
        @spec
        def where(self, ask: Any) -> Any: ...

    runtime.add_hookspecs(Where, project_name="editor")
    install(runtime, tmp_path, "polite", "@hookimpl\ndef where(ask):\n    return ask()\n")

    def ask() -> object:
        import polite.hooks

        return polite.hooks.where

    own = runtime.context("acme").module("polite.hooks").where
    assert runtime.context("acme").hook.where(ask=ask) == [own]


def test_a_hook_that_nobody_specified_is_named(runtime: Runtime) -> None:
    with pytest.raises(UnknownHook, match="'paint'"):
        runtime.context("acme").hook.paint()


def test_an_implementation_that_does_not_fit_refuses_the_activation(runtime: Runtime, tmp_path: Path) -> None:
    runtime.add_hookspecs(Specs, project_name="editor")
    with pytest.raises(InvalidHook, match="greet"):
        install(runtime, tmp_path, "polite", "@hookimpl\ndef greet(name, colour):\n    return 1\n")
    assert runtime.packages(context="acme") == []


def test_existing_pluggy_plugins_need_no_change(runtime: Runtime, tmp_path: Path) -> None:
    runtime.add_hookspecs(Specs, project_name="editor")
    install(runtime, tmp_path, "polite", GREET.format(word="hello"))
    plain = pluggy.PluginManager("editor")
    plain.add_hookspecs(Specs)
    plain.register(runtime.context("acme").module("polite.hooks"))
    assert plain.hook.greet(name="ada") == runtime.context("acme").hook.greet(name="ada")
