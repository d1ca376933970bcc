"""What is wrong with a save is said once, as text; meanwhile the version before it goes on."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Fault, Runtime
from peers_runtime.base import errors
from peers_runtime.catalog.writer import Writer
from peers_runtime.model.manifest import Manifest
from peers_runtime.snapshots.store import SnapshotStore
from tests.dev.loops import UI, Loop
from tests.world import an_id, project, screen

HOOKS = """
import pluggy
hookimpl = pluggy.HookimplMarker("peers")

@hookimpl
def peers_activated(context):
    {}
"""
THEMES = 'import pluggy\n\n@pluggy.HookimplMarker("host")\ndef {}({}):\n    return 1\n'
ROUTES = "from peers_runtime import Route\n{}routes = [Route(peers_ui_id={!r}, path='notes')]\n"
DEFINITION = (
    "from peers_runtime import define_package\n\n@define_package\ndef package(pkg):\n"
    "    pkg.package_id = {!r}\n    {}\n"
)
HOME = an_id("notes", "ui", "notes")
OTHER = an_id("other", "ui", "other")
UIS = f"""
from peers_runtime import UI
uis = [
    UI(peers_ui_id={HOME!r}, name="Home", content="notes.ui:home"),
    UI(peers_ui_id={OTHER!r}, name="Other", content="notes.ui:home"),
]
"""


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        runtime.install(project(tmp_path / "other", "other", files=screen("other", "other", "other")), "acme")
        folder = project(
            tmp_path / "project",
            files={**screen("notes", "notes", "first"), "hooks.py": HOOKS.format("pass")},
            definition="pkg.hooks = 'notes.hooks'",
            dependencies='["pluggy"]',
        )
        yield Loop(runtime, folder)


# what is saved -> phase, code, where, and what the message says
WRONG: dict[str, tuple[str, str, str, str, tuple[str, int] | None, str]] = {
    "a syntax error": ("ui.py", "def home(\n", "compile", "P0601", ("notes/ui.py", 1), "never closed"),
    "an error in a module that only the screen imports": (
        "ui.py",
        "x = {}\n\nhome = x['home']\n",
        "execute",
        "P0107",
        ("notes/ui.py", 3),
        "KeyError",
    ),
    "an error at import": (
        "uis.py",
        "x = 1\ny = x / 0\n",
        "execute",
        "P0107",
        ("notes/uis.py", 2),
        "ZeroDivisionError",
    ),
    "a package that exits": (
        "routes.py",
        "raise SystemExit(3)\n",
        "execute",
        "P0107",
        ("notes/routes.py", 1),
        "SystemExit",
    ),
    "a missing module": ("package.py", "import nowhere\n", "execute", "P0302", None, "nowhere"),
    "no definition": ("package.py", "package = 3\n", "execute", "P0104", None, "not a package definition"),
    "a wrong route": (
        "routes.py",
        "from peers_runtime import Route\nroutes = [Route(peers_ui_id='no id', path='notes')]\n",
        "execute",
        "P0102",
        ("notes/routes.py", 2),
        "is not an id",
    ),
    "a UI that nobody contributes": ("routes.py", ROUTES.format("", OTHER), "execute", "P0203", None, OTHER),
    "routes that pull in the UI": (
        "routes.py",
        ROUTES.format("import notes.ui\n", HOME),
        "execute",
        "P0204",
        None,
        "imports notes.ui",
    ),
    "a UI of another package": (
        "uis.py",
        UIS,
        "check",
        "P0408",
        None,
        "other",
    ),
    "a hook that does not fit": (
        "hooks.py",
        THEMES.format("theme", "nonsense"),
        "check",
        "P0510",
        None,
        "nonsense",
    ),
    "peers_activated that raises": (
        "hooks.py",
        HOOKS.format("1 / 0"),
        "check",
        "P0409",
        ("notes/hooks.py", 7),
        "ZeroDivisionError",
    ),
    "other requirements": ("../pyproject.toml", "click", "execute", "P0412", None, "click"),
    "another id": (
        "package.py",
        DEFINITION.format(an_id("else"), "pass"),
        "execute",
        "P0412",
        None,
        "another package id",
    ),
    "a pyproject.toml that cannot be read": (
        "../pyproject.toml",
        "[project",
        "capture",
        "P0104",
        None,
        "cannot be understood",
    ),
}


class HostHooks:
    """The hooks of a host."""


def _host_specs() -> type:
    import pluggy

    def theme(context: str) -> None:
        """A theme."""

    HostHooks.theme = pluggy.HookspecMarker("host")(theme)
    return HostHooks


@pytest.mark.parametrize("case", WRONG)
def test_whatever_is_wrong_the_old_version_serves_and_a_mend_takes_the_error_away(
    loop: Loop, case: str
) -> None:
    path, text, phase, code, place, says = WRONG[case]
    loop.runtime.add_hookspecs(_host_specs(), "host")
    good = (loop.package / path).read_text()
    if text == "click":
        text = good.replace('["pluggy"]', '["pluggy", "click"]')
    versions, state = loop.runtime.versions("notes", "acme"), loop.runtime.resolve("notes", "acme")
    with loop.context as running:
        assert loop.shown() == "first"
        reload = loop.save(path, text)
        fault = reload.fault
        assert fault is not None
        assert (fault.phase, fault.code) == (phase, code), fault
        assert says in fault.message
        assert fault.still == "notes 1.0.0"
        if place is not None:
            assert (fault.path, fault.line) == (str(loop.package.parent / place[0]), place[1])
            assert fault.source == text.splitlines()[place[1] - 1]
        assert loop.context.binding is running
        assert loop.shown() == "first"
    assert loop.shown() == "first"
    assert loop.watch.fault == fault
    assert (loop.runtime.versions("notes", "acme"), loop.runtime.resolve("notes", "acme")) == (
        versions,
        state,
    )
    assert [one.code for one in loop.runtime.diagnostics()] == [code]
    mended = loop.save(path, good)
    assert (mended.outcome, mended.fault) == ("unchanged", None)
    assert loop.watch.fault is None
    assert loop.runtime.diagnostics() == []


def test_a_fault_holds_nothing_of_the_version_that_raised_it(loop: Loop) -> None:
    dead: list[weakref.ref[object]] = []
    builtins = vars(__import__("builtins"))
    builtins["remember"] = lambda thing: dead.append(weakref.ref(thing))
    try:
        loop.save("uis.py", "class Held:\n    pass\nremember(Held)\nraise ValueError(Held())\n")
    finally:
        del builtins["remember"]
    loop.runtime.drain()
    gc.collect()
    assert loop.watch.fault is not None
    assert [reference() for reference in dead] == [None]


def test_an_error_is_not_shown_while_the_save_may_go_on(loop: Loop) -> None:
    good = (loop.package / "ui.py").read_text()
    reload = loop.next(lambda: (loop.write("ui.py", "def home(\n"), loop.write("ui.py", UI.format("second"))))
    assert (reload.outcome, reload.fault) == ("active", None)
    assert [one.fault for one in loop.reloads] == [None, None]
    assert good != UI


def test_a_project_that_is_broken_from_the_start_is_watched_and_comes_up_when_it_is_mended(
    tmp_path: Path,
) -> None:
    folder = project(tmp_path / "project", files=screen("notes", "notes", "first"))
    good = (folder / "notes" / "routes.py").read_text()
    (folder / "notes" / "routes.py").write_text("routes = [\n")
    with Runtime.in_memory() as runtime:
        loop = Loop(runtime, folder, "personal")
        assert loop.watch.fault is not None
        assert (loop.watch.fault.phase, loop.watch.fault.still) == ("compile", "")
        assert runtime.packages() == []
        assert loop.save("routes.py", good).outcome == "active"
        assert loop.shown() == "first"


def test_a_project_whose_pyproject_is_broken_from_the_start_comes_up_too(tmp_path: Path) -> None:
    folder = project(tmp_path / "project", files=screen("notes", "notes", "first"))
    good = (folder / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text("[project")
    with Runtime.in_memory() as runtime:
        loop = Loop(runtime, folder, "personal")
        assert loop.watch.fault is not None
        assert loop.save("../pyproject.toml", good).outcome == "active"
        assert loop.save("ui.py", UI.format("second")).outcome == "active"
        assert loop.shown() == "second"


def test_a_package_folder_that_is_gone_is_an_error_until_it_is_back(loop: Loop, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    reload = loop.next(lambda: shutil.move(loop.package, aside))
    assert reload.fault is not None
    assert loop.shown() == "first"
    (aside / "ui.py").write_text(UI.format("second"))
    assert loop.next(lambda: shutil.move(aside, loop.package)).outcome == "active"
    assert loop.shown() == "second"


@pytest.mark.parametrize(("owner", "step"), [(SnapshotStore, "keep"), (Writer, "put_version")])
def test_what_cannot_be_kept_does_not_stay_live(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, owner: type, step: str
) -> None:
    def full(*_: object) -> None:
        raise errors.HomeNotWritable("the disk is full", hint="free some space")

    versions = loop.runtime.versions("notes", "acme")
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, full)
        reload = loop.save("ui.py", UI.format("second"))
        assert reload.fault is not None
        assert (reload.fault.phase, reload.fault.code) == ("keep", "P0802")
        assert loop.shown() == "first"
    assert loop.runtime.versions("notes", "acme") == versions
    assert loop.watch.reload().outcome == "active"
    assert loop.shown() == "second"


def test_a_fault_in_one_project_does_not_hold_up_another(loop: Loop, tmp_path: Path) -> None:
    charts = project(tmp_path / "charts", "charts", files=screen("charts", "charts", "one"))
    second = Loop(loop.runtime, charts, package="charts")
    loop.save("ui.py", "def home(\n")
    second.save("ui.py", UI.format("two"))
    assert [loop.shown(), second.shown("charts")] == ["first", "two"]


def test_a_request_in_flight_sees_nothing_of_a_failed_save(loop: Loop) -> None:
    go_on, began = threading.Event(), threading.Event()
    answers: list[object] = []

    def request() -> None:
        with loop.context:
            answers.append(loop.shown())
            began.set()
            go_on.wait(30)
            answers.append(loop.shown())

    thread = threading.Thread(target=request)
    thread.start()
    assert began.wait(30)
    loop.save("ui.py", "def home(\n")
    loop.save("uis.py", "1 / 0\n")
    go_on.set()
    thread.join()
    assert answers == ["first", "first"]


def test_a_fault_is_data(loop: Loop) -> None:
    fault = loop.save("ui.py", "def home(\n").fault
    assert fault is not None
    assert Fault.model_validate(fault.wire()) == fault
    assert not any(isinstance(value, BaseException | Manifest) for value in dict(fault).values())
