"""A wheel's RECORD is true of all of the wheel, or the wheel is refused."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import tracemalloc
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.projects import archive, record, refusals
from tests.projects.hostile_records import INFO, PLAIN, RECORD, RECORDS, TEXT, TRUE


def opened(files: Mapping[str, bytes]) -> archive.Archive:
    return archive.read(archive.write(files), where="notes.whl")


def test_a_true_record_is_taken_and_names_its_folder() -> None:
    assert record.verify(opened(TRUE)) == INFO


def test_it_lists_each_file_by_digest_and_size_and_itself_by_neither() -> None:
    rows = list(csv.reader(io.StringIO(TEXT)))
    assert rows.pop() == [RECORD, "", ""]
    assert [name for name, _, _ in rows] == sorted(PLAIN)
    for name, digest, size in rows:
        encoded = base64.urlsafe_b64encode(hashlib.sha256(PLAIN[name]).digest()).decode()
        assert digest == f"sha256={encoded.rstrip('=')}"
        assert int(size) == len(PLAIN[name])


def test_the_order_of_the_files_is_no_matter() -> None:
    assert record.added(dict(reversed(PLAIN.items()))) == TRUE
    lines = TEXT.splitlines(keepends=True)
    assert record.verify(opened({**TRUE, RECORD: "".join(reversed(lines)).encode()})) == INFO


def test_an_old_record_is_replaced() -> None:
    assert record.added({**PLAIN, RECORD: b"old"}) == TRUE


@pytest.mark.parametrize(("rule", "make"), RECORDS.values(), ids=RECORDS)
def test_a_record_that_lies_is_refused_by_its_rule(
    rule: refusals.Rule, make: Callable[[], Mapping[str, bytes]]
) -> None:
    wheel = opened(make())
    tracemalloc.start()
    with pytest.raises(errors.BadWheel) as caught:
        record.verify(wheel)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.facts["rule"] == rule
    assert caught.value.facts["path"] == "notes.whl"
    assert len(caught.value.message) < 1500
    assert peak < 2 << 20


def test_the_entry_that_lies_is_named() -> None:
    with pytest.raises(errors.BadWheel, match=r"the entry 'notes/store\.py' .* digest") as caught:
        record.verify(opened({**TRUE, "notes/store.py": b"changed"}))
    assert caught.value.facts["entry"] == "notes/store.py"


@pytest.mark.parametrize("name", ["../evil.py", "notes/\udcff.py", 'notes/"a".py'])
def test_a_name_that_no_archive_takes_is_not_recorded(name: str) -> None:
    with pytest.raises(errors.BadWheel) as caught:
        record.added({**PLAIN, name: b""})
    assert caught.value.facts["entry"] == name


def test_what_has_no_folder_for_it_gets_no_record() -> None:
    with pytest.raises(errors.BadWheel) as caught:
        record.added({"notes/__init__.py": b""})
    assert caught.value.facts["rule"] == "dist-info"


def test_every_byte_of_it_counts() -> None:
    for position in range(len(TEXT.encode())):
        changed = bytearray(TEXT.encode())
        changed[position] ^= 1
        with pytest.raises(errors.BadWheel):
            record.verify(opened({**TRUE, RECORD: bytes(changed)}))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_only_one_record_is_true_up_to_its_order(data: st.DataObject) -> None:
    text = bytearray(TRUE[RECORD])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 40, len(text))))
        text[start:end] = data.draw(
            st.sampled_from([b"", b"\n", b",", b'"', text[:60]]) | st.binary(max_size=5)
        )
    try:
        record.verify(opened({**TRUE, RECORD: bytes(text)}))
    except errors.BadWheel:
        return
    assert sorted(text.split(b"\n")) == sorted(TRUE[RECORD].split(b"\n"))
