"""What was packed in a context is kept for ever, with the numbers of its components."""

from __future__ import annotations

from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.writer import Writer
from peers_runtime.model.components import PackedVersion, Publication
from peers_runtime.model.manifest import Component
from tests.catalog import records

pytestmark = records.EVERYWHERE
PACKAGE = records.an_id(1)


def packed(version: str = "1.0.0", **fields: Any) -> PackedVersion:
    return PackedVersion(
        **{
            "context_id": "acme",
            "package_id": PACKAGE,
            "version": version,
            "name": "package_1",
            "snapshot_digest": records.manifest(1, version).id,
            "at": records.AT,
            "by": "ada",
            **fields,
        }
    )


def publication(number: int, of: PackedVersion, component: str = "u1") -> Publication:
    return Publication(
        component_id=component,
        number=number,
        name="Home",
        type="view",
        content_digest=records.digest(component, number),
        version=of.version,
        snapshot_digest=of.snapshot_digest,
        at=of.at,
        by=of.by,
    )


def put(writer: Writer, of: PackedVersion, *publications: Publication) -> None:
    if writer.context("acme") is None:
        writer.put_context(records.ACME, "ada")
    writer.put_snapshot(records.manifest(1, of.version))
    writer.put_packed(of, publications)


def test_what_was_packed_is_read_again_without_its_package_being_installed(catalog: Catalog) -> None:
    first, second = packed(), packed("1.1.0", at="2026-01-03")
    published = [publication(1, first), publication(2, second), publication(1, second, "u2")]
    with catalog.write() as writer:
        put(writer, first, published[0])
        put(writer, second, *published[1:])
    with catalog.read() as reader:
        assert reader.packed("acme", PACKAGE) == reader.packed("acme") == [first, second]
        assert reader.publications("acme", PACKAGE) == published
        assert reader.packed("acme", records.an_id(2)) == reader.packed("personal") == []
        assert reader.publications("personal", PACKAGE) == []


def test_a_version_is_packed_once_in_a_context(catalog: Catalog) -> None:
    with catalog.write() as writer:
        put(writer, packed())
        writer.put_packed(packed(context_id="personal"), ())
    for again in (packed(), packed(by="eve", snapshot_digest=records.manifest(1, "1.1.0").id)):
        with pytest.raises(errors.PackageVersionExists), catalog.write() as writer:
            put(writer, again)
    with catalog.read() as reader:
        assert reader.packed("acme") == [packed()]


def test_there_must_be_the_context(catalog: Catalog) -> None:
    with pytest.raises(errors.UnknownContext), catalog.write() as writer:
        writer.put_packed(packed(context_id="nowhere"), ())


def test_packing_is_a_change_of_the_context(catalog: Catalog) -> None:
    with catalog.write() as writer:
        before = writer.sequence()
        put(writer, packed())
    with catalog.read() as reader:
        last = reader.changes(before)[-1]
    assert (last.context_id, last.kind, last.key) == ("acme", "packed", f"{PACKAGE}/1.0.0")


def test_a_packed_snapshot_is_used_also_when_no_version_points_at_it(catalog: Catalog) -> None:
    with catalog.write() as writer:
        put(writer, packed())
        writer.put_snapshot(records.manifest(1, "1.1.0"))
        assert [one.digest for one in writer.unused_snapshots()] == [records.manifest(1, "1.1.0").id]
        records.install(writer)
        writer.remove_package("acme", PACKAGE)
        assert [one.digest for one in writer.unused_snapshots()] == [records.manifest(1, "1.1.0").id]


def test_a_snapshot_gets_numbers_once(catalog: Catalog) -> None:
    def numbered(number: int | None) -> Any:
        component = Component(id="u1", name="Home", type="view", version=number)
        return records.manifest().model_copy(update={"components": (component,)})

    with catalog.write() as writer:
        for number, found in ((None, {}), (3, {"u1": 3}), (4, {"u1": 3}), (None, {"u1": 3})):
            writer.put_snapshot(numbered(number))
            assert writer.component_numbers(records.manifest().id) == found
        assert writer.component_numbers("0" * 64) == {}
