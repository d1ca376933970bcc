"""Which tag a version may get."""

from __future__ import annotations

from itertools import product

import pytest

from peers_runtime.model.catalog import VersionTag
from peers_runtime.rules import promotion
from tests.rules import facts
from tests.rules.lifecycle_tables import PROMOTIONS, Promotion
from tests.rules.resolution_tables import DEVICE, Row


@pytest.mark.parametrize("row", PROMOTIONS, ids=str)
def test_a_promotion_is_judged_as_the_table_says(row: Promotion) -> None:
    device = DEVICE if row.tag == "dev" else None
    judged = promotion.judge(
        facts.version(Row("1.0.0", row.tag, device, yanked=row.yanked)), VersionTag(row.to)
    )
    assert (judged.holds, judged.reason) == (row.holds, row.reason)


def test_the_table_has_every_pair_of_tags() -> None:
    pairs = {(VersionTag(row.tag), VersionTag(row.to)) for row in PROMOTIONS if not row.yanked}
    assert pairs == set(product(VersionTag, VersionTag))


@pytest.mark.parametrize(("tag", "to"), [*product(VersionTag, VersionTag)])
def test_what_was_yanked_is_promoted_to_nothing(tag: VersionTag, to: VersionTag) -> None:
    judged = promotion.judge(facts.version(Row("1.0.0", tag, yanked=True)), to)
    assert not judged.holds
