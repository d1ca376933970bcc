"""Two homes on one catalog: each keeps an index of its own, and takes no other catalog's for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog import index
from peers_runtime.catalog.store import Catalog
from peers_runtime.model.active import State
from peers_runtime.model.catalog import DevicePrefs
from tests.catalog import records
from tests.catalog.test_index import data


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "team.sqlite"


@pytest.fixture
def laptop(tmp_path: Path, file: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "laptop", "ada", file) as opened:
        yield opened


@pytest.fixture
def desktop(tmp_path: Path, file: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "desktop", "eve", file) as opened:
        yield opened


def indexed(catalog: Catalog, file: Path) -> State | None:
    return index.read(catalog.index_path, catalog.home.device, str(file))


def labels(catalog: Catalog, context_id: str = "acme") -> list[str]:
    return [package.label for package in catalog.state(catalog.home.device).active(context_id)]


def test_what_one_home_writes_the_other_reads(laptop: Catalog, desktop: Catalog) -> None:
    with laptop.write() as writer:
        records.install(writer)
    with desktop.read() as reader:
        assert reader.context("acme") == records.ACME
        assert [one.actor_id for one in reader.members("personal")] == ["ada"]
    assert labels(desktop) == ["package_1@1.0.0"]


def test_each_device_has_choices_of_its_own(laptop: Catalog, desktop: Catalog) -> None:
    with laptop.write() as writer:
        made = records.install(writer)
        other = records.version(records.manifest(1, "0.9.0"))
        writer.put_snapshot(records.manifest(1, "0.9.0"))
        writer.put_version(other)
        chosen = DevicePrefs(
            context_id="acme",
            package_id=made.package_id,
            active_version_id=other.package_version_id,
            override=True,
            pinned=True,
        )
        writer.put_prefs(laptop.home.device, chosen)
    assert labels(laptop) == ["package_1@0.9.0"]
    assert labels(desktop) == ["package_1@1.0.0"]


def test_the_index_of_a_home_that_has_not_heard_yet_is_of_an_older_change(
    laptop: Catalog, desktop: Catalog, file: Path
) -> None:
    with laptop.write() as writer:
        records.install(writer)
    own, others = indexed(laptop, file), indexed(desktop, file)
    assert own is not None
    assert others is not None
    assert others.sequence < own.sequence
    desktop.repair()
    assert data(indexed(desktop, file)) == data(desktop.state(desktop.home.device))


def test_an_index_is_of_one_catalog_and_home_and_catalog_may_be_opened_in_turns(
    tmp_path: Path, file: Path
) -> None:
    home = tmp_path / "laptop"
    for number, place in enumerate((None, file, None, file, tmp_path / "other.sqlite")):
        with Catalog(home, "ada", place) as opened:
            with opened.write() as writer:
                records.install(writer, number)
            name = "" if place is None else str(place)
            found = index.read(opened.index_path, opened.home.device, name)
            assert data(found) == data(opened.state(opened.home.device))
            for other in {"", str(file), "/elsewhere"} - {name}:
                assert index.read(opened.index_path, opened.home.device, other) is None
    with Catalog(home, "ada") as own:
        assert labels(own) == ["package_0@1.0.0", "package_2@1.0.0"]
    with Catalog(home, "ada", file) as shared:
        assert labels(shared) == ["package_1@1.0.0", "package_3@1.0.0"]


def test_a_stale_index_of_the_homes_own_catalog_says_nothing_of_a_shared_one(
    laptop: Catalog, file: Path
) -> None:
    with Catalog(laptop.home.path) as own:
        index.mark(own.index_path)
    assert indexed(laptop, file) is not None


def test_a_catalog_on_a_disk_that_is_not_mounted_is_not_made_anew(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with Catalog(tmp_path / "laptop", "ada", disk / "team.sqlite"):
        pass
    for name in list(disk.iterdir()):
        name.rename(tmp_path / name.name)
    with pytest.raises(errors.CatalogUnreachable, match="is gone; this home has seen its change 2"):
        Catalog(tmp_path / "laptop", "ada", disk / "team.sqlite")
    disk.rmdir()
    with pytest.raises(errors.CatalogUnreachable, match="is gone"):
        Catalog(tmp_path / "laptop", "ada", disk / "team.sqlite")
    with pytest.raises(errors.InvalidSetting, match="there is no folder"):
        Catalog(tmp_path / "desktop", "ada", disk / "team.sqlite")


def test_writers_of_two_homes_lose_nothing_and_leave_no_gap(tmp_path: Path, file: Path) -> None:
    program = """
