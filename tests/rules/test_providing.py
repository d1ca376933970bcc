"""Who provides a contract in a context, and whom a consumer gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from peers_runtime.model.manifest import ClaimData, ConsumedData, ContractData, Definition, ToolData
from peers_runtime.rules import contracts, providing
from peers_runtime.rules.providing import ContractRecords, Missing, Offer, Provided
from tests.rules.contract_parts import model, tool

TASKS = "0mwqffjyvth5laqd6pw8ttn45"
FANCY = "0mwqffjzi4zen7dhmwgmkmbjf"
ADD = model(title=str)


def definition(
    package_id: str, *tools: ToolData, contract: str = TASKS, version: int = 1, claims: Any = ()
) -> Definition:
    return Definition(
        package_id=package_id,
        reference="tasks.package:package",
        tools=tools or (tool(ADD),),
        contracts=(
            ContractData(
                contract_id=contract,
                version=version,
                name="Tasks",
                tools=tuple(one.tool_id for one in tools or (tool(ADD),)),
                also_implements=tuple(
                    ClaimData(contract_id=one, first=first, last=last) for one, first, last in claims
                ),
            ),
        ),
    )


def shape_of(one: Definition) -> Mapping[str, Any]:
    return contracts.shape(one, one.contracts[0])


def found(*versions: tuple[str, Definition], frozen: Any = None) -> tuple[Any, Any]:
    return providing.offers(versions, providing.shapes(versions, ContractRecords(frozen or {})))


TASKS_1 = "tasks@1.0.0", definition("0a")
FANCY_1 = "fancy@1.0.0", definition("0b", contract=FANCY, claims=[(TASKS, 1, 1)])
CLOUD_1 = "cloud@1.0.0", definition("09", contract="c", claims=[(TASKS, 1, 1)])
CONSUMED = ConsumedData(contract_id=TASKS, version=1)


def test_a_package_provides_its_own_contract_and_what_it_fulfils() -> None:
    good, bad = found(TASKS_1, FANCY_1)
    assert [(one.label, one.contract, one.is_own) for one in good] == [
        ("tasks@1.0.0", (TASKS, 1), True),
        ("fancy@1.0.0", (FANCY, 1), True),
        ("fancy@1.0.0", (TASKS, 1), False),
    ]
    assert not bad


def test_a_claim_that_does_not_hold_is_no_offer_and_says_why() -> None:
    wrong = "fancy@1.0.0", definition("0b", tool(model(name=str)), contract=FANCY, claims=[(TASKS, 1, 1)])
    good, (unfit,) = found(TASKS_1, wrong)
    assert ("fancy@1.0.0", (TASKS, 1)) not in [(one.label, one.contract) for one in good]
    assert "argument title is gone" in unfit.reason
    assert unfit.reason.startswith(f"Tasks of fancy@1.0.0 claims {TASKS}@1: ")


def test_a_claim_on_what_nobody_has_shown_is_no_offer_yet() -> None:
    good, (unfit,) = found(FANCY_1)
    assert [one.contract for one in good] == [(FANCY, 1)]
    assert unfit.faults == ()
    assert "no package of the context has shown what that is" in unfit.reason


def test_a_claim_is_judged_against_every_version_of_its_range() -> None:
    older = definition("0a", tool(model(title=str, text=str)))
    two = "tasks@2.0.0", definition("0a", version=3, claims=[(TASKS, 1, 2)])
    frozen = {(TASKS, 1): shape_of(TASKS_1[1]), (TASKS, 2): shape_of(older)}
    good, (unfit,) = found(two, frozen=frozen)
    assert [one.contract for one in good] == [(TASKS, 3), (TASKS, 1)]
    assert unfit.contract == (TASKS, 2)


def test_what_is_frozen_counts_and_not_what_a_build_has_made_of_it() -> None:
    frozen = {(TASKS, 1): shape_of(definition("0a", tool(model(title=str, text=str))))}
    good, (unfit,) = found(TASKS_1, frozen=frozen)
    assert not good
    assert unfit.contract == (TASKS, 1)


def choose(*versions: tuple[str, Definition], chosen: str | None = None, **wanted: Any) -> Any:
    good, _ = found(*versions)
    return providing.choose(CONSUMED.model_copy(update=wanted), good, chosen)


@pytest.mark.parametrize(
    ("versions", "chosen", "wanted", "label", "reason"),
    [
        ([TASKS_1], None, {}, "tasks@1.0.0", "the contract is its own"),
        ([FANCY_1, TASKS_1], None, {}, "tasks@1.0.0", "its own; fancy@1.0.0 would do, too"),
        ([TASKS_1, FANCY_1], "0b", {}, "fancy@1.0.0", "chosen for the context"),
        ([TASKS_1, FANCY_1], "0b", {"providers": ("0a",)}, "fancy@1.0.0", "chosen for the context"),
        ([TASKS_1, FANCY_1], None, {"providers": ("0b",)}, "fancy@1.0.0", "preferred by the consumer"),
        ([TASKS_1], None, {"providers": ("0b",)}, "tasks@1.0.0", "the contract is its own"),
        ([TASKS_1], "0b", {}, "tasks@1.0.0", "0b, which the context has chosen, does not provide it now"),
    ],
)
def test_whom_a_consumer_gets_and_why(
    versions: Any, chosen: str | None, wanted: Any, label: str, reason: str
) -> None:
    one = choose(*versions, chosen=chosen, **wanted)
    assert isinstance(one, Provided)
    assert one.offer.label == label
    assert reason in one.reason


def test_of_two_that_fulfil_it_the_older_package_is_taken_in_whatever_order_they_come() -> None:
    known = {(TASKS, 1): shape_of(TASKS_1[1])}
    for versions in ([CLOUD_1, FANCY_1], [FANCY_1, CLOUD_1]):
        one = providing.choose(CONSUMED, providing.offers(versions, known)[0], None)
        assert isinstance(one, Provided)
        assert one.offer.label == "cloud@1.0.0"


@pytest.mark.parametrize(
    ("versions", "wanted", "reason"),
    [
        ([], {}, "no active package provides it"),
        ([TASKS_1], {"version": 2}, "no active package provides it"),
        (
            [TASKS_1],
            {"providers": ("0b",), "fallback": False},
            "none of the packages that the consumer takes",
        ),
    ],
)
def test_a_consumer_may_get_nobody(versions: Any, wanted: Any, reason: str) -> None:
    one = choose(*versions, **wanted)
    assert isinstance(one, Missing)
    assert reason in one.reason


def test_of_one_package_its_own_contract_goes_before_a_claim() -> None:
    both = Definition(
        package_id="0a",
        reference="r",
        tools=(tool(ADD),),
        contracts=(
            definition("0a", contract=FANCY, claims=[(TASKS, 1, 1)]).contracts[0],
            definition("0a").contracts[0],
        ),
    )
    one = choose(("tasks@1.0.0", both))
    assert isinstance(one, Provided)
    assert isinstance(one.offer, Offer)
    assert one.offer.is_own


def test_every_consumer_is_told_with_whom_it_gets() -> None:
    consumer = "projects@1.0.0", Definition(package_id="0c", reference="r", consumes=(CONSUMED,))
    good, _ = found(TASKS_1, FANCY_1)
    ((label, consumed, one),) = providing.consumers([TASKS_1, consumer], good, {(TASKS, 1): "0b"})
    assert (label, consumed) == ("projects@1.0.0", CONSUMED)
    assert isinstance(one, Provided)
    assert one.offer.label == "fancy@1.0.0"
