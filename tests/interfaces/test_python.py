"""An interface as a Python module: it can be imported, and says what the schema says."""

from __future__ import annotations

import ast
import inspect
import sys
import typing
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings

from peers_runtime.contracts import proxy
from peers_runtime.interfaces import python
from peers_runtime.interfaces.shapes import Interface
from tests.interfaces.interface_parts import (
    CIRCULAR,
    CONTRACT,
    canonical_schemas,
    interface,
    odd_interfaces,
    with_result,
)


def imported(source: str) -> ModuleType:
    module = ModuleType("generated")
    sys.modules["generated"] = module
    exec(compile(source, "generated.py", "exec"), vars(module))
    return module


def result_of(schema: Any) -> str:
    """What the tool's call is said to answer with."""
    tree = ast.parse(python.source(with_result(schema)))
    (call,) = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == "__call__"]
    assert call.returns is not None
    return ast.unparse(call.returns).replace("'", '"')


SIMPLE: list[tuple[Any, str]] = [
    (True, "Any"),
    ({}, "Any"),
    (False, "Never"),
    ({"type": "string"}, "str"),
    ({"type": "integer"}, "int"),
    ({"type": "number"}, "float"),
    ({"type": "boolean"}, "bool"),
    ({"type": "null"}, "None"),
    ({"type": ["null", "string"]}, "str | None"),
    ({"type": ["integer", "number"]}, "float"),
    ({"enum": ["b", "a"], "type": "string"}, 'Literal["b", "a"]'),
    ({"enum": [1, True, None, 0.5, "x"]}, 'float | Literal[1, True, "x"] | None'),
    ({"const": "one"}, 'Literal["one"]'),
    ({"type": "array", "items": {"type": "string"}}, "list[str]"),
    ({"type": "array"}, "list[Any]"),
    (
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "maxItems": 2},
        "list[str | int]",
    ),
    ({"type": "object"}, "dict[str, Any]"),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
    (
        {
            "type": "object",
            "patternProperties": {"^x": {"type": "integer"}},
            "additionalProperties": False,
        },
        "dict[str, int]",
    ),
    ({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "null"}}]}, "str | list[None]"),
    ({"anyOf": [{"type": "string"}, {}]}, "Any"),
    ({"allOf": [{"type": "string"}], "minLength": 2}, "str"),
    ({"allOf": [{"type": "string"}, {"enum": ["a"]}]}, "Any"),
    ({"not": {"type": "string"}}, "Any"),
    ({"properties": {"a": True}}, "Any"),  # it says nothing of what is no object
    ({"$ref": "#/$defs/1", "$defs": {"1": {"type": "string"}}}, "str"),
    ({"$ref": "#/$defs/gone"}, "Any"),
    ({"$ref": "#"}, "Any"),
    ({"type": "array", "items": {"$ref": "#"}}, "LookResult"),
    ({"type": "object", "properties": {"a": True}}, "LookResult"),
    ({"type": "object", "additionalProperties": False}, "LookResult"),
]


@pytest.mark.parametrize(("schema", "said"), SIMPLE, ids=lambda one: str(one)[:60])
def test_a_schema_is_said_as_precisely_as_it_goes(schema: Any, said: str) -> None:
    assert result_of(schema) == said


def hints(schema: Any, name: str = "LookResult") -> dict[str, Any]:
    module = imported(python.source(with_result(schema)))
    return typing.get_type_hints(getattr(module, name), vars(module), include_extras=True)


def test_objects_become_typed_dictionaries_whose_keys_are_required_or_not() -> None:
    schema = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "due": {"type": ["string", "null"]}},
        "required": ["title", "more"],
    }
    assert hints(schema) == {
        "title": str,
        "due": typing.NotRequired[str | None],
        "more": typing.Any,
    }


@pytest.mark.parametrize("key", ["a-b", "class", "int", "__secret", "Any", "LookResult", "ﬁ", '"', "\n", "'"])
def test_any_text_may_be_a_key(key: str) -> None:
    schema = {"type": "object", "properties": {key: {"type": "integer"}}, "required": [key]}
    assert hints(schema) == {key: int}


def test_objects_in_objects_are_called_by_where_they_stand() -> None:
    inner = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    schema = {
        "type": "object",
        "properties": {"made-by": inner, "steps": {"type": "array", "items": {**inner, "required": []}}},
    }
    source = python.source(with_result(schema))
    assert [
        one for one in ("LookResultMadeBy", "LookResultStepsItem") if f"class {one}(TypedDict)" in source
    ] == [
        "LookResultMadeBy",
        "LookResultStepsItem",
    ]


def test_what_says_the_same_is_declared_once() -> None:
    inner = {"type": "object", "properties": {"x": {"type": "integer"}}}
    found = hints({"type": "object", "properties": {"a": inner, "b": inner}, "required": ["a", "b"]})
    assert found["a"] is found["b"]


