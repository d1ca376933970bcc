from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest

from peers_runtime.base import errors
from peers_runtime.snapshots import interpreter
from peers_runtime.snapshots.blobs import digest_of
from peers_runtime.snapshots.code import CodeStore
from peers_runtime.snapshots.code_files import Seal
from tests.snapshots.parts import KEY, all_files

DIGEST, OTHER, THIRD = "d" * 64, "e" * 64, "f" * 64
SOURCES = {"n": b"", "n.a": b"def f(x):\n    return lambda: x + 1\n", "n.b": b"VALUE = 'b'\n"}


def modules(sources: dict[str, bytes]) -> list[tuple[str, str, bytes, str]]:
    return [(name, digest_of(data), data, f"{name.replace('.', '/')}.py") for name, data in sources.items()]


def read(store: CodeStore, digest: str, source: bytes, filename: str = "/x/n.py") -> CodeType | None:
    file = store.open(digest)
    return None if file is None else file.code(digest_of(source), filename)


def read_all(store: CodeStore) -> list[CodeType | None]:
    file = store.open(DIGEST)
    if file is None:
        return [None] * len(SOURCES)
    return [file.code(digest_of(source), "/x/n.py") for source in SOURCES.values()]


def names_of_files(code: CodeType) -> set[str]:
    inner = [names_of_files(each) for each in code.co_consts if isinstance(each, CodeType)]
    return {code.co_filename}.union(*inner)


def only_file(folder: Path) -> Path:
    (name,) = all_files(folder)
    return folder / name


