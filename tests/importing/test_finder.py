"""The one finder of the process: counting, looking up, costing nothing."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.importing.finder import Finder, finder
from peers_runtime.importing.lock import Lock, tag
from peers_runtime.model.modules import ModuleFile
from tests.fakes.disk_bytes import DiskBytes
from tests.importing.realms import Workshop

ROOT = Path(__file__).parents[2]
FILES = {"notes/__init__.py": "", "notes/store.py": "VERSION = 1\n"}


def test_there_is_one_finder_and_it_comes_first() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: finder(), range(32)))
    assert len(found) == 1
    assert [each for each in sys.meta_path if isinstance(each, Finder)] == list(found)


def test_acquiring_loads_no_module_and_reads_nothing(workshop: Workshop) -> None:
    class Unread:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"{name} was read")

    lock = workshop.lock(FILES)
    unread: Any = Unread()
    realm = finder().acquire(lock, unread, lambda code, text: None)
    assert realm.loaded() == ()
    assert not [name for name in sys.modules if realm.tag in name]
    assert (realm.label, realm.tag) == ("notes@1.0.0", tag(lock))
    assert finder().realm(realm.tag) is realm
    assert realm in finder().realms()
    finder().release(realm, unread)
    assert finder().realm(realm.tag) is None


def test_the_finder_installed_alone_imports_nothing_heavy() -> None:
    program = (
        "import sys; from peers_runtime.importing.finder import finder; f = finder();"
        "f.manage(['notes'], 1); import notes, notes.store;"
        "print(sorted({'typing', 'dataclasses', 'inspect', 'importlib.abc', 'logging', 'hashlib', 'json',"
        "'importlib.metadata', 'threading'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.stdout.strip(), run.stderr) == ("[]", "")


def test_equal_closures_are_one_realm_from_many_threads(workshop: Workshop) -> None:
    lock = workshop.lock(FILES)
    start = threading.Barrier(16)

    def acquire() -> Any:
        start.wait()
        return finder().acquire(Lock.from_data(lock.as_data()), workshop.bytes, lambda code, text: None)

    with ThreadPoolExecutor(16) as pool:
        futures = [pool.submit(acquire) for _ in range(16)]
        realms = {future.result() for future in futures}
    (realm,) = realms
    assert realm.load("notes.store:VERSION") == 1
    for _ in range(15):
        finder().release(realm, workshop.bytes)
        assert finder().realm(realm.tag) is realm
    finder().release(realm, workshop.bytes)
    assert finder().realm(realm.tag) is None


def test_a_realm_reads_through_whoever_still_has_it(workshop: Workshop, tmp_path: Path) -> None:
    class Closable(DiskBytes):
        closed = False

        def code(self, digest: str, module: str, filename: str, share: bool) -> Any:
            assert not self.closed, "read after it was closed"
            return super().code(digest, module, filename, share)

    lock = workshop.lock({**FILES, "notes/late.py": "", "notes/later.py": ""})
    readers = [Closable(workshop.bytes.home) for _ in range(3)]
    realms = [finder().acquire(lock, reader, lambda code, text: None) for reader in readers]
    realm = realms[0]
    realm.module("notes.store")
    for place in (2, 0):
        readers[place].closed = True
        finder().release(realm, readers[place])
        realm.module("notes.late" if place else "notes.later")
    finder().release(realm, readers[1])


def test_a_realm_that_cannot_be_made_leaves_no_count(workshop: Workshop) -> None:
    class Broken(DiskBytes):
        def modules(self, digest: str) -> dict[str, ModuleFile]:
            raise OSError("the disk is gone")

    undo = finder().manage(["tasks"], "a runtime")
    importlib.import_module("tasks")
    inner = workshop.lock(FILES)
    lock = workshop.lock({"tasks.py": ""}, name="tasks", packages=[inner])
    before = finder().realms()
    with pytest.raises(OSError, match="gone"):
        finder().acquire(lock, Broken(workshop.bytes.home), lambda code, text: None)
    assert finder().realms() == before
    undo()


def test_unknown_tags_are_asked_for_in_order_and_once_each(workshop: Workshop) -> None:
    lock = workshop.lock(FILES, "7.0.0")
    asked: list[str] = []

    def first(wanted: str) -> None:
        asked.append(f"first {wanted}")
        undos.append(finder().on_unknown_tag(second))

    def second(wanted: str) -> Any:
        asked.append(f"second {wanted}")
        return (lock, workshop.bytes) if wanted == tag(lock) else None

    undos = [finder().on_unknown_tag(first)]
    module = importlib.import_module(f"peers_packages.{tag(lock)}.notes.store")
    assert module.VERSION == 1
    assert asked == [f"first {tag(lock)}", f"second {tag(lock)}"]
    for undo in undos:
        undo()
        undo()
    with pytest.raises(ModuleNotFoundError, match="PEERS_HOME"):
        importlib.import_module("peers_packages.nobody_1_0_0_0123456789ab.nobody")
    assert len(asked) == 2
    realm = finder().realm(tag(lock))
    assert realm is not None
    finder().release(realm, workshop.bytes)


def test_the_finder_passes_everything_else_on() -> None:
    assert finder().find_spec("json.decoder") is None
    assert finder().find_spec("peers_packages") is None
    assert finder().find_spec("peers_packages_of_others.x") is None
    assert importlib.util.find_spec("nowhere_at_all") is None


def test_a_realm_names_its_references_and_errors(workshop: Workshop) -> None:
    realm = workshop.realm({**FILES, "notes/app.py": "class Kind:\n    value = 3\n"})
    assert realm.load("notes.app:Kind.value") == 3
    assert realm.load("notes.app") is realm.module("notes.app")
    with pytest.raises(AttributeError, match=r"'notes\.app:Kind\.nope' of notes@1\.0\.0") as caught:
        realm.load("notes.app:Kind.nope")
    assert "peers_packages" not in str(caught.value)
    for name in ("elsewhere", "json", "notes.nope", ""):
        with pytest.raises(ModuleNotFoundError):
            realm.module(name)
    assert realm.has("notes.store")
    assert not realm.has("notes.nope")
    assert realm.owns(realm.module("notes.app").__name__)
    assert not realm.owns("notes.app")
    assert repr(realm) == "<realm notes@1.0.0>"
    assert set(realm.loaded()) == {"notes", "notes.app"}


def test_bytes_that_cannot_be_trusted_are_an_import_error_of_their_own(workshop: Workshop) -> None:
    class Damaged(DiskBytes):
        def code(self, digest: str, module: str, filename: str, share: bool) -> Any:
            raise OSError(f"{module} is damaged")

    lock = workshop.lock(FILES)
    reader = Damaged(workshop.bytes.home)
    realm = finder().acquire(lock, reader, lambda code, text: None)
    with pytest.raises(OSError, match="notes is damaged"):
        realm.module("notes.store")
    assert realm.loaded() == ()
    finder().release(realm, reader)
