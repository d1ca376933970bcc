"""Props are judged by JSON Schema; `is_match` is asked in the version's own routes module."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.contributions import routes
from tests.fakes.versions import FakeVersion

Make = Callable[..., FakeVersion]
SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
FILES = {
    "package.py": """
        from peers_runtime.authoring.package import define_package
        from . import ids, heavy

        @define_package
        def package(pkg):
            pkg.package_id = ids.PACKAGE
    """,
    "heavy.py": "",
    "uis.py": """
        from peers_runtime.model.contributions import UI
        from . import ids
        uis = [UI(peers_ui_id=ids.HOME, name="Home", content=lambda props, ctx: None)]
    """,
    "routes.py": """
        from peers_runtime.model.contributions import Route
        from . import ids

        def derive(props, context):
            props["items"].append("mine")
            context["parameters"]["mine"] = 1
            return {"depth": len(props["items"]), "path": context["path"]}

        def fail(props, context):
            1 / 0

        class Boom(BaseException): ...

        def throw(error):
            raise error

        routes = [
            Route(peers_ui_id=ids.HOME, path="notes"),
            Route(peers_ui_id=ids.HOME, path="derive", is_match=derive),
            Route(peers_ui_id=ids.HOME, path="never", is_match=lambda props, context: None),
            Route(peers_ui_id=ids.HOME, path="fail", is_match=fail),
            Route(peers_ui_id=ids.HOME, path="true", is_match=lambda props, context: True),
            Route(peers_ui_id=ids.HOME, path="exit", is_match=lambda props, context: exit(3)),
            Route(peers_ui_id=ids.HOME, path="boom", is_match=lambda props, context: throw(Boom("own"))),
            Route(peers_ui_id=ids.HOME, path="stop", is_match=lambda *given: throw(KeyboardInterrupt)),
        ]
    """,
}


class Reports(list[tuple[str, str, str]]):
    def __call__(self, code: str, message: str, hint: str) -> None:
        self.append((code, message, hint))


@pytest.fixture
def version(make: Make) -> FakeVersion:
    version = make(FILES)
    assert version.definition.routes
    return version


@pytest.mark.parametrize(
    ("props", "reason"),
    [
        ({"id": 1}, None),
        ({"id": 1, "more": None}, None),
        ({}, "'id' is a required property"),
        ({"id": "one"}, "id: 'one' is not of type 'integer'"),
    ],
)
def test_props_are_accepted_or_refused_with_a_reason(props: dict[str, Any], reason: str | None) -> None:
    assert routes.accepts(SCHEMA, props) == reason


@pytest.mark.filterwarnings("ignore")  # a host that does not make warnings errors must be safe too
def test_a_schema_is_never_fetched_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text('{"type": "object"}')
    there = (tmp_path / "schema.json").as_uri()
    assert routes.accepts({"$ref": there}, {}) == f"the schema refers to {there!r}, which it does not hold"


def test_references_inside_a_schema_work() -> None:
    schema = {"properties": {"id": {"$ref": "#/$defs/Id"}}, "$defs": {"Id": {"type": "integer"}}}
    assert routes.accepts(schema, {"id": 1}) is None
    assert routes.accepts(schema, {"id": "x"}) == "id: 'x' is not of type 'integer'"


def test_is_match_imports_the_routes_module_and_what_that_imports(version: FakeVersion) -> None:
    reports = Reports()
    assert routes.is_match(version, 2, {}, {}, reports) is None
    assert set(version.loaded()) == {"notes", "notes.routes", "notes.ids"}
    assert reports == []


def test_is_match_derives_props_and_cannot_change_the_callers(version: FakeVersion) -> None:
    props: dict[str, Any] = {"items": [1, [2]], "deep": {"a": []}}
    context: dict[str, Any] = {"path": "derive/x", "parameters": {}}
    derived = routes.is_match(version, 1, props, context, Reports())
    assert derived == {"depth": 3, "path": "derive/x"}
    assert props == {"items": [1, [2]], "deep": {"a": []}}
    assert context == {"path": "derive/x", "parameters": {}}


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (3, "notes.routes, route 4 of notes@1.0.0: is_match raised ZeroDivisionError: division by zero"),
        (4, "notes.routes, route 5 of notes@1.0.0: is_match returned True"),
        (5, "notes.routes, route 6 of notes@1.0.0: is_match raised SystemExit: 3"),
        (6, "notes.routes, route 7 of notes@1.0.0: is_match raised Boom: own"),
    ],
)
def test_an_is_match_that_fails_is_no_match_and_is_reported(
    version: FakeVersion, position: int, said: str
) -> None:
    reports = Reports()
    assert routes.is_match(version, position, {}, {}, reports) is None
    ((code, message, hint),) = reports
    assert (code, message) == ("P0208", said)
    assert hint


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('path="never"', 'path="ever"', "route 3 is not the one that was recorded"),
        ('path="notes"', 'path="notes", priority=1', "route 1 is not the one"),
        ('path="notes"', 'path="notes", props_schema={}', "route 1 is not the one"),
        ("is_match=fail", "is_match=None", "route 4 is not the one"),
        ("    routes = [", "    routes = [] and [", "there are 0 routes, 8 were recorded"),
    ],
)
def test_a_list_that_differs_from_the_recorded_one_is_an_error(
    version: FakeVersion, before: str, after: str, said: str
) -> None:
    changed = FILES["routes.py"].replace(before, after)
    assert changed != FILES["routes.py"]
    version.write({"routes.py": changed, "ids.py": (version.folder / "notes" / "ids.py").read_text()})
    with pytest.raises(errors.RoutesChanged, match=said):
        routes.check(version)
    reports = Reports()
    assert routes.is_match(version, 1, {}, {}, reports) is None
    assert reports[0][0] == "P0207"


def test_a_routes_module_that_cannot_be_imported_matches_nothing_and_is_reported(
    version: FakeVersion,
) -> None:
    (version.folder / "notes" / "routes.py").write_text("import no_such_distribution")
    reports = Reports()
    assert routes.is_match(version, 1, {}, {}, reports) is None
    ((code, message, _),) = reports
    assert code == "P0107"
    assert "No module named 'no_such_distribution'" in message
    with pytest.raises(ModuleNotFoundError):
        routes.check(version)


def test_a_routes_module_that_raises_what_is_no_exception_matches_nothing(version: FakeVersion) -> None:
    (version.folder / "notes" / "routes.py").write_text("raise GeneratorExit")
    reports = Reports()
    assert routes.is_match(version, 1, {}, {}, reports) is None
    assert [code for code, _, _ in reports] == ["P0107"]


def test_an_interrupt_of_is_match_comes_through(version: FakeVersion) -> None:
    reports = Reports()
    with pytest.raises(KeyboardInterrupt):
        routes.is_match(version, 7, {}, {}, reports)
    assert reports == []
