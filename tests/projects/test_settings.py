from __future__ import annotations

import pytest

from peers_runtime.base import errors
from peers_runtime.projects import settings


def test_every_setting_is_optional() -> None:
    assert settings.read({}) == settings.Settings(private=(), shared=(), dependencies={}, budget_ms=None)


@pytest.mark.parametrize("key", ["version_tag", "tag", "dev_tag"])
def test_a_version_tag_is_not_the_authors_to_set(key: str) -> None:
    with pytest.raises(errors.TagInCode, match=key):
        settings.read({key: "stable"})


@pytest.mark.parametrize("key", ["status", "components"])
def test_the_status_of_components_is_not_the_authors_to_set(key: str) -> None:
    with pytest.raises(errors.InvalidStatusTransition, match=key) as caught:
        settings.read({key: "published"})
    assert "peers pack" in caught.value.hint


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"privat": []}, "privat"),
        ({"private": "six"}, "private"),
        ({"private": [3]}, "3"),
        ({"shared": ["six >> 1"]}, "six >> 1"),
        ({"budget_ms": "40"}, "budget_ms"),
        ({"budget_ms": 0}, "budget_ms"),
        ({"budget_ms": True}, "budget_ms"),
        ({"budget_ms": float("nan")}, "budget_ms"),
        ({"budget_ms": float("inf")}, "budget_ms"),
        ({"dependencies": ["tasks"]}, "dependencies"),
        ({"dependencies": {"tasks": 1}}, "tasks"),
        ({"dependencies": {"tasks": " "}}, "tasks"),
        ({"dependencies": {"tasks": "^1.2"}}, "tasks"),
        ({"dependencies": {"my-tasks": ">=1"}}, "my-tasks"),
        ({"dependencies": {"class": ">=1"}}, "class"),
        ([], "table"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(table: object, says: str) -> None:
    with pytest.raises(errors.InvalidSetting, match=says):
        settings.read(table)
