"""A package depends on packages: each is imported in the version that its dependent locked, whoever else
uses which."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers_runtime import (
    CircularDependency,
    DependencyNotFound,
    InvalidPackageDependency,
    InvalidSetting,
    LockOutdated,
    PeersError,
    Runtime,
    SharedVersionMismatch,
    UndeclaredImport,
    VersionNotFound,
)
from peers_runtime.projects import lock_files
from tests.operations.depending import TOP, base_left_right, released, top, written
from tests.world import an_id, project


@pytest.fixture
def world(runtime: Runtime, tmp_path: Path) -> Runtime:
    base_left_right(runtime, tmp_path)
    return runtime


def test_each_imports_the_version_that_it_locked_whatever_the_context_uses(
    world: Runtime, tmp_path: Path
) -> None:
    world.install(top(world, tmp_path))
    personal = world.context()
    assert personal.render("top").content == TOP
    assert personal.render("base").content == "base 2.0.0"
    world.activate("base", "1.0.0")
    world.uninstall("left")
    assert personal.render("base").content == "base 1.0.0"
    assert personal.render("top").content == TOP


def test_a_dependency_contributes_nothing_to_a_context_that_has_it_not(
    world: Runtime, tmp_path: Path
) -> None:
    folder = top(world, tmp_path)
    world.contexts.create("acme")
    world.install(folder, context="acme")
    assert [one.name for one in world.packages("acme")] == ["top"]
    assert world.context("acme").render("top").content == TOP


def test_what_is_not_locked_cannot_be_imported_although_a_dependency_has_it(
    world: Runtime, tmp_path: Path
) -> None:
    folder = written(tmp_path, "top", "1.0.0", "left", "base")
    world.add_packages(folder, "left")
    world.install(folder)
    card = world.context().render("top").error
    assert card is not None
    assert (card.code, "base" in card.message) == (UndeclaredImport.code, True)


def test_the_manifest_names_its_own_and_resolved_all_by_id_and_version(
    world: Runtime, tmp_path: Path
) -> None:
    world.install(top(world, tmp_path))
    manifest = world.manifest("top")
    assert [(one.name, one.version) for one in manifest.dependencies] == [
        ("base", "1.0.0"),
        ("left", "1.0.0"),
        ("right", "1.0.0"),
    ]
    data = manifest.wire()["dependencies"][0]
    assert data.keys() == {"name", "projectId", "version", "digest"}
    assert world.resolved("top").dependencies is None
    found = world.resolved("top", include_dependencies=True).dependencies
    assert found is not None
    assert list(found) == [
        f"{an_id('base')}@1.0.0",
        f"{an_id('base')}@2.0.0",
        f"{an_id('left')}@1.0.0",
        f"{an_id('right')}@1.0.0",
    ]
    assert all(one.components for one in found.values())


def test_a_lock_lists_everything_and_is_written_again_as_it_was(world: Runtime, tmp_path: Path) -> None:
    folder = top(world, tmp_path)
    data = (folder / "peers.lock").read_bytes()
    locked = lock_files.read(data, "peers.lock")
    assert [(one.name, one.version, one.range) for one in locked.packages] == [
        ("base", "1.0.0", "<2"),
        ("base", "2.0.0", ""),
        ("left", "1.0.0", ">=1.0.0,<2"),
        ("right", "1.0.0", ">=1.0.0,<2"),
    ]
    assert lock_files.text(locked).encode() == data
    assert world.update_packages(folder).changes == ()
    assert (folder / "peers.lock").read_bytes() == data


def test_an_update_takes_the_newest_in_the_range_and_only_of_those_that_are_named(
    world: Runtime, tmp_path: Path
) -> None:
    folder = top(world, tmp_path)
    released(world, written(tmp_path, "base", "1.1.0"))
    newer = written(tmp_path, "right", "1.2.0", "base")
    world.add_packages(newer, "base<2")
    released(world, newer)
    dry = world.update_packages(folder, "right", dry_run=True)
    assert dry.changes == ("base 2.0.0 -> 1.1.0", "right 1.0.0 -> 1.2.0")
    assert world.dependencies(folder).changes == ()
    assert [one.version for one in world.dependencies(folder).packages] == [
        "1.0.0",
        "2.0.0",
        "1.0.0",
        "1.0.0",
    ]
    world.update_packages(folder)
    found = world.dependencies(folder)
    assert [(one.name, one.version) for one in found.packages if one.range] == [
        ("base", "1.1.0"),
        ("left", "1.0.0"),
        ("right", "1.2.0"),
    ]


def test_a_stable_version_comes_before_a_newer_beta_and_a_packed_one_counts(
    runtime: Runtime, tmp_path: Path
) -> None:
    released(runtime, written(tmp_path, "base", "1.0.0"))
    runtime.install(written(tmp_path, "base", "1.1.0"))
    runtime.promote("base", "1.1.0", "beta")
    runtime.pack(written(tmp_path, "base", "1.2.0"), out=tmp_path / "dist")
    folder = written(tmp_path, "left", "1.0.0", "base")
    assert [one.version for one in runtime.add_packages(folder, "base").packages] == ["1.0.0"]
    assert [one.version for one in runtime.add_packages(folder, "base>1").packages] == ["1.2.0"]
    runtime.install(folder)
    assert runtime.context().render("left").content == "left 1.0.0 (base 1.2.0)"


def test_what_was_yanked_is_not_taken_and_told_of_where_it_is_locked(world: Runtime, tmp_path: Path) -> None:
    folder = top(world, tmp_path)
    world.yank("left", "1.0.0")
    with pytest.raises(VersionNotFound, match="there are: none"):
        world.update_packages(folder)
    warnings = world.pack(folder, out=tmp_path / "dist", dry_run=True).warnings
    assert any("left 1.0.0" in one and "yanked" in one for one in warnings)
    world.install(folder)
    assert world.context().render("top").content == TOP


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ("nowhere", DependencyNotFound, "no package 'nowhere'"),
        ("bsae", DependencyNotFound, "base"),
        ("base>=3", VersionNotFound, "2.0.0, 1.0.0"),
        ("base ^1", InvalidSetting, "no range"),
        ("../base", InvalidSetting, "import name"),
        ("", InvalidSetting, "import name"),
    ],
)
def test_what_cannot_be_locked_leaves_the_project_as_it_was(
    world: Runtime, tmp_path: Path, asked: str, error: type[PeersError], says: str
) -> None:
    folder = top(world, tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(error, match=says):
        world.add_packages(folder, asked)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_a_lock_for_other_ranges_is_refused(world: Runtime, tmp_path: Path) -> None:
    folder = top(world, tmp_path)
    pyproject = folder / "pyproject.toml"
    text = pyproject.read_text()
    pyproject.write_text(text.replace('base = "<2"', 'base = "<1.5"'))
    with pytest.raises(LockOutdated, match=r"base<1\.5"):
        world.install(folder)
    assert "base<1.5" in world.dependencies(folder).trouble
    pyproject.write_text(text)
    (folder / "peers.lock").unlink()
    with pytest.raises(LockOutdated, match="there is no"):
        world.install(folder)
    world.update_packages(folder)
    world.install(folder)


def test_removing_takes_what_only_that_needed_and_the_lock_with_the_last(
    world: Runtime, tmp_path: Path
) -> None:
    folder = top(world, tmp_path)
    assert world.remove_packages(folder, "right").changes == ("- base 2.0.0", "- right 1.0.0")
    with pytest.raises(InvalidSetting, match="no package 'right'"):
        world.remove_packages(folder, "right")
    world.remove_packages(folder, "left", "base")
    assert not (folder / "peers.lock").exists()


def test_whoever_would_depend_on_itself_is_told_the_path(world: Runtime, tmp_path: Path) -> None:
    folder = written(tmp_path, "base", "3.0.0", "left")
    with pytest.raises(CircularDependency) as refused:
        world.add_packages(folder, "left")
    assert refused.value.facts["path"] == ["base", "left 1.0.0", "base 1.0.0"]
    renamed = written(tmp_path, "renamed", "3.0.0", "left")
    (renamed / "renamed" / "package.py").write_text(
        (renamed / "renamed" / "package.py").read_text().replace(an_id("renamed"), an_id("base"))
    )
    world.add_packages(renamed, "left")
    world.contexts.create("acme")
    with pytest.raises(CircularDependency, match=r"renamed 3\.0\.0 -> left 1\.0\.0 -> base 1\.0\.0"):
        world.install(renamed, context="acme")


def test_a_project_that_asks_for_itself_is_told_so_wherever_it_is_installed(
    runtime: Runtime, tmp_path: Path
) -> None:
    folder = written(tmp_path, "base", "1.0.0")
    with pytest.raises(CircularDependency, match="base -> base"):
        runtime.add_packages(folder, "base")
    project(folder, "base", more='[tool.peers.dependencies]\nbase = ">=1"\n')
    with pytest.raises(CircularDependency, match="base -> base"):
        runtime.update_packages(folder)


def test_two_owners_of_one_import_name_are_refused(world: Runtime, tmp_path: Path) -> None:
    folder = top(world, tmp_path)
    lock = folder / "peers.lock"
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("left = ", "top = ").replace('base = "<2"\n', ""))
    text = lock.read_text().replace('name = "left"', 'name = "top"').replace('range = "<2"\n', "")
    lock.write_text(text)
    with pytest.raises(InvalidPackageDependency, match="the package itself"):
        world.install(folder)


def test_two_builds_of_one_version_in_one_closure_are_refused(world: Runtime, tmp_path: Path) -> None:
    folder = top(world, tmp_path)
    world.contexts.create("acme")
    other = written(tmp_path / "other", "base", "1.0.0")
    (other / "base" / "more.py").write_text("MORE = 1\n")
    world.install(other, context="acme")
    world.promote("base", "1.0.0", "stable", context="acme")
    with pytest.raises(InvalidPackageDependency, match=r"base 1\.0\.0 with two contents"):
        world.update_packages(folder, "base", context="acme")


def test_what_a_dependency_needs_of_the_host_is_checked_and_who_needs_it_named(
    world: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing = written(tmp_path, "needing", "1.0.0", dependencies='["pydantic>=2"]')
    released(world, needing)
    folder = written(tmp_path, "top", "1.0.0", "needing")
    world.add_packages(folder, "needing")
    world.install(folder)
    world.disable("top")
    monkeypatch.setattr("importlib.metadata.version", lambda _: "1.0")
    with pytest.raises(SharedVersionMismatch, match=r"needing 1\.0\.0, which top 1\.0\.0 depends on,"):
        world.activate("top", "1.0.0")
