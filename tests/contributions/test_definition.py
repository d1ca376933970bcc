"""A package's definition becomes data, and what cannot be is refused with its place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from peers_runtime.base import errors
from tests.fakes.versions import FakeVersion

Make = Callable[..., FakeVersion]

PACKAGE = """
    from peers_runtime.authoring.package import define_package
    from peers_runtime.model.contributions import AppNav
    from . import ids, tools

    @define_package
    def package(pkg):
        pkg.package_id = ids.PACKAGE
        main = pkg.contract(ids.CONTRACT, 1, "Notes")
        main.tools = [tools.add_note]
        main.tables = [tools.notes]
        pkg.app_navs = [AppNav(name="Notes", navigation_path="notes")]
        pkg.hooks = "notes.hooks"
"""
BARE = """
    from peers_runtime.authoring.package import define_package
    from . import ids

    @define_package
    def package(pkg):
        pkg.package_id = ids.PACKAGE
"""
TOOLS = """
    from pydantic import BaseModel
    from peers_runtime.authoring.tables import Table
    from peers_runtime.authoring.tools import tool
    from . import ids

    class Note(BaseModel):
        note_id: str
        title: str = ""

    class AddNote(BaseModel):
        title: str

    notes = Table(table_id=ids.NOTES, name="Notes", model=Note, primary_key="note_id")

    @tool(tool_id=ids.ADD, usage="Add a note")
    def add_note(args: AddNote, ctx) -> Note:
        return Note(note_id="1", title=args.title)
"""
HOOKS = """
    import pluggy
    hookimpl = pluggy.HookimplMarker("demo_host")
    peers = pluggy.HookimplMarker("peers")

    @hookimpl(tryfirst=True)
    def theme_colors(context_id, depth=1):
        return {}

    @hookimpl(wrapper=True, specname="theme_colors")
    def around(context_id):
        return (yield)

    @peers
    def peers_activated(context, previous):
        pass

    def not_a_hook(): ...
"""
ROUTES = """
    from peers_runtime.model.contributions import Route
    from . import ids

    routes = [
        Route(peers_ui_id=ids.HOME, path="/Notes/"),
        Route(peers_ui_id=ids.NOTE, path="notes/:note_id", is_match=lambda props, context: {}, priority=3),
        Route(peers_ui_id=ids.NOTE, pattern="notes/[0-9]+", props_schema={"type": "object"}),
    ]
"""
UIS = """
    from peers_runtime.model.contributions import UI
    from pydantic import BaseModel
    from . import ids
    from .views import home

    class NoteProps(BaseModel):
        note_id: str

    uis = [
        UI(peers_ui_id=ids.HOME, name="Home", content=home),
        UI(peers_ui_id=ids.NOTE, name="Note", content="notes.late:render", props_schema=NoteProps),
        UI(peers_ui_id=ids.SEARCH, name="Search", content=lambda props, ctx: "found"),
    ]