def test_compiled_code_runs_and_carries_the_name_it_was_asked_for(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    code = read(store, DIGEST, SOURCES["n.a"], "/laid/out/n/a.py")
    assert code is not None
    assert names_of_files(code) == {"/laid/out/n/a.py"}
    namespace: dict[str, object] = {}
    exec(code, namespace)
    assert namespace["f"](1)() == 2


def test_every_reader_gets_a_code_object_of_its_own(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    file = store.open(DIGEST)
    assert file is not None
    first, second = (file.code(digest_of(SOURCES["n.a"]), f"/{each}") for each in "ab")
    assert first is not second
    assert first is not None
    assert first.co_filename == "/a"


def test_another_source_and_another_snapshot_have_no_code(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    assert read(store, DIGEST, b"other source") is None
    assert read(store, OTHER, SOURCES["n.a"]) is None


def test_no_changed_byte_is_ever_run(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    path = only_file(tmp_path)
    true = read_all(store)
    data = path.read_bytes()
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1 << position % 8
        path.write_bytes(changed)
        found = read_all(store)
        assert None in found
        assert all(code is None or code == whole for code, whole in zip(found, true, strict=True))


def test_a_file_cut_short_anywhere_counts_as_absent(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    path = only_file(tmp_path)
    true = read_all(store)
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        found = read_all(store)
        assert None in found
        assert all(code is None or code == whole for code, whole in zip(found, true, strict=True))


def test_a_file_of_another_host_counts_as_absent(tmp_path: Path) -> None:
    CodeStore(tmp_path, b"another key").build(DIGEST, modules(SOURCES))
    assert CodeStore(tmp_path, KEY).open(DIGEST) is None


def test_a_file_under_another_snapshots_name_counts_as_absent(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    path = only_file(tmp_path)
    path.rename(path.with_name(f"{OTHER}.code"))
    assert store.open(OTHER) is None


def test_modules_of_two_files_cannot_be_swapped(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    one, other = b"VALUE = 1\n", b"VALUE = 2\n"
    store.build(DIGEST, modules({"n": one}))
    store.build(OTHER, modules({"n": other}))
    first, second = (next(tmp_path.rglob(f"{digest}.code")) for digest in (DIGEST, OTHER))
    assert len(first.read_bytes()) == len(second.read_bytes())
    body = len(interpreter.dumps(interpreter.compiled(one, "n.py", "n.py")))
    first.write_bytes(first.read_bytes()[:-body] + second.read_bytes()[-body:])
    assert read(store, DIGEST, one) is None
    assert read(store, DIGEST, other) is None


def test_a_seal_is_for_one_source_one_interpreter_and_one_use() -> None:
    data = b"bytes"
    seals = [
        Seal(KEY, "cpython-311").code(DIGEST, data),
        Seal(KEY, "cpython-311").code(OTHER, data),
        Seal(KEY, "cpython-312").code(DIGEST, data),
        Seal(KEY, "cpython-311").index(DIGEST, b"", data),
        Seal(b"another key", "cpython-311").code(DIGEST, data),
    ]
    assert len(set(seals)) == len(seals)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_counts_as_absent(tmp_path: Path, mode: int) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    only_file(tmp_path).chmod(mode)
    assert store.open(DIGEST) is None


def test_what_is_no_file_counts_as_absent(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    (tmp_path / interpreter.tag() / f"{DIGEST}.code").mkdir(parents=True)
    assert store.open(DIGEST) is None


def test_another_interpreter_or_optimisation_has_files_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    ours = only_file(tmp_path)
    run = subprocess.run(
        [
            sys.executable,
            "-O",
            "-c",
            "from peers_runtime.snapshots import interpreter; print(interpreter.tag())",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = run.stdout.strip()
    assert theirs != interpreter.tag()
    (tmp_path / theirs).mkdir()
    (tmp_path / theirs / ours.name).write_bytes(ours.read_bytes())
    (tmp_path / theirs / ours.name).chmod(0o600)
    monkeypatch.setattr(interpreter, "tag", lambda: theirs)
    assert CodeStore(tmp_path, KEY).open(DIGEST) is None


def test_an_open_file_outlives_its_replacement(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    file = store.open(DIGEST)
    store.build(DIGEST, modules({"n": b""}))
    assert file is not None
    assert file.code(digest_of(SOURCES["n.a"]), "/x") is not None


def test_what_a_sibling_compiled_is_not_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    compiled: list[str] = []
    real = interpreter.compiled

    def count(source: bytes, path: str, filename: str) -> CodeType:
        compiled.append(path)
        return real(source, path, filename)

    monkeypatch.setattr(interpreter, "compiled", count)
    changed = {**SOURCES, "n.b": b"VALUE = 'changed'\n", "n.moved": SOURCES["n.a"]}
    store.build(OTHER, modules(changed), [THIRD, DIGEST])
    assert compiled == ["n/b.py"]
    moved = read(store, OTHER, SOURCES["n.a"], "/n/moved.py")
    assert moved is not None
    assert names_of_files(moved) == {"/n/moved.py"}


def test_what_a_damaged_sibling_holds_is_compiled_again(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules(SOURCES))
    path = only_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    store.build(OTHER, modules(SOURCES), [DIGEST])
    assert all(read(store, OTHER, source) is not None for source in SOURCES.values())


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"x = 1\nif True\n", 2),
        (b"\xff", 1),
        (b"x = '\xff'\n", 1),
        (b"x = '\0'\n", None),
        (b"x = " + b"(" * 300 + b")" * 300, 1),
        (b"return 1\n", 1),
    ],
)
def test_source_that_does_not_compile_is_named_with_its_line(
    tmp_path: Path, source: bytes, line: int | None
) -> None:
    with pytest.raises(errors.CompilationError) as caught:
        CodeStore(tmp_path, KEY).assemble(DIGEST, modules({"n": b"", "n.bad": source}))
    assert caught.value.facts["path"] == "n/bad.py"
    assert caught.value.message.startswith("n/bad.py")
    assert caught.value.facts["text"]
    if line is not None:
        assert caught.value.facts["line"] in {line, None}
    assert not all_files(tmp_path)


def test_what_does_not_compile_is_left_out_when_code_is_made_anew(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(DIGEST, modules({"n": b"x = 1\n", "n.bad": b"x =\n"}))
    file = store.open(DIGEST)
    assert file is not None
    sources = {"n": b"x = 1\n", "n.bad": b"x =\n"}
    found = {name: file.code(digest_of(source), "/x") for name, source in sources.items()}
    assert found["n"] is not None
    assert found["n.bad"] is None


def test_a_file_that_no_statement_imports_need_not_compile(tmp_path: Path) -> None:
    store = CodeStore(tmp_path, KEY)
    store.build(
        DIGEST, modules({"n": b"", "n.{{name}}": b"class {{name}}: pass\n", "n.0001_first": b"x = 1\n"})
    )
    assert read(store, DIGEST, b"class {{name}}: pass\n") is None
    assert read(store, DIGEST, b"x = 1\n") is not None


def test_reading_compiled_code_imports_nothing_heavy() -> None:
    heavy = [
        "typing",
        "dataclasses",
        "pydantic",
        "inspect",
        "importlib.metadata",
        "rfc8785",
        "packaging",
        "pathlib",
    ]
    script = (
        "import sys\n"
        "from peers_runtime.snapshots import store\n"
        "print(*sorted(set(sys.argv[1:]) & sys.modules.keys()))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, *heavy],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert run.stdout.split() == []
