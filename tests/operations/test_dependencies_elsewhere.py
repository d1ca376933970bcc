"""What a package depends on comes along in wheels, between devices and in the dev loop, and is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from peers_runtime import (
    DependencyNotFound,
    InvalidSetting,
    LockOutdated,
    PeersError,
    Runtime,
)
from peers_runtime.operations.prune import prune, unused
from peers_runtime.snapshots import disk
from tests.host.devices import Group, until
from tests.operations.depending import TOP, base_left_right, released, top, written
from tests.operations.test_prune import grow_old


@pytest.fixture
def world(runtime: Runtime, tmp_path: Path) -> Runtime:
    base_left_right(runtime, tmp_path)
    return runtime


def test_a_packed_one_comes_with_what_it_depends_on_to_a_home_that_has_nothing(
    world: Runtime, tmp_path: Path
) -> None:
    folder = top(world, tmp_path)
    dist = tmp_path / "dist"
    packed = world.pack(folder, out=dist)
    world.contexts.create("packing")
    sources = [written(tmp_path, *one) for one in (("base", "1.0.0"), ("base", "2.0.0"))]
    sources += [tmp_path / "left-1.0.0", tmp_path / "right-1.0.0"]
    beside = [world.pack(one, "packing", out=dist).path for one in sources]
    with Runtime.open(tmp_path / "elsewhere", actor="ada") as runtime:
        with pytest.raises(DependencyNotFound) as refused:
            runtime.install(packed.path)
        assert refused.value.facts["package"] == "base"
        assert "--with" in refused.value.hint
        with pytest.raises(DependencyNotFound, match=r"right 1\.0\.0"):
            runtime.install(packed.path, beside=beside[:-1])
        assert runtime.packages() == []
        made = runtime.install(packed.path, beside=beside)
        assert made.snapshot_digest == packed.wheel.manifest.id
        assert [one.name for one in runtime.packages()] == ["top"]
        assert runtime.context().render("top").content == TOP
    with Runtime.open(tmp_path / "elsewhere", actor="ada") as runtime:
        assert runtime.context().render("top").content == TOP


def test_a_wheel_that_nobody_needs_is_not_taken_along(world: Runtime, tmp_path: Path) -> None:
    world.contexts.create("packing")
    wheel = world.pack(written(tmp_path, "base", "2.0.0"), "packing", out=tmp_path / "dist").path
    with pytest.raises(
        InvalidSetting, match=r"base 2\.0\.0 was given with left 1\.0\.0, which depends on base 1"
    ):
        world.install(tmp_path / "left-1.0.0", beside=[wheel])


def test_another_build_than_the_locked_one_is_not_it(world: Runtime, tmp_path: Path) -> None:
    folder = tmp_path / "left-1.0.0"
    other = written(tmp_path / "other", "base", "1.0.0")
    (other / "base" / "more.py").write_text("MORE = 1\n")
    world.contexts.create("packing")
    wheel = world.pack(other, "packing", out=tmp_path / "dist").path
    with Runtime.in_memory() as runtime, pytest.raises(DependencyNotFound):
        runtime.install(folder, beside=[wheel])


def test_pruning_keeps_what_is_locked_and_gives_it_up_with_the_last_that_locked_it(
    runtime: Runtime, tmp_path: Path
) -> None:
    base = released(runtime, written(tmp_path, "base", "1.0.0"))
    folder = written(tmp_path, "left", "1.0.0", "base")
    runtime.add_packages(folder, "base")
    left = runtime.install(folder).snapshot_digest
    runtime.uninstall("base")
    runtime.drain()
    grow_old(runtime)
    assert list(prune(runtime.services)) == []
    assert runtime.context().render("left").content == "left 1.0.0 (base 1.0.0)"
    runtime.uninstall("left")
    runtime.drain()
    grow_old(runtime)
    assert [one.digest for one in unused(runtime.services)] == [left, base]
    assert [one.digest for one in prune(runtime.services)] == [left, base]


def test_another_device_gets_what_a_version_depends_on(tmp_path: Path) -> None:
    group = Group(tmp_path)
    with group.open("desk") as desk:
        desk.contexts.create("acme")
        for folder, needs in (
            (written(tmp_path, "base", "1.0.0"), ()),
            (written(tmp_path, "left", "1.0.0", "base"), ("base",)),
        ):
            if needs:
                desk.add_packages(folder, *needs, context="acme")
            made = desk.install(folder, context="acme")
            desk.promote(made.name, made.version, "stable", context="acme")
        with group.open("laptop") as laptop:
            until(lambda: laptop.context("acme").render("left").content == "left 1.0.0 (base 1.0.0)")


def test_the_dev_loop_takes_a_new_lock(world: Runtime, tmp_path: Path) -> None:
    folder = written(tmp_path, "top", "1.0.0", "base")
    world.add_packages(folder, "base<2")
    with world.watch(folder) as watch:
        personal = world.context()
        assert personal.render("top").content == "top 1.0.0 (base 1.0.0)"
        world.add_packages(folder, "base>=2")
        assert watch.reload().fault is None
        assert personal.render("top").content == "top 1.0.0 (base 2.0.0)"
        (folder / "peers.lock").unlink()
        fault = watch.reload().fault
        assert fault is not None
        assert fault.code == LockOutdated.code
        assert personal.render("top").content == "top 1.0.0 (base 2.0.0)"


@pytest.mark.parametrize("step", range(6))
def test_a_disk_that_fails_leaves_the_project_as_it_was(
    world: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    folder = top(world, tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    count = iter(range(100))
    replace = disk.replace

    def failing(*arguments: object) -> None:
        if next(count) == step:
            raise OSError(28, "No space left on device")
        replace(*arguments)  # type: ignore[arg-type]  # whatever it is called with

    with monkeypatch.context() as patch:
        patch.setattr(disk, "replace", failing)
        try:
            world.add_packages(folder, "base>=2")
        except PeersError:
            assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
        else:
            assert step >= 2


def test_a_project_that_was_cloned_without_its_dependencies_says_how_to_get_them(
    world: Runtime, tmp_path: Path
) -> None:
    folder = top(world, tmp_path)
    shutil.copytree(folder, tmp_path / "clone")
    with Runtime.open(tmp_path / "elsewhere") as runtime:
        with pytest.raises(DependencyNotFound, match=r"base 1\.0\.0"):
            runtime.install(tmp_path / "clone")
        assert [one.name for one in runtime.dependencies(tmp_path / "clone").packages] == [
            "base",
            "base",
            "left",
            "right",
        ]