import sys
from peers_runtime.catalog.store import Catalog
from tests.catalog import records
with Catalog(sys.argv[1], "ada", sys.argv[2]) as catalog:
    for number in range(20):
        with catalog.write() as writer:
            records.install(writer, number, sys.argv[3])
"""
    children = [
        records.start(program, tmp_path / f"home-{number % 2}", file, f"group-{number}")
        for number in range(4)
    ]
    for child in children:
        _, problems = child.communicate(timeout=120)
        assert child.returncode == 0, problems
    with Catalog(tmp_path / "home-0", "ada", file) as catalog, catalog.read() as reader:
        assert [change.sequence for change in reader.changes()] == list(range(1, reader.sequence() + 1))
        assert all(len(reader.packages(f"group-{number}")) == 20 for number in range(4))
        assert data(indexed(catalog, file)) == data(reader.state(catalog.home.device))


# ── what has not arrived ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def here() -> set[str]:
    """The snapshots that can be had on the third device."""
    return set()


@pytest.fixture
def tablet(tmp_path: Path, file: Path, here: set[str]) -> Iterator[Catalog]:
    with Catalog(tmp_path / "tablet", "ada", file, here.__contains__) as opened:
        yield opened


def put(catalog: Catalog, *versions: str) -> list[str]:
    """Stable versions of one package, of which the first is active; their digests."""
    digests = []
    with catalog.write() as writer:
        for semver in versions:
            snapshot = records.manifest(1, semver)
            digests.append(snapshot.id)
            if writer.package("acme", "package_1") is None:
                records.install(writer, 1, "acme", semver)
            else:
                writer.put_snapshot(snapshot)
                writer.put_version(records.version(snapshot))
    return digests


def test_the_best_of_what_has_arrived_is_active_until_better_arrives(
    laptop: Catalog, tablet: Catalog, here: set[str], file: Path
) -> None:
    first, second, third = put(laptop, "1.0.0", "1.1.0", "1.2.0")
    assert labels(laptop) == ["package_1@1.2.0"]
    assert labels(tablet) == []
    assert not tablet.arrivals.is_complete
    for digest, label in ((first, "1.0.0"), (second, "1.1.0"), (third, "1.2.0")):
        assert tablet.arrivals.served() == set()
        here.add(digest)
        assert tablet.arrivals.served() == {"acme"}
        assert labels(tablet) == [f"package_1@{label}"]
    assert tablet.arrivals.is_complete
    tablet.repair()
    assert indexed(tablet, file) is not None


def test_an_index_is_not_written_while_something_is_waited_for(
    laptop: Catalog, tablet: Catalog, here: set[str], file: Path
) -> None:
    """What arrives is no change, so a later start could not tell that the index is behind."""
    here.update(put(laptop, "1.0.0")[:1])
    tablet.repair()
    put(laptop, "1.1.0")
    tablet.repair()
    found = indexed(tablet, file)
    assert found is not None
    assert found.sequence < tablet.state(tablet.home.device).sequence
    assert labels(tablet) == ["package_1@1.0.0"]


def test_other_contexts_wait_for_nothing(laptop: Catalog, tablet: Catalog, here: set[str]) -> None:
    with laptop.write() as writer:
        here.add(records.install(writer, 2, "globex").snapshot_digest)
    put(laptop, "1.0.0")
    assert labels(tablet, "globex") == ["package_2@1.0.0"]
    assert labels(tablet) == []
