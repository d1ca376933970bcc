"""What is wrong with a project is told before anybody installs it, with the line to mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from peers_runtime import InvalidVersion, NoPackageThere, PeersError, Runtime
from peers_runtime.model.projects import Checked
from peers_runtime.operations import new
from peers_runtime.projects.templates import TEMPLATES
from tests.world import an_id, project, screen

ROOT = Path(__file__).parents[2]
ALONE = ("board", "charts", "hints", "notes-1", "notes-2", "tasks-1", "themes", "timer")


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        yield opened


def told(checked: Checked) -> list[tuple[str, str, int]]:
    return [(one.code, one.path, one.line) for one in checked.problems]


def written(folder: Path, files: Mapping[str, str] | None = None, **more: str) -> Path:
    """A project in order, with a test of its own, but for what is given."""
    made = project(folder, files={**screen("notes", "notes", "mine"), **(files or {})}, **more)
    (made / "tests").mkdir(exist_ok=True)
    (made / "tests" / "test_notes.py").write_text("")
    return made


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_project_has_nothing_to_mend(template: str, runtime: Runtime, tmp_path: Path) -> None:
    made = new.make(tmp_path / "fresh", template)
    checked = runtime.check(made.folder)
    assert checked.problems == ()
    assert (checked.name, checked.version) == ("fresh", "0.1.0")


@pytest.mark.parametrize("sample", ALONE)
def test_a_sample_has_nothing_to_mend_and_is_told_by_its_snapshot(sample: str, runtime: Runtime) -> None:
    checked = runtime.check(ROOT / "sample_packages" / sample)
    assert checked.problems == ()
    assert checked.digest == runtime.draft(ROOT / "sample_packages" / sample).id


def test_nothing_is_installed(runtime: Runtime, tmp_path: Path) -> None:
    runtime.check(written(tmp_path))
    assert runtime.packages() == []
    assert runtime.prune(dry_run=True) == []


def test_every_file_that_does_not_compile_is_told_at_once(runtime: Runtime, tmp_path: Path) -> None:
    broken = written(tmp_path, {"ui.py": "\n\ndef home(:\n    pass\n", "store.py": "x = (\n"})
    assert told(runtime.check(broken)) == [
        ("P0601", "notes/store.py", 1),
        ("P0601", "notes/ui.py", 3),
    ]


def test_what_is_refused_has_the_line_of_its_source(runtime: Runtime, tmp_path: Path) -> None:
    broken = written(tmp_path, definition="import json\npkg.app_navs = 1 / 0")
    checked = runtime.check(broken)
    (one,) = checked.problems
    assert (one.code, one.name, one.path) == ("P0107", "DefinitionFailed", "notes/package.py")
    assert one.source.strip() == "pkg.app_navs = 1 / 0"
    assert checked.digest is None


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("packag", "did you mean `package`? package definitions there: package"),
        ("zzz", "did you mean `package`? package definitions there: package"),
    ],
)
def test_an_entry_point_to_a_name_that_is_not_there_has_its_line(
    named: str, hint: str, runtime: Runtime, tmp_path: Path
) -> None:
    made = written(tmp_path)
    described = made / "pyproject.toml"
    described.write_text(described.read_text().replace("notes.package:package", f"notes.package:{named}"))
    (one,) = runtime.check(made).problems
    assert (one.code, one.path, one.hint) == ("P0104", "pyproject.toml", hint)
    assert one.source == f'notes = "notes.package:{named}"'
    assert one.message.endswith(f"names {named}, which notes.package does not define")


def test_a_definition_that_fails_for_a_missing_attribute_is_no_wrong_entry_point(
    runtime: Runtime, tmp_path: Path
) -> None:
    (one,) = runtime.check(written(tmp_path, definition="import json\njson.no_such")).problems
    assert (one.code, one.path, one.source.strip()) == ("P0107", "notes/package.py", "json.no_such")
    top = written(tmp_path / "top", {"package.py": "import json\njson.no_such\n"})
    (one,) = runtime.check(top).problems
    assert (one.code, one.path, one.line) == ("P0107", "notes/package.py", 2)


@pytest.mark.parametrize(
    ("uis", "hint"),
    [
        (
            "from peers_runtime import UI\nuis = [UI(nope=1)]\n",
            "see its fields: python -m pydoc peers_runtime.UI",
        ),
        (
            "import yaml\nuis = []\n",
            "dependencies in pyproject.toml; if yaml is a peers package: peers deps add --package yaml",
        ),
    ],
)
def test_what_a_hint_names_can_be_followed(uis: str, hint: str, runtime: Runtime, tmp_path: Path) -> None:
    assert any(one.hint.endswith(hint) for one in runtime.check(written(tmp_path, {"uis.py": uis})).problems)


SEVERAL = {
    "modules that fail": (
        {"routes.py": "1 / 0\n", "uis.py": "\nimport no.such\n", "tools.py": "\n\n[][1]\n"},
        "from notes import tools",
        [("P0107", "notes/routes.py", 1), ("P0107", "notes/tools.py", 3), ("P0302", "notes/uis.py", 2)],
    ),
    "routes to UIs that nobody contributes": (
        {"routes.py": "from peers_runtime import Route\nroutes = [\n"
         + "".join(f"    Route(peers_ui_id={an_id(one)!r}, path={one!r}),\n" for one in "ab") + "]\n"},
        "",
        [("P0203", "notes/routes.py", 3), ("P0203", "notes/routes.py", 4)],
    ),
    "UIs whose modules are not there": (
        {"routes.py": "routes = []\n", "uis.py": "from peers_runtime import UI\nuis = [\n"
         + "".join(f"    UI(peers_ui_id={an_id(one)!r}, name={one!r}, content='notes.{one}:x'),\n"
                   for one in "ab") + "]\n"},
        "",
        [("P0104", "notes/uis.py", 3), ("P0104", "notes/uis.py", 4)],
    ),
    "what does not compile, and a definition that fails": (
        {"ui.py": "def home(:\n", "lazy.py": "(\n"},
        "import notes.ui\npkg.app_navs = 1",
        [("P0601", "notes/lazy.py", 1), ("P0601", "notes/ui.py", 1)],
    ),
    "a module that does not compile, and routes that fail": (
        {"ui.py": "def home(:\n", "routes.py": "\n1 / 0\n"},
        "",
        [("P0107", "notes/routes.py", 2), ("P0601", "notes/ui.py", 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SEVERAL)
def test_all_that_is_wrong_is_told_at_once_and_each_thing_once(
    what: str, runtime: Runtime, tmp_path: Path
) -> None:
    files, definition, expected = SEVERAL[what]
    checked = runtime.check(written(tmp_path, files, definition=definition))
    assert told(checked) == expected
    assert checked.digest is None


ROUTES = """
from peers_runtime import Route
{imported}
routes = [Route(peers_ui_id={ui!r}, path="notes")]
"""


@pytest.mark.parametrize(
    ("imported", "files"),
    [
        ("from notes import ui", {}),
        ("import notes.ui", {}),
        ("from .ui import home", {}),
        ("from notes.helping import help", {"helping.py": "from notes import ui\n\nhelp = ui.home\n"}),
    ],
)
def test_routes_that_bring_a_ui_are_refused_at_the_import(
    imported: str, files: Mapping[str, str], runtime: Runtime, tmp_path: Path
) -> None:
    routes = ROUTES.format(imported=imported, ui=an_id("notes", "ui", "notes"))
    broken = written(tmp_path, {"routes.py": routes, **files})
    (one,) = runtime.check(broken).problems
    assert (one.code, one.path, one.source) == ("P0204", "notes/routes.py", imported)


def test_a_ui_of_a_module_that_is_not_there_is_refused_where_it_is_listed(
    runtime: Runtime, tmp_path: Path
) -> None:
    uis = screen("notes", "notes", "mine")["uis.py"].replace("notes.ui:home", "notes.uo:home")
    (one,) = runtime.check(written(tmp_path, {"uis.py": uis})).problems
    assert (one.code, one.path) == ("P0104", "notes/uis.py")
    assert "notes.uo:home" in one.source


PYPROJECTS = {
    "dependencies of no list": ("dependencies = []", 'dependencies = "x"', "P0104", "dependencies ="),
    "no version": ('version = "1.0.0"', 'version = "1.0"', "P0401", "version ="),
    "an unknown key": ("[tool.peers]", "[tool.peers]\nprivat = []", "P0901", "privat ="),
    "a tag": ("[tool.peers]", '[tool.peers]\ntag = "beta"', "P0103", "tag ="),
    "no TOML": ("[tool.peers]", "[tool.peers", "P0104", "[tool.peers"),
    "two packages": (
        '[project.entry-points."peers.packages"]',
        '[project.entry-points."peers.packages"]\nother = "other:package"',
        "P0101",
        "[project",
    ),
}


@pytest.mark.parametrize("what", PYPROJECTS)
def test_what_is_wrong_in_pyproject_has_its_line(what: str, runtime: Runtime, tmp_path: Path) -> None:
    before, after, code, line = PYPROJECTS[what]
    broken = written(tmp_path, more="[tool.peers]")
    pyproject = broken / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace(before, after))
    (one,) = runtime.check(broken).problems
    assert (one.code, one.path) == (code, "pyproject.toml")
    assert one.source.startswith(line)


def test_a_distribution_that_the_host_lacks_is_refused_without_running_code(
    runtime: Runtime, tmp_path: Path
) -> None:
    broken = written(tmp_path, definition="raise SystemExit", dependencies='["no-such-thing>=1"]')
    assert told(runtime.check(broken)) == [("P0603", "pyproject.toml", 1)]


# ── remarks ──────────────────────────────────────────────────────────────────────────────────────


def test_an_import_that_nobody_declares_is_remarked_on_where_it_is_written(
    runtime: Runtime, tmp_path: Path
) -> None:
    ui = "def home(props, ctx):\n    import pytest\n    return 'mine'\n"
    checked = runtime.check(written(tmp_path, {"ui.py": ui}))
    assert told(checked) == [("W0302", "notes/ui.py", 2)]
    assert checked.errors == 0
    assert checked.digest is not None


def test_what_is_refused_is_not_remarked_on_again(runtime: Runtime, tmp_path: Path) -> None:
    assert told(runtime.check(written(tmp_path, {"uis.py": "import pytest\nuis = []\n"}))) == [
        ("P0302", "notes/uis.py", 1)
    ]


GUARDED = [
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pytest\n",
    "import typing\nif typing.TYPE_CHECKING:\n    import pytest\n",
    "try:\n    import pytest\nexcept ImportError:\n    pytest = None\n",
    "try:\n    import pytest\nexcept (ValueError, ModuleNotFoundError):\n    pytest = None\n",
    "try:\n    import pytest\nexcept:\n    pytest = None\n",
]


@pytest.mark.parametrize("text", GUARDED)
def test_an_import_whose_failure_is_foreseen_is_not_remarked_on(
    text: str, runtime: Runtime, tmp_path: Path
) -> None:
    assert runtime.check(written(tmp_path, {"lazy.py": text})).problems == ()


def test_a_module_of_its_own_that_is_not_there_is_remarked_on(runtime: Runtime, tmp_path: Path) -> None:
    text = (
        "from notes import ui\nfrom notes.nothing import x\nfrom .nowhere import y\nfrom . import ui as z\n"
    )
    assert told(runtime.check(written(tmp_path, {"lazy.py": text}))) == [
        ("W0301", "notes/lazy.py", 2),
        ("W0301", "notes/lazy.py", 3),
    ]


CONTENTS = {
    "def home(props, ctx): ...": True,
    "from notes.package import package as home": True,
    "if True:\n    home = print": True,
    "home: object = print": True,
    "def __getattr__(name): return print": True,
    "globals().update(home=print)": True,
    "from json import *": True,
    "def hom(props, ctx):\n    home = 1": False,
    "class Screens:\n    home = 1": False,
    "print(home)": False,
}


@pytest.mark.parametrize("text", CONTENTS)
def test_a_content_that_its_module_does_not_define_is_remarked_on(
    text: str, runtime: Runtime, tmp_path: Path
) -> None:
    found = told(runtime.check(written(tmp_path, {"ui.py": text + "\n"})))
    assert found == ([] if CONTENTS[text] else [("W0201", "notes/uis.py", 3)])


def test_a_project_without_tests_is_told_so(runtime: Runtime, tmp_path: Path) -> None:
    bare = project(tmp_path, files=screen("notes", "notes", "mine"))
    assert told(runtime.check(bare)) == [("W0603", "pyproject.toml", 1)]
    (bare / "notes_test.py").write_text("")
    assert runtime.check(bare).problems == ()


def test_files_that_stay_behind_are_told_of(runtime: Runtime, tmp_path: Path) -> None:
    made = written(tmp_path)
    (made / "notes" / ".hidden").write_text("")
    assert told(runtime.check(made)) == [("W0601", "notes/.hidden", 1)]


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "version", "kind"),
    [("nothing", None, NoPackageThere), (".", None, NoPackageThere), (".", "one", InvalidVersion)],
)
def test_what_is_no_project_is_refused(
    path: str, version: str | None, kind: type[PeersError], runtime: Runtime, tmp_path: Path
) -> None:
    with pytest.raises(kind):
        runtime.check(tmp_path / path, version=version)
