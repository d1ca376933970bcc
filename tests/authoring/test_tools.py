from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from peers_runtime.authoring.tools import Tool, tool
from peers_runtime.base import errors

if TYPE_CHECKING:
    from no_such_module import ToolContext

ID = "0mwqffk0qrjuu9np2uuaft5el"


class AddNote(BaseModel):
    title: str


class Note(BaseModel):
    title: str


def test_a_tool_reads_both_models_from_annotations_that_are_strings() -> None:
    @tool(tool_id=ID, usage="Add a note")
    def add_note(args: AddNote, ctx: Any) -> Note:
        """Adds."""
        return Note(title=args.title)

    assert (add_note.input_model, add_note.output_model, add_note.is_async) == (AddNote, Note, False)
    assert (add_note.name, add_note.usage, add_note.tool_id) == ("add_note", "Add a note", ID)


def test_a_tool_is_called_like_the_function_that_it_was() -> None:
    @tool(tool_id=ID, usage="Add a note", name="add")
    def add_note(args: AddNote, ctx: Any) -> Note:
        """Adds."""
        return Note(title=args.title + str(ctx))

    assert add_note(AddNote(title="a"), 1) == Note(title="a1")
    assert add_note.name == "add"
    assert add_note.__doc__ == "Adds."


def test_models_of_the_enclosing_function_are_found() -> None:
    class Local(BaseModel):
        pass

    @tool(tool_id=ID, usage="Nothing much")
    def nothing(args: Local, ctx: Any) -> Local:
        return args

    assert nothing.input_model is Local


def test_the_type_of_ctx_may_be_known_to_type_checkers_only() -> None:
    @tool(tool_id=ID, usage="Add a note")
    def add_note(args: AddNote, ctx: ToolContext) -> None:
        return None

    assert add_note.output_model is None


def test_an_async_function_is_an_async_tool() -> None:
    @tool(tool_id=ID, usage="Add a note")
    async def add_note(args: AddNote, ctx: Any) -> Note:
        return Note(title=args.title)

    assert add_note.is_async
    assert asyncio.run(add_note(AddNote(title="x"), None)) == Note(title="x")


def no_annotation(args, ctx) -> Note: ...
def no_result(args: AddNote, ctx): ...
def wrong_input(args: int, ctx: Any) -> Note: ...
def wrong_output(args: AddNote, ctx: Any) -> list[Note]: ...
def one_argument(args: AddNote) -> Note: ...
def three_arguments(args: AddNote, ctx: Any, more: int) -> Note: ...
def keyword_only(args: AddNote, ctx: Any, *, more: int) -> Note: ...
def generator(args: AddNote, ctx: Any) -> Note:
    yield Note(title="")


def unknown(args: Nowhere, ctx: Any) -> Note: ...  # noqa: F821  # unknown on purpose


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (no_annotation, "does not say the type of its first parameter 'args'"),
        (no_result, "does not say the type of what it returns"),
        (wrong_input, "'args' of tool 'wrong_input' is annotated as <class 'int'>"),
        (wrong_output, "not a pydantic model"),
        (one_argument, "exactly two arguments"),
        (three_arguments, "exactly two arguments"),
        (keyword_only, "exactly two arguments"),
        (generator, "is a generator"),
        (unknown, "names 'Nowhere', which is not defined there"),
    ],
    ids=lambda value: getattr(value, "__name__", "said"),
)
def test_a_function_that_cannot_be_a_tool_is_refused_where_it_is_written(function: Any, said: str) -> None:
    with pytest.raises(errors.InvalidDefinition, match=said) as caught:
        tool(tool_id=ID, usage="Add a note")(function)
    file, _, line = str(caught.value.facts["where"]).rpartition(":")
    assert Path(file) == Path(__file__)
    assert "tool(tool_id=ID" in Path(file).read_text().splitlines()[int(line) - 1]
    assert caught.value.hint


def test_a_malformed_tool_id_is_refused_with_its_place() -> None:
    with pytest.raises(errors.MalformedId, match=r"test_tools\.py:\d+: @tool tool_id is 'short'"):
        tool(tool_id="short", usage="Add a note")


@pytest.mark.parametrize("name", ["two words", "1st", "a-b"])
def test_a_tool_name_that_cannot_be_called_is_refused(name: str) -> None:
    with pytest.raises(errors.InvalidDefinition, match="@tool name"):
        tool(tool_id=ID, usage="Add a note", name=name)(wrong_input)


def test_a_tool_says_when_to_use_it() -> None:
    with pytest.raises(errors.InvalidDefinition, match="usage"):
        tool(tool_id=ID, usage=" ")


def test_a_tool_shows_its_name() -> None:
    made = tool(tool_id=ID, usage="Nothing")(_fine)
    assert isinstance(made, Tool)
    assert repr(made) == "<Tool _fine>"


def _fine(args: AddNote, ctx: Any, depth: int = 1) -> Note:
    return Note(title="")


def test_what_is_said_of_its_effects_is_kept_and_nothing_is_said_by_itself() -> None:
    @tool(tool_id=ID, usage="Look", read_only=True)
    def look(args: AddNote, ctx: Any) -> Note:
        raise NotImplementedError

    @tool(tool_id=ID, usage="Add a note", destructive=False, idempotent=False)
    def add(args: AddNote, ctx: Any) -> Note:
        raise NotImplementedError

    @tool(tool_id=ID, usage="Do something")
    def silent(args: AddNote, ctx: Any) -> Note:
        raise NotImplementedError

    assert look.hints is not None
    assert look.hints.wire() == {"readOnly": True}
    assert add.hints is not None
    assert add.hints.wire() == {"destructive": False, "idempotent": False}
    assert silent.hints is None


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"read_only": True, "destructive": True}, "read_only and destructive"),
        ({"read_only": "yes"}, "@tool read_only is 'yes'"),
        ({"idempotent": 1}, "@tool idempotent is 1"),
    ],
)
def test_effects_that_cannot_be_are_refused_where_they_are_written(said: dict[str, Any], fault: str) -> None:
    with pytest.raises(errors.InvalidDefinition, match=rf"test_tools\.py:\d+: .*{fault}"):
        tool(tool_id=ID, usage="Add a note", **said)
