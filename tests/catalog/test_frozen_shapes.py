"""The shapes of contracts that became stable in a context: the first one stays for ever."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog.store import Catalog
from peers_runtime.model.catalog import FrozenShape
from peers_runtime.rules import contracts
from tests.catalog import records

CONTRACT = records.an_id(50)


def frozen(default: object = "", **fields: Any) -> FrozenShape:
    """The shape of one tool, whose argument `title` has a default."""
    arguments = {"type": "object", "properties": {"title": {"default": default}}}
    shape = {"format": 1, "tools": {"t": {"name": "add_note", "arguments": arguments}}, "tables": {}}
    return FrozenShape(
        **{
            "context_id": "acme",
            "contract_id": CONTRACT,
            "version": 1,
            "shape": shape,
            "digest": contracts.shape_digest(shape),
            "package_version_id": "acme/package_1@1.0.0",
            "at": records.AT,
            **fields,
        }
    )


@pytest.fixture
def acme(catalog: Catalog) -> Catalog:
    with catalog.write() as writer:
        records.install(writer)
    return catalog


def kept(catalog: Catalog) -> list[FrozenShape]:
    with catalog.read() as reader:
        return reader.frozen_shapes("acme")


def test_shapes_come_back_as_they_were_put_by_contract_and_version(acme: Catalog) -> None:
    shapes = [
        frozen({"a": [1, 0.5, None, True], "ä": "\x00"}),
        frozen(version=2),
        frozen(version=10),
        frozen(contract_id=records.an_id(51)),
    ]
    with acme.write() as writer:
        for shape in reversed(shapes):
            writer.put_frozen_shape(shape)
        assert writer.frozen_shapes("acme") == shapes
    assert kept(acme) == shapes
    assert [contracts.shape_digest(one.shape) for one in kept(acme)] == [one.digest for one in shapes]


def test_each_context_has_shapes_of_its_own(acme: Catalog) -> None:
    with acme.write() as writer:
        writer.put_frozen_shape(frozen("acme's"))
        writer.put_frozen_shape(frozen("mine", context_id="personal"))
    with acme.read() as reader:
        assert reader.frozen_shapes("personal") == [frozen("mine", context_id="personal")]
        assert reader.frozen_shapes("nowhere") == []
    assert kept(acme) == [frozen("acme's")]


def test_a_frozen_shape_is_one_change(acme: Catalog) -> None:
    with acme.write() as writer:
        before = writer.sequence()
        writer.put_frozen_shape(frozen())
    with acme.read() as reader:
        assert [tuple(change) for change in reader.changes(before)] == [
            (before + 1, "acme", "frozen_shapes", f"{CONTRACT}/1")
        ]


def test_the_same_shape_again_is_no_change_and_the_first_version_stays_named(acme: Catalog) -> None:
    with acme.write() as writer:
        writer.put_frozen_shape(frozen(1))
    with acme.write() as writer:
        writer.put_frozen_shape(frozen(1))
        writer.put_frozen_shape(frozen(1.0, package_version_id="another", at="later"))
        assert not writer.has_changed
    assert kept(acme) == [frozen(1)]


def test_another_shape_is_refused_with_the_differences_and_nothing_of_its_transaction_stays(
    acme: Catalog,
) -> None:
    with acme.write() as writer:
        writer.put_frozen_shape(frozen("a"))
        before = writer.sequence()

    def promote() -> None:
        with acme.write() as writer:
            records.install(writer, 2)
            writer.put_frozen_shape(frozen("new", version=2))
            writer.put_frozen_shape(frozen("b", package_version_id="another"))

    with pytest.raises(errors.ContractFrozen) as caught:
        promote()
    said = 'tool add_note: argument title: default: was "a", is "b"'
    assert said in caught.value.message
    assert "contract(…, 2, …)" in caught.value.hint
    assert caught.value.facts == {
        "context": "acme",
        "contract": CONTRACT,
        "version": 1,
        "differences": (said,),
        "frozen_by": "acme/package_1@1.0.0",
        "at": records.AT,
    }
    assert isinstance(caught.value, errors.Conflict)
    assert kept(acme) == [frozen("a")]
    with acme.read() as reader:
        assert reader.sequence() == before
        assert reader.package("acme", records.an_id(2)) is None


@pytest.mark.parametrize(("was", "now"), [(True, 1), (0, False), (None, False), ("1", 1)])
def test_values_that_only_python_takes_for_equal_are_another_shape(
    acme: Catalog, was: object, now: object
) -> None:
    with acme.write() as writer:
        writer.put_frozen_shape(frozen(was))
    with pytest.raises(errors.ContractFrozen), acme.write() as writer:
        writer.put_frozen_shape(frozen(now))
    assert kept(acme) == [frozen(was)]


def test_a_shape_in_no_context_is_refused(acme: Catalog) -> None:
    with pytest.raises(errors.UnknownContext), acme.write() as writer:
        writer.put_frozen_shape(frozen(context_id="nowhere"))


def test_frozen_shapes_outlive_the_package_that_brought_them(acme: Catalog) -> None:
    with acme.write() as writer:
        writer.put_frozen_shape(frozen())
        writer.remove_package("acme", records.an_id(1))
    assert kept(acme) == [frozen()]


def test_of_many_that_freeze_at_once_one_wins_and_the_others_are_told_what_differs(acme: Catalog) -> None:
    outcomes: list[str] = []

    def freeze(number: int) -> None:
        try:
            with acme.write() as writer:
                writer.put_frozen_shape(frozen(number, package_version_id=str(number)))
            outcomes.append(f"won {number}")
        except errors.ContractFrozen as error:
            outcomes.append(f"lost to {error.facts['frozen_by']}")

    threads = [threading.Thread(target=freeze, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = kept(acme)
    number = winner.package_version_id
    assert sorted(outcomes) == [*[f"lost to {number}"] * 7, f"won {number}"]