"""
ALL = {
    "package.py": PACKAGE,
    "tools.py": TOOLS,
    "hooks.py": HOOKS,
    "routes.py": ROUTES,
    "uis.py": UIS,
    "views.py": "def home(props, ctx): return 'home'",
    "late.py": "raise RuntimeError('imported too early')",
}


def test_a_definition_becomes_data(make: Make) -> None:
    found = make(ALL).evaluate()
    assert found.reference == "notes.package:package"
    assert (found.routes_module, found.uis_module) == ("notes.routes", "notes.uis")
    assert [(route.path, route.pattern, route.has_is_match, route.priority) for route in found.routes] == [
        ("notes", None, False, 0),
        ("notes/:note_id", None, True, 3),
        (None, "notes/[0-9]+", False, 0),
    ]
    assert found.routes[2].props_schema == {"type": "object"}
    assert [contract.name for contract in found.contracts] == ["Notes"]
    assert found.contracts[0].tools == (found.tools[0].tool_id,)
    assert found.contracts[0].tables == (found.tables[0].table_id,)
    assert [nav.name for nav in found.app_navs] == ["Notes"]


def test_references_lead_to_the_very_objects(make: Make) -> None:
    version = make(ALL)
    found = version.evaluate()
    assert [ui.reference for ui in found.uis] == ["notes.views:home", "notes.late:render", None]
    assert found.uis[1].props_reference == "notes.uis:NoteProps"
    assert found.tools[0].reference == "notes.tools:add_note"
    assert found.tables[0].reference == "notes.tools:notes"
    assert version.load("notes.tools:add_note").tool_id == found.tools[0].tool_id


def test_an_object_that_its_name_no_longer_leads_to_has_no_reference(make: Make) -> None:
    views = """
        def home(props, ctx): return "home"
        first = home
        def home(props, ctx): return "another"
        def moved(props, ctx): return "moved"
        moved.__module__ = __name__.replace("views", "late")
    """
    uis = UIS.replace("import home", "import first as home, moved")
    uis = uis.replace('lambda props, ctx: "found"', "moved")
    version = make(wrong(views=views, uis=uis))
    found = version.evaluate()
    assert [ui.reference for ui in found.uis] == [None, "notes.late:render", None]
    assert "notes.late" not in version.loaded()


def test_schemas_of_tools_say_what_is_refused(make: Make) -> None:
    (tool,) = make(ALL).evaluate().tools
    assert tool.input_schema["additionalProperties"] is False
    assert tool.output_schema is not None
    assert "additionalProperties" not in tool.output_schema


def test_hooks_are_read_as_pluggy_reads_them(make: Make) -> None:
    around, colors = make(ALL).evaluate().hooks
    assert (colors.project_name, colors.hook, colors.reference) == (
        "demo_host",
        "theme_colors",
        "notes.hooks:theme_colors",
    )
    assert colors.argument_names == ("context_id",)
    assert colors.keyword_names == ("depth",)
    assert colors.options == {"tryfirst": True}
    assert (around.hook, around.reference, around.is_generator) == (
        "theme_colors",
        "notes.hooks:around",
        True,
    )
    assert around.options == {"wrapper": True}


def test_hooks_of_a_versions_life_stand_apart(make: Make) -> None:
    (activated,) = make(ALL).evaluate().lifecycle_hooks
    assert (activated.hook, activated.argument_names) == ("peers_activated", ("context", "previous"))


def test_a_ui_named_by_reference_is_not_imported(make: Make) -> None:
    version = make(ALL)
    version.evaluate()
    assert "notes.late" not in version.loaded()


def test_evaluating_twice_gives_equal_data(make: Make) -> None:
    version = make(ALL)
    assert version.evaluate() == version.again().evaluate()


def test_a_package_of_hooks_only_is_a_package(make: Make) -> None:
    package = BARE + '        pkg.hooks = "notes.hooks"\n'
    found = make({"package.py": package, "hooks.py": HOOKS}).evaluate()
    assert (found.routes_module, found.uis_module, found.routes, found.uis) == (None, None, (), ())
    assert len(found.hooks) == 2


def test_routes_and_uis_may_live_elsewhere(make: Make) -> None:
    package = BARE + '        pkg.routes = "notes.web.routes"\n        pkg.uis = "notes.web.screens"\n'
    version = make(
        {
            "package.py": package,
            "web/__init__.py": "",
            "web/routes.py": ROUTES.replace("from . import", "from .. import"),
            "web/screens.py": UIS.replace("from . import", "from .. import").replace(".views", "..views"),
            "views.py": ALL["views.py"],
        }
    )
    for again in (None, lambda: (version.again().load, version.again().loaded, str)):
        found = version.evaluate(again=again)
        assert (found.routes_module, found.uis_module) == ("notes.web.routes", "notes.web.screens")
        assert len(found.routes) == len(found.uis) == 3


def test_routes_elsewhere_are_judged_in_a_fresh_realm(make: Make) -> None:
    version = make(
        ALL
        | {
            "package.py": PACKAGE + '        pkg.routes = "notes.web"\n',
            "web.py": "from . import tools\n" + ROUTES.replace("\n    ", "\n"),
        }
    )
    fresh = version.again()
    with pytest.raises(errors.RoutesImportUI, match=r"importing notes\.web imports notes\.tools"):
        version.evaluate(again=lambda: (fresh.load, fresh.loaded, fresh.logical))


def test_the_caller_may_name_the_modules(make: Make) -> None:
    version = make(ALL | {"r.py": ROUTES, "u.py": UIS})
    found = version.evaluate(routes_module="notes.r", uis_module="notes.u")
    assert (found.routes_module, found.uis_module) == ("notes.r", "notes.u")


def test_a_definition_may_stand_in_the_packages_init(make: Make) -> None:
    files = {
        "__init__.py": BARE,
        "routes.py": ROUTES,
        "uis.py": UIS,
    }
    found = make(files | {"views.py": ALL["views.py"]}).evaluate(reference="notes:package")
    assert found.routes_module == "notes.routes"


@pytest.mark.parametrize(
    ("imported", "what"),
    [
        ("tools", "the tool 'add_note'"),
        ("uis", "the UI 'Home'"),
        ("views", "the UI 'Home'"),
        ("hooks", "the hooks"),
        ("package", "the tool 'add_note'"),
        ("middle", "the tool 'add_note'"),
    ],
)
def test_routes_that_pull_in_ui_or_runtime_are_refused(make: Make, imported: str, what: str) -> None:
    routes = ROUTES.replace("from . import ids", f"from . import ids, {imported}")
    version = make(ALL | {"routes.py": routes, "middle.py": "from . import tools"})
    with pytest.raises(errors.RoutesImportUI, match=what) as caught:
        version.evaluate()
    assert caught.value.facts["routes_module"] == "notes.routes"


def test_routes_that_pull_in_a_definition_of_nothing_else_are_refused(make: Make) -> None:
    routes = ROUTES.replace("from . import ids", "from . import ids, package")
    version = make(wrong(package=BARE, routes=routes))
    with pytest.raises(errors.RoutesImportUI, match=r"imports notes\.package, which holds the definition"):
        version.evaluate()


def test_routes_may_share_models_of_props_with_uis(make: Make) -> None:
    props = "from pydantic import BaseModel\nclass NoteProps(BaseModel):\n    note_id: str\n"
    routes = ROUTES.replace("from . import ids", "from . import ids\n    from .props import NoteProps")
    uis = UIS.replace("from .views", "from .props import NoteProps\n    from .views")
    version = make(ALL | {"props.py": props, "routes.py": routes, "uis.py": uis})
    assert version.evaluate().routes


def wrong(**files: str) -> dict[str, str]:
    return ALL | {f"{name}.py": text for name, text in files.items()}


# (module, what is replaced there, by what, the error, what it says)
WRONG: list[tuple[str, str, str, str, str]] = [
    ("routes", "HOME", "MISSING", "DefinitionFailed", "has no attribute 'MISSING'"),
    (
        "uis",
        "peers_ui_id=ids.HOME",
        "peers_ui_id=ids.LIST",
        "UINotContributed",
        r"notes\.routes, route 1 \(notes\) names the UI 0mwqffjzi4zen7dhmwgmkmbjf",
    ),
    ("uis", "ids.SEARCH", "ids.HOME", "DuplicateId", "UI 3: 'Search'"),
    ("uis", '"Search"', '"Home"', "ComponentNameExists", "UI 3: 'Home'"),
    ("uis", "ids.HOME", "'short'", "MalformedId", r"uis\.py:\d+: UI\.peers_ui_id is 'short'"),
    ("uis", "content=home", "contents=home", "InvalidDefinition", r"uis\.py:\d+: UI is wrong in content"),
    ("uis", "notes.late:render", "notes.late", "InvalidDefinition", "UI 2: its content 'notes.late'"),
    ("uis", UIS, "uis = None", "InvalidDefinition", "uis must be a list of UI"),
    ("uis", UIS, "", "InvalidDefinition", "uis must be a list of UI"),
    ("uis", UIS, "import nowhere", "DefinitionFailed", "No module named 'nowhere'"),
    ("routes", ROUTES, "routes = ['notes']", "InvalidDefinition", "must be a list of Route"),
    ("routes", ROUTES, "1 / 0", "DefinitionFailed", r"notes\.routes failed at .*routes\.py:1: ZeroDivision"),
    (
        "routes",
        'path="/',
        'pattern="x", path="/',
        "InvalidDefinition",
        r"routes\.py:\d+: .* a path and a pattern",
    ),
    ("routes", "[0-9]+", "[0-9", "InvalidDefinition", r"routes\.py:\d+: route pattern"),
    ("routes", ":note_id", ":note-id", "InvalidDefinition", "route 2: the parameters"),
    ("routes", ":note_id", ":a/:a", "InvalidDefinition", "route 2: the parameters"),
    ("routes", '"object"', '"thing"', "InvalidDefinition", "no JSON Schema: type"),
    ("routes", '"object"', "print", "InvalidDefinition", "props_schema is not JSON"),
    ("tools", "class Note", "import sys; sys.exit(3)\n    class Note", "DefinitionFailed", "SystemExit: 3"),
    ("tools", 'title: str = ""', "title: type(print) = print", "InvalidDefinition", r"tools\.py"),
    ("package", PACKAGE, "package = 7", "InvalidDefinition", "is 7, not a package definition"),
    ("package", "pkg.hooks", "1 / 0; pkg.hooks", "DefinitionFailed", r"package\.py:\d+: ZeroDivision"),
    ("package", "notes.hooks", "notes.ids", "InvalidDefinition", "no hook implementation"),
    ("package", "notes.hooks", "notes.gone", "DefinitionFailed", "gone"),
    (
        "package",
        "pkg.hooks",
        "pkg.uis = 'notes.gone'; pkg.hooks",
        "InvalidDefinition",
        "no module 'notes.gone'",
    ),
    ("package", "pkg.hooks", "pkg.version_tag", "TagInCode", "version_tag"),
    ("hooks", "return (yield)", "return 1", "InvalidHook", "notes.hooks:around: it is a wrapper but has no"),
    ("hooks", "wrapper=True", "wrapper=True, hookwrapper=True", "InvalidHook", "exclude each other"),
    ("hooks", "previous", "before", "InvalidHook", "{'before'} are declared"),
    (
        "hooks",
        "peers_activated",
        "peers_tools",
        "InvalidHook",
        "a package implements peers_activated, peers_",
    ),
]


@pytest.mark.parametrize(("module", "before", "after", "error", "said"), WRONG)
def test_what_cannot_be_is_refused_by_name(
    make: Make, module: str, before: str, after: str, error: str, said: str
) -> None:
    text = ALL[f"{module}.py"]
    assert before in text
    with pytest.raises(getattr(errors, error), match=said) as caught:
        make(wrong(**{module: text.replace(before, after)})).evaluate()
    assert type(caught.value).__name__ == error
    assert "fake_realms" not in caught.value.message


def test_a_failed_definition_keeps_the_packages_own_error(make: Make) -> None:
    with pytest.raises(errors.DefinitionFailed) as caught:
        make(wrong(tools="raise KeyError('mine')")).evaluate()
    assert isinstance(caught.value.__cause__, KeyError)
    assert str(caught.value.facts["where"]).endswith("tools.py:1")


def test_a_package_that_contributes_nothing_is_refused(make: Make) -> None:
    with pytest.raises(errors.NoComponentsToPackage, match=r"notes 1\.0\.0 contributes nothing"):
        make({"package.py": BARE}).evaluate()


def test_one_ui_id_may_have_several_targets(make: Make) -> None:
    uis = UIS.replace("ids.SEARCH, ", "ids.HOME, target='asgi', ")
    found = make(wrong(uis=uis)).evaluate()
    assert [ui.target for ui in found.uis] == ["html", "html", "asgi"]


def test_a_missing_definition_is_the_packages_failure(make: Make) -> None:
    with pytest.raises(errors.InvalidDefinition, match="names pack, which notes"):
        make(ALL).evaluate(reference="notes.package:pack")


@pytest.mark.parametrize(
    ("named", "interrupt"),
    [("KeyboardInterrupt", KeyboardInterrupt), ("asyncio.CancelledError", asyncio.CancelledError)],
)
def test_interrupts_come_through(make: Make, named: str, interrupt: type[BaseException]) -> None:
    with pytest.raises(interrupt):
        make(wrong(tools=f"import asyncio\nraise {named}")).evaluate()


@pytest.mark.parametrize("module", ["routes", "package", "uis", "tools", "hooks"])
@pytest.mark.parametrize("raised", ["Boom", "GeneratorExit"])
def test_what_is_no_exception_is_the_packages_failure_too(make: Make, module: str, raised: str) -> None:
    with pytest.raises(errors.DefinitionFailed, match=raised):
        make({**ALL, f"{module}.py": f"class Boom(BaseException): ...\nraise {raised}"}).evaluate()


def test_a_model_of_props_that_has_no_name_is_found_by_position(make: Make) -> None:
    uis = UIS.replace("props_schema=NoteProps", "props_schema=type('P', (NoteProps,), {})")
    note: Any = make(wrong(uis=uis)).evaluate().uis[1]
    assert (note.reference, note.props_reference) == (None, None)
    assert note.props_schema["properties"]["note_id"]["type"] == "string"
