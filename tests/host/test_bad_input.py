"""Wrong input gets one clear, coded error, and nothing changes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import PeersError, Runtime
from tests.world import an_id, project, screen

UI = an_id("notes", "ui", "notes")


def plain(folder: Path) -> Path:
    return project(folder, files=screen("notes", "notes", "hello"))


def edit(folder: Path, file: str, old: str, new: str) -> Path:
    """The plain project with one mistake in it."""
    plain(folder)
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return folder


def no_package(folder: Path) -> Path:
    folder.mkdir()
    return folder


def no_such_folder(folder: Path) -> Path:
    return folder / "nowhere"


def a_text_file(folder: Path) -> Path:
    folder.mkdir()
    (folder / "notes.txt").write_text("no wheel")
    return folder / "notes.txt"


def no_zip(folder: Path) -> Path:
    folder.mkdir()
    (folder / "notes-1.0.0-py3-none-any.whl").write_text("no wheel")
    return folder / "notes-1.0.0-py3-none-any.whl"


def malformed_package_id(folder: Path) -> Path:
    return edit(folder, "notes/package.py", an_id("notes"), "NOT-AN-ID")


def malformed_ui_id(folder: Path) -> Path:
    return edit(folder, "notes/routes.py", UI, "short")


def version_in_words(folder: Path) -> Path:
    return edit(folder, "pyproject.toml", '"1.0.0"', '"v1.0"')


def tag_in_the_definition(folder: Path) -> Path:
    return edit(
        folder, "notes/package.py", f"pkg.package_id = {an_id('notes')!r}", "pkg.version_tag = 'stable'"
    )


def tag_in_the_settings(folder: Path) -> Path:
    return project(folder, files=screen("notes", "notes", "x"), more='[tool.peers]\nversion_tag = "beta"\n')


def name_of_the_standard_library(folder: Path) -> Path:
    return project(folder, "json", files=screen("json", "notes", "x"))


def name_of_the_host(folder: Path) -> Path:
    return project(folder, "peers_runtime", files=screen("peers_runtime", "notes", "x"))


def the_same_ui_twice(folder: Path) -> Path:
    ui = f"UI(peers_ui_id={UI!r}, name='Again', content='notes.ui:home'), "
    return edit(folder, "notes/uis.py", "uis = [", f"uis = [{ui}")


def a_ui_that_nobody_contributes(folder: Path) -> Path:
    return edit(folder, "notes/routes.py", UI, an_id("nobody"))


def routes_that_pull_in_the_ui(folder: Path) -> Path:
    return edit(folder, "notes/routes.py", "routes =", "from notes import ui\nroutes =")


def routes_that_pull_in_the_ui_through_another(folder: Path) -> Path:
    edit(folder, "notes/routes.py", "routes =", "from notes import between\nroutes =")
    (folder / "notes" / "between.py").write_text("from notes import ui\n")
    return folder


def code_that_does_not_compile(folder: Path) -> Path:
    return edit(folder, "notes/ui.py", "def home", "def def home")


def code_that_raises(folder: Path) -> Path:
    return edit(folder, "notes/package.py", "@define_package", "1 / 0\n@define_package")


def an_undeclared_import(folder: Path) -> Path:
    return edit(folder, "notes/package.py", "@define_package", "import mypy\n@define_package")


def nothing_contributed(folder: Path) -> Path:
    return project(folder)


def a_package_dependency(folder: Path) -> Path:
    more = '[tool.peers.dependencies]\ncharts = ">=1.2"\n'
    return project(folder, files=screen("notes", "notes", "x"), more=more)


def a_content_without_its_module(folder: Path) -> Path:
    return edit(folder, "notes/uis.py", "notes.ui:home", "notes.screens:home")


def a_private_distribution(folder: Path) -> Path:
    return project(folder, files=screen("notes", "notes", "x"), more='[tool.peers]\nprivate = ["six"]\n')


def a_private_distribution_by_its_address(folder: Path) -> Path:
    private = '[tool.peers]\nprivate = ["six @ https://example.org/six-1.17.0-py3-none-any.whl"]\n'
    return project(folder, files=screen("notes", "notes", "x"), more=private)


def a_private_library_of_the_host(folder: Path) -> Path:
    return project(
        folder, files=screen("notes", "notes", "x"), more='[tool.peers]\nprivate = ["Pydantic<2"]\n'
    )


def a_table_of_no_model(folder: Path) -> Path:
    table = 'class Row: ...\nTable(table_id="x", name="Rows", model=Row, primary_key="a")\n@define_package'
    return edit(folder, "notes/package.py", "@define_package", f"from peers_runtime import Table\n{table}")


@pytest.mark.parametrize(
    ("mistake", "code", "says"),
    [
        (no_package, "P0101", "pyproject.toml"),
        (no_such_folder, "P0101", "does not exist"),
        (a_text_file, "P0101", "neither a folder nor a .whl"),
        (no_zip, "P0702", "notes-1.0.0-py3-none-any.whl"),
        (malformed_package_id, "P0102", "NOT-AN-ID"),
        (malformed_ui_id, "P0102", "'short'"),
        (version_in_words, "P0401", "'v1.0'"),
        (tag_in_the_definition, "P0103", "version_tag"),
        (tag_in_the_settings, "P0103", "version_tag"),
        (name_of_the_standard_library, "P0106", "json"),
        (name_of_the_host, "P0106", "peers_runtime"),
        (the_same_ui_twice, "P0105", UI),
        (a_ui_that_nobody_contributes, "P0203", an_id("nobody")),
        (routes_that_pull_in_the_ui, "P0204", "notes.ui"),
        (routes_that_pull_in_the_ui_through_another, "P0204", "notes.ui"),
        (code_that_does_not_compile, "P0601", "notes/ui.py"),
        (code_that_raises, "P0107", "ZeroDivisionError"),
        (an_undeclared_import, "P0302", "mypy"),
        (nothing_contributed, "P0602", "contributes nothing"),
        (a_private_distribution, "P0610", "six"),
        (a_private_distribution_by_its_address, "P0901", "by its address"),
        (a_private_library_of_the_host, "P0106", "'pydantic' belongs to the host"),
        (a_table_of_no_model, "P0104", "notes.package.Row"),
        (a_package_dependency, "P0610", "charts"),
        (a_content_without_its_module, "P0104", "notes.screens"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_a_mistake_in_a_package_is_named_and_leaves_everything_as_it_was(
    tmp_path: Path, mistake: Callable[[Path], Path], code: str, says: str
) -> None:
    with Runtime.in_memory() as runtime:
        runtime.install(plain(tmp_path / "good"))
        before = everything(runtime)
        modules = set(sys.modules)
        with pytest.raises(PeersError) as caught:
            runtime.install(mistake(tmp_path / "bad"))
        assert caught.value.code == code, caught.value
        assert says in str(caught.value)
        assert caught.value.hint
        assert "peers_packages." not in str(caught.value)
        assert everything(runtime) == before
        assert {name for name in set(sys.modules) - modules if name.startswith("peers_packages.")} == set()


def everything(runtime: Runtime) -> dict[str, Any]:
    with runtime.services.catalog.read() as reader:
        sequence = reader.sequence()
    return {
        "sequence": sequence,
        "shown": runtime.context().render("notes").content,
        "active": runtime.context().binding.active,
        "diagnostics": runtime.diagnostics(),
    }


def test_a_name_taken_by_another_package_is_refused_naming_the_owner(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        runtime.install(plain(tmp_path / "good"))
        before = everything(runtime)
        other = edit(tmp_path / "bad", "notes/package.py", an_id("notes"), an_id("another package"))
        with pytest.raises(PeersError, match=rf"(?s){an_id('notes')}.*\[P0402\]"):
            runtime.install(other)
        assert everything(runtime) == before


@pytest.mark.parametrize(
    ("act", "code", "says"),
    [
        (lambda rt: rt.context("acmee"), "P0403", "acmee"),
        (lambda rt: rt.install("x", context="acmee"), "P0403", "did you mean 'acme'"),
        (lambda rt: rt.activate("note", "1.0.0"), "P0404", "did you mean 'notes'"),
        (lambda rt: rt.activate("notes", "9.9.9"), "P0405", "1.0.0 (dev)"),
        (lambda rt: rt.contexts.create("acme"), "P0407", "acme"),
        (lambda rt: rt.contexts.create("ACME"), "P0407", "acme"),
        (lambda rt: rt.contexts.create("../x"), "P0410", "../x"),
        (lambda rt: rt.contexts.create(""), "P0410", "''"),
        (lambda rt: rt.contexts.create("x", kind="team"), "P0901", "'team'"),
        (lambda rt: rt.add_hookspecs(sys, "editor"), "P0901", "editor"),
        (lambda rt: rt.install("entry-point:nobody"), "P0101", "nobody"),
        (lambda rt: rt.install(None), "P0101", "None"),
        (lambda rt: rt.install(""), "P0101", ""),
        (lambda rt: rt.install("~nosuchuser/x"), "P0101", "nosuchuser"),
        (lambda rt: rt.disable(None), "P0404", "None"),
        (lambda rt: rt.context().routes.match("nowhere"), "P0201", "nowhere"),
        (lambda rt: rt.context().render("nowhere"), "P0201", "nowhere"),
        (lambda rt: rt.context().render("a" * 25), "P0202", "a" * 25),
        (lambda rt: rt.context().tools["shout"], "P0502", "shout"),
        (lambda rt: rt.context().tables["Shouts"], "P0506", "Shouts"),
        (lambda rt: rt.context().hook.shout(), "P0511", "shout"),
        (lambda rt: rt.context().module("shout.loud"), "P0301", "shout"),
    ],
)
def test_a_mistake_of_the_caller_is_named_with_the_next_step(
    tmp_path: Path, act: Callable[[Runtime], object], code: str, says: str
) -> None:
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        runtime.install(plain(tmp_path))
        before = everything(runtime)
        with pytest.raises(PeersError) as caught:
            act(runtime)
        assert caught.value.code == code, caught.value
        assert says in caught.value.message
        assert caught.value.hint
        assert everything(runtime) == before


def test_props_that_do_not_fit_stand_as_a_card_in_place_and_the_ui_is_not_called(tmp_path: Path) -> None:
    folder = edit(
        tmp_path,
        "notes/uis.py",
        "name=",
        "props_schema={'type': 'object', 'required': ['note_id']}, name=",
    )
    with Runtime.in_memory() as runtime:
        runtime.install(folder)
        card = runtime.context().render("notes").error
        assert card is not None
        assert card.code == "P0205"
        assert "note_id" in card.message
        assert runtime.context().render("notes", props={"note_id": "1"}).content == "hello"
        assert runtime.diagnostics() == []


def test_a_read_only_home_serves_what_is_active_and_refuses_acts(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Runtime.open(home, actor="ada") as runtime:
        runtime.install(plain(tmp_path / "project"))
        before = runtime.versions("notes")
    script = f"""
