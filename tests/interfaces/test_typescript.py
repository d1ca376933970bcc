"""An interface as declarations of TypeScript: the compiler takes them, and they say what the schema says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from peers_runtime.interfaces import typescript
from tests import typescript as compiler
from tests.interfaces.interface_parts import (
    CIRCULAR,
    CONTRACT,
    canonical_schemas,
    interface,
    several_odd,
    with_result,
)


def result_of(schema: Any) -> str:
    source = typescript.source(with_result(schema))
    found = re.search(r"\(args\?: LookArguments\): Promise<(.*)>;", source)
    assert found is not None, source
    return found[1]


STRING, INTEGER = {"type": "string"}, {"type": "integer"}
SIMPLE: list[tuple[Any, str]] = [
    (True, "unknown"),
    (False, "never"),
    (STRING, "string"),
    ({"type": ["integer", "number"]}, "number"),
    ({"type": ["null", "boolean"]}, "boolean | null"),
    ({"type": "null"}, "void"),
    ({"enum": ["b", 1, True, None]}, '"b" | 1 | true | null'),
    ({"type": "array", "items": {"type": ["string", "null"]}}, "(string | null)[]"),
    ({"type": "array", "prefixItems": [STRING, INTEGER], "minItems": 2, "maxItems": 2}, "[string, number]"),
    (
        {"type": "array", "prefixItems": [STRING, INTEGER], "minItems": 1, "items": STRING},
        "[string, number?, ...string[]]",
    ),
    ({"type": "object", "additionalProperties": INTEGER}, "{ [key: string]: number }"),
    ({"allOf": [STRING, {"enum": ["a", "b"]}]}, 'string & ("a" | "b")'),
    ({"type": "object", "properties": {"a": True}}, "LookResult"),
]


@pytest.mark.parametrize(("schema", "said"), SIMPLE, ids=lambda one: str(one)[:60])
def test_a_schema_is_said_as_precisely_as_it_goes(schema: Any, said: str) -> None:
    assert result_of(schema) == said


def test_objects_become_interfaces_whose_keys_are_required_or_not() -> None:
    schema = {
        "type": "object",
        "properties": {"a-b": STRING, "due": {"type": ["string", "null"], "format": "date"}},
        "required": ["a-b"],
        "additionalProperties": True,
    }
    assert (
        'export interface LookResult {\n  "a-b": string;\n  due?: string | null; // date\n'
        "  [key: string]: unknown;\n}" in typescript.source(with_result(schema))
    )


ITSELF = {
    "nothing but itself": "unknown",
    "all of itself": "string",
    "any of itself": "string | LookResult[]",
    "one of itself": "string | LookResult[]",
    "itself or null": "null",
    "itself or what it is besides": "LookResult[] | string",
    "what is itself, first in a list": "(LookResult | string)[] | string",
    "what is all of itself, first in a list": "(LookResultItem[] | null) & (LookResultItem[] | string)",
    "a row that may have lists of itself": "[string?, item2?: LookResult[]] | string",
    "a row that goes on with lists of itself": "[string?, ...items: LookResult[][]] | string",
    "two that are each other": "LookResult[] | LookResult2[] | string",
    "three that are each other": "LookResult[] | LookResult2[] | LookResult3[]",
}


@pytest.mark.parametrize("case", ITSELF)
def test_what_contains_itself_is_what_it_is_besides(case: str) -> None:
    source = typescript.source(with_result(CIRCULAR[case]))
    assert f"export type LookResult = {ITSELF[case]};" in source


def test_the_first_line_says_how_the_file_is_made() -> None:
    first = typescript.source(interface()).splitlines()[0]
    assert first == f"// Made with: peers types {CONTRACT}@1 --ts FOLDER"


@given(canonical_schemas())
@settings(max_examples=30)
def test_one_shape_is_one_text(schema: Any) -> None:
    assert typescript.source(with_result(schema)) == typescript.source(with_result(schema))


def test_whatever_a_contract_holds_the_compiler_takes_it(tmp_path: Path) -> None:
    made = several_odd()
    files = [tmp_path / f"odd_{number}.d.ts" for number in range(len(made))]
    for file, odd in zip(files, made, strict=True):
        file.write_text(typescript.source(odd), encoding="utf-8")
    found, told = compiler.checked(files, tmp_path)
    assert not found, told


def test_the_compiler_takes_what_is_itself_among_others(tmp_path: Path) -> None:
    files = [tmp_path / f"circular_{number}.d.ts" for number in range(len(CIRCULAR))]
    for file, schema in zip(files, CIRCULAR.values(), strict=True):
        file.write_text(typescript.source(with_result(schema)), encoding="utf-8")
    found, told = compiler.checked(files, tmp_path)
    assert not found, told
