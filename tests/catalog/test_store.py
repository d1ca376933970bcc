from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy.exc

from peers_runtime.base import errors
from peers_runtime.catalog.store import Catalog, Writer
from peers_runtime.model.catalog import Context, DevicePrefs, HistoryEntry, Membership, Role, VersionTag
from peers_runtime.rules import roster
from peers_runtime.rules.roster import Roster
from tests.catalog import records

pytestmark = records.EVERYWHERE


def test_a_new_home_has_the_personal_context_and_its_maker_owns_it(catalog: Catalog) -> None:
    with catalog.read() as reader:
        assert reader.contexts() == [Context(context_id="personal", kind="personal", name="Personal")]
        assert reader.role("personal", "ada") is Role.OWNER
        assert reader.sequence() == 2


def member(actor: str, role: Role, before: Roster, context_id: str = "acme") -> Membership:
    """The next change of a context's members; nobody asks here whether it is right."""
    return roster.changed(before, context_id, actor, role, ["a key"], "ada", records.AT)


def test_opening_again_makes_nothing_twice(catalog: Catalog, home: Path, shared: str | None) -> None:
    with Catalog(home, "eve", shared) as again, again.read() as reader:
        assert reader.role("personal", "eve") is Role.NONE
        assert reader.sequence() == 2


def test_the_creator_of_a_context_is_its_owner(catalog: Catalog) -> None:
    with catalog.write() as writer:
        writer.put_context(records.ACME, "ada")
        writer.put_context(records.ACME, "eve")
        (owner,) = writer.members("acme")
        assert (owner.actor_id, owner.role) == ("ada", Role.OWNER)


def test_records_come_back_as_they_were_put(catalog: Catalog) -> None:
    manifest = records.manifest()
    dev = records.version(
        manifest,
        tag=VersionTag.DEV,
        device_id="laptop",
        history=(HistoryEntry(action="created", by="ada", at=records.AT),),
    )
    package = records.package(description="Déjà vu", disabled=True, active_version_id=dev.package_version_id)
    prefs = DevicePrefs(
        context_id="acme",
        package_id=package.package_id,
        active_version_id=dev.package_version_id,
        source_path="/home/ada/notes",
    )
    with catalog.write() as writer:
        writer.put_context(records.ACME, "ada")
        writer.put_membership(member("eve", Role.WRITER, writer.roster("acme")))
        writer.put_snapshot(manifest)
        writer.put_package(package)
        writer.put_version(dev)
        writer.put_prefs("laptop", prefs)
    with catalog.read() as reader:
        assert reader.context("acme") == records.ACME
        assert reader.role("acme", "eve") is Role.WRITER
        assert reader.packages("acme") == [package]
        assert reader.package("acme", "package_1") == reader.package("acme", package.package_id) == package
        assert reader.versions("acme", package.package_id) == [dev]
        assert reader.version(dev.package_version_id) == dev
        assert reader.prefs("laptop", "acme", package.package_id) == prefs
        assert reader.prefs("desktop", "acme", package.package_id) is None
        assert reader.snapshots(package.package_id) == [manifest.id]


def test_what_is_not_there_is_none_or_empty(catalog: Catalog) -> None:
    with catalog.read() as reader:
        assert reader.context("nowhere") is None
        assert reader.package("personal", "nothing") is None
        assert reader.version("nothing") is None
        assert reader.role("personal", "nobody") is Role.NONE
        assert [reader.members("nowhere"), reader.packages("nowhere"), reader.versions("nowhere", "x")] == [
            [],
            [],
            [],
        ]
        assert [reader.snapshots("x"), reader.activations("nowhere", "x")] == [[], []]


def test_a_package_id_is_found_before_an_import_name_that_looks_like_it(catalog: Catalog) -> None:
    with catalog.write() as writer:
        writer.put_context(records.ACME)
        writer.put_package(records.package(2, name=records.an_id(1)))
        writer.put_package(records.package(1))
        found = writer.package("acme", records.an_id(1))
    assert found == records.package(1)


def test_putting_an_equal_record_is_no_change(catalog: Catalog) -> None:
    with catalog.write() as writer:
        records.install(writer)
    with catalog.write() as writer:
        before = writer.sequence()
        records.install(writer)
        writer.put_snapshot(records.manifest().model_copy(update={"created_at": "later"}))
        assert not writer.has_changed
    with catalog.read() as reader:
        assert reader.sequence() == before


