"""What a definition may say of contracts."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from peers_runtime.authoring.package import PackageBuilder
from peers_runtime.base import errors
from peers_runtime.model.manifest import ClaimData

CONTRACT = "0mwqffjyvth5laqd6pw8ttn45"
OTHER = "0mwqffjzi4zen7dhmwgmkmbjf"


@pytest.mark.parametrize(
    ("contract_id", "versions", "said"),
    [
        (OTHER, 0, "not a positive integer"),
        (OTHER, True, "not a positive integer"),
        (OTHER, (3, 1), "write the lower one first"),
        (OTHER, (1, 2, 3), "not a positive integer"),
        (OTHER, (1, 2_000_000_000), "more than 1000"),
        (CONTRACT, (1, 2), "is this contract itself"),
    ],
)
def test_a_claim_that_cannot_be_is_refused_where_it_is_written(
    contract_id: str, versions: Any, said: str
) -> None:
    contract = PackageBuilder("tasks", "1.0.0").contract(CONTRACT, 2, "Tasks")
    with pytest.raises(errors.InvalidDefinition) as caught:
        contract.also_implements(contract_id, versions)
    assert said in str(caught.value)
    assert str(caught.value).startswith(__file__)
    assert contract.claims == ()


@pytest.mark.parametrize(("first", "last"), [(1, 1001), (3, 1), (0, 1)])
def test_a_manifest_cannot_claim_more_than_can_be_judged(first: int, last: int) -> None:
    with pytest.raises(ValidationError):
        ClaimData(contract_id=OTHER, first=first, last=last)


@pytest.mark.parametrize(
    "wanted",
    [{"version": 0}, {"providers": ("tasks",)}, {"fallback": False}, {"providers": OTHER}],
)
def test_a_consumption_that_cannot_be_is_refused(wanted: dict[str, Any]) -> None:
    package = PackageBuilder("projects", "1.0.0")
    with pytest.raises(errors.PackageError):
        package.consumes(**{"contract_id": CONTRACT, "version": 1, **wanted})
    assert package.consumed == ()
