"""A manifest answers with all that a package object has, and stores nothing that follows from the rest."""

from __future__ import annotations

from typing import Any

from peers_runtime.model.manifest import (
    Asset,
    Component,
    Definition,
    FileEntry,
    Manifest,
    Metadata,
    ModuleEntry,
    UIData,
)
from peers_runtime.projects import packed

HOME = {"peers_ui_id": "u1", "name": "Home", "type": "view"}
LOGO = Asset(
    id="u1/logo.svg",
    name="logo.svg",
    url="notes/logo.svg",
    component_id="u1",
    digest="c",
    size=6,
    mime="image/svg+xml",
)


def manifest(*uis: UIData, **more: Any) -> Manifest:
    definition = Definition(package_id="p1", reference="notes:package", uis_module="notes.uis", uis=uis)
    return Manifest(
        **{
            "id": "i",
            "name": "notes",
            "version": "1.0.0",
            "files": (
                FileEntry(path="notes/ui.py", digest="a", size=1),
                FileEntry(path="notes/uis.py", digest="b", size=2),
                FileEntry(path="notes/logo.svg", digest="c", size=6),
            ),
            "modules": (
                ModuleEntry(name="notes", is_package=True),
                ModuleEntry(name="notes.ui", path="notes/ui.py", is_package=False),
                ModuleEntry(name="notes.uis", path="notes/uis.py", is_package=False),
            ),
            "components": (
                Component(id="u1", name="Home", type="view", version=3),
                Component(id="u2", name="Frame", type="layout", version=1),
            ),
            "assets": (LOGO,),
            "definition": definition,
            "metadata": Metadata(author="Ann", description="Notes", tags=("demo",)),
            "created_at": "2026-01-02T03:04:05Z",
            "updated_at": "2026-01-02T03:04:05Z",
            **more,
        }
    )


FULL = manifest(
    UIData(**HOME, target="html", reference="notes.ui:home", assets=("logo.svg",)),
    UIData(**HOME, target="text", reference="notes.text:home"),
    UIData(peers_ui_id="u2", name="Frame", type="layout", target="html"),
)


def test_its_json_has_the_fields_of_a_package_object() -> None:
    data = FULL.wire()
    assert (data["id"], data["projectId"], data["version"]) == ("i", "p1", "1.0.0")
    assert data["components"][0] == {"id": "u1", "name": "Home", "type": "view", "version": 3}
    assert data["assets"][0].items() >= {
        "id": "u1/logo.svg", "name": "logo.svg", "url": "notes/logo.svg", "componentId": "u1"
    }.items()  # fmt: skip
    assert data["dependencies"] == []
    assert data["metadata"] == {"author": "Ann", "description": "Notes", "tags": ["demo"]}
    assert data["createdAt"] == data["updatedAt"] == "2026-01-02T03:04:05Z"


def test_compiled_content_is_found_by_the_names_of_components() -> None:
    compiled = FULL.wire()["compiled"]
    assert compiled["components"] == {
        "Home": {"module": "notes.ui", "sourceDigest": "a"},
        "Frame": {"module": "notes.uis", "sourceDigest": "b"},
    }
    assert compiled["assets"] == {"Home": [LOGO.wire()], "Frame": []}


def test_a_module_without_a_file_has_no_source() -> None:
    ui = UIData(**HOME, target="html", reference="notes:home")
    found = manifest(ui, components=(Component(id="u1", name="Home", type="view"),)).compiled
    assert found.components["Home"].source_digest is None


def test_what_is_read_back_is_the_same() -> None:
    assert Manifest.model_validate(FULL.wire()) == FULL
    assert Manifest.model_validate(FULL.model_dump()) == FULL


def test_what_follows_from_the_rest_is_not_stored() -> None:
    stored = Manifest.model_validate_json(packed.encoded(FULL))
    assert stored == FULL
    assert not {b"projectId", b"compiled"} & {*packed.encoded(FULL).split(b'"')}
