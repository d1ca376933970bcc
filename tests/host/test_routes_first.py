"""Nothing of a package is imported before it is needed, and then no more than is needed."""

from __future__ import annotations

import sys
from pathlib import Path

from peers_runtime import Runtime
from tests.world import an_id, project, screen

HOME, LATER = an_id("home"), an_id("later")

WITH_IS_MATCH = {
    "routes.py": f"""
        from peers_runtime import Route
        from notes.when import is_monday
        routes = [
            Route(peers_ui_id={HOME!r}, path="notes"),
            Route(peers_ui_id={LATER!r}, path="mondays", is_match=is_monday),
        ]
        """,
    "when.py": """
        def is_monday(props, route_context):
            return {"day": "monday"} if props.get("monday") else None
        """,
    "uis.py": f"""
        from peers_runtime import UI
        from notes import shared
        uis = [
            UI(peers_ui_id={HOME!r}, name="Home", content="notes.home:show"),
            UI(peers_ui_id={LATER!r}, name="Later", content="notes.later:show"),
        ]
        """,
    "shared.py": "",
    "home.py": "from notes import helper\ndef show(props, ctx):\n    return 'home'\n",
    "helper.py": "",
    "later.py": "def show(props, ctx):\n    return props['day']\n",
}


def imported() -> set[str]:
    """The package modules in this process, by the author's names."""
    return {
        name.split(".", 2)[2]
        for name in sys.modules
        if name.startswith("peers_packages.") and name.count(".") > 1
    }


def restarted(home: Path, source: Path) -> Runtime:
    with Runtime.open(home) as runtime:
        runtime.install(source)
        runtime.drain()
    return Runtime.open(home)


def test_after_a_start_routes_and_apps_answer_with_no_package_module_imported(tmp_path: Path) -> None:
    source = project(
        tmp_path / "notes",
        files=screen("notes", "notes", "hello"),
        definition="from peers_runtime import AppNav\npkg.app_navs = [AppNav(name='Notes')]",
    )
    with restarted(tmp_path / "home", source) as runtime:
        ctx = runtime.context("personal")
        assert ctx.routes.match("notes").package == "notes"
        assert [app.name for app in ctx.apps] == ["Notes"]
        assert [one.chosen for one in ctx.routes.explain("notes")] == [True]
        assert imported() == set()


def test_the_first_navigation_imports_exactly_the_owners_ui_and_the_second_nothing(tmp_path: Path) -> None:
    with restarted(tmp_path / "home", project(tmp_path / "notes", files=WITH_IS_MATCH)) as runtime:
        ctx = runtime.context("personal")
        assert ctx.render("notes").content == "home"
        assert imported() == {"notes", "notes.home", "notes.helper"}
        assert ctx.render("notes").content == "home"
        assert imported() == {"notes", "notes.home", "notes.helper"}


def test_an_is_match_loads_only_its_routes_module_and_what_that_imports(tmp_path: Path) -> None:
    with restarted(tmp_path / "home", project(tmp_path / "notes", files=WITH_IS_MATCH)) as runtime:
        ctx = runtime.context("personal")
        found = ctx.routes.match("mondays", props={"monday": True})
        assert found.props == {"monday": True, "day": "monday"}
        assert imported() == {"notes", "notes.routes", "notes.when"}
        assert ctx.render("mondays", props={"monday": True}).content == "monday"
        assert imported() == {"notes", "notes.routes", "notes.when", "notes.later"}


def test_a_tool_is_imported_when_it_is_first_called(tmp_path: Path) -> None:
    source = project(
        tmp_path / "notes",
        files={
            "tools.py": f"""
                from pydantic import BaseModel
                from peers_runtime import tool
                class Given(BaseModel):
                    title: str
                class Answer(BaseModel):
                    said: str
                @tool(tool_id={an_id("tool")!r}, usage="Say it")
                def say(args: Given, ctx) -> Answer:
                    return Answer(said=args.title)
                """,
        },
        definition=f"""
            from notes import tools
            pkg.contract({an_id("contract")!r}, 1, "Notes").tools = [tools.say]
            """,
    )
    with restarted(tmp_path / "home", source) as runtime:
        ctx = runtime.context("personal")
        assert [tool.name for tool in ctx.tools.list() if tool.package == "notes"] == ["say"]
        assert imported() == set()
        assert ctx.tools["say"](title="x").said == "x"
        assert imported() == {"notes", "notes.tools"}
