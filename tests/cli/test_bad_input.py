"""Bad input gets one clear coded error, and nothing changes."""

from __future__ import annotations

import errno
import json
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from tests.cli.running import OTHER_UI_ID, PACKAGE_ID, SAMPLES, UI_ID, Ran, run_peers

Peers = Callable[..., Ran]
Project = Callable[..., Path]

NO_UI = f"""
from peers_runtime import Route

routes = [
    Route(peers_ui_id="{UI_ID}", path="plain"),
    Route(peers_ui_id="{OTHER_UI_ID}", path="plain/other"),
]
"""
TWICE = f"""
from peers_runtime import UI

uis = [
    UI(peers_ui_id="{UI_ID}", name="Plain", content="plain.screen:render"),
    UI(peers_ui_id="{UI_ID}", name="Other", content="plain.screen:render"),
]
"""
PULLS_IN_UI = f"""
from peers_runtime import Route
from plain import screen

routes = [Route(peers_ui_id="{UI_ID}", path="plain")]
"""
SETS_ITS_TAG = f"""
from peers_runtime import define_package

@define_package
def package(pkg):
    pkg.package_id = "{PACKAGE_ID}"
    pkg.version_tag = "stable"
"""
BAD_ID = """
from peers_runtime import define_package

@define_package
def package(pkg):
    pkg.package_id = "My-Package"
"""
BAD_PROJECTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a malformed id": ("P0102", {"files": {"plain/package.py": BAD_ID}}),
    "a malformed version": ("P0401", {"pyproject": ('version = "1.0.0"', 'version = "1.0"')}),
    "a version with a v": ("P0401", {"pyproject": ('version = "1.0.0"', 'version = "v1.0.0"')}),
    "a tag set in code": ("P0103", {"files": {"plain/package.py": SETS_ITS_TAG}}),
    "a tag set in pyproject": (
        "P0103",
        {"pyproject": ("[project.entry", '[tool.peers]\nversion_tag = "stable"\n[project.entry')},
    ),
    "an unknown setting": (
        "P0901",
        {"pyproject": ("[project.entry", "[tool.peers]\ncolour = 1\n[project.entry")},
    ),
    "a peers_ui_id twice": ("P0105", {"files": {"plain/uis.py": TWICE}}),
    "a UI that a route names and nobody contributes": ("P0203", {"files": {"plain/routes.py": NO_UI}}),
    "a routes module that pulls in UI": ("P0204", {"files": {"plain/routes.py": PULLS_IN_UI}}),
    "code that does not compile": ("P0601", {"files": {"plain/screen.py": "def render(:\n"}}),
    "a definition that raises": ("P0107", {"files": {"plain/package.py": "1 / 0\n"}}),
    "no entry point": ("P0101", {"pyproject": ("peers.packages", "other.group")}),
    "a name of the standard library": ("P0106", {"pyproject": ('plain = "plain.', 'json = "json.')}),
    "a shared library that the host has too old": (
        "P0603",
        {"pyproject": ('["peers-runtime"]', '["peers-runtime", "click>=900"]')},
    ),
}


@pytest.fixture
def unchanged(home: Path) -> Callable[[], None]:
    """Asserts that nothing which a user can see has changed since the test began."""

    def seen() -> Any:
        with Runtime.open(home, facades=False) as runtime:
            acme = runtime.context("acme")
            return (
                runtime.contexts.list(),
                [(package, runtime.versions(package.name, "acme")) for package in runtime.packages("acme")],
                [(route.package.label, route.shown, route.peers_ui_id) for route in acme.routes.list()],
                acme.tools.list(),
            )

    before = seen()

    def check() -> None:
        assert seen() == before

    return check


@pytest.mark.parametrize("what", list(BAD_PROJECTS))
def test_a_bad_project_is_refused_with_one_coded_error_and_nothing_changes(
    peers: Peers, project: Project, unchanged: Callable[[], None], what: str
) -> None:
    code, faults = BAD_PROJECTS[what]
    ran = peers("install", project(**faults), "-c", "acme", "--json")
    assert ran.code in (1, 2)
    assert ran.error["code"] == code
    assert ran.error["message"]
    assert ran.error["hint"]
    unchanged()


