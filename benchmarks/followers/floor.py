"""The least that an edit can cost: `floor.py PATH` for the one module that is edited.

F1: the kernel's own notice that a writer has closed the file, then reading and compiling it. F2: executing
all modules afresh as well, from code objects that are ready. Nothing is checked, and nothing is undone.
"""

import ctypes
import os
import struct
import sys
import time
from pathlib import Path
from types import CodeType, ModuleType

import lines

_CLOSED_AFTER_WRITING, _MOVED_TO = 0x8, 0x80
_EVENT = struct.Struct("iIII")


def main(path: str) -> None:
    edited = Path(path)
    own = edited.parts[0]
    names = _imported(own)
    codes = {name: _compiled(Path(sys.modules[name].__file__ or "")) for name in names}
    changed = f"{own}.{edited.stem}"
    notices = _notices(edited.parent)
    lines.say(ready=True)
    while lines.told():
        lines.say(watching=sys.modules[changed].answer())
        while edited.name not in _names(notices):
            pass
        noticed = time.monotonic()
        source = edited.read_bytes()
        read = time.monotonic()
        codes[changed] = compile(source, str(edited), "exec", dont_inherit=True)
        compiled = time.monotonic()
        old = _execute(codes)
        executed = time.monotonic()
        del old
        lines.say(
            answer=sys.modules[f"{own}.main"].answer(),
            at=executed,
            noticed=noticed,
            read=read - noticed,
            compile=compiled - read,
            execute=executed - compiled,
        )


def _imported(own: str) -> list[str]:
    """The package's modules, each after those that it imports."""
    order = [own, f"{own}.common"]

    def add(name: str) -> None:
        if name not in order:
            for used in vars(sys.modules[name]).values():
                if isinstance(used, ModuleType) and used.__name__.startswith(f"{own}."):
                    add(used.__name__)
            order.append(name)

    for name in ("package", "routes", "uis"):
        __import__(f"{own}.{name}")
        add(f"{own}.{name}")
    return order


def _compiled(path: Path) -> CodeType:
    return compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


def _execute(codes: dict[str, CodeType]) -> list[ModuleType]:
    """New modules instead of the old ones, which are handed back."""
    old = [sys.modules.pop(name) for name in codes]
    own = next(iter(codes))
    for name, code in codes.items():
        module = sys.modules[name] = ModuleType(name)
        module.__file__ = code.co_filename
        module.__package__ = own
        if name == own:
            module.__path__ = []
        else:
            setattr(sys.modules[own], name.rpartition(".")[2], module)
        exec(code, vars(module))
    return old


def _notices(folder: Path) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    descriptor: int = library.inotify_init1(os.O_CLOEXEC)
    if library.inotify_add_watch(descriptor, os.fsencode(folder), _CLOSED_AFTER_WRITING | _MOVED_TO) < 0:
        raise OSError(ctypes.get_errno(), "inotify does not watch", str(folder))
    return descriptor


def _names(notices: int) -> set[str]:
    """Waits for the next notices; the names of the files that they are about."""
    data = os.read(notices, 4096)
    found = set()
    at = 0
    while at < len(data):
        *_, length = _EVENT.unpack_from(data, at)
        at += _EVENT.size
        found.add(data[at : at + length].rstrip(b"\0").decode())
        at += length
    return found


main(*sys.argv[1:])
