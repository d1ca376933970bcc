from __future__ import annotations

import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.model.manifest import Metadata, Requires
from peers_runtime.projects import sources, wheels
from tests.projects.conftest import Wheel
from tests.snapshots.parts import FILES, all_files


def refused(path: Path) -> str:
    """What is said of a bad wheel. Reading it writes nothing."""
    before = all_files(path.parent)
    with pytest.raises(errors.BadWheel) as caught:
        sources.read(path)
    assert all_files(path.parent) == before
    assert str(path) in caught.value.message
    return caught.value.message


def add(path: Path, name: str, data: bytes = b"x", **attributes: int) -> Path:
    info = zipfile.ZipInfo("placeholder" if "\\" in name else name)
    info.filename = name
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of duplicates, which is what is planted
        archive.writestr(info, data)
    return path


def test_a_wheel_is_read(wheel: Wheel) -> None:
    source = sources.read(wheel())
    assert (source.name, source.version, source.reference) == ("notes", "1.0.0", "notes.package:package")
    assert source.files == FILES
    assert source.folder is None
    assert source.package_folder is None


def test_a_path_may_be_a_text(wheel: Wheel) -> None:
    assert sources.read(str(wheel())).name == "notes"


def test_a_pre_release_is_semantic(wheel: Wheel) -> None:
    assert sources.read(wheel(version="1.2.0rc1")).version == "1.2.0-rc.1"


def test_what_a_wheel_requires_is_shared_but_for_extras(wheel: Wheel) -> None:
    source = sources.read(wheel(requires=("Six (>=1.16)", 'pytest; extra == "test"')))
    assert source.requires == Requires(shared=("six>=1.16",))


def test_what_people_read_comes_from_the_metadata(wheel: Wheel) -> None:
    metadata = (
        b"Metadata-Version: 2.1\nName: notes\nVersion: 1.0.0\nSummary: Notes for everyone\n"
        b"Author: Ann\nAuthor-email: Ann <ann@example.org>, Bob <bob@example.org>\nKeywords: notes,demo\n\n"
    )
    path = rewritten(wheel(), {"notes-1.0.0.dist-info/METADATA": metadata})
    assert sources.read(path).metadata == Metadata(
        author="Ann, Bob", description="Notes for everyone", tags=("demo", "notes")
    )


