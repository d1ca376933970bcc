"""Code files that name others for what these hold already."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from peers_runtime.snapshots import code_files, interpreter
from peers_runtime.snapshots.blobs import digest_of
from peers_runtime.snapshots.code import CodeStore
from tests.snapshots.parts import KEY
from tests.snapshots.test_code import modules

Sources = dict[str, bytes]
FIRST: Sources = {f"n.m{number}": b"VALUE = %d\n" % number * 20 for number in range(40)}


def name(version: int) -> str:
    return f"{version:064x}"


def path(folder: Path, version: int) -> Path:
    return folder / interpreter.tag() / f"{name(version)}.code"


def add(store: CodeStore, version: int, sources: Sources) -> None:
    """As a store does: the snapshot itself first, then the others, the latest first."""
    store.build(name(version), modules(sources), [name(other) for other in (version, *range(20, -1, -1))])


def versions(store: CodeStore, count: int, *, one_module: bool = False) -> list[Sources]:
    """Each differs from the one before in one module, always the same or always another one."""
    made = [FIRST]
    add(store, 0, FIRST)
    for version in range(1, count):
        edit = {f"n.m{1 if one_module else version}": b"EDITED = %d\n" % version}
        made.append({**made[-1], **edit})
        add(store, version, made[-1])
    return made


def lacking(folder: Path, version: int, sources: Sources) -> set[str]:
    """The modules that a fresh reader finds no code of; what it finds is what their source says."""
    file = CodeStore(folder, KEY).open(name(version))
    lacking = set(sources)
    for module, source in sources.items():
        code = None if file is None else file.code(digest_of(source), "/x")
        if code is not None:
            assert code == interpreter.compiled(source, "/x", "/x")
            lacking.remove(module)
    return lacking


@pytest.mark.parametrize("one_module", [True, False], ids=["the same module", "always another one"])
def test_versions_that_differ_in_one_module_take_little_more_than_one(
    tmp_path: Path, *, one_module: bool
) -> None:
    made = versions(CodeStore(tmp_path, KEY), 20, one_module=one_module)
    first, *rest = (path(tmp_path, version).stat().st_size for version in range(20))
    assert sum(rest) < first * (1 if one_module else 2)
    assert not any(lacking(tmp_path, version, sources) for version, sources in enumerate(made))


def test_a_version_that_shares_little_has_a_whole_file(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    add(store, 0, FIRST)
    other = {**FIRST, **{f"n.m{number}": b"OTHER = %d\n" % number * 20 for number in range(20)}}
    add(store, 1, other)
    path(tmp_path, 0).unlink()
    assert lacking(tmp_path, 1, other) == set()


def test_the_nearest_of_several_whole_files_is_named(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    other = {f"n.m{number}": b"OTHER = %d\n" % number * 20 for number in range(40)}
    add(store, 0, FIRST)
    add(store, 1, other)
    add(store, 2, {**FIRST, "n.m1": b"EDITED = 2\n"})
    assert code_files.others(str(path(tmp_path, 2))) == (name(0),)
    store.build(name(3), modules(FIRST))  # holds the same
    add(store, 4, {**FIRST, "n.m2": b"EDITED = 4\n"})
    assert len(code_files.others(str(path(tmp_path, 4)))) == 1


@pytest.mark.parametrize("fault", ["gone", "empty", "cut", "foreign", "another snapshot's", "a folder"])
def test_what_lies_in_a_file_that_is_in_doubt_counts_as_absent_and_can_be_made_again(
    tmp_path: Path, fault: str
) -> None:
    store = CodeStore(tmp_path, KEY)
    _, second = versions(store, 2)
    base = path(tmp_path, 0)
    if fault == "cut":
        base.write_bytes(base.read_bytes()[:100])
    elif fault == "empty":
        base.write_bytes(b"")
    elif fault == "foreign":
        CodeStore(tmp_path, b"another key").build(name(0), modules(FIRST))
    elif fault == "another snapshot's":
        shutil.copy(path(tmp_path, 1), base)
    else:
        base.unlink()
    if fault == "a folder":
        base.mkdir()
    assert lacking(tmp_path, 1, second) == FIRST.keys() - {"n.m1"}
    CodeStore(tmp_path, KEY).build(name(1), modules(second), [name(1)])
    assert lacking(tmp_path, 1, second) == set()


def test_no_changed_byte_of_a_file_that_others_name_is_ever_run(tmp_path: Path) -> None:
    few = {f"n.m{number}": b"VALUE = %d\n" % number for number in range(5)}
    store = CodeStore(tmp_path, KEY)
    add(store, 0, few)
    second = {**few, "n.more": b"more = 1\n"}
    add(store, 1, second)
    for version in (0, 1):
        file = path(tmp_path, version)
        data = file.read_bytes()
        for position in range(len(data)):
            changed = bytearray(data)
            changed[position] ^= 1 << position % 8
            file.write_bytes(changed)
            assert lacking(tmp_path, 1, second)
        file.write_bytes(data)
    assert lacking(tmp_path, 1, second) == set()


def test_a_file_is_never_read_through_another(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    made = versions(store, 3)
    assert set(code_files.others(str(path(tmp_path, 2)))) == {name(0), name(1)}
    path(tmp_path, 0).unlink()
    assert lacking(tmp_path, 2, made[2]) == FIRST.keys() - {"n.m1", "n.m2"}


def test_a_file_that_others_name_goes_on_holding_what_it_holds(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    made = versions(store, 3)
    store.build(name(3), modules(made[2]))  # another whole file, of which the others could be read
    for version in (0, 1, 2):
        add(store, version, made[version])
        assert not any(lacking(tmp_path, one, sources) for one, sources in enumerate(made))


def test_a_lost_file_that_others_name_is_made_whole_again(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    made = versions(store, 2)
    near = {**FIRST, "n.m5": b"NEAR = 1\n"}
    store.build(name(2), modules(near))  # another whole file that holds nearly all
    path(tmp_path, 0).unlink()
    add(store, 0, FIRST)
    assert lacking(tmp_path, 0, FIRST) == set()
    assert lacking(tmp_path, 1, made[1]) == set()


def test_what_was_damaged_where_it_lies_is_held_by_the_file_that_is_made_anew(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    _, second = versions(store, 2)
    base = path(tmp_path, 0)
    data = bytearray(base.read_bytes())
    data[-1] ^= 1
    base.write_bytes(data)
    assert lacking(tmp_path, 1, second) == {"n.m39"}
    store.build(name(1), modules(second), [name(1)])
    assert lacking(tmp_path, 1, second) == set()


def test_code_goes_with_its_snapshot_or_with_the_last_that_is_read_from_it(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    made = versions(store, 3, one_module=True)
    here = {name(0), name(1), name(2)}

    def remove(version: int) -> list[bool]:
        here.remove(name(version))
        store.remove([name(version)], here.__contains__)
        return [path(tmp_path, one).exists() for one in range(3)]

    assert remove(0) == [True, True, True]
    assert lacking(tmp_path, 1, made[1]) == set()
    assert remove(1) == [True, False, True]
    assert lacking(tmp_path, 2, made[2]) == set()
    assert remove(2) == [False, False, False]


def test_code_of_other_interpreters_goes_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = interpreter.tag()
    monkeypatch.setattr(interpreter, "tag", lambda: "other")
    versions(CodeStore(tmp_path, KEY), 2)
    monkeypatch.setattr(interpreter, "tag", lambda: own)
    store = CodeStore(tmp_path, KEY)
    versions(store, 2)
    store.remove([name(0)], {name(1)}.__contains__)
    assert len(list(tmp_path.rglob("*.code"))) == 4
    store.remove([name(1)], set[str]().__contains__)
    assert list(tmp_path.rglob("*.code")) == []


def test_a_snapshot_that_is_here_keeps_its_code(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    versions(store, 2)
    store.remove([name(0), name(1)], {name(0), name(1)}.__contains__)
    assert len(list(tmp_path.rglob("*.code"))) == 2
