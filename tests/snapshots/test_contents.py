from __future__ import annotations

import json
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.snapshots.blobs import Blobs, digest_of
from peers_runtime.snapshots.contents import Contents
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture
from tests.snapshots.parts import FILES, KEY, blob, damage


def content(version: int, edits: dict[int, int], count: int = 200) -> bytes:
    """As a snapshot's: files in the middle, its version at the end."""
    files = [
        {"digest": digest_of(b"%d %d" % (number, edits.get(number, 0))), "path": f"n/ü{number}.py", "size": 1}
        for number in range(count)
    ]
    data = {"assets": [], "files": files, "name": "n", "version": f"1.0.{version}"}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def put(contents: Contents, count: int) -> list[bytes]:
    """Contents that each differ from the one before in one more file."""
    made = [content(version, dict.fromkeys(range(version), 1)) for version in range(count)]
    for version, one in enumerate(made):
        contents.put(one, [digest_of(older) for older in reversed(made[:version])])
    return made


def used(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def contents(home: Path) -> Contents:
    return Contents(Blobs(home / "blobs"))


def test_contents_that_differ_little_take_as_much_as_a_few_whole_ones(home: Path, contents: Contents) -> None:
    made = put(contents, 20)
    assert used(home) < 4 * len(made[0])
    assert [Contents(Blobs(home / "blobs")).read(digest_of(one))[0] for one in made] == made


def test_one_that_differs_much_shares_a_text_of_its_own(home: Path, contents: Contents) -> None:
    *_, before = put(contents, 3)
    other = content(3, dict.fromkeys(range(200), 3))
    contents.put(other, [digest_of(before)])
    next_one = content(4, dict.fromkeys(range(199), 3))
    contents.put(next_one, [digest_of(before), digest_of(other)])
    assert [contents.read(digest_of(one))[0] for one in (other, next_one)] == [other, next_one]
    assert contents.read(digest_of(other))[1] == contents.read(digest_of(next_one))[1]
    assert contents.read(digest_of(before))[1] != contents.read(digest_of(other))[1]


def test_a_content_of_another_order_or_without_files_is_kept_as_it_is(contents: Contents) -> None:
    before, *_ = put(contents, 2)
    data = json.loads(before)
    for files in (data["files"][::-1], data["files"][:100] * 2, []):
        other = json.dumps({**data, "files": files, "more": "x" * 5_000}, separators=(",", ":")).encode()
        contents.put(other, [digest_of(before)])
        assert contents.read(digest_of(other))[0] == other


def test_no_changed_byte_is_ever_believed_and_storing_again_mends_it(home: Path, contents: Contents) -> None:
    first, second = (content(version, {0: version}, 45) for version in range(2))
    contents.put(first)
    contents.put(second, [digest_of(first)])
    digest, text = digest_of(second), contents.read(digest_of(second))[1]
    assert text is not None
    for path in (blob(home, digest), blob(home, text)):
        data = path.read_bytes()
        path.chmod(0o644)
        for position in range(len(data)):
            changed = bytearray(data)
            changed[position] ^= 1 << position % 8
            path.write_bytes(changed)
            try:
                found = contents.read(digest)[0]
            except (errors.DamagedBytes, errors.HomeDamaged):
                continue
            assert found == second
        path.write_bytes(data[:-1])
        contents.put(second, [digest_of(first)])
        assert contents.read(digest)[0] == second


def test_what_was_changed_is_named(home: Path, contents: Contents) -> None:
    *_, last = put(contents, 2)
    text = contents.read(digest_of(last))[1]
    assert text is not None
    path = blob(home, text)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    with pytest.raises(errors.DamagedBytes, match=text):
        contents.read(digest_of(last))
    blob(home, text).unlink()
    with pytest.raises(errors.HomeDamaged, match=text):
        contents.read(digest_of(last))


def test_siblings_that_are_damaged_or_gone_are_passed_over(home: Path, contents: Contents) -> None:
    first, second, third = put(contents, 3)
    text = contents.read(digest_of(second))[1]
    assert text is not None
    damage(blob(home, text))
    blob(home, digest_of(first)).unlink()
    last = content(9, {9: 9})
    contents.put(last, [digest_of(one) for one in (third, second, first)])
    assert contents.read(digest_of(last))[0] == last


MANY = {**FILES, **{f"notes/m{number}.py": b"VALUE = %d\n" % number for number in range(50)}}


def test_the_shared_text_stays_until_the_last_snapshot_that_needs_it_is_given_up(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peers_runtime.snapshots.blobs._FRESH_S", 0.0)
    snapshots = SnapshotStore(home, KEY)
    made = [captured({**MANY, "notes/m0.py": b"VALUE = 'new %d'\n" % number}) for number in range(3)]
    for number, (source, manifest) in enumerate(made):
        snapshots.add(source, manifest, [older.id for _, older in reversed(made[:number])])
    ids = [manifest.id for _, manifest in made]
    for number in range(2):
        assert snapshots.discard([ids[number]], ids[number + 1 :]) == [ids[number]]
        for digest in ids[number + 1 :]:
            SnapshotStore(home, KEY).verify(digest)
            assert SnapshotStore(home, KEY).manifest(digest).id == digest
    assert snapshots.discard([ids[2]], []) == [ids[2]]
    assert [path for path in home.rglob("*") if path.is_file()] == []
