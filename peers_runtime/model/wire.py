"""The base of every record: frozen, no unknown fields, snake_case inside and camelCase on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


def wire_name(field: str) -> str:
    """The JSON name of a field: `package_id` is `packageId`, `peers_ui_id` `peersUIId`, `from_` `from`."""
    return to_camel(field.rstrip("_")).replace("peersUiId", "peersUIId")


class Record(BaseModel):
    """A frozen record. `wire()` is its JSON data; `model_validate` takes both spellings."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=wire_name,
        populate_by_name=True,
        arbitrary_types_allowed=True,
    )

    def wire(self) -> dict[str, Any]:
        """Plain JSON data with camelCase names; fields that are None are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
