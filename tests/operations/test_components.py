"""The status of a project's components, and what was published of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers_runtime import AmbiguousName, NoPackageThere, RoleTooLow, Runtime, UnknownComponent, UnknownVersion
from tests.world import an_id, project

HOME, CARD = an_id("Home"), an_id("Card")


def notes(
    folder: Path, version: str, name: str = "notes", names: tuple[str, ...] = ("Home", "Card"), **shows: str
) -> Path:
    """A project with a component of each name; `shows` are the texts that they show."""
    uis = [
        f"UI(peers_ui_id={an_id(one)!r}, name={one!r}, content='{name}.{one.lower()}:show')" for one in names
    ]
    files = {
        "uis.py": f"from peers_runtime import UI\nuis = [{', '.join(uis)}]\n",
        **{
            f"{one.lower()}.py": f"def show(props, ctx):\n    return {shows.get(one, '')!r}\n"
            for one in ("Home", "Card")
        },
    }
    return project(folder, name, version, files)


def listed(runtime: Runtime, folder: Path) -> dict[str, tuple[str, int | None]]:
    return {one.name: (str(one.status), one.number) for one in runtime.components.list(folder)}


def test_the_status_of_each_component_is_computed(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes", "1.0.0")
    assert listed(runtime, source) == {"Card": ("draft", None), "Home": ("draft", None)}
    runtime.pack(source, out=tmp_path)
    assert listed(runtime, source) == {"Card": ("published", 1), "Home": ("published", 1)}
    notes(tmp_path / "notes", "1.0.1", Home="more")
    assert listed(runtime, source) == {"Card": ("published", 1), "Home": ("modified", 1)}
    runtime.pack(source, out=tmp_path)
    notes(tmp_path / "notes", "1.0.1", names=("Home",), Home="more")
    assert listed(runtime, source) == {"Card": ("deleted", 1), "Home": ("published", 2)}


def test_looking_changes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes", "1.0.0")
    runtime.pack(source, out=tmp_path)
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}
    with runtime.services.catalog.read() as reader:
        sequence = reader.sequence()
    runtime.components.list(source)
    runtime.components.history("Home")
    assert {path: path.read_bytes() for path in source.rglob("*") if path.is_file()} == before
    with runtime.services.catalog.read() as reader:
        assert reader.sequence() == sequence


def test_numbers_of_a_release_from_elsewhere_count(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes", "1.0.0")
    with Runtime.open(tmp_path / "elsewhere") as other:
        wheel = other.pack(source, out=tmp_path).path
    runtime.install(wheel)
    runtime.promote("notes", "1.0.0", "stable")
    assert listed(runtime, source) == {"Card": ("published", 1), "Home": ("published", 1)}


def test_what_was_published_of_a_component_stays_readable(runtime: Runtime, tmp_path: Path) -> None:
    for version, shows in (("1.0.0", "1"), ("1.0.1", "2"), ("1.0.2", "2"), ("1.1.0", "3")):
        runtime.pack(notes(tmp_path / "notes", version, Home=shows), out=tmp_path)
    published = runtime.components.history("Home")
    assert [(one.number, one.version, one.by) for one in published] == [
        (1, "1.0.0", "ada"),
        (2, "1.0.1", "ada"),
        (3, "1.1.0", "ada"),
    ]
    kept = [runtime.services.snapshots.source(one.snapshot_digest, "notes/home.py") for one in published]
    assert [b"'1'" in kept[0], b"'2'" in kept[1], b"'3'" in kept[2]] == [True, True, True]
    for name in (HOME, "notes.Home", f"notes.{HOME}"):
        assert runtime.components.history(name) == published


def test_the_components_of_a_version_are_listed_with_their_numbers(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes", "1.0.0")
    runtime.pack(source, out=tmp_path)
    runtime.pack(notes(source, "1.1.0", Home="more"), out=tmp_path)
    runtime.install(notes(source, "1.2.0", names=("Home",), Home="raises", Card="more"))
    (source / "notes" / "uis.py").write_text("raise RuntimeError")
    listed = {
        version: [
            (one.name, str(one.status), one.number)
            for one in runtime.components.list(source, version=version)
        ]
        for version in ("1.0.0", "1.1.0", "1.2.0")
    }
    assert listed == {
        "1.0.0": [("Card", "published", 1), ("Home", "published", 1)],
        "1.1.0": [("Card", "published", 1), ("Home", "published", 2)],
        "1.2.0": [("Home", "draft", None)],
    }
    with pytest.raises(UnknownVersion, match=r"there are: 1\.0\.0, 1\.1\.0, 1\.2\.0") as caught:
        runtime.components.list(source, version="1.3.0")
    assert caught.value.hint


def test_a_version_of_what_was_never_stored_is_unknown(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(UnknownVersion, match="there are: none"):
        runtime.components.list(notes(tmp_path / "notes", "1.0.0"), version="1.0.0")


def test_a_component_is_found_by_each_name_that_it_had(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes", "1.0.0")
    runtime.pack(source, out=tmp_path)
    notes(source, "1.1.0")
    uis = source / "notes" / "uis.py"
    uis.write_text(uis.read_text().replace("name='Home'", "name='Start'"))
    runtime.pack(source, out=tmp_path)
    assert [one.name for one in runtime.components.history("Start")] == ["Home", "Start"]
    assert runtime.components.history("Start") == runtime.components.history("Home")


def test_a_name_of_several_components_is_refused_and_a_qualified_one_works(
    runtime: Runtime, tmp_path: Path
) -> None:
    for name in ("notes", "tasks"):
        runtime.pack(notes(tmp_path / name, "1.0.0", name), out=tmp_path)
    with pytest.raises(AmbiguousName, match="several components"):
        runtime.components.history("Home")
    assert len(runtime.components.history("tasks.Home")) == 1


@pytest.mark.parametrize("name", ["Hom", "other.Home", "", "notes", "notes."])
def test_what_was_never_published_is_unknown(runtime: Runtime, tmp_path: Path, name: str) -> None:
    runtime.pack(notes(tmp_path / "notes", "1.0.0"), out=tmp_path)
    with pytest.raises(UnknownComponent) as caught:
        runtime.components.history(name)
    assert caught.value.hint


def test_what_may_not_be_looked_at_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    runtime.contexts.create("acme")
    with pytest.raises(RoleTooLow):
        runtime.components.history("Home", "acme", "eve")
    with pytest.raises(RoleTooLow):
        runtime.components.list(notes(tmp_path / "notes", "1.0.0"), "acme", "eve")
    with pytest.raises(NoPackageThere):
        runtime.components.list(tmp_path / "nothing")
