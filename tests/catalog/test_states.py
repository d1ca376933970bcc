from __future__ import annotations

import random
from pathlib import Path

from sqlalchemy import event

from peers_runtime.catalog import index
from peers_runtime.catalog.store import Catalog, Writer
from peers_runtime.model.active import State
from peers_runtime.model.catalog import Context, DevicePrefs, Role, VersionTag
from tests.catalog import records
from tests.catalog.test_index import data


def labels(state: State, context_id: str) -> list[str]:
    return [package.label for package in state.active(context_id)]


def test_the_state_says_what_each_context_uses(catalog: Catalog) -> None:
    with catalog.write() as writer:
        records.install(writer, 2, "acme")
        records.install(writer, 1, "acme")
        records.install(writer, 1, "globex", "2.0.0")
    state = catalog.state(catalog.home.device)
    assert labels(state, "acme") == ["package_1@1.0.0", "package_2@1.0.0"]
    assert labels(state, "globex") == ["package_1@2.0.0"]
    assert labels(state, "personal") == []
    assert state.contexts["acme"] == ("group", state.contexts["acme"][1], {"ada": Role.OWNER})
    package = state.active("globex")[0]
    assert package.package_id == records.an_id(1)
    assert package.digest == records.manifest(1, "2.0.0").id
    assert package.routes[1][:2] == [records.an_id(1001), "things-1/:id/1"]
    assert package.app_navs == [{"name": "things", "displayName": "Things", "alwaysNewTab": False}]
    assert package.origin is None


def test_equal_active_sets_are_one(catalog: Catalog) -> None:
    with catalog.write() as writer:
        for number in range(50):
            records.install(writer, number % 2, f"group-{number}")
    state = catalog.state(catalog.home.device)
    assert len(state.contexts) == 51
    assert len(state.sets) == 3
    assert len(state.packages) == 2


def test_a_device_has_its_own_choice_and_the_folder_of_its_dev_version(catalog: Catalog) -> None:
    device = catalog.home.device
    dev = records.version(
        records.manifest(version="1.1.0"), tag=VersionTag.DEV, device_id=device, package_version_id="dev"
    )
    with catalog.write() as writer:
        made = records.install(writer)
        writer.put_snapshot(records.manifest(version="1.1.0"))
        writer.put_version(dev)
        prefs = DevicePrefs(
            context_id="acme",
            package_id=made.package_id,
            active_version_id="dev",
            source_path="/home/ada/one",
        )
        writer.put_prefs(device, prefs)
    mine, other = catalog.state(device), catalog.state("desktop")
    assert (labels(mine, "acme"), mine.active("acme")[0].origin) == (["package_1@1.1.0"], "/home/ada/one")
    assert (labels(other, "acme"), other.active("acme")[0].origin) == (["package_1@1.0.0"], None)


def test_the_index_follows_every_commit(catalog: Catalog) -> None:
    device = catalog.home.device
    assert data(index.read(catalog.index_path, device)) == data(catalog.state(device))
    with catalog.write() as writer:
        made = records.install(writer)
    assert labels(read(catalog), "acme") == ["package_1@1.0.0"]
    with catalog.write() as writer:
        writer.put_package(records.package(disabled=True, active_version_id=made.package_version_id))
    assert labels(read(catalog), "acme") == []
    assert read(catalog).packages == []
    with catalog.read() as reader:
        assert read(catalog).sequence == reader.sequence()


def test_a_state_carried_forward_is_the_state_made_afresh(catalog: Catalog, home: Path) -> None:
    """Random acts, by two processes' worth of catalogs that each carry their own last state."""
    dice = random.Random(1)
    device = catalog.home.device
    with Catalog(home) as second:
        for _ in range(150):
            with dice.choice([catalog, second]).write() as writer:
                act(dice, writer, device)
            with catalog.read() as reader:
                afresh = reader.state(device)
            assert data(read(catalog)) == data(afresh)
            if dice.random() < 0.5:
                assert data(catalog.state(device)) == data(afresh)


def act(dice: random.Random, writer: Writer, device: str) -> None:
    context_id = f"group-{dice.randrange(4)}"
    number, semver = dice.randrange(5), f"{dice.randrange(3)}.0.0"
    chosen = dice.randrange(6)
    if chosen == 0:
        writer.put_context(Context(context_id=context_id, kind="group", name=str(dice.random())))
    elif chosen == 1:
        writer.remove_package(context_id, records.an_id(number))
    elif chosen == 2 and (found := writer.package(context_id, f"package_{number}")):
        writer.put_package(found.model_copy(update={"disabled": not found.disabled}))
    elif chosen == 3 and (versions := writer.versions(context_id, records.an_id(number))):
        prefs = DevicePrefs(
            context_id=context_id,
            package_id=records.an_id(number),
            active_version_id=dice.choice(versions).package_version_id,
        )
        writer.put_prefs(dice.choice([device, "desktop"]), prefs)
    else:
        records.install(writer, number, context_id, semver)


def test_a_replaced_catalog_is_not_carried_forward(catalog: Catalog, home: Path) -> None:
    """A catalog restored from a backup is older than the index beside it."""
    catalog.close()
    backup = (home / "catalog.sqlite").read_bytes()
    with Catalog(home) as one, one.write() as writer:
        records.install(writer)
    (home / "catalog.sqlite").write_bytes(backup)
    with Catalog(home) as restored:
        assert list(read(restored).contexts) == ["personal"]
        assert read(restored).sequence == 2


def test_a_catalog_of_another_history_is_not_carried_forward_either(home: Path, tmp_path: Path) -> None:
    """Its changes may be more than the index has seen, and none of them the same."""
    with Catalog(home) as one, one.write() as writer:
        records.install(writer, 1, "acme")
    with Catalog(tmp_path / "other") as other, other.write() as writer:
        for number in range(5):
            records.install(writer, number, "globex")
    (home / "catalog.sqlite").write_bytes((tmp_path / "other" / "catalog.sqlite").read_bytes())
    with Catalog(home) as replaced:
        assert list(read(replaced).contexts) == ["globex", "personal"]


def test_one_change_among_many_packages_takes_as_many_statements_as_among_few(tmp_path: Path) -> None:
    assert statements_of_one_change(tmp_path / "few", 2) == statements_of_one_change(tmp_path / "many", 300)


def statements_of_one_change(home: Path, packages: int) -> list[str]:
    with Catalog(home) as catalog:
        with catalog.write() as writer:
            for number in range(packages):
                records.install(writer, number)
        assert len(read(catalog).active("acme")) == packages
        said: list[str] = []
        for engine in catalog._database._engines.values():
            event.listen(engine, "before_cursor_execute", lambda *call: said.append(call[2]))
        with catalog.write() as writer:
            package = writer.package("acme", "package_1")
            assert package is not None
            writer.put_package(package.model_copy(update={"disabled": True}))
        return said


def read(catalog: Catalog) -> State:
    state = index.read(catalog.index_path, catalog.home.device)
    assert state is not None
    return state