def test_choices_are_called_by_what_tells_them_apart() -> None:
    def animal(kind: str) -> Any:
        return {"type": "object", "properties": {"kind": {"enum": [kind]}, kind: {"type": "integer"}}}

    choices = [animal("cat"), animal("dog")]
    assert result_of({"oneOf": choices, "discriminator": {"propertyName": "kind"}}) == (
        "LookResultCat | LookResultDog"
    )
    assert result_of({"oneOf": choices}) == "LookResult1 | LookResult2"


def test_what_speaks_of_itself_does_so_by_name() -> None:
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#"}}}}
    source = python.source(with_result(tree))
    assert "    children: NotRequired[list[LookResult]]" in source
    nested = {"anyOf": [{"type": ["string", "null"]}, {"type": "array", "items": {"$ref": "#"}}]}
    assert 'LookResult: TypeAlias = "str | list[LookResult] | None"' in python.source(with_result(nested))


ITSELF = {
    "nothing but itself": "Any",
    "any of itself": "str | list[LookResult]",
    "itself or null": "None",
    "what is itself, first in a list": "list[LookResult | str] | str",
    "what is all of itself, first in a list": "Any",
    "two that are each other": "list[LookResult] | list[LookResult2] | str",
}


@pytest.mark.parametrize("case", ITSELF)
def test_what_contains_itself_is_what_it_is_besides(case: str) -> None:
    source = python.source(with_result(CIRCULAR[case]))
    assert f'LookResult: TypeAlias = "{ITSELF[case]}"' in source


def test_names_that_fall_together_are_numbered() -> None:
    tools = {
        f"t{number}": {"name": name, "arguments": True} for number, name in enumerate(("a_b", "aB", "a b"))
    }
    module = imported(python.source(interface({"format": 1, "tools": tools, "tables": {}})))
    assert {name for name in vars(module) if name.startswith("AB")} == {"ABTool", "ABTool2", "ABTool3"}


def test_a_row_that_one_gets_has_all_columns_and_one_that_one_gives_need_not() -> None:
    module = imported(python.source(interface()))
    found = {
        name: {
            key
            for key, one in typing.get_type_hints(getattr(module, name), include_extras=True).items()
            if typing.get_origin(one) is not typing.NotRequired
        }
        for name in ("TasksRow", "NewTasksRow", "TasksColumns", "TasksChanges")
    }
    assert found["TasksRow"] == {"task_id", "title", "done", "state", "due"}
    assert found["NewTasksRow"] == {"task_id", "title"}
    assert found["TasksColumns"] == found["TasksChanges"] == set()
    assert "task_id" not in module.TasksChanges.__annotations__


PROXIES = {
    "AddTaskTool": proxy.ToolProxy,
    "TasksTable": proxy.TableProxy,
    "FilterObservable": proxy.ObservableProxy,
    "TaskDoneEvent": proxy.EventProxy,
    "TasksContract": proxy.ContractProxy,
}
NOT_FOR_CONSUMERS = {
    "TasksContract": {"provider", "reached", "subscribe"},
    "AddTaskTool": {"invoke"},  # for workflows, whose steps have a key
}


@pytest.mark.parametrize("called", PROXIES)
def test_a_protocol_says_what_the_proxy_has(called: str) -> None:
    said = vars(getattr(imported(python.source(interface())), called))
    there = vars(PROXIES[called])
    methods = {name for name, one in said.items() if inspect.isfunction(one) and not name.startswith("_")}
    public = {name for name, one in there.items() if inspect.isfunction(one) and not name.startswith("_")}
    assert methods == public - NOT_FOR_CONSUMERS.get(called, set())
    for name in methods | ({"__call__"} & there.keys()):
        mine, its = (inspect.signature(one[name]).parameters for one in (said, there))
        # what a caller may write: names where they are given by name, and their order else
        kept = [one.name for one in its.values() if one.kind in (one.KEYWORD_ONLY, one.VAR_KEYWORD)]
        assert [one.name for one in mine.values() if one.kind in (one.KEYWORD_ONLY, one.VAR_KEYWORD)] == kept
        assert len(mine) == len(its)
        assert inspect.iscoroutinefunction(said[name]) == inspect.iscoroutinefunction(there[name])


def test_an_object_that_takes_more_than_it_names_is_a_dictionary_of_anything() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True}
    source = python.source(with_result(schema))
    assert 'LookResult: TypeAlias = "dict[str, Any]"' in source


def test_the_first_line_says_how_the_file_is_made_and_the_contract_is_named() -> None:
    source = python.source(interface())
    assert source.splitlines()[0] == f"# Made with: peers types {CONTRACT}@1 --py FOLDER"
    assert imported(source).CONTRACT == (CONTRACT, 1)


@given(odd_interfaces())
@settings(max_examples=30)
def test_whatever_a_contract_holds_its_module_can_be_imported(odd: Interface) -> None:
    assert odd.called in vars(imported(python.source(odd)))


@given(canonical_schemas())
@settings(max_examples=30)
def test_the_text_is_the_same_whatever_order_the_shape_came_in(schema: Any) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(one) for one in value] if isinstance(value, list) else value

    assert python.source(with_result(schema)) == python.source(with_result(turned(schema)))
