"""What is followed: tags, in one spelling, and how far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.model.catalog import FollowRange
from peers_runtime.rules import following
from tests.rules import facts
from tests.rules.lifecycle_tables import FOLLOWED, RANGES, SPELT, WHOSE, Followed, Ranged, Spelt, Whose
from tests.rules.resolution_tables import DEVICE, Row, Set

CANDIDATES = {
    "own_dev": Row("1.0.0", "dev", DEVICE),
    "other_dev": Row("1.0.0", "dev", "desktop"),
    "beta": Row("1.0.0", "beta"),
    "stable": Row("1.0.0", "stable"),
}


@pytest.mark.parametrize("candidate", CANDIDATES)
@pytest.mark.parametrize("row", FOLLOWED, ids=str)
def test_a_tag_matches_what_is_followed_as_the_table_says(row: Followed, candidate: str) -> None:
    follows = Set(tags=row.tags, override=True)
    package, prefs = (facts.package(), facts.prefs(follows)) if row.device else (facts.package(follows), None)
    tags, is_devices = following.effective_tags(package, prefs)
    verdict = following.tag_matches(tags, is_devices, facts.version(CANDIDATES[candidate]), DEVICE)
    assert is_devices == row.device
    assert verdict.holds == getattr(row, candidate)
    assert verdict.reason


@pytest.mark.parametrize("row", [row for row in SPELT if row.spelling], ids=str)
def test_tags_have_one_spelling(row: Spelt) -> None:
    assert following.normalised(row.given, of_device=row.device) == row.spelling


@pytest.mark.parametrize("row", [row for row in SPELT if not row.spelling], ids=str)
def test_what_cannot_be_followed_is_refused_when_it_is_set(row: Spelt) -> None:
    with pytest.raises(errors.InvalidSetting, match=row.why.replace("*", r"\*")) as caught:
        following.normalised(row.given, of_device=row.device)
    assert caught.value.hint
    assert repr(row.given) in caught.value.message


def test_dev_for_a_context_is_refused_with_the_way_to_have_it_on_the_device() -> None:
    with pytest.raises(errors.InvalidSetting) as caught:
        following.normalised("stable,dev", of_device=False)
    assert "--here" in caught.value.hint


@pytest.mark.parametrize("nonsense", [5, ["stable"], b"stable", "\ud800", "stable,\x00"], ids=repr)
def test_what_is_no_list_of_tags_is_refused_in_words_that_can_be_printed(nonsense: str) -> None:
    with pytest.raises(errors.InvalidSetting) as caught:
        following.normalised(nonsense, of_device=True)
    str(caught.value).encode()


def test_unset_stays_unset() -> None:
    assert following.normalised(None, of_device=False) is None


@given(st.lists(st.sampled_from(["stable", "beta", "dev"]), min_size=1).map(",".join))
def test_a_spelling_is_spelt_the_same(tags: str) -> None:
    spelt = following.normalised(tags, of_device=True)
    assert spelt is not None
    assert following.normalised(spelt, of_device=True) == spelt
    assert set(spelt.split(",")) == set(tags.split(","))


@pytest.mark.parametrize("candidate", ["own_dev", "other_dev"])
def test_a_contexts_list_that_names_dev_all_the_same_does_not_mean_it(candidate: str) -> None:
    verdict = following.tag_matches("stable,dev", False, facts.version(CANDIDATES[candidate]), DEVICE)
    assert not verdict.holds


@pytest.mark.parametrize("row", WHOSE, ids=lambda row: row.words)
def test_whose_tags_count_is_as_the_table_says(row: Whose) -> None:
    package = facts.package(Set(tags=row.contexts))
    prefs = facts.prefs(Set(tags=row.devices, override=row.override))
    assert following.effective_tags(package, prefs) == (row.tags, row.is_devices)
    if not row.override:
        assert following.effective_tags(package, None) == (row.tags, row.is_devices)


@pytest.mark.parametrize(
    ("override", "devices", "counts"),
    [
        (True, "minor", FollowRange.MINOR),
        (False, "minor", FollowRange.PATCH),
        (True, None, FollowRange.PATCH),
    ],
)
def test_the_devices_range_counts_on_its_own_way_where_it_has_one(
    override: bool, devices: str | None, counts: FollowRange
) -> None:
    package = facts.package(Set(range="patch"))
    assert following.effective_range(package, facts.prefs(Set(range=devices, override=override))) is counts
    assert following.effective_range(package, None) is FollowRange.PATCH


@pytest.mark.parametrize("row", RANGES, ids=str)
def test_a_version_is_within_the_range_as_the_table_says(row: Ranged) -> None:
    verdict = following.range_matches(FollowRange(row.follow_range), row.active, row.version)
    assert verdict.holds == row.holds
    assert verdict.reason


def test_a_refusal_names_what_is_followed() -> None:
    beta = facts.version(CANDIDATES["beta"])
    assert following.tag_matches("stable", False, beta, DEVICE).reason == "stable is followed here"
    assert following.tag_matches("stable,dev", True, beta, DEVICE).reason == (
        "stable and dev are followed by this device"
    )