def test_the_project_that_all_of_these_spoil_is_in_order(peers: Peers, project: Project) -> None:
    assert peers("install", project(), "-c", "acme", "--json").data["name"] == "plain"


@pytest.mark.parametrize("source", ["nowhere", "nowhere.whl", "entry-point:nowhere", "."])
def test_a_source_that_holds_no_package_is_refused(
    peers: Peers, tmp_path: Path, unchanged: Callable[[], None], source: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = peers("install", source if ":" in source else empty / source, "-c", "acme", "--json")
    assert ran.code == 2
    assert ran.error["code"] == "P0101"
    unchanged()


def test_a_file_that_is_no_wheel_is_refused(
    peers: Peers, tmp_path: Path, unchanged: Callable[[], None]
) -> None:
    wheel = tmp_path / "notes-1.0.0-py3-none-any.whl"
    wheel.write_bytes(b"this is not a zip file")
    ran = peers("install", wheel, "-c", "acme", "--json")
    assert ran.code == 1
    assert ran.error["code"] == "P0702"
    unchanged()


def test_a_name_taken_by_another_package_is_a_conflict(
    peers: Peers, tmp_path: Path, unchanged: Callable[[], None]
) -> None:
    shutil.copytree(SAMPLES / "notes-1", tmp_path / "other")
    own_ids = tmp_path / "other" / "notes" / "ids.py"
    own_ids.write_text(own_ids.read_text("utf-8").replace("0mwqff", "0mwqgg"), encoding="utf-8")
    ran = peers("install", tmp_path / "other", "-c", "acme", "--json")
    assert ran.code == 4
    assert ran.error["code"] == "P0402"
    unchanged()


def test_two_packages_with_one_peers_ui_id_are_a_conflict(
    peers: Peers, project: Project, unchanged: Callable[[], None]
) -> None:
    notes_home = "0mwqffjzi4zen7dhmwgmkmbjf"
    files = {
        path: f'from peers_runtime import {kind}\n\n{name} = [{kind}(peers_ui_id="{notes_home}", {rest})]\n'
        for path, kind, name, rest in (
            ("plain/routes.py", "Route", "routes", 'path="plain"'),
            ("plain/uis.py", "UI", "uis", 'name="Plain", content="plain.screen:render"'),
        )
    }
    ran = peers("install", project(files), "-c", "acme", "--json")
    assert ran.code == 4
    assert ran.error["code"] == "P0408"
    unchanged()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list", "-c", "nowhere"), "P0403"),
        (("install", SAMPLES / "themes", "-c", "nowhere"), "P0403"),
        (("show", "nothing", "-c", "acme"), "P0404"),
        (("versions", "nothing", "-c", "acme"), "P0404"),
        (("disable", "nothing", "-c", "acme"), "P0404"),
        (("uninstall", "nothing", "-c", "acme"), "P0404"),
        (("activate", "nothing", "1.0.0", "-c", "acme"), "P0404"),
        (("activate", "notes", "9.9.9", "-c", "acme"), "P0405"),
        (("show", "notes@9.9.9", "-c", "acme"), "P0405"),
        (("routes", "match", "nowhere/at/all", "-c", "acme"), "P0201"),
        (("tools", "run", "nothing", "-c", "acme"), "P0502"),
        (("tools", "show", "nothing", "-c", "acme"), "P0502"),
        (("tools", "run", "add_note", "{}", "-c", "acme"), "P0503"),
        (("tools", "run", "add_note", '{"title": "x", "colour": 1}', "-c", "acme"), "P0503"),
        (("contexts", "create", "no/slash"), "P0410"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(str(word) for word in value[:3]),
)
def test_what_does_not_exist_or_does_not_fit_is_the_callers_move(
    peers_here: Peers, home: Path, unchanged: Callable[[], None], words: tuple[str, ...], code: str
) -> None:
    ran = peers_here("--home", home, *words, "--json")
    assert ran.code == 2
    assert ran.error["code"] == code
    unchanged()


def test_props_that_do_not_fit_a_route_are_why_it_lost(peers: Peers, project: Project) -> None:
    fussy = project(
        {
            "plain/routes.py": f"""
from peers_runtime import Route

SIZE = {{"type": "object", "properties": {{"size": {{"type": "integer"}}}}, "required": ["size"]}}
routes = [Route(peers_ui_id="{UI_ID}", path="plain", props_schema=SIZE)]
"""
        }
    )
    assert peers("install", fussy, "-c", "acme").code == 0
    assert peers("routes", "match", "plain", "--props", '{"size": 3}', "-c", "acme").code == 0
    big = ("plain", "--props", '{"size": "big"}', "-c", "acme", "--json")
    assert peers("routes", "match", *big).error["code"] == "P0201"
    considered = peers("routes", "explain", *big).data
    assert ["big" in one["reason"] for one in considered if one["path"] == "plain"] == [True]


def test_a_home_written_by_a_newer_version_is_left_alone(peers: Peers, home: Path) -> None:
    file = home / "home.json"
    newer = {**json.loads(file.read_text("utf-8")), "format": 99}
    file.write_text(json.dumps(newer), encoding="utf-8")
    ran = peers("install", SAMPLES / "themes", "-c", "acme", "--json")
    assert ran.code == 1
    assert ran.error["code"] == "P0801"
    assert json.loads(file.read_text("utf-8")) == newer


def test_a_snapshot_whose_bytes_were_changed_is_not_used(peers: Peers, home: Path) -> None:
    for blob in (home / "blobs").rglob("*"):
        if blob.is_file():
            blob.chmod(0o600)
            blob.write_bytes(b"# changed\n" + blob.read_bytes())
    ran = peers("show", "notes", "-c", "acme", "--json")
    assert ran.code == 1
    assert ran.error["code"] == "P0701"
    assert ran.error["hint"]


def test_a_full_disk_stops_an_install_and_nothing_changes(
    peers: Peers, tmp_path: Path, unchanged: Callable[[], None]
) -> None:
    with small_files_only():
        ran = peers("install", SAMPLES / "themes", "-c", "acme", "--json")
    assert ran.code == 1
    assert ran.error["code"] == "P0802"
    unchanged()


@contextmanager
def small_files_only() -> Iterator[None]:
    """Processes started inside cannot make a file larger than 4 kB, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_home_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    ran = run_peers("--home", file / "home", "contexts", "create", "acme", "--json")
    assert ran.code == 2
    assert ran.error["code"] == "P0901"
    assert errno.errorcode[errno.ENOTDIR] not in ran.error["message"]


TAKES = {
    "check": (("check", "x.whl"), "x.whl is no folder", "give the folder of a project"),
    "check nothing": (("check", "nosuch"), "nosuch does not exist", "give the folder of a project"),
    "list a folder": (("pack", ".", "--list"), ". is no file", "give a packed wheel"),
    "list nothing": (("pack", "n.whl", "--list"), "n.whl does not exist", "give a packed wheel"),
    "dev": (("dev", "nosuch"), "nosuch does not exist", "give the folder of a project"),
    "install": (("install", "nosuch"), "nosuch does not exist", "give a project's folder, a wheel, or"),
}


@pytest.mark.parametrize("what", TAKES)
def test_what_is_no_package_is_told_with_what_the_command_takes(
    what: str, peers: Peers, tmp_path: Path
) -> None:
    words, said, hint = TAKES[what]
    (tmp_path / "x.whl").write_bytes(b"")
    ran = peers(*words, cwd=tmp_path)
    assert f"{said}\n" in ran.err
    assert f"help: {hint}" in ran.err
    assert "error[P0101]" in ran.err
