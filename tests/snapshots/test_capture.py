from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.model.contributions import AppNav
from peers_runtime.model.manifest import (
    Definition,
    Dependency,
    Manifest,
    Metadata,
    ModuleEntry,
    Requires,
    RouteData,
    ToolData,
    UIData,
)
from peers_runtime.snapshots import capture
from peers_runtime.snapshots.source import Source
from tests.snapshots.parts import CREATED_AT, FILES, PACKAGE_ID, UI_ID
from tests.world import an_id

LOGO = UIData(peers_ui_id=UI_ID, name="Note", type="view", target="html", assets=("assets/logo.svg",))


def described(**fields: Any) -> Definition:
    return Definition(package_id=PACKAGE_ID, reference="notes.package:package", **fields)


def made(
    files: dict[str, bytes] | None = None,
    definition: Definition | None = None,
    created_at: str = CREATED_AT,
    version: str = "1.0.0",
    **fields: Any,
) -> Manifest:
    source = Source("notes", version, "notes.package:package", dict(files or FILES), **fields)
    return capture.manifest(source, definition or described(uis=(LOGO,)), created_at)


def needed(name: str, digit: str = "0") -> Dependency:
    return Dependency(name=name, project_id=an_id(name), version="1.0.0", digest=digit * 64)


def test_a_manifest_lists_files_modules_components_and_assets() -> None:
    manifest = made()
    assert [file.path for file in manifest.files] == sorted(FILES)
    store = next(file for file in manifest.files if file.path == "notes/store.py")
    assert store.digest == hashlib.sha256(FILES["notes/store.py"]).hexdigest()
    assert store.size == len(FILES["notes/store.py"])
    assert ModuleEntry(name="notes.ui", path="notes/ui/__init__.py", is_package=True) in manifest.modules
    (component,) = manifest.components
    assert (component.id, component.name, component.type, component.version) == (UI_ID, "Note", "view", None)
    (asset,) = manifest.assets
    assert (asset.name, asset.url, asset.mime) == ("logo.svg", "notes/assets/logo.svg", "image/svg+xml")
    assert asset.component_id == UI_ID
    assert asset.digest == hashlib.sha256(FILES["notes/assets/logo.svg"]).hexdigest()
    assert manifest.package_id == PACKAGE_ID


def test_the_id_is_the_digest_of_the_canonical_content() -> None:
    manifest = made()
    content = capture.content(manifest)
    assert manifest.id == hashlib.sha256(content).hexdigest()
    assert rfc8785.dumps(json.loads(content)) == content


@pytest.mark.parametrize(
    "other",
    [
        made(created_at="2030-01-01T00:00:00Z"),
        made(metadata=Metadata(author="Bob", description="other", tags=("x",))),
        made(folder="/somewhere", package_folder="/somewhere/src"),
        made(budget_ms=3.0),
    ],
    ids=["times", "author", "place", "budget"],
)
def test_what_does_not_run_lies_outside_the_id(other: Manifest) -> None:
    assert other.id == made().id


def test_component_numbers_lie_outside_the_id() -> None:
    manifest = made()
    numbered = manifest.model_copy(
        update={"components": tuple(each.model_copy(update={"version": 3}) for each in manifest.components)}
    )
    assert capture.content(numbered) == capture.content(manifest)
    restored = capture.restored(manifest.id, capture.content(numbered), capture.about(numbered))
    assert restored == numbered


def test_what_was_packed_keeps_its_numbers() -> None:
    plain = made()
    numbered = plain.model_copy(
        update={"components": tuple(each.model_copy(update={"version": 3}) for each in plain.components)}
    )
    again = made(packed=numbered)
    assert again.components == numbered.components
    assert again.id == plain.id


@pytest.mark.parametrize(
    "other",
    [
        made(version="1.0.1"),
        made({**FILES, "notes/new.py": b""}),
        made(requires=Requires(shared=("six>=1",))),
        made(requires=Requires(private=("six>=1",))),
        made(dependencies=(needed("base"),)),
        made(definition=described()),
        made(definition=described(uis=(LOGO.model_copy(update={"name": "Other"}),))),
        made(definition=described(uis=(LOGO,), routes=(RouteData(peers_ui_id=UI_ID, path="notes"),))),
        made(definition=described(uis=(LOGO,), app_navs=(AppNav(name="Notes"),))),
    ],
    ids=["version", "file", "shared", "private", "package", "no ui", "ui name", "route", "nav"],
)
def test_what_runs_is_part_of_the_id(other: Manifest) -> None:
    assert other.id != made().id


def test_which_snapshot_of_a_package_is_locked_is_part_of_the_id_and_their_order_is_not() -> None:
    base, other, tasks = needed("base"), needed("base", "1"), needed("tasks")
    assert made(dependencies=(base, tasks)).id == made(dependencies=(tasks, base)).id
    assert made(dependencies=(base,)).id != made(dependencies=(other,)).id
    manifest = made(dependencies=(base, tasks))
    content = capture.content(manifest)
    assert rfc8785.dumps(json.loads(content)) == content
    assert capture.restored(manifest.id, content, capture.about(manifest)) == manifest


def test_a_package_that_depends_on_none_has_the_content_that_it_had_before_there_were_any() -> None:
    assert b"dependencies" not in capture.content(made())


@given(st.permutations(sorted(FILES)))
def test_the_order_of_files_does_not_matter(paths: list[str]) -> None:
    assert made({path: FILES[path] for path in paths}) == made()


@given(path=st.sampled_from(sorted(FILES)), data=st.data())
def test_one_changed_byte_changes_the_id(path: str, data: st.DataObject) -> None:
    content = bytearray(FILES[path] or b"\n")
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    assert made({**FILES, path: bytes(content)}).id != made().id


@given(
    names=st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True), min_size=2, max_size=6, unique=True),
    data=st.binary(max_size=8),
)
def test_renaming_a_file_changes_the_id(names: list[str], data: bytes) -> None:
    first, second, *_ = names
    one = made({**FILES, f"notes/{first}.txt": data}, described())
    assert one.id != made({**FILES, f"notes/{second}.txt": data}, described()).id


def test_a_manifest_is_the_same_after_it_was_written_and_read() -> None:
    tool = ToolData(
        tool_id=PACKAGE_ID,
        name="add",
        usage_description="Ünïcode 𝄞",
        input_schema={"properties": {"n": {"default": None, "minimum": 0.5, "multipleOf": 2.0}}},
    )
    manifest = made(
        definition=described(uis=(LOGO,), tools=(tool,)),
        requires=Requires(shared=('six>=1; os_name == "nt"',)),
    )
    assert capture.restored(manifest.id, capture.content(manifest), capture.about(manifest)) == manifest


def test_a_ui_with_several_targets_is_one_component() -> None:
    other = LOGO.model_copy(update={"target": "web-module"})
    manifest = made(definition=described(uis=(LOGO, other)))
    assert len(manifest.components) == len(manifest.assets) == 1


def test_an_asset_that_is_no_file_is_refused() -> None:
    with pytest.raises(errors.InvalidDefinition, match="no file notes/assets/gone"):
        made(definition=described(uis=(LOGO.model_copy(update={"assets": ("assets/gone.svg",)}),)))


def test_a_number_that_json_cannot_hold_is_refused() -> None:
    tool = ToolData(tool_id=PACKAGE_ID, name="x", usage_description="", input_schema={"default": 2**53})
    with pytest.raises(errors.InvalidDefinition, match="JSON"):
        made(definition=described(tools=(tool,)))
