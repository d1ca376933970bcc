"""What an author declares as data, and what is not the author's to say."""

from __future__ import annotations

from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.model.contributions import UI
from tests.world import an_id


@pytest.mark.parametrize("given", [{"status": "published"}, {"status": None}, {"version": 3}])
def test_the_status_and_the_number_of_a_component_cannot_be_set(given: dict[str, Any]) -> None:
    with pytest.raises(errors.InvalidStatusTransition, match="are computed") as caught:
        UI(peers_ui_id=an_id(1), name="Home", content="notes.ui:home", **given)
    assert "peers pack" in caught.value.hint
    assert caught.value.facts["field"] == f"UI.{next(iter(given))}"
