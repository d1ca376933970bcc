"""What is written is read back, by everybody; and no byte of it can be another one unnoticed."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.metadata import Metadata

from peers_runtime.base import errors
from peers_runtime.projects import archive, record
from tests.projects import raw_zip
from tests.projects.hostile_records import INFO, TRUE
from tests.snapshots.parts import all_files

MIB = 1 << 20
SMALL: Mapping[str, bytes] = record.added({"n/ü.py": b"a = []\n" * 9, "n-1.dist-info/WHEEL": b"x"})
ODD: Mapping[str, bytes] = {
    "a": b"",
    "b/one": b"\0" * 5 * MIB,  # deflates better than is read
    "b/two": random.Random(1).randbytes(MIB),  # does not deflate
    "b/three": b"a line of a table, as tables go\n" * 50_000 + random.Random(2).randbytes(20_000),
    "b/a, b (1) [x] {y} ~ # % & + = @ ! $ ' ` ^ ; -_.txt": b"x",
    "b/.hidden/..double/...c": b"x",
    "c/ü/日本語/и/ß/İ/\u0635\u0644.py": b"x",
    "c/≮≯.txt": b"x",
    "c/❤\ufe0f.svg": b"<svg/>",
    "/".join(["d"] * 32): b"as deep as may be",
    "/".join(["n" * 255, "m" * 254, "o"]): b"as long as may be",
}
segments = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
some_files = st.dictionaries(
    st.lists(segments, min_size=1, max_size=4).map("/".join), st.binary(max_size=300), max_size=6
)


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "notes-1.0.0-py3-none-any.whl"
    path.write_bytes(archive.write(TRUE))
    return path


@pytest.mark.parametrize(
    "files", [{}, {"a": b""}, TRUE, SMALL, ODD], ids=["none", "one", "notes", "n", "odd"]
)
def test_what_is_written_is_read_back(tmp_path: Path, files: Mapping[str, bytes]) -> None:
    data = archive.write(files)
    path = tmp_path / "some.whl"
    path.write_bytes(data)
    for source in (data, path, str(path)):
        read = archive.read(source)
        assert dict(read) == files
        assert read.digests == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        assert read.sizes == {name: len(data) for name, data in files.items()}
    assert all_files(tmp_path) == {path.name}


@settings(deadline=None)
@given(some_files)
def test_what_may_be_written_is_read_back_and_all_else_is_refused(files: dict[str, bytes]) -> None:
    try:
        data = archive.write(files)
    except errors.BadWheel:
        return
    assert dict(archive.read(data)) == files
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == files


@settings(max_examples=30, deadline=None)
@given(st.permutations(list(TRUE)))
def test_the_same_files_give_the_same_bytes(order: list[str]) -> None:
    assert archive.write({name: TRUE[name] for name in order}) == archive.write(TRUE)


def test_the_bytes_are_known() -> None:
    files = {"n-1.dist-info/RECORD": b"r", "n-1.dist-info/WHEEL": b"w", "z/__init__.py": b""}
    assert list(archive.read(archive.write(files))) == list(files)[::-1]
    ours = archive.write({"n/ü": b"", "n/x": b"x"})
    by_hand = raw_zip.archive(
        raw_zip.named("n/x", data=b"x", method=raw_zip.STORED),
        raw_zip.named("n/ü", data=b"", method=raw_zip.STORED),
    )
    assert ours == by_hand


def test_it_has_the_least_of_what_zip_has() -> None:
    with zipfile.ZipFile(io.BytesIO(archive.write({**TRUE, **ODD}))) as opened:
        assert opened.comment == b""
        for info in opened.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr == 0o100644 << 16
            assert info.extra == info.comment == b""
            assert info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def test_the_record_and_what_it_lies_beside_come_last() -> None:
    names = list(archive.read(archive.write(TRUE)))
    others = [name for name in names if not name.startswith(INFO)]
    assert names == [*sorted(others), *sorted(set(names[len(others) :]) - {names[-1]}), f"{INFO}/RECORD"]


def test_as_many_files_are_read_as_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"{number}": b"" for number in range(archive.MAX_FILES)}
    assert len(archive.read(archive.write(files))) == archive.MAX_FILES
    with pytest.raises(errors.BadWheel, match=r"\(count\)"):
        archive.write({**files, "more": b""})


@pytest.mark.parametrize(
    ("limit", "value", "rule"), [("MAX_FILE_SIZE", 9, "file-size"), ("MAX_TOTAL_SIZE", 19, "total-size")]
)
def test_sizes_are_read_up_to_their_limits(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, rule: str
) -> None:
    files = {"a": b"0123456789", "b": b"0123456789"}
    data = archive.write(files)
    monkeypatch.setattr(archive, limit, value + 1)
    assert dict(archive.read(archive.write(files))) == files
    monkeypatch.setattr(archive, limit, value)
    for act in (lambda: archive.read(data), lambda: archive.write(files)):
        with pytest.raises(errors.BadWheel) as caught:
            act()
        assert caught.value.facts["rule"] == rule


def test_zipfile_reads_it(packed: Path) -> None:
    with zipfile.ZipFile(packed) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == TRUE


def test_metadata_is_read_from_it_as_from_any_wheel(packed: Path) -> None:
    with zipfile.ZipFile(packed) as opened:
        found = metadata.PathDistribution(zipfile.Path(opened, f"{INFO}/"))
        assert Metadata.from_email(found.read_text("METADATA") or "").name == "notes"
        assert {str(path) for path in found.files or ()} == set(TRUE)
        assert [each.value for each in found.entry_points] == ["notes.package:package"]


@pytest.mark.parametrize("installer", [["pip"], ["uv", "pip"]], ids=["pip", "uv"])
def test_installers_take_it(packed: Path, tmp_path: Path, installer: list[str]) -> None:
    target = tmp_path / "installed"
    options = ["--no-deps", "--no-index", "--target", str(target)]
    subprocess.run(
        [sys.executable, "-m", *installer, "install", *options, str(packed)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    installed = {name: (target / name).read_bytes() for name in TRUE if not name.endswith("/RECORD")}
    assert installed == {name: data for name, data in TRUE.items() if name in installed}


def test_a_file_is_unpacked_when_it_is_asked_for(packed: Path) -> None:
    read = archive.read(packed)
    packed.unlink()
    assert len(read) == len(TRUE)
    assert "notes/store.py" in read
    assert "notes/other.py" not in read
    with pytest.raises(KeyError):
        read["notes/other.py"]
    with pytest.raises(errors.NoPackageThere):
        read["notes/store.py"]


def change(data: bytes) -> bytes:
    return data.replace(b"package = object()", b"package = 0bject()")


def cut(data: bytes) -> bytes:
    return data[:100]


def replaced(data: bytes) -> bytes:
    return archive.write({**TRUE, "a": b"before all others"})


@pytest.mark.parametrize("how", [change, cut, replaced], ids=lambda how: how.__name__)
def test_a_file_that_changes_after_the_check_is_refused(packed: Path, how: Callable[[bytes], bytes]) -> None:
    read = archive.read(packed)
    packed.write_bytes(how(packed.read_bytes()))
    with pytest.raises(errors.BadWheel) as caught:
        read["notes/package.py"]
    assert caught.value.facts["rule"] == "changed"


def test_a_path_that_cannot_be_read_is_no_package(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.whl"):
        with pytest.raises(errors.NoPackageThere):
            archive.read(path)


def test_reading_takes_memory_for_pieces_and_giving_out_for_one_file(tmp_path: Path) -> None:
    path = tmp_path / "large.whl"
    half = random.Random(3).randbytes(8 * MIB).hex().encode()
    path.write_bytes(archive.write({"0": half, "1": half, "2": bytes(16 * MIB)}))
    tracemalloc.start()
    read = archive.read(path)
    _, peak = tracemalloc.get_traced_memory()
    assert peak < MIB
    sizes = [len(read[name]) for name in ("1", "2")]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 34 * MIB
    assert sizes == [16 * MIB, 16 * MIB]


def content(data: bytes) -> dict[str, bytes] | None:
    """What the archive holds; None when it is refused."""
    try:
        read = archive.read(data)
        record.verify(read)
        return dict(read)
    except errors.BadWheel:
        return None


def test_every_bit_of_a_small_archive_counts_or_changes_nothing() -> None:
    data = archive.write(SMALL)
    assert content(data) == SMALL
    taken = 0
    for position in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[position] ^= 1 << bit
            found = content(bytes(changed))
            assert found in (None, SMALL)
            taken += found is not None
    assert taken < 50  # what a deflated content leaves open: the last bits of its last byte


@pytest.mark.parametrize("flip", [0xFF, 0x55, 0x01, 0x80])
def test_every_byte_counts_or_changes_nothing(flip: int) -> None:
    data = archive.write(TRUE)
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= flip
        assert content(bytes(changed)) in (None, TRUE)


def test_every_length_counts() -> None:
    data = archive.write(TRUE)
    for length in range(len(data)):
        assert content(data[:length]) is None
        assert content(data[length:] if length else b"") is None
        assert content(data[:length] + b"\0" + data[length:]) is None or length == len(data)
