"""`Table` declares rows that the package stores in each context's database."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from peers_runtime.authoring import places
from peers_runtime.base import ids


class Table:
    """A table with the columns of a pydantic model.

    `primary_key` and `indexes` are names of the model's fields. `version` counts the shapes that were
    released: raise it when fields are added. Raises `MalformedId` or `InvalidDefinition` where it is written.
    """

    __slots__ = ("indexes", "model", "name", "place", "primary_key", "table_id", "version")

    def __init__(
        self,
        table_id: str,
        name: str,
        model: type[BaseModel],
        primary_key: str,
        indexes: Sequence[str] = (),
        version: int = 1,
    ) -> None:
        place = places.caller()
        if not places.is_text(name):
            raise places.invalid(place, f"Table.name is {name!r}; a table needs a name")
        if not places.is_model(model):
            raise places.invalid(
                place,
                f"Table {name!r}: model is {model!r}, which is not a pydantic model",
                "give the class of a row: class NoteRow(pydantic.BaseModel)",
            )
        if isinstance(indexes, str):
            raise places.invalid(
                place, f"Table {name!r}: indexes is the text {indexes!r}", f"write indexes=[{indexes!r}]"
            )
        fields = model.model_fields
        for word, field in (("primary_key", primary_key), *(("indexes", index) for index in indexes)):
            if field not in fields:
                raise places.invalid(
                    place,
                    f"Table {name!r}: {word} names {field!r}, but {model.__name__} has no such field",
                    f"its fields are: {', '.join(fields) or 'none'}",
                )
        for word in ("limit", "after"):
            if word in fields:
                raise places.invalid(
                    place,
                    f"Table {name!r}: {model.__name__} has a field {word!r}, by which no row could be found",
                    f"rename it: in table.list({word}=…) that word says which rows to give",
                )
        if type(version) is not int or version < 1:
            raise places.invalid(place, f"Table {name!r}: version is {version!r}, not a positive integer")
        self.table_id = ids.check(table_id, f"{place}: Table.table_id")
        self.name = name
        self.model = model
        self.primary_key = primary_key
        self.indexes = tuple(indexes)
        self.version = version
        self.place = place

    def __repr__(self) -> str:
        return f"<Table {self.name}>"