from peers_runtime import HomeNotWritable, Runtime
with Runtime.open({str(home)!r}, actor="ada") as runtime:
    print(runtime.context().render("notes").content)
    for act in (
        lambda: runtime.contexts.create("acme"),
        lambda: runtime.install({str(tmp_path / "project")!r}, activate=False),
        lambda: runtime.disable("notes"),
    ):
        try:
            act()
            print("not refused")
        except HomeNotWritable as error:
            print(error.code, bool(error.hint))
"""
    # Permissions do not bind root, unless it gives up its capabilities.
    bound = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    with read_only(home):
        done = subprocess.run(
            [*bound, sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
    assert done.stdout.splitlines() == ["hello", "P0802 True", "P0802 True", "P0802 True"], done.stderr
    with Runtime.open(home, actor="ada") as runtime:
        assert runtime.versions("notes") == before


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(modes[path] & ~0o222)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(modes[path])


def test_a_full_disk_is_one_error_and_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Runtime.open(home) as runtime:
        runtime.install(plain(tmp_path / "good"))
        before = everything(runtime)
    big = project(
        tmp_path / "big",
        "big",
        files={**screen("big", "big", "big"), "data.py": f"DATA = {'x' * 300_000!r}\n"},
    )
    script = f"""
import resource, signal
from peers_runtime import HomeNotWritable, Runtime
with Runtime.open({str(home)!r}) as runtime:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, {resource.RLIM_INFINITY}))
    try:
        runtime.install({str(big)!r})
    except HomeNotWritable as error:
        print(error.code, bool(error.hint))
    print(runtime.context().render("notes").content)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["P0802 True", "hello"], done.stderr
    with Runtime.open(home) as runtime:
        after = everything(runtime)
        assert {key: after[key] for key in ("sequence", "shown")} == {
            key: before[key] for key in ("sequence", "shown")
        }
        runtime.install(big)
        assert runtime.context().render("big").content == "big"


def test_a_snapshot_whose_bytes_were_changed_is_never_run(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Runtime.open(home) as runtime:
        runtime.install(plain(tmp_path / "project"))
        manifest = runtime.manifest("notes")
    [digest] = [file.digest for file in manifest.files if file.path == "notes/ui.py"]
    blob = home / "blobs" / digest[:2] / digest
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes().replace(b"hello", b"hallo"))
    for code in (home / "code").rglob("*.code"):
        code.chmod(0o644)
        code.write_bytes(code.read_bytes().replace(b"hello", b"hallo"))
    with Runtime.open(home) as runtime:
        rendered = runtime.context().render("notes")
        assert rendered.content is None
        assert rendered.error is not None
        assert rendered.error.code == "P0701"
        assert [one.code for one in runtime.diagnostics()] == ["P0701"]
        runtime.install(plain(tmp_path / "project"))  # the hint of the error
        assert runtime.context().render("notes").content == "hello"
