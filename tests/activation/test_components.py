"""A UI shows components of its own package and of those that it depends on, by name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import AmbiguousName, Runtime
from tests.world import an_id, project, screen

SHOWING = """
def home(props, ctx):
    return {shown}
"""
OTHER = """
from peers_runtime import UI
uis = [
    UI(peers_ui_id={home!r}, name="Home", content="{name}.ui:home"),
    UI(peers_ui_id={other!r}, name="{component}", content="{name}.more:show"),
]
"""


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    """left and right, which both have a Badge, and left a Button; both are stable."""
    with Runtime.open(tmp_path / "home", actor="ada") as runtime:
        for name, component, shows in (
            ("left", "Button", "def show(props, ctx):\n    return f\"<{props.get('label', 'left')}>\"\n"),
            ("right", "Badge", "async def show(props, ctx):\n    return 'a badge of ' + ctx.context_id\n"),
        ):
            made = runtime.install(written(tmp_path, name, component, shows))
            runtime.promote(made.name, made.version, "stable")
        yield runtime


def written(
    folder: Path, name: str, component: str, shows: str, shown: str = "'home'", version: str = "1.0.0"
) -> Path:
    files = screen(name, name, "") | {
        "uis.py": OTHER.format(
            home=an_id(name, "ui", name), other=an_id(name, component), name=name, component=component
        ),
        "ui.py": SHOWING.format(shown=shown),
        "more.py": shows,
    }
    return project(folder / f"{name}-{version}", name, version, files)


def shown(runtime: Runtime, folder: Path, expression: str, *needs: str) -> object:
    """What a UI of a package shows that depends on `needs`, and has a Button of its own."""
    project = written(folder, "top", "Card", "def show(props, ctx):\n    return 'own card'\n", expression)
    runtime.add_packages(project, *needs)
    runtime.install(project)
    rendered = runtime.context().render("top")
    assert rendered.error is None, rendered.error
    return rendered.content


def test_a_component_of_a_dependency_is_shown_by_its_qualified_name_with_props(
    runtime: Runtime, tmp_path: Path
) -> None:
    said = shown(runtime, tmp_path, "ctx.components['left.Button'].render({'label': 'Save'}).content", "left")
    assert said == "<Save>"


def test_a_bare_name_is_ones_own_before_it_is_a_dependencys(runtime: Runtime, tmp_path: Path) -> None:
    bare = "[ctx.components[name].render().content for name in ('Card', 'top.Card', 'Button')]"
    assert shown(runtime, tmp_path, bare, "left") == ["own card", "own card", "<left>"]


def test_a_bare_name_of_two_dependencies_is_ambiguous_and_the_error_names_both(
    runtime: Runtime, tmp_path: Path
) -> None:
    newer = written(tmp_path, "right", "Button", "def show(props, ctx): ...\n", version="1.1.0")
    runtime.install(newer)
    runtime.promote("right", "1.1.0", "stable")
    project = written(tmp_path, "top", "Card", "", "ctx.components['Button'].render().content")
    runtime.add_packages(project, "left", "right")
    runtime.install(project)
    error = runtime.context().render("top").error
    assert error is not None
    assert error.code == AmbiguousName.code
    assert "left.Button, right.Button" in error.message
    assert "ctx.components['left.Button']" in error.hint


def test_a_name_that_nobody_has_is_told_with_those_that_there_are(runtime: Runtime, tmp_path: Path) -> None:
    project = written(tmp_path, "top", "Card", "", "ctx.components['left.Nothing']")
    runtime.add_packages(project, "left")
    runtime.install(project)
    error = runtime.context().render("top").error
    assert error is not None
    assert "'left.Nothing'" in error.message
    assert error.hint == "there are: top.Home, top.Card, left.Home, left.Button"


def test_it_is_of_the_version_that_is_locked_beside_the_one_that_is_active(
    runtime: Runtime, tmp_path: Path
) -> None:
    expression = "ctx.components['left.Button'].render().content"
    assert shown(runtime, tmp_path, expression, "left") == "<left>"
    newer = written(
        tmp_path, "left", "Button", "def show(props, ctx):\n    return 'newer'\n", version="1.1.0"
    )
    runtime.install(newer)
    personal = runtime.context()
    assert personal.render(an_id("left", "Button")).content == "newer"
    assert personal.render("top").content == "<left>"


def test_an_async_one_is_shown_from_a_loop_or_without(runtime: Runtime, tmp_path: Path) -> None:
    assert (
        shown(runtime, tmp_path, "ctx.components['Badge'].render().content", "right") == "a badge of personal"
    )
    project = tmp_path / "top-1.0.0" / "top" / "ui.py"
    project.write_text(
        "async def home(props, ctx):\n    return (await ctx.components['Badge'].arender()).content\n"
    )
    runtime.install(tmp_path / "top-1.0.0")
    rendered = asyncio.run(runtime.context().arender("top"))
    assert rendered.content == "a badge of personal"


def test_one_that_fails_leaves_the_rest_of_the_screen_and_is_listed(runtime: Runtime, tmp_path: Path) -> None:
    broken = written(tmp_path, "left", "Button", "def show(props, ctx):\n    return 1 / 0\n", version="1.1.0")
    runtime.install(broken)
    runtime.promote("left", "1.1.0", "stable")
    expression = "(ctx.components['Button'].render().error.message, 'the rest')"
    message, rest = shown(runtime, tmp_path, expression, "left>=1.1")  # type: ignore[misc]  # a pair
    assert rest == "the rest"
    assert "the UI 'Button' of left@1.1.0 raised: ZeroDivisionError" in message
    assert any("ZeroDivisionError" in one.message for one in runtime.diagnostics())


def test_a_dependency_shows_what_it_depends_on_itself(runtime: Runtime, tmp_path: Path) -> None:
    middle = written(
        tmp_path,
        "middle",
        "Frame",
        "def show(props, ctx):\n    return ctx.components['Button'].render(props).content\n",
    )
    runtime.add_packages(middle, "left")
    runtime.install(middle)
    runtime.promote("middle", "1.0.0", "stable")
    expression = "ctx.components['middle.Frame'].render({'label': 'deep'}).content"
    assert shown(runtime, tmp_path, expression, "middle") == "<deep>"
    assert "left.Button" not in shown(runtime, tmp_path, "list(ctx.components)", "middle")  # type: ignore[operator]
