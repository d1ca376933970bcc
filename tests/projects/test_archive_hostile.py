"""Every archive that must be refused is: by its rule and by name, with nothing written and little memory."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from peers_runtime.base import errors
from peers_runtime.projects import archive, refusals
from tests.projects import hostile, hostile_names, hostile_records, packed_lies
from tests.projects.hostile import ONE, TWO
from tests.projects.raw_zip import UTF8, File, named
from tests.projects.raw_zip import archive as raw_archive
from tests.snapshots.parts import all_files

MIB = 1 << 20
BROKEN = [
    pytest.param(rule, make, id=how)
    for table in (hostile.WHOLE, hostile.HEADERS, hostile.CONTENT)
    for how, (rule, make) in table.items()
]
ALONE = [(rule, name) for rule, names in hostile_names.ALONE.items() for name in names]
RAW = [(rule, name) for rule, names in hostile_names.RAW.items() for name in names]
TOGETHER = [
    (rule, names)
    for rule, rows in hostile_names.TOGETHER.items()
    for row in rows
    for names in itertools.islice(itertools.permutations(row), 6)
]
LIMITED = """
import resource, sys
from peers_runtime.base import errors
from peers_runtime.projects import archive
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[1]),) * 2)
try:
    archive.read(sys.argv[2])
    print("taken")
except errors.BadWheel as error:
    print(error.facts["rule"])
