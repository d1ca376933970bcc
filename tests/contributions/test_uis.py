"""A UI is imported when it is first shown; what goes wrong in it stays in its place."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.contributions import uis
from tests.fakes.versions import FakeVersion

Make = Callable[..., FakeVersion]
NAMES = [
    "plain",
    "model",
    "schema",
    "late",
    "broken",
    "raises",
    "exits",
    "asynchronous",
    "text",
    "app",
    "local",
    "boom",
    "stop",
]
ID = {name: (name * 25)[:25].lower() for name in NAMES}
BY_NAME = {
    "package.py": """
        from peers_runtime.authoring.package import define_package

        @define_package
        def package(pkg):
            pkg.package_id = "0mwqffjy66ljt95on2890qzle"
    """,
    "uis.py": f"""
        from peers_runtime.model.contributions import UI
        from pydantic import BaseModel
        from . import views

        id = {ID!r}
        schema = {{"type": "object", "properties": {{"depth": {{"type": "integer"}}}}, "required": ["depth"]}}

        class Local(BaseModel):
            title: str = "untitled"

        uis = [
            UI(peers_ui_id=id["plain"], name="Plain", content=views.plain),
            UI(peers_ui_id=id["model"], name="Model", content=views.model, props_schema=views.Props),
            UI(peers_ui_id=id["schema"], name="Schema", content=views.plain, props_schema=schema),
            UI(peers_ui_id=id["late"], name="Late", content="notes.late:page.render"),
            UI(peers_ui_id=id["broken"], name="Broken", content="notes.broken:render"),
            UI(peers_ui_id=id["raises"], name="Raises", content=views.raises),
            UI(peers_ui_id=id["exits"], name="Exits", content=views.exits),
            UI(peers_ui_id=id["asynchronous"], name="Async", content=views.asynchronous),
            UI(peers_ui_id=id["text"], name="Text", content=views.Page("as it is")),
            UI(peers_ui_id=id["app"], name="App", content=views.plain, target="asgi"),
            UI(peers_ui_id=id["local"], name="Local", content=lambda props, ctx: props, props_schema=Local),
            UI(peers_ui_id=id["plain"], name="Plain", content=views.model, target="text"),
            UI(peers_ui_id=id["boom"], name="Boom", content=views.boom),
            UI(peers_ui_id=id["stop"], name="Stop", content=views.stop),
        ]
    """,
    "views.py": """
        import asyncio, contextvars
        from pydantic import BaseModel, ConfigDict, Field

        variable = contextvars.ContextVar("variable", default="unset")

        class Props(BaseModel):
            title: str
            note_id: int = Field(default=0, alias="noteId")

        class Page:
            def __init__(self, text): self.text = text

        def plain(props, ctx): return (props, ctx)
        def model(props, ctx): return props
        def raises(props, ctx): raise KeyError(__name__)
        def exits(props, ctx): raise SystemExit(3)
        def stop(props, ctx): raise KeyboardInterrupt

        class Boom(BaseException): ...
        def boom(props, ctx): raise Boom("own")

        async def asynchronous(props, ctx):
            await asyncio.sleep(0)
            if props.get("fail"): raise ValueError("late")
            if props.get("boom"): raise Boom("late")
            if props.get("wait"): await asyncio.Event().wait()
            return variable.get()
    """,
    "late.py": "class page:\n    @staticmethod\n    def render(props, ctx): return 'late'",
    "broken.py": "import no_such_distribution",
}


@pytest.fixture
def version(make: Make) -> FakeVersion:
    version = make(BY_NAME)
    assert version.definition.uis
    return version


def test_showing_a_ui_imports_its_module_and_no_other(version: FakeVersion) -> None:
    assert uis.render(version, ID["late"]).content == "late"
    assert version.loaded() == ("notes", "notes.late")
    before = version.loaded()
    uis.render(version, ID["late"])
    assert version.loaded() == before


def test_a_ui_gets_props_and_context(version: FakeVersion) -> None:
    given = {"a": [1]}
    rendered = uis.render(version, ID["plain"], given, "the context")
    assert rendered == uis.Rendered(ID["plain"], "notes", "1.0.0", "html", ({"a": [1]}, "the context"))
    assert rendered.content[0] is not given
    assert uis.render(version, ID["plain"]).content == ({}, None)


def test_a_model_makes_an_instance_by_name_or_alias(version: FakeVersion) -> None:
    model = version.load("notes.views:Props")
    for given in ({"title": "x", "noteId": "7"}, {"title": "x", "note_id": 7}):
        shown = uis.render(version, ID["model"], given).content
        assert type(shown) is model
        assert (shown.title, shown.note_id) == ("x", 7)


def test_a_model_without_a_name_is_found_with_its_ui(version: FakeVersion) -> None:
    assert version.definition.uis[10].reference is None
    assert uis.render(version, ID["local"]).content.title == "untitled"


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("model", {}, "title: Field required"),
        ("model", {"title": "x", "noteId": "seven"}, "noteId: Input should be a valid integer"),
        ("schema", {}, "'depth' is a required property"),
        ("schema", {"depth": "x"}, "depth: 'x' is not of type 'integer'"),
        ("local", {"title": 7}, "title: Input should be a valid string"),
    ],
)
def test_props_that_do_not_fit_are_an_error_in_place(
    version: FakeVersion, name: str, given: dict[str, Any], said: str
) -> None:
    rendered = uis.render(version, ID[name], given)
    assert rendered.content is None
    assert rendered.error is not None
    assert rendered.error.code == "P0205"
    assert said in rendered.error.message
    assert (rendered.error.package, rendered.error.version, rendered.error.retry) == ("notes", "1.0.0", True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("broken", "the UI 'Broken' of notes@1.0.0 could not be imported: ModuleNotFoundError"),
        ("raises", "the UI 'Raises' of notes@1.0.0 raised: KeyError: 'notes.views'"),
        ("exits", "the UI 'Exits' of notes@1.0.0 raised: SystemExit: 3"),
        ("boom", "the UI 'Boom' of notes@1.0.0 raised: Boom: own"),
    ],
)
def test_a_ui_that_fails_leaves_a_card_in_its_place(version: FakeVersion, name: str, said: str) -> None:
    for rendered in (uis.render(version, ID[name]), asyncio.run(uis.arender(version, ID[name]))):
        assert rendered.error is not None
        assert rendered.error.code == "P0206"
        assert rendered.error.message.startswith(said)
        assert rendered.error.hint
        assert pickle.loads(pickle.dumps(rendered)) == rendered


def test_the_siblings_of_a_failed_ui_go_on_and_it_may_be_tried_again(version: FakeVersion) -> None:
    assert uis.render(version, ID["broken"]).error is not None
    assert uis.render(version, ID["plain"]).error is None
    (version.folder / "notes" / "broken.py").write_text("def render(props, ctx): return 'mended'")
    assert uis.render(version, ID["broken"]).content == "mended"


def test_an_async_ui_is_awaited_in_a_running_loop(version: FakeVersion) -> None:
    async def host() -> list[uis.Rendered]:
        return [
            await uis.arender(version, ID["asynchronous"]),
            await uis.arender(version, ID["plain"]),
            await uis.arender(version, ID["asynchronous"], {"fail": True}),
        ]

    first, second, third = asyncio.run(host())
    assert (first.content, second.content) == ("unset", ({}, None))
    assert third.error is not None
    assert "ValueError: late" in third.error.message


def test_an_async_ui_shown_from_a_thread_without_a_loop_sees_its_context_variables(
    version: FakeVersion,
) -> None:
    variable = version.load("notes.views:variable")
    token = variable.set("set by the host")
    try:
        assert uis.render(version, ID["asynchronous"]).content == "set by the host"
        assert "ValueError: late" in str(uis.render(version, ID["asynchronous"], {"fail": True}).error)
    finally:
        variable.reset(token)


def test_an_async_ui_called_synchronously_in_a_running_loop_says_what_to_write(version: FakeVersion) -> None:
    async def host() -> None:
        uis.render(version, ID["asynchronous"])

    with pytest.raises(errors.LoopRunning, match="the UI 'Async' is async") as caught:
        asyncio.run(host())
    assert "arender" in caught.value.hint


def test_what_is_no_function_or_is_an_application_is_not_called(version: FakeVersion) -> None:
    assert uis.render(version, ID["text"]).content.text == "as it is"
    assert uis.render(version, ID["app"]).content is version.load("notes.views:plain")


def test_one_id_may_have_several_targets(version: FakeVersion) -> None:
    assert uis.render(version, ID["plain"], {"a": 1}, target="text").content == {"a": 1}
    assert uis.load(version, ID["plain"]).target == "html"
    with pytest.raises(errors.NoSuchUI, match="for the target 'qt'"):
        uis.load(version, ID["plain"], "qt")


def test_a_ui_that_nobody_contributes_is_the_callers_mistake(version: FakeVersion) -> None:
    for act in (uis.load, uis.render):
        with pytest.raises(errors.NoSuchUI, match="contributes no UI"):
            act(version, "0" * 25)
    assert version.loaded() == ()


def test_loading_a_broken_ui_raises_with_the_modules_own_error(version: FakeVersion) -> None:
    with pytest.raises(errors.UIFailed) as caught:
        uis.load(version, ID["broken"])
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_a_loaded_ui_says_what_it_is(version: FakeVersion) -> None:
    loaded = uis.load(version, ID["model"])
    assert (loaded.name, loaded.package, loaded.version, loaded.type) == ("Model", "notes", "1.0.0", "view")
    assert loaded.props_model is version.load("notes.views:Props")


def test_an_async_ui_may_raise_what_is_no_exception(version: FakeVersion) -> None:
    given = {"boom": True}
    for rendered in (
        uis.render(version, ID["asynchronous"], given),
        asyncio.run(uis.arender(version, ID["asynchronous"], given)),
    ):
        assert rendered.error is not None
        assert "raised: Boom: late" in rendered.error.message


def test_a_module_of_a_ui_may_raise_what_is_no_exception(version: FakeVersion) -> None:
    (version.folder / "notes" / "broken.py").write_text("raise GeneratorExit")
    rendered = uis.render(version, ID["broken"])
    assert rendered.error is not None
    assert "could not be imported: GeneratorExit" in rendered.error.message


def test_interrupts_and_cancellation_come_through_a_ui(version: FakeVersion) -> None:
    with pytest.raises(KeyboardInterrupt):
        uis.render(version, ID["stop"])

    async def host() -> None:
        await asyncio.wait_for(uis.arender(version, ID["asynchronous"], {"wait": True}), 0.01)

    with pytest.raises(TimeoutError):
        asyncio.run(host())


def test_a_ui_that_nobody_awaits_any_more_is_closed_quietly(version: FakeVersion) -> None:
    shown = uis.arender(version, ID["asynchronous"])
    shown.send(None)
    shown.close()