def test_each_record_written_is_one_numbered_change(catalog: Catalog) -> None:
    with catalog.write() as writer:
        made = records.install(writer)
    with catalog.read() as reader:
        assert [tuple(change) for change in reader.changes(after=2)] == [
            (3, "acme", "contexts", "acme"),
            (4, "acme", "memberships", "1"),
            (5, None, "snapshots", made.snapshot_digest),
            (6, "acme", "packages", made.package_id),
            (7, "acme", "package_versions", made.package_version_id),
        ]


def test_removing_a_package_takes_its_rows_and_leaves_its_snapshots(catalog: Catalog) -> None:
    with catalog.write() as writer:
        made = records.install(writer)
        other = records.install(writer, 2)
        writer.put_prefs("laptop", DevicePrefs(context_id="acme", package_id=made.package_id))
        writer.put_activation("acme", made.package_id, made.package_version_id, "ada", records.AT)
    with catalog.write() as writer:
        writer.remove_package("acme", made.package_id)
    with catalog.read() as reader:
        assert [one.package_id for one in reader.packages("acme")] == [other.package_id]
        assert reader.versions("acme", made.package_id) == []
        assert reader.prefs("laptop", "acme", made.package_id) is None
        assert reader.activations("acme", made.package_id) == []
        assert reader.snapshots(made.package_id) == [made.snapshot_digest]
        assert reader.changes()[-1].key == made.package_id


def test_removing_what_is_not_there_is_no_change(catalog: Catalog) -> None:
    with catalog.write() as writer:
        writer.remove_package("acme", records.an_id(1))
        assert not writer.has_changed


def test_activations_are_remembered_in_order(catalog: Catalog) -> None:
    with catalog.write() as writer:
        made = records.install(writer)
        writer.put_activation("acme", made.package_id, made.package_version_id, "ada", records.AT)
        writer.put_activation("acme", made.package_id, None, "eve", records.AT, device="laptop")
    with catalog.read() as reader:
        first, second = reader.activations("acme", made.package_id)
    assert (first.package_version_id, first.device_id, first.by) == (made.package_version_id, None, "ada")
    assert (second.package_version_id, second.device_id, second.by) == (None, "laptop", "eve")
    assert second.sequence == first.sequence + 1


def test_an_error_leaves_everything_as_it_was(catalog: Catalog) -> None:
    before = Path(catalog.index_path).read_bytes()
    with pytest.raises(ZeroDivisionError), catalog.write() as writer:
        raise ZeroDivisionError(records.install(writer))
    with catalog.read() as reader:
        assert reader.context("acme") is None
        assert reader.sequence() == 2
    assert Path(catalog.index_path).read_bytes() == before
    assert records.indexed(catalog) is not None


def put_in_nowhere(writer: Writer) -> None:
    writer.put_package(records.package(context_id="nowhere"))


def put_member_in_nowhere(writer: Writer) -> None:
    writer.put_membership(member("ada", Role.OWNER, Roster(), "nowhere"))


def put_version_of_nothing(writer: Writer) -> None:
    writer.put_version(records.version(records.manifest(9)))


def put_prefs_of_nothing(writer: Writer) -> None:
    writer.put_prefs("laptop", DevicePrefs(context_id="acme", package_id=records.an_id(9)))


def put_activation_of_nothing(writer: Writer) -> None:
    writer.put_activation("acme", records.an_id(9), None, "ada", records.AT)


def put_version_without_snapshot(writer: Writer) -> None:
    writer.put_version(records.version(records.manifest(1, "2.0.0")))


def put_second_package_of_the_name(writer: Writer) -> None:
    writer.put_package(records.package(2, name="package_1"))


def put_second_promoted_row(writer: Writer) -> None:
    writer.put_version(records.version(records.manifest(), tag=VersionTag.BETA, package_version_id="another"))


def put_another_snapshot_in_a_promoted_row(writer: Writer) -> None:
    other = records.manifest().model_copy(update={"id": records.digest("other")})
    writer.put_snapshot(other)
    writer.put_version(records.version(other))


