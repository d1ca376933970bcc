"""Small contracts, as the tests of their shapes want them, with the models of their members."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from peers_runtime.contributions import schemas
from peers_runtime.model.manifest import ContractData, Definition, TableData, ToolData
from peers_runtime.rules import contracts

TOOL, OTHER, TABLE = "0mwqffk0qrjuu9np2uuaft5el", "0mwqffk1c3hc8cx5waxwfg02p", "0mwqffk1yugb2e7ml041psbwr"


class Empty(BaseModel):
    pass


def model(**fields: Any) -> type[BaseModel]:
    """A type alone is a required field; a pair has a default, too."""
    return create_model(
        "AddNote", **{name: one if isinstance(one, tuple) else (one, ...) for name, one in fields.items()}
    )


def tool(
    arguments: type[BaseModel] = Empty, result: type[BaseModel] | None = None, **fields: Any
) -> ToolData:
    """A tool as its definition is described."""
    return ToolData(
        **{
            "tool_id": TOOL,
            "name": "add_note",
            "usage_description": "Add a note",
            "input_schema": schemas.of_model(arguments, str, closed=True),
            "output_schema": None if result is None else schemas.of_model(result, str, mode="serialization"),
            **fields,
        }
    )


def table(row: type[BaseModel], **fields: Any) -> TableData:
    return TableData(
        **{
            "table_id": TABLE,
            "name": "Notes",
            "version": 1,
            "primary_key": "note_id",
            "row_schema": schemas.of_model(row, str, by_alias=False),
            **fields,
        }
    )


def shape(*members: ToolData | TableData, **fields: Any) -> dict[str, Any]:
    tools = tuple(one for one in members if isinstance(one, ToolData))
    tables = tuple(one for one in members if isinstance(one, TableData))
    contract = ContractData(
        **{
            "contract_id": "0mwqffjyvth5laqd6pw8ttn45",
            "version": 1,
            "name": "Notes",
            "tools": tuple(one.tool_id for one in tools),
            "tables": tuple(one.table_id for one in tables),
            **fields,
        }
    )
    definition = Definition(package_id="p", reference="notes.package:package", tools=tools, tables=tables)
    return contracts.shape(definition, contract)


class Tag(BaseModel):
    """Something that notes are found by."""

    name: str
    color: Literal["red", "green"] = "red"


class Label(BaseModel):
    color: Annotated[Literal["green", "red"], Field(description="of the dot", examples=["red"])] = "red"
    name: Annotated[str, Field(title="The name", deprecated=True)]


class Node(BaseModel):
    name: str
    children: list[Node] = []
    parent: Node | None = None


class Branch(BaseModel):
    """A node by another name, in two halves."""

    parent: Twig | None = None
    children: list[Branch] = []
    name: str


class Twig(BaseModel):
    name: str
    parent: Branch | None = None
    children: list[Twig] = []


class Leafless(BaseModel):
    name: str
    children: list[Leafless] = []
    parent: Node | None = None
    age: int = 0


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    note_id: str


class Closed(Open):
    model_config = ConfigDict(extra="forbid")


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class Tom(Cat):
    pass


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]
SamePet = Annotated[Dog | Tom, Field(discriminator="kind")]
