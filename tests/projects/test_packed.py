"""A packed wheel is read as hostile: whatever disagrees in it is refused, by rule and name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.model.dependencies import Locked
from peers_runtime.projects import lock_files, packed, private_wheels, sources
from tests.projects import packed_lies
from tests.projects.conftest import Project, Wheel
from tests.projects.packed_lies import LIES, PRIVATE
from tests.projects.packed_parts import INFO, MANIFEST, files_of, packed_wheel, with_files, with_manifest
from tests.snapshots.parts import FILES, PYPROJECT, all_files
from tests.wheels import wheel

NAME = "notes-1.0.0-py3-none-any.whl"


@pytest.fixture
def true(project: Project) -> bytes:
    return packed_wheel(project())[0]


def refused(data: bytes, folder: Path, kind: type[errors.PeersError] = errors.BadWheel) -> errors.PeersError:
    """What is said of a packed wheel by whoever would install it, and by who looks into it."""
    path = folder / NAME
    path.write_bytes(data)
    before = all_files(folder)
    texts = set()
    for act in (sources.read, packed.described_file):
        with pytest.raises(kind) as caught:
            act(path)
        texts.add(caught.value.message)
    assert all_files(folder) == before
    assert len(texts) == 1
    assert str(path) in caught.value.message
    return caught.value


@pytest.mark.parametrize("how", LIES)
def test_a_packed_wheel_that_lies_is_refused(true: bytes, tmp_path: Path, how: str) -> None:
    rule, name, lie = LIES[how]
    changed = lie(true)
    assert changed != true
    error = refused(changed, tmp_path)
    assert (error.facts["rule"], error.facts["entry"]) == (rule, name)
    assert error.hint


@pytest.fixture
def with_private(project: Project) -> bytes:
    """A packed wheel that carries the distribution `dep`."""
    dep = private_wheels.read(*packed_lies.dep())
    folder = project(PYPROJECT + '[tool.peers]\nprivate = ["dep"]\n')
    lock = lock_files.text(Locked(asked=("dep",), private=(dep.entry(),)))
    (folder / lock_files.NAME).write_text(lock)
    return packed_wheel(folder, private=[dep])[0]


@pytest.mark.parametrize("how", PRIVATE)
def test_a_packed_wheel_that_lies_about_what_it_carries_is_refused(
    with_private: bytes, tmp_path: Path, how: str
) -> None:
    rule, name, lie = PRIVATE[how]
    error = refused(lie(with_private), tmp_path)
    assert (error.facts["rule"], error.facts["entry"]) == (rule, name)


@pytest.mark.parametrize(
    ("carried", "kind"),
    [
        (b"no wheel", errors.BadWheel),
        (wheel("dep", "1.0", {"dep.so": ""})[0], errors.CompiledDistribution),
        (wheel("dep", "1.0", {"pydantic.py": "", "peers_runtime.py": ""})[0], errors.ReservedName),
        (wheel("dep", "1.0", {"../dep.py": ""})[0], errors.BadWheel),
    ],
)
def test_what_it_carries_is_read_as_hostile_too(
    with_private: bytes, tmp_path: Path, carried: bytes, kind: type[errors.PeersError]
) -> None:
    path = tmp_path / NAME
    path.write_bytes(with_files(with_private, {packed_lies.CARRIED: carried}))
    before = all_files(tmp_path)
    with pytest.raises(kind, match=r"dep-1\.0-py3-none-any\.whl"):
        sources.read(path)
    assert all_files(tmp_path) == before


def test_what_it_carries_comes_with_the_source(with_private: bytes, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(with_private)
    source = sources.read(path)
    (entry,) = source.private
    assert (entry.name, entry.version, entry.imports) == ("dep", "1.0", ("dep",))
    assert source.carried[entry.digest].files["dep.py"] == b"value = 1\n"


def test_what_differs_is_named(true: bytes, tmp_path: Path) -> None:
    told = refused(with_manifest(true, lambda manifest: manifest.update(version="1.0.1")), tmp_path).message
    assert "id, version differ" in told


def test_the_numbers_of_components_are_the_wheels_to_say(true: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(
        with_manifest(true, lambda manifest: manifest["components"][0].update(version=7))
    )
    read = packed.read(tmp_path / NAME).source.packed
    assert read is not None
    assert [one.version for one in read.components] == [7]
    assert read.id == packed.described(true, NAME).manifest.id


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("entry_points.txt", None, errors.NoPackageThere),
        (
            "entry_points.txt",
            b"[peers.packages]\nnotes = notes.package:package\nb = b:b\n",
            errors.NoPackageThere,
        ),
        ("entry_points.txt", b"[peers.packages\n", errors.BadWheel),
        ("entry_points.txt", b"[peers.packages]\nnotes = notes.other:package\n", errors.InvalidDefinition),
    ],
)
def test_entry_points_are_read_as_those_of_any_wheel(
    true: bytes, tmp_path: Path, name: str, data: bytes | None, kind: type[errors.PeersError]
) -> None:
    path = tmp_path / NAME
    path.write_bytes(with_files(true, {f"{INFO}/{name}": data}))
    with pytest.raises(kind):
        sources.read(path)


def test_other_entry_points_than_the_definition_has_are_refused(true: bytes, tmp_path: Path) -> None:
    other = b"[peers.packages]\nnotes = notes.store:add\n"
    path = tmp_path / NAME
    path.write_bytes(with_files(true, {f"{INFO}/entry_points.txt": other}))
    with pytest.raises(errors.BadWheel) as caught:
        sources.read(path)
    assert caught.value.facts["rule"] == "manifest-differs"


def test_a_manifest_is_bounded(true: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_MAX_MANIFEST", 10)
    assert refused(true, tmp_path).facts["rule"] == "manifest-syntax"


def test_an_archive_that_another_tool_wrote_is_refused_when_it_says_that_it_is_packed(
    true: bytes, tmp_path: Path
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for name, data in files_of(true).items():
            written.writestr(name, data)
    assert refused(stream.getvalue(), tmp_path).facts["rule"] == "timestamp"


def test_no_changed_byte_is_ever_accepted(true: bytes, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(true)
    files = sources.read(path).files
    for position in range(len(true)):
        changed = bytearray(true)
        changed[position] ^= 0x55
        path.write_bytes(changed)
        try:
            found = sources.read(path)
        except errors.PeersError:
            continue
        # what no longer says that it is packed is a wheel as any other
        assert found.packed is None, position
        assert all(files.get(name, data) == data for name, data in found.files.items()), position


def test_a_wheel_of_another_tool_is_read_as_before_and_cannot_be_looked_into(wheel: Wheel) -> None:
    path = wheel()
    assert sources.read(path).files == FILES
    assert sources.read(path).packed is None
    with pytest.raises(errors.BadWheel, match="was not packed by `peers pack`") as caught:
        packed.described_file(path)
    assert caught.value.facts["rule"] == "manifest-absent"


def test_a_packed_wheel_without_its_manifest_is_one_of_another_tool(true: bytes, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(with_files(true, {MANIFEST: None}))
    assert sources.read(path).packed is None
    with pytest.raises(errors.BadWheel) as caught:
        packed.read(path)
    assert (caught.value.facts["rule"], caught.value.facts["entry"]) == ("manifest-absent", MANIFEST)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_wheel_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / NAME
    path.write_bytes(data)
    with pytest.raises(errors.BadWheel):
        packed.described_file(path)


def test_a_file_that_is_not_there_is_missed(tmp_path: Path) -> None:
    for path in (tmp_path / NAME, tmp_path):
        with pytest.raises(errors.NoPackageThere):
            packed.described_file(path)