def put_second_dev_row_of_a_device(writer: Writer) -> None:
    for name in ("first", "second"):
        dev = records.version(
            records.manifest(), tag=VersionTag.DEV, device_id="laptop", package_version_id=name
        )
        writer.put_version(dev)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (put_in_nowhere, errors.UnknownContext),
        (put_member_in_nowhere, errors.UnknownContext),
        (put_version_of_nothing, errors.UnknownPackage),
        (put_prefs_of_nothing, errors.UnknownPackage),
        (put_activation_of_nothing, errors.UnknownPackage),
        (put_version_without_snapshot, errors.UnknownVersion),
        (put_second_package_of_the_name, errors.NameTaken),
        (put_second_promoted_row, errors.VersionExists),
        (put_another_snapshot_in_a_promoted_row, errors.VersionExists),
        (put_second_dev_row_of_a_device, errors.VersionExists),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    catalog: Catalog, act: Any, error: type[errors.PeersError]
) -> None:
    with catalog.write() as writer:
        records.install(writer)
    with catalog.read() as reader:
        before = reader.changes()
    with pytest.raises(error), catalog.write() as writer:
        act(writer)
    with catalog.read() as reader:
        assert reader.changes() == before


def test_a_dev_row_is_pointed_at_another_snapshot(catalog: Catalog) -> None:
    first, second = records.manifest(), records.manifest(version="1.1.0")
    fields = {"tag": VersionTag.DEV, "device_id": "laptop", "package_version_id": "dev"}
    with catalog.write() as writer:
        writer.put_context(records.ACME)
        writer.put_package(records.package())
        for manifest in (first, second):
            writer.put_snapshot(manifest)
            writer.put_version(records.version(manifest, **fields))
        assert writer.versions("acme", first.package_id) == [records.version(second, **fields)]


def test_each_device_has_a_dev_row_of_its_own_beside_the_promoted_one(catalog: Catalog) -> None:
    with catalog.write() as writer:
        made = records.install(writer)
        for device in ("laptop", "desktop"):
            dev = records.version(
                records.manifest(), tag=VersionTag.DEV, device_id=device, package_version_id=device
            )
            writer.put_version(dev)
        assert len(writer.versions("acme", made.package_id)) == 3


def test_a_dev_row_without_a_device_cannot_be_stored(catalog: Catalog) -> None:
    with catalog.write() as writer:
        records.install(writer)
    with (
        pytest.raises(sqlalchemy.exc.IntegrityError, match="dev_belongs_to_a_device"),
        catalog.write() as writer,
    ):
        writer.put_version(records.version(records.manifest(), tag=VersionTag.DEV, package_version_id="dev"))


def test_readers_see_one_moment_and_never_wait(catalog: Catalog) -> None:
    with catalog.write() as writer:
        records.install(writer)
        with catalog.read() as reader:
            assert reader.context("acme") is None
            seen = threading.Event()
    with catalog.read() as reader:
        assert reader.sequence() == 7

        def write() -> None:
            with catalog.write() as writer:
                records.install(writer, 2)
            seen.set()

        thread = threading.Thread(target=write)
        thread.start()
        assert seen.wait(30)
        thread.join()
        assert reader.sequence() == 7
        assert len(reader.packages("acme")) == 1


def test_a_write_inside_a_write_is_refused_at_once(catalog: Catalog) -> None:
    with catalog.write() as writer:
        records.install(writer)
        with pytest.raises(RuntimeError, match="inside another"), catalog.write():
            pass
    with catalog.read() as reader:
        assert reader.context("acme") is not None


def test_threads_write_one_after_the_other(catalog: Catalog) -> None:
    def write(number: int) -> None:
        for at in range(5):
            with catalog.write() as writer:
                records.install(writer, 10 * number + at, f"group-{number}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with catalog.read() as reader:
        assert [change.sequence for change in reader.changes()] == list(range(1, reader.sequence() + 1))
        assert sum(len(reader.packages(context.context_id)) for context in reader.contexts()) == 40


def test_a_closed_catalog_opens_again_when_it_is_used(catalog: Catalog) -> None:
    with catalog.write() as writer:
        records.install(writer)
    catalog.close()
    assert not list(Path(catalog.home.path).parent.rglob("*.sqlite-*"))
    with catalog.read() as reader:
        assert reader.context("acme") == records.ACME
