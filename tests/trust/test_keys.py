"""One key for each actor of a home: made once, guarded, never replaced."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.trust import envelopes
from peers_runtime.trust.envelopes import Signer
from peers_runtime.trust.keys import Keys

ROOT = Path(__file__).parents[2]
TYPE = "application/vnd.test+json"
MAKERS = 16

RACE = """
import os, sys
from securesystemslib.signer import CryptoSigner  # imported once for all
from peers_runtime.trust.keys import Keys

for actor in sys.argv[2:]:
    waiting, starting = os.pipe()
    children = []
    for number in range(MAKERS):
        child = os.fork()
        if not child:
            os.close(starting)
            os.read(waiting, 1)  # until all are there
            key = Keys(sys.argv[1]).signer(actor).public_key
            os.write(1, f"{actor} {key}\\n".encode())  # at once, so that no other comes between
            os._exit(0)
        children.append(child)
    os.close(starting)
    os.close(waiting)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * MAKERS
"""
LIGHT = """
import sys
from peers_runtime.trust import envelopes, keys
print(*sorted({"securesystemslib", "cryptography", "pydantic", "typing", "inspect"} & sys.modules.keys()))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys"


@pytest.fixture
def keys(folder: Path) -> Keys:
    return Keys(folder)


@pytest.fixture
def path(folder: Path, keys: Keys) -> Path:
    """The file of ada's key."""
    keys.signer("ada")
    (path,) = folder.iterdir()
    return path


def test_a_key_is_made_when_it_is_first_used_and_then_stays(folder: Path, keys: Keys) -> None:
    assert not folder.exists()
    made = keys.signer("ada")
    again = Keys(folder).signer("ada")
    assert made.public_key == again.public_key
    assert _open(again.sign(TYPE, b"act"), made) == b"act"


def test_a_key_is_for_its_owner_alone(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_each_actor_has_a_key_of_their_own(keys: Keys) -> None:
    ada, bob = keys.signer("ada"), keys.signer("bob")
    assert ada.public_key != bob.public_key
    with pytest.raises(errors.SignatureInvalid):
        _open(ada.sign(TYPE, b"act"), bob)


@pytest.mark.parametrize(
    "actor",
    ["", ".", "..", "../../ada", "/etc/passwd", "a/b", "a\0b", "host.key", "Ada", "é", "\ud800", "x" * 9999],
    ids=range(12),
)
def test_the_name_of_an_actor_is_never_the_name_of_a_file(folder: Path, keys: Keys, actor: str) -> None:
    made = keys.signer(actor)
    assert keys.signer(actor).public_key == made.public_key
    assert made.public_key != keys.signer("ada").public_key
    assert len(list(folder.iterdir())) == 2
    assert [one.name for one in folder.parent.iterdir()] == ["keys"]
    assert all(one.name.isascii() and len(one.name) < 100 for one in folder.iterdir())


def test_of_many_that_make_a_key_at_once_one_wins_and_all_use_it(folder: Path) -> None:
    actors = [f"actor {number}" for number in range(8)]
    told = [
        line.rsplit(" ", 1) for line in _run(f"MAKERS = {MAKERS}\n{RACE}", str(folder), *actors).splitlines()
    ]
    assert len(told) == MAKERS * len(actors)
    for actor in actors:
        assert {key for name, key in told if name == actor} == {Keys(folder).signer(actor).public_key}
    assert len(list(folder.iterdir())) == len(actors)


def test_what_a_killed_maker_left_does_not_disturb(folder: Path, keys: Keys) -> None:
    folder.mkdir(parents=True, mode=0o700)
    program = """
import os, signal, sys
from peers_runtime.trust.keys import Keys
os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Keys(sys.argv[1]).signer("ada")
"""
    killed = subprocess.run([sys.executable, "-c", program, folder], cwd=ROOT, check=False, timeout=60)
    assert killed.returncode == -9
    (left,) = folder.iterdir()
    assert left.name.endswith(".tmp")
    assert left.stat().st_mode & 0o777 == 0o600
    assert keys.signer("ada").public_key == keys.signer("ada").public_key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o777])