def rewritten(path: Path, replacements: dict[str, bytes | None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        entries: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**entries, **replacements}.items():
            if data is not None:
                archive.writestr(name, data)
    return path


def test_files_under_purelib_and_platlib_are_where_they_will_be_installed(wheel: Wheel) -> None:
    path = rewritten(wheel(), {"notes/store.py": None, "notes-1.0.0.data/purelib/notes/store.py": b"x = 1\n"})
    assert sources.read(path).files["notes/store.py"] == b"x = 1\n"


def test_what_a_careless_backend_packed_is_left_out(wheel: Wheel) -> None:
    junk = {
        "notes/__pycache__/a.pyc": b"x",
        "notes/.DS_Store": b"x",
        "other/__init__.py": b"",
        "tests/x.py": b"",
    }
    assert sources.read(wheel({**FILES, **junk})).files == FILES


def test_folders_in_a_wheel_are_no_files(wheel: Wheel) -> None:
    assert sources.read(add(wheel(), "notes/empty/", b"")).files == FILES


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "notes/../../evil.py",
        "notes/./store.py",
        "notes//store.py",
        "/etc/passwd",
        "C:/evil.py",
        "c:evil.py",
        "notes\\store.py",
        "..\\evil.py",
        "",
        "..",
        "notes-1.0.0.data/purelib/../evil.py",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(wheel: Wheel, name: str) -> None:
    assert repr(name) in refused(add(wheel(), name))


def test_a_name_with_a_nul_is_refused(wheel: Wheel) -> None:
    path = add(wheel(), "notes/storeX.py")
    path.write_bytes(path.read_bytes().replace(b"notes/storeX.py", b"notes/store\0.py"))
    assert "character" in refused(path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(wheel: Wheel, kind: int) -> None:
    assert "link or a device" in refused(
        add(wheel(), "notes/link", b"/etc/passwd", external_attr=(kind | 0o777) << 16)
    )


@pytest.mark.parametrize("name", ["notes/store.py", "notes-1.0.0.dist-info/METADATA"])
def test_an_entry_that_is_there_twice_is_refused(wheel: Wheel, name: str) -> None:
    assert "twice" in refused(add(wheel(), name))


def test_an_entry_that_would_be_installed_twice_is_refused(wheel: Wheel) -> None:
    assert "twice" in refused(add(wheel(), "notes-1.0.0.data/purelib/notes/store.py"))


def test_an_encrypted_entry_is_refused(wheel: Wheel) -> None:
    path = wheel()
    data = bytearray(path.read_bytes())
    start = data.rindex(b"PK\x01\x02")  # the last header of the central directory
    data[start + 8] |= 0x1
    path.write_bytes(data)
    assert "encrypted" in refused(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(wheel: Wheel, method: int) -> None:
    assert "method" in refused(add(wheel(), "notes/packed", b"x" * 100, compress_type=method))


def test_a_bomb_of_one_file_is_refused(wheel: Wheel) -> None:
    path = add(wheel(), "notes/bomb", b"\0" * 30_000_000, compress_type=zipfile.ZIP_DEFLATED)
    assert "times its size" in refused(path)


@pytest.mark.parametrize(
    ("limit", "value", "says"),
    [
        ("MAX_FILES", 5, "entries"),
        ("MAX_FILE_SIZE", 60, "unpacks to more"),
        ("MAX_TOTAL_SIZE", 100, "unpacks to more"),
    ],
)
def test_count_and_sizes_are_bounded(
    wheel: Wheel, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, says: str
) -> None:
    monkeypatch.setattr(wheels, limit, value)
    assert says in refused(wheel())


def test_a_size_that_lies_is_refused(wheel: Wheel) -> None:
    path = add(wheel(), "notes/liar", b"x" * 1000)
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<LL", 1000, 1000), struct.pack("<LL", 1000, 10)))
    assert "intact" in refused(path)


def test_changed_bytes_are_refused(wheel: Wheel) -> None:
    path = add(wheel(), "notes/plain", b"a rather long text without any packing")
    path.write_bytes(path.read_bytes().replace(b"rather long", b"rather wide"))
    assert "intact" in refused(path)


@pytest.mark.parametrize("data", [b"", b"no archive at all", b"PK\x05\x06" + b"\0" * 10])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "notes-1.0.0-py3-none-any.whl"
    path.write_bytes(data)
    assert "intact" in refused(path)


def test_a_wheel_cut_short_anywhere_is_refused_or_read_whole(wheel: Wheel) -> None:
    path = wheel()
    data = path.read_bytes()
    for length in range(0, len(data) - 1, 7):
        path.write_bytes(data[:length])
        refused(path)


def test_a_changed_byte_anywhere_gives_a_coded_error_or_the_same_files(wheel: Wheel) -> None:
    path = wheel()
    data = path.read_bytes()
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 0x55
        path.write_bytes(changed)
        try:
            source = sources.read(path)
        except errors.PeersError:
            continue
        # names and metadata have no checksum of their own; the content of the files that are taken has
        assert all(FILES.get(name, content) == content for name, content in source.files.items())


@pytest.mark.parametrize("missing", ["notes-1.0.0.dist-info/METADATA"])
def test_a_wheel_without_metadata_is_refused(wheel: Wheel, missing: str) -> None:
    assert "missing" in refused(rewritten(wheel(), {missing: None}))


def test_a_wheel_with_two_dist_infos_is_refused(wheel: Wheel) -> None:
    assert "2 folders" in refused(add(wheel(), "other-1.0.dist-info/METADATA"))


def test_a_wheel_without_the_entry_point_holds_no_package(wheel: Wheel) -> None:
    path = rewritten(
        wheel(), {"notes-1.0.0.dist-info/entry_points.txt": b"[console_scripts]\nnotes = notes:main\n"}
    )
    with pytest.raises(errors.NoPackageThere, match="no entry point"):
        sources.read(path)


def test_entry_points_that_cannot_be_understood_are_refused(wheel: Wheel) -> None:
    path = rewritten(wheel(), {"notes-1.0.0.dist-info/entry_points.txt": b"notes = notes.package:package\n"})
    with pytest.raises(errors.BadWheel, match=r"entry_points\.txt"):
        sources.read(path)


def test_a_wheel_without_the_import_package_holds_no_package(wheel: Wheel) -> None:
    with pytest.raises(errors.NoPackageThere, match="no package 'notes'"):
        sources.read(wheel({"notes.py": b""}))
