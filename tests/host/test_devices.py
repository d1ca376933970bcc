"""Devices on one catalog: what one releases, the others use; what one tries out, it keeps to itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from peers_runtime import (
    CatalogUnreachable,
    HomeNotWritable,
    InvalidSetting,
    NoRoute,
    NotArrived,
    Role,
    Runtime,
)
from tests import postgres
from tests.host.devices import Group, until
from tests.world import project, screen

Unplug = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def unplug(group: Group, request: pytest.FixtureRequest) -> Unplug:
    """Takes the catalog away for a while."""

    @contextmanager
    def away() -> Generator[None]:
        if isinstance(group.catalog, Path):
            folder = group.catalog.parent
            folder.rename(folder.with_name("away"))
            yield
            folder.with_name("away").rename(folder)
            return
        server: postgres.Server = request.getfixturevalue("postgres_server")
        server.stop()
        try:
            yield
        finally:
            server.start()

    return away


@pytest.fixture
def laptop(group: Group) -> Iterator[Runtime]:
    with group.open("laptop") as opened:
        opened.contexts.create("acme")
        opened.members.set("acme", "grace", Role.ADMIN)
        yield opened


@pytest.fixture
def desktop(group: Group, laptop: Runtime) -> Iterator[Runtime]:
    with group.open("desktop", actor="grace") as opened:
        yield opened


def build(runtime: Runtime, folder: Path, version: str) -> None:
    """A build of this device that shows its version."""
    runtime.install(
        project(folder / version, version=version, files=screen("notes", "notes", version)), context="acme"
    )


def release(runtime: Runtime, folder: Path, version: str) -> None:
    build(runtime, folder, version)
    runtime.promote("notes", version, "stable", context="acme")


def shown(runtime: Runtime) -> object:
    return runtime.context("acme").render("notes").content


def shows(runtime: Runtime, version: str) -> bool:
    return shown(runtime) == version


def test_a_build_stays_on_its_device_and_a_release_reaches_every_device(
    laptop: Runtime, desktop: Runtime, tmp_path: Path
) -> None:
    build(laptop, tmp_path, "1.0.0")
    assert shown(laptop) == "1.0.0"
    desktop.packages(context="acme")
    assert desktop.resolve("notes", context="acme").version is None
    with pytest.raises(NoRoute):
        shown(desktop)
    laptop.promote("notes", "1.0.0", "stable", context="acme")
    until(lambda: shows(desktop, "1.0.0"))
    release(desktop, tmp_path, "1.1.0")
    until(lambda: shows(laptop, "1.1.0"))


def test_what_a_home_has_fetched_it_has_for_itself(
    group: Group, laptop: Runtime, desktop: Runtime, tmp_path: Path
) -> None:
    release(laptop, tmp_path, "1.0.0")
    until(lambda: desktop.context("acme").routes.match("notes"))
    shutil.rmtree(group.blobs)
    assert shown(desktop) == "1.0.0"


def test_what_has_not_arrived_is_not_promoted_yet(
    group: Group, laptop: Runtime, desktop: Runtime, tmp_path: Path
) -> None:
    build(laptop, tmp_path, "1.0.0")
    group.blobs.rename(tmp_path / "away")
    group.blobs.mkdir()
    with pytest.raises(NotArrived, match=r"is not in .* yet"):
        desktop.promote("notes", "1.0.0@laptop", "stable", context="acme")
    assert [str(one.version_tag) for one in desktop.versions("notes", "acme")] == ["dev"]
    group.blobs.rmdir()
    (tmp_path / "away").rename(group.blobs)
    desktop.promote("notes", "1.0.0@laptop", "stable", context="acme")
    until(lambda: shows(desktop, "1.0.0"))


def test_a_release_whose_files_have_not_arrived_waits_and_comes_when_they_have(
    group: Group, laptop: Runtime, desktop: Runtime, tmp_path: Path
) -> None:
    release(laptop, tmp_path, "1.0.0")
    until(lambda: shows(desktop, "1.0.0"))
    before = {path for path in group.blobs.rglob("*") if path.is_file()}
    build(laptop, tmp_path, "1.1.0")
    late = [path for path in group.blobs.rglob("*") if path.is_file() and path not in before]
    for path in late:
        path.rename(tmp_path / path.name)
    laptop.promote("notes", "1.1.0", "stable", context="acme")
    until(lambda: desktop.services.engine.state.sequence == laptop.services.engine.state.sequence)
    assert shown(desktop) == "1.0.0"
    found = desktop.resolve("notes", context="acme")
    assert found.version is not None
    assert found.version.version == "1.0.0"
    assert "1.1.0 (stable)" in found.reason
    assert "has not arrived" in found.reason
    for path in late:
        assert shown(desktop) == "1.0.0"
        (tmp_path / path.name).rename(path)
    until(lambda: shows(desktop, "1.1.0"))
    assert desktop.diagnostics() == []


def test_a_release_whose_bytes_were_changed_on_the_way_is_not_used_and_listed(
    group: Group, laptop: Runtime, desktop: Runtime, tmp_path: Path
) -> None:
    release(laptop, tmp_path, "1.0.0")
    until(lambda: shows(desktop, "1.0.0"))
    build(laptop, tmp_path, "1.1.0")
    for path in group.blobs.rglob("*"):
        if path.is_file() and b"1.1.0" in path.read_bytes():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes().replace(b"1.1.0", b"6.6.6"))
    laptop.promote("notes", "1.1.0", "stable", context="acme")
    until(desktop.diagnostics)
    assert [one.code for one in desktop.diagnostics()] == ["P0701"]
    assert shown(desktop) == "1.0.0"
    assert shown(laptop) == "1.1.0"


def test_a_device_starts_with_what_it_knows_while_the_catalog_is_away(
    group: Group, laptop: Runtime, unplug: Unplug, tmp_path: Path
) -> None:
    release(laptop, tmp_path, "1.0.0")
    with group.open("desktop") as desktop:
        assert shown(desktop) == "1.0.0"
        laptop.members.allow_key("acme", "ada", desktop.public_key())
    laptop.close()
    with unplug():
        desktop = group.open("desktop")
        assert shown(desktop) == "1.0.0"
        with pytest.raises(CatalogUnreachable, match=r"is gone|cannot be reached"):
            desktop.disable("notes", context="acme")
        assert [one.code for one in desktop.diagnostics()] == [CatalogUnreachable.code]
    until(lambda: not desktop.diagnostics())
    desktop.disable("notes", context="acme")
    with pytest.raises(NoRoute):
        shown(desktop)
    desktop.close()


def test_what_runs_goes_on_while_the_catalog_is_away_and_catches_up(
    group: Group, laptop: Runtime, desktop: Runtime, unplug: Unplug, tmp_path: Path
) -> None:
    release(laptop, tmp_path, "1.0.0")
    until(lambda: shows(desktop, "1.0.0"))
    with unplug():
        until(desktop.diagnostics)
        assert shown(desktop) == "1.0.0"
    release(laptop, tmp_path, "1.1.0")
    until(lambda: shows(desktop, "1.1.0"))
    until(lambda: not desktop.diagnostics())


def test_a_device_that_knows_nothing_yet_says_that_the_catalog_is_away(group: Group, unplug: Unplug) -> None:
    missing = InvalidSetting if isinstance(group.catalog, Path) else CatalogUnreachable
    with unplug(), pytest.raises(missing, match=r"there is no folder|cannot be reached"):
        group.open("desktop")


def test_a_start_sees_what_was_committed_before_it(group: Group, laptop: Runtime, tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        release(laptop, tmp_path, version)
        with group.open("desktop") as desktop:
            assert shown(desktop) == version


def test_a_home_may_be_opened_with_its_own_catalog_in_between(
    group: Group, laptop: Runtime, tmp_path: Path
) -> None:
    release(laptop, tmp_path, "1.0.0")
    with group.open("desktop") as desktop:
        assert shown(desktop) == "1.0.0"
    with group.open("desktop", catalog=None) as alone:
        assert [one.context_id for one in alone.contexts.list()] == ["personal"]
        alone.contexts.create("acme")
        build(alone, tmp_path, "3.0.0")
        assert shown(alone) == "3.0.0"
    with group.open("desktop") as desktop:
        assert shown(desktop) == "1.0.0"


def test_without_the_folder_of_blobs_a_device_uses_what_it_has(
    group: Group, laptop: Runtime, tmp_path: Path
) -> None:
    release(laptop, tmp_path, "1.0.0")
    with group.open("desktop") as desktop:
        assert shown(desktop) == "1.0.0"
    release(laptop, tmp_path, "1.1.0")
    with group.open("desktop", blobs=None) as desktop:
        assert shown(desktop) == "1.0.0"
    with group.open("desktop") as desktop:
        assert shown(desktop) == "1.1.0"


def test_nothing_is_recorded_when_the_folder_of_blobs_cannot_be_written(
    group: Group, laptop: Runtime, tmp_path: Path
) -> None:
    release(laptop, tmp_path, "1.0.0")
    shutil.rmtree(group.blobs)
    with pytest.raises(HomeNotWritable):
        build(laptop, tmp_path, "1.1.0")
    assert [one.version for one in laptop.versions("notes", context="acme")] == ["1.0.0"]
    os.mkdir(group.blobs)
    build(laptop, tmp_path, "1.1.0")
    assert shown(laptop) == "1.1.0"


def test_the_catalog_is_named_where_it_cannot_be(tmp_path: Path) -> None:
    for given in ({"catalog": tmp_path}, {"catalog": "mysql://db/x"}, {"blobs": ""}):
        with pytest.raises(InvalidSetting):
            Runtime.open(tmp_path / "home", **given)
