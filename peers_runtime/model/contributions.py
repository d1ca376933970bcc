"""What an author declares as data, before it is captured: routes, UIs and app navs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from peers_runtime.base import errors, ids, paths
from peers_runtime.model.wire import Record

UICategory = Literal["field", "list", "list-item", "details", "screen", "other", "*"]
EditMode = Literal["view", "edit", "create", "*"]
UIType = Literal["view", "layout"]
PropsSchema = type[BaseModel] | Mapping[str, Any]
IsMatch = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any] | None]


class AppNav(Record):
    """One app in the launcher. `navigation_path` (default: the name) leads to a route of the package."""

    name: str
    display_name: str | None = None
    icon_class_name: str | None = None
    navigation_path: str | None = None
    always_new_tab: bool = False


class Route(Record):
    """Maps a path and a category to a UI.

    `path` is a prefix that ends at a segment's end and may hold parameters (`notes/:note_id`);
    `pattern` is a regular expression over the whole path and excludes `path`. `is_match(props,
    route_context)` returns derived props, or None when the route does not take the request after all; it
    must not change what it is given. Higher `priority` wins.
    """

    peers_ui_id: str
    path: str | None = None
    pattern: str | None = None
    ui_category: UICategory = "screen"
    ui_subcategory: str | None = None
    ui_edit_mode: EditMode | None = None
    props_schema: PropsSchema | None = None
    is_match: IsMatch | None = None
    priority: int = 0

    @field_validator("peers_ui_id")
    @classmethod
    def _id(cls, value: str) -> str:
        return ids.check(value, "Route.peers_ui_id")

    @field_validator("path")
    @classmethod
    def _path(cls, value: str | None) -> str | None:
        return None if value is None else paths.normalise(value)

    @model_validator(mode="after")
    def _path_or_pattern(self) -> Route:
        if self.pattern is not None:
            if self.path is not None:
                raise errors.InvalidDefinition(
                    f"route {self.path!r} has a path and a pattern",
                    hint="give one of the two",
                    field="Route.pattern",
                )
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise errors.InvalidDefinition(
                    f"route pattern {self.pattern!r} is not a regular expression: {error}",
                    field="Route.pattern",
                ) from error
        return self


class UI(Record):
    """A component under a `peers_ui_id`.

    `content` is any object, usually a callable `(props, ctx)`, or `"module:attribute"`, which is imported
    on first use. With a `props_schema` that is a pydantic model the callable gets an instance of it, with
    a JSON Schema or none it gets a mapping. `assets` are paths inside the import package. With the target
    "web-module" `content` is one of them, an ES module; with "asgi" an ASGI application. One id may stand in
    the list several times, for different targets.
    """

    peers_ui_id: str
    name: str
    content: Any
    props_schema: PropsSchema | None = None
    type: UIType = "view"
    target: str = "html"
    assets: tuple[str, ...] = Field(default=())

    @model_validator(mode="before")
    @classmethod
    def _computed(cls, given: Any) -> Any:
        for field in ("status", "version"):
            if isinstance(given, Mapping) and field in given:
                raise errors.InvalidStatusTransition(
                    f"UI.{field} is {given[field]!r}, but a component's status and number are computed",
                    hint=f"remove {field}=…: `peers pack` publishes what has changed and counts it",
                    field=f"UI.{field}",
                    to=repr(given[field]),
                )
        return given

    @field_validator("peers_ui_id")
    @classmethod
    def _id(cls, value: str) -> str:
        return ids.check(value, "UI.peers_ui_id")
