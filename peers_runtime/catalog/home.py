"""A home: the folder in which one host keeps all it knows.

    home.json            {"format": 1, "device": …}; written last, so its presence says that the rest is there
    catalog.sqlite       what is installed and active; catalog.lock is held around every write
    index.json           what is active on this device, for a quick start; index.stale says not to trust it
    beliefs/             what this device has found right of the records, and what is under quarantine
    blobs/ files/ code/  the bytes of snapshots: as content, laid out, compiled
    data/                the packages' own rows, one SQLite file per context
    variables.sqlite     what variables are set to on this device alone; made with the first of them
    realms/              the closure of each loaded version, for worker processes
    keys/host.key        seals compiled code; never leaves this machine
    keys/secrets.json    seals secrets that stay in this home; made with the first of them
    diagnostics.jsonl    what went wrong

On a host's start path: opening a home that exists imports nothing but json and os.
"""

from __future__ import annotations

import json
import os

from peers_runtime.base import errors

FORMAT = 1
_FOLDERS = ("blobs", "code", "data", "files", "keys", "realms")
_KEY_LENGTH = 32  # bytes
_DEVICE_LENGTH = 128  # characters


class Home:
    """The folder at `path`, made when it does not exist.

    `device` is written into a home that is made now; an existing home keeps its own. Raises
    `InvalidSetting`, `HomeTooNew`, `HomeDamaged`, `HomeNotWritable`.
    """

    __slots__ = ("device", "path")

    def __init__(self, path: str | os.PathLike[str], device: str | None = None) -> None:
        if not os.fspath(path):
            raise errors.InvalidSetting("the home has no path", hint="give a folder with --home")
        if device is not None:
            _check_device(device)
        self.path: str = os.path.abspath(os.path.expanduser(os.fspath(path)))
        described = _read(self.path)
        if described is None:
            described = _create(self.path, device)
        self.device: str = _device(self.path, described)

    def file(self, *names: str) -> str:
        """The absolute path of something inside the home."""
        return os.path.join(self.path, *names)

    @property
    def is_writable(self) -> bool:
        return os.access(self.path, os.W_OK)

    def key(self) -> bytes:
        """The 32 bytes that seal compiled code. Raises `KeyExposed` when others may read them."""
        path = self.file("keys", "host.key")
        try:
            with open(path, "rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                key = file.read()
        except PermissionError as error:
            raise _not_for_us(self.path, path) from error
        except OSError as error:
            raise _damaged(path, f"it cannot be read: {error.strerror}") from error
        if os.name == "posix" and mode & 0o077:
            raise errors.KeyExposed(
                f"others than its owner may use {path} (mode {mode & 0o777:04o})",
                hint=f"chmod 600 {path}; if somebody else read it, delete it and the folder code/",
                path=path,
            )
        if len(key) != _KEY_LENGTH:
            raise _damaged(path, f"it holds {len(key)} bytes instead of {_KEY_LENGTH}")
        return key

    def __fspath__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"<Home {self.path}>"


def _check_device(device: object) -> None:
    if not isinstance(device, str) or not device.strip() or not device.isprintable():
        fault = "is no name"
    elif len(device) > _DEVICE_LENGTH:
        fault = f"has {len(device)} characters, more than {_DEVICE_LENGTH}"
    else:
        return
    raise errors.InvalidSetting(
        f"the device {ascii(device)[:_DEVICE_LENGTH]} {fault}",
        hint="name this machine in a few printable characters, or give no device to get one",
    )


def _read(path: str) -> object | None:
    """What home.json says; None when there is no home here yet."""
    name = os.path.join(path, "home.json")
    try:
        with open(name, encoding="utf-8") as file:
            described: object = json.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise _not_for_us(path, name) from error
    except (OSError, ValueError) as error:
        raise _damaged(name, f"it cannot be read: {error}") from error
    return described


def _device(path: str, described: object) -> str:
    name = os.path.join(path, "home.json")
    if not isinstance(described, dict) or not isinstance(described.get("format"), int):
        raise _damaged(name, "it does not say which format the home has")
    if described["format"] > FORMAT:
        raise errors.HomeTooNew(
            f"the home {path} has format {described['format']}, this peers_runtime knows up to {FORMAT}",
            hint="upgrade peers_runtime, or choose another home with --home",
            path=path,
            format=described["format"],
        )
    device = described.get("device")
    if not isinstance(device, str) or not device:
        raise _damaged(name, "it does not name the device")
    return device


def _create(path: str, device: str | None) -> object:
    import secrets
    import time

    from peers_runtime.base import ids
    from peers_runtime.catalog import lock

    try:
        _make_folder(path)
        with lock.hold(os.path.join(path, "catalog.lock")):
            described = _read(path)
            if described is not None:
                return described  # another process was faster
            if os.path.exists(os.path.join(path, "catalog.sqlite")):
                raise _damaged(os.path.join(path, "home.json"), "it is missing beside a catalog")
            for folder in _FOLDERS:
                os.makedirs(os.path.join(path, folder), 0o700 if folder == "keys" else 0o777, exist_ok=True)
            _write(os.path.join(path, "keys", "host.key"), secrets.token_bytes(_KEY_LENGTH), 0o600)
            device = device or ids.make(time.time_ns() // 1_000_000, secrets.randbits(83))
            described = {"format": FORMAT, "device": device}
            _write(os.path.join(path, "home.json"), json.dumps(described).encode(), 0o666)
    except (FileExistsError, NotADirectoryError, FileNotFoundError) as error:
        raise errors.InvalidSetting(
            f"there can be no home at {path}: {error.strerror}",
            hint="give a folder, or the place for a new one, with --home",
            path=path,
        ) from error
    except OSError as error:
        raise lock.not_writable(path, error) from error
    return described


def _write(path: str, data: bytes, mode: int) -> None:
    """All of `data` or nothing, on the disk before this returns. The caller holds the home's lock."""
    new = f"{path}.new"
    if os.path.exists(new):
        os.unlink(new)  # a maker that died left it; its mode may be another
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    _sync_folder(os.path.dirname(path))


def _make_folder(path: str) -> None:
    """With those above it, and each of them on the disk: a home is not lost as a whole."""
    above = os.path.dirname(path)
    if above != path and not os.path.isdir(above):
        _make_folder(above)
    os.makedirs(path, exist_ok=True)
    try:
        _sync_folder(above)
    except PermissionError:  # it may be entered and not read: somebody else made it
        pass


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(path: str, what: str) -> errors.HomeDamaged:
    return errors.HomeDamaged(
        f"{path} is damaged: {what}",
        hint="restore it from a backup, or choose another home with --home",
        path=path,
    )


def _not_for_us(home: str, path: str) -> errors.HomeDamaged:
    """Nothing is wrong with the file: it is another user's."""
    owner = _owner(home)
    return errors.HomeDamaged(
        f"{path} may not be read by this user (permission denied): the home belongs to {owner}",
        hint=f"run it as {owner}, or choose a home of your own with --home",
        path=path,
        owner=owner,
    )


def _owner(path: str) -> str:
    """The name of the user whom a folder belongs to, or the number where it has none."""
    while not os.path.exists(path):  # or it lies where this user may not look
        path = os.path.dirname(path)
    number = os.stat(path).st_uid
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return f"user {number}"