def test_a_key_that_others_may_use_is_refused_with_the_command_that_mends_it(
    keys: Keys, path: Path, mode: int
) -> None:
    path.chmod(mode)
    with pytest.raises(errors.KeyExposed, match=f"{path}.*{mode:04o}") as caught:
        keys.signer("ada")
    assert f"chmod 600 {path}" in caught.value.hint
    path.chmod(0o600)
    keys.signer("ada")


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o720, 0o701, 0o777])
def test_a_folder_that_lets_others_in_gets_no_key(folder: Path, keys: Keys, mode: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(mode)
    with pytest.raises(errors.KeyExposed, match=f"{folder}.*{mode:04o}") as caught:
        keys.signer("ada")
    assert f"chmod 700 {folder}" in caught.value.hint
    assert not list(folder.iterdir())


def test_a_key_or_a_folder_of_another_user_is_refused(
    keys: Keys, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    with pytest.raises(errors.KeyExposed, match=f"{path.parent} belongs to another user") as caught:
        keys.signer("ada")
    assert "run this as that user" in caught.value.hint
    answers = iter([own, own + 1])  # the folder is ours, the file is not
    monkeypatch.setattr(os, "geteuid", lambda: next(answers))
    with pytest.raises(errors.KeyExposed, match=f"{path} belongs to another user"):
        keys.signer("ada")


def test_a_key_with_any_byte_changed_is_damage_and_is_left_as_it_is(keys: Keys, path: Path) -> None:
    whole = path.read_bytes()
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= 1
        _is_damage(keys, path, bytes(changed))
    path.write_bytes(whole)
    keys.signer("ada")


def test_a_key_that_was_cut_is_damage(keys: Keys, path: Path) -> None:
    whole = path.read_bytes()
    for length in range(len(whole)):
        _is_damage(keys, path, whole[:length])


@pytest.mark.parametrize(
    "data", [b"null", b"[]", b"{}", b'{"privateKey":1}', b"\xff", b"[" * 200_000, b"\0" * 32]
)
def test_what_is_no_key_is_damage(keys: Keys, path: Path, data: bytes) -> None:
    _is_damage(keys, path, data)


def test_the_key_of_another_actor_is_damage(keys: Keys, path: Path) -> None:
    keys.signer("bob")
    (bobs,) = set(path.parent.iterdir()) - {path}
    _is_damage(keys, path, bobs.read_bytes())


def test_a_public_key_that_is_not_that_of_the_private_one_is_damage(keys: Keys, path: Path) -> None:
    data = json.loads(path.read_bytes())
    data["publicKey"] = keys.signer("bob").public_key
    _is_damage(keys, path, json.dumps(data, indent=2).encode() + b"\n")


@pytest.mark.parametrize("what", ["folder", "pipe", "dangling link", "unreadable"])
def test_something_else_in_the_place_of_a_key_is_damage(
    keys: Keys, path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.unlink()
    if what == "folder":
        path.mkdir(mode=0o700)
    elif what == "pipe":
        os.mkfifo(path, 0o600)
    elif what == "dangling link":
        path.symlink_to("nowhere")
    else:
        path.touch(mode=0o600)
        monkeypatch.setattr(os, "open", _failing(errno.EIO))
    with pytest.raises(errors.KeyDamaged, match=f"{path} is damaged") as caught:
        keys.signer("ada")
    assert f"mv {path} {path}.damaged" in caught.value.hint


def test_after_the_command_of_the_hint_there_is_a_new_key(keys: Keys, path: Path) -> None:
    old = keys.signer("ada").public_key
    path.write_bytes(b"")
    with pytest.raises(errors.KeyDamaged, match="it is empty") as caught:
        keys.signer("ada")
    subprocess.run(caught.value.hint.rpartition(": ")[2].split(), check=True)
    assert keys.signer("ada").public_key != old


@pytest.mark.parametrize("act", ["fsync", "link", "open"])
def test_a_key_that_cannot_be_written_leaves_nothing(
    folder: Path, keys: Keys, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, act, _failing(errno.ENOSPC))
    with pytest.raises(errors.HomeNotWritable, match="No space left on device") as caught:
        keys.signer("ada")
    assert "free space" in caught.value.hint
    monkeypatch.undo()
    assert not list(folder.iterdir())
    keys.signer("ada")


def test_a_place_that_can_hold_no_keys_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "keys"):
        with pytest.raises(errors.HomeNotWritable):
            Keys(place).signer("ada")


def test_a_host_that_signs_nothing_imports_no_cryptography() -> None:
    assert _run(LIGHT).split() == []


def _open(envelope: str, signer: Signer) -> bytes:
    return envelopes.opened(envelope, signer.public_key, TYPE)


def _is_damage(keys: Keys, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(errors.KeyDamaged, match=f"{path} is damaged") as caught:
        keys.signer("ada")
    assert f"mv {path} {path}.damaged" in caught.value.hint
    assert path.read_bytes() == data


def _failing(number: int):
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def _run(program: str, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout
