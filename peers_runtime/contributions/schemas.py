"""JSON Schemas of authors' models, under the names that their authors gave."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import CoreModeRef, CoreRef, DefsRef, GenerateJsonSchema
from pydantic_core import core_schema

Logical = Callable[[str], str]
"""A text with module names as the author wrote them."""


def of_model(
    model: type[BaseModel],
    logical: Logical,
    *,
    mode: Literal["validation", "serialization"] = "validation",
    by_alias: bool = True,
    closed: bool = False,
) -> dict[str, Any]:
    """The schema as plain JSON data. `closed` says that undeclared properties are refused, at any depth."""
    generator = _generator(logical, closed=closed)
    return plain(model.model_json_schema(by_alias=by_alias, schema_generator=generator, mode=mode))


def of_type(
    adapter: TypeAdapter[Any],
    logical: Logical,
    *,
    mode: Literal["validation", "serialization"] = "validation",
    by_alias: bool = True,
) -> dict[str, Any]:
    """The schema of any type's values as plain JSON data."""
    generator = _generator(logical)
    return plain(adapter.json_schema(by_alias=by_alias, schema_generator=generator, mode=mode))


def _generator(logical: Logical, *, closed: bool = False) -> type[GenerateJsonSchema]:
    class Generator(GenerateJsonSchema):
        def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
            core_ref, ref_mode = core_mode_ref
            return super().get_defs_ref((CoreRef(logical(core_ref)), ref_mode))

        def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
            found = super().model_schema(schema)
            if closed and found.get("type") == "object":
                found["additionalProperties"] = False
            return found

    return Generator


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that holds JSON data only. Raises TypeError or ValueError when it holds something else."""
    copied: dict[str, Any] = json.loads(json.dumps(dict(schema), allow_nan=False))
    return copied