"""


def read_within(size: int, path: Path) -> str:
    """By which rule the archive is refused, in a process that may take `size` bytes for it."""
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), path],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def refused(source: bytes | Path) -> errors.BadWheel:
    with pytest.raises(errors.BadWheel) as caught:
        archive.read(source)
    assert f"({caught.value.facts['rule']})" in caught.value.message
    return caught.value


@pytest.mark.parametrize(("rule", "make"), BROKEN)
def test_a_broken_archive_is_refused_by_its_rule(
    tmp_path: Path, rule: refusals.Rule, make: Callable[[], bytes]
) -> None:
    data = make()
    path = tmp_path / "notes-1.0.0-py3-none-any.whl"
    path.write_bytes(data)
    tracemalloc.start()
    error = refused(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.facts["rule"] == rule
    assert str(path) in error.message
    assert error.facts["path"] == str(path)
    assert all_files(tmp_path) == {path.name}
    assert path.read_bytes() == data
    assert peak < 2 * MIB
    assert refused(data).facts["rule"] == rule


def test_what_is_refused_is_named() -> None:
    link = replace(ONE, name=b"notes/evil\xc3\xbc", central={"external": 0o120777 << 16})
    error = refused(raw_archive(TWO, link))
    assert error.facts["entry"] == "notes/evilü"
    assert "the entry 'notes/evilü' is a link" in error.message
    assert "the entry '' " in refused(raw_archive(named(""))).message
    assert refused(b"").facts["entry"] is None


def test_no_more_is_unpacked_than_was_claimed() -> None:
    _, make = hostile.CONTENT["a bomb that claims to be small"]
    assert f"unpacks to more than {MIB} bytes" in refused(make()).message


@pytest.mark.parametrize(("rule", "name"), ALONE)
def test_a_name_that_no_file_may_have_is_refused(rule: refusals.Rule, name: str) -> None:
    raw = name.encode()
    cut = raw[:65_535]
    error = refused(raw_archive(TWO, named(cut)))
    assert error.facts == {"path": "the archive", "entry": cut.decode(), "rule": rule}
    assert len(error.message) < 1500
    with pytest.raises(errors.BadWheel) as caught:
        archive.write({"notes/package.py": b"", name: b""})
    assert caught.value.facts == {"path": "", "entry": name, "rule": rule}


@pytest.mark.parametrize(("rule", "names"), TOGETHER)
def test_names_that_mean_one_place_are_refused(rule: refusals.Rule, names: tuple[str, ...]) -> None:
    error = refused(raw_archive(named("other.py"), *(named(name) for name in names)))
    assert error.facts["rule"] == rule
    assert error.facts["entry"] in names
    if len(set(names)) == len(names):
        with pytest.raises(errors.BadWheel) as caught:
            archive.write(dict.fromkeys(names, b""))
        assert caught.value.facts["rule"] == rule


@pytest.mark.parametrize(("rule", "name"), RAW)
@pytest.mark.parametrize("flags", [0, UTF8])
def test_a_name_in_no_utf8_is_refused(rule: refusals.Rule, name: bytes, flags: int) -> None:
    error = refused(raw_archive(TWO, named(name, lies={"flags": flags})))
    assert error.facts["rule"] == rule
    assert "\\x" in str(error.facts["entry"])


@pytest.mark.parametrize(("name", "flags"), [("notes/ü.py", 0), ("notes/store.py", UTF8)])
def test_a_name_has_one_encoding_for_everybody(name: str, flags: int) -> None:
    # without the flag, zipfile reads the first one as "notes/├╝.py"
    assert refused(raw_archive(TWO, named(name, lies={"flags": flags}))).facts["rule"] == "name-flag"


def test_a_name_that_utf8_cannot_hold_is_not_written() -> None:
    with pytest.raises(errors.BadWheel) as caught:
        archive.write({"notes/\udcff.py": b""})
    assert caught.value.facts["rule"] == "name-character"


def test_each_rule_has_a_row() -> None:
    tested = {
        rule for table in (hostile.WHOLE, hostile.HEADERS, hostile.CONTENT) for rule, _ in table.values()
    }
    tested |= hostile_names.ALONE.keys() | hostile_names.TOGETHER.keys() | hostile_names.RAW.keys()
    tested |= {rule for rule, _ in hostile_records.RECORDS.values()}
    tested |= {rule for rule, _, _ in packed_lies.LIES.values()}
    tested |= {rule for rule, _, _ in packed_lies.PRIVATE.values()}
    assert set(get_args(refusals.Rule)) - tested == {
        "name-flag",
        "changed",
        "manifest-absent",
    }  # have their own


def test_a_name_that_others_take_for_a_locator_of_zip64_is_refused(tmp_path: Path) -> None:
    place = int.from_bytes(b"PK\x06\x07", "little")  # then the last 20 bytes of the directory begin so
    first = File(b"a", method=0, packed=b"", lies={"size": place - 31, "packed_size": place - 31})
    last = File(b"n" * 16, b"", method=0)
    head, tail = first.local_part(), last.local_part()
    listed = first.central_part(0) + last.central_part(place)
    path = tmp_path / "sparse.whl"
    with path.open("wb") as file:
        file.write(head)
        file.seek(place)
        file.write(tail + listed)
        file.write(hostile.end_record(2, len(listed), place + len(tail)))
    assert refused(path).facts["rule"] == "zip64"


@pytest.mark.parametrize(
    "how",
    [
        "a bomb that claims to be small",
        "a bomb that claims to be stored",
        "more bytes than are unpacked",
        "more files than are read",
        "a quoted overlap",
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the system says otherwise what a process uses")
def test_a_bomb_goes_off_in_little_memory(tmp_path: Path, how: str) -> None:
    rule, make = {**hostile.WHOLE, **hostile.CONTENT}[how]
    path = tmp_path / "bomb.whl"
    path.write_bytes(make())
    assert read_within(16 * MIB, path) == rule


@pytest.mark.skipif(sys.platform != "linux", reason="the system says otherwise what a process uses")
def test_names_are_checked_in_bounded_memory(tmp_path: Path) -> None:
    # as many as there may be, which become as long as they may when they are folded
    names = [f"{number:05}" + "\ufdfa" * 27 + "\U0001f600" for number in range(20_000)]
    path = tmp_path / "names.whl"
    path.write_bytes(raw_archive(*(File(name.encode(), b"", method=0) for name in names)))
    assert read_within(64 * MIB, path) == "taken"
