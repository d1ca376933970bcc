"""Whatever the bytes are: refused as a bad wheel, or taken for what everybody else takes them for."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

from hypothesis import event, given, settings
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.projects import archive, record
from tests.projects.hostile import CONTENT, HEADERS, ONE, TWO, WHOLE
from tests.projects.hostile_records import TRUE
from tests.projects.raw_zip import DEFLATED, STORED, File, deflated
from tests.projects.raw_zip import archive as raw_archive

GOOD = [archive.write(TRUE), archive.write({"n/ü.py": b"a = []\n" * 9, "n/x": b""}), raw_archive(ONE, TWO)]
MARKS = [
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"PK\x06\x07",
    b"PK\x07\x08",
    GOOD[2][-22:],
]
SHORT = {
    "version": 16,
    "flags": 16,
    "method": 16,
    "time": 16,
    "date": 16,
    "checksum": 32,
    "packed_size": 32,
    "size": 32,
}
SHARED = {**SHORT, "name_length": 16, "extra_length": 16}
CENTRAL = {
    **SHARED,
    "made_by": 16,
    "comment_length": 16,
    "disk": 16,
    "internal": 16,
    "external": 32,
    "offset": 32,
}
END = {
    "disk": 16,
    "directory_disk": 16,
    "entries_here": 16,
    "entries": 16,
    "directory_size": 32,
    "directory_offset": 32,
    "comment_length": 16,
}


def number(bits: int) -> st.SearchStrategy[int]:
    """Small ones, which may be near the truth, single bits, and the greatest."""
    bit = st.integers(0, bits - 1).map(lambda each: 1 << each)
    return st.integers(0, 300) | bit | st.just((1 << bits) - 1) | st.integers(0, (1 << bits) - 1)


def lies(fields: dict[str, int]) -> st.SearchStrategy[dict[str, int]]:
    lie = st.sampled_from(sorted(fields)).flatmap(lambda each: st.tuples(st.just(each), number(fields[each])))
    return st.just({}) | st.lists(lie, max_size=3).map(dict)


some_bytes = st.just(b"") | st.binary(max_size=30) | st.sampled_from(MARKS)
contents = st.binary(max_size=40) | st.integers(0, 5000).map(lambda size: b"ab" * size)
packings = st.none() | some_bytes | contents.map(deflated)
names = st.sampled_from([b"a", b"b", b"A", b"a/b", b"n/\xc3\xbc", b"n/u\xcc\x88"]) | st.binary(max_size=12)
files = st.builds(
    File,
    name=names,
    data=contents,
    method=st.sampled_from([STORED, DEFLATED]),
    packed=st.none() | packings,
    lies=lies(SHORT),
    local=lies(SHARED),
    central=lies(CENTRAL),
    local_name=st.none() | names,
    local_extra=some_bytes,
    central_extra=some_bytes,
    comment=some_bytes,
    before=some_bytes,
    after=some_bytes,
    is_listed=st.booleans(),
)
honest = st.builds(File, name=names, data=contents, method=st.sampled_from([STORED, DEFLATED]))


def judge(data: bytes) -> None:
    try:
        read = archive.read(data)
        taken = dict(read)
    except errors.BadWheel:
        event("refused")
        return
    event("taken")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert [info.filename for info in opened.infolist()] == list(taken)
        assert {name: opened.read(name) for name in opened.namelist()} == taken
    assert dict(archive.read(archive.write(taken))) == taken
    try:
        record.verify(read)
    except errors.BadWheel:
        event("without a true RECORD")
        return
    assert taken == TRUE


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(GOOD), st.data())
def test_a_changed_archive_is_refused_or_means_one_thing(good: bytes, draw: st.DataObject) -> None:
    data = bytearray(good)
    for _ in range(draw.draw(st.integers(1, 4))):
        start = draw.draw(st.integers(0, len(data)))
        end = draw.draw(st.integers(start, min(start + draw.draw(st.sampled_from([0, 1, 4, 80])), len(data))))
        other = draw.draw(st.integers(0, len(good)))
        piece = good[other : other + draw.draw(st.sampled_from([1, 4, 30, 200]))]
        data[start:end] = draw.draw(st.sampled_from([b"", piece, *MARKS]) | st.binary(max_size=4))
    judge(bytes(data))


@settings(max_examples=600, deadline=None)
@given(st.lists(files | honest, max_size=4), lies(END), some_bytes, some_bytes, some_bytes)
def test_a_structure_of_lies_is_refused_or_means_one_thing(
    some: list[File], end: dict[str, int], before_directory: bytes, before_end: bytes, after: bytes
) -> None:
    judge(raw_archive(*some, before_directory=before_directory, before_end=before_end, after=after, **end))


@settings(max_examples=300, deadline=None)
@given(st.lists(honest, max_size=4), st.data())
def test_one_lie_is_refused_or_changes_nothing(some: list[File], draw: st.DataObject) -> None:
    if not some:
        judge(raw_archive(**draw.draw(lies(END))))
        return
    liar = draw.draw(st.integers(0, len(some) - 1))
    field = draw.draw(st.sampled_from(["lies", "local", "central"]))
    told = draw.draw(lies({"lies": SHORT, "local": SHARED, "central": CENTRAL}[field]))
    some[liar] = replace(some[liar], **{field: told})
    judge(raw_archive(*some))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [how for how in {**WHOLE, **HEADERS, **CONTENT} if "more" not in how and "bomb" not in how]
    ),
    st.data(),
)
def test_a_hostile_archive_that_changes_is_refused_or_means_one_thing(how: str, draw: st.DataObject) -> None:
    data = bytearray({**WHOLE, **HEADERS, **CONTENT}[how][1]())
    position = draw.draw(st.integers(0, max(len(data) - 1, 0)))
    data[position : position + 1] = draw.draw(st.binary(max_size=2))
    judge(bytes(data))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", *MARKS]), st.sampled_from([b"", *MARKS]))
def test_any_bytes_are_refused_or_mean_one_thing(data: bytes, first: bytes, last: bytes) -> None:
    judge(first + data + last)
