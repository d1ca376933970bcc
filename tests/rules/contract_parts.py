"""Small contracts, as the tests of their shapes want them, with the models of their members."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from peers_runtime.contributions import schemas
from peers_runtime.model.manifest import (
    ContractData,
    Definition,
    EventData,
    ObservableData,
    TableData,
    ToolData,
)
from peers_runtime.rules import contracts

TOOL, OTHER, TABLE = "0mwqffk0qrjuu9np2uuaft5el", "0mwqffk1c3hc8cx5waxwfg02p", "0mwqffk1yugb2e7ml041psbwr"
OBSERVABLE, EVENT = "0mx234ycz7mxr2sc2jbdo2l2h", "0mx234yf046d1gcfpxxyvh3i6"


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


def observable(kind: Any, **fields: Any) -> ObservableData:
    return ObservableData(
        **{
            "observable_id": OBSERVABLE,
            "name": "open_notes",
            "value_schema": schemas.of_type(TypeAdapter(kind), str),
            **fields,
        }
    )


def event(payload: type[BaseModel], **fields: Any) -> EventData:
    return EventData(
        **{
            "event_id": EVENT,
            "name": "note_added",
            "payload_schema": schemas.of_model(payload, str, mode="serialization"),
            **fields,
        }
    )


Member = ToolData | TableData | ObservableData | EventData


def shape(*members: Member, **fields: Any) -> dict[str, Any]:
    tools = tuple(one for one in members if isinstance(one, ToolData))
    tables = tuple(one for one in members if isinstance(one, TableData))
    observables = tuple(one for one in members if isinstance(one, ObservableData))
    events = tuple(one for one in members if isinstance(one, EventData))
    contract = ContractData(
        **{
            "contract_id": "0mwqffjyvth5laqd6pw8ttn45",
            "version": 1,
            "name": "Notes",
            "tools": tuple(one.tool_id for one in tools),
            "tables": tuple(one.table_id for one in tables),
            "observables": tuple(one.observable_id for one in observables),
            "events": tuple(one.event_id for one in events),
            **fields,
        }
    )
    definition = Definition(
        package_id="p",
        reference="notes.package:package",
        tools=tools,
        tables=tables,
        observables=observables,
        events=events,
    )
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

Model = type[BaseModel]
Short = Annotated[str, Field(max_length=8)]
Long = Annotated[str, Field(max_length=9)]

# a change of a model, and what loses by it: whoever gives (arguments) and whoever takes (results)
CHANGES: dict[str, tuple[Model, Model, str]] = {
    "an optional part is new": (model(), model(due=(int, 1)), ""),
    "a required part is new": (model(), model(title=str), "gives"),
    "a part is gone": (model(title=str), model(), "gives takes"),
    "a part becomes optional": (model(title=str), model(title=(str, "")), "takes"),
    "a part becomes required": (model(title=(str, "")), model(title=str), "gives takes"),
    "a part takes more types": (model(title=str), model(title=str | None), "takes"),
    "a part takes fewer types": (model(title=str | None), model(title=str), "gives"),
    "a part has another type": (model(title=str), model(title=int), "gives takes"),
    "whole numbers become numbers": (model(size=int), model(size=float), "takes"),
    "a value is added": (model(c=Literal["red"]), model(c=Literal["red", "blue"]), "takes"),
    "a value is gone": (model(c=Literal["red", "blue"]), model(c=Literal["red"]), "gives"),
    "values become any text": (model(c=Literal["red"]), model(c=str), "takes"),
    "a limit is new": (model(title=str), model(title=Short), "gives"),
    "a limit is gone": (model(title=Short), model(title=str), "takes"),
    "a limit is wider": (model(title=Short), model(title=Long), "takes"),
    "a limit is narrower": (model(title=Long), model(title=Short), "gives"),
    "a part becomes one that may be empty": (model(tag=Tag), model(tag=Tag | None), "takes"),
    "a choice is new": (model(x=Cat | Tag), model(x=Cat | Tag | Dog), "takes"),
    "a choice is gone": (model(x=Cat | Tag | Dog), model(x=Cat | Tag), "gives"),
    "a choice becomes two": (model(x=Cat), model(x=Pet), "gives takes"),
    "another default": (model(n=(int, 1)), model(n=(int, 2)), "gives takes"),
    "items differ": (model(tags=list[str]), model(tags=list[str | None]), "takes"),
}
