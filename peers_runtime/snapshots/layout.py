"""Which files belong to a package, and which modules they are.

A folder and every wheel made of it must give the same files, so one rule is asked for both.
On the way to a first import: imports nothing.
"""

from __future__ import annotations

from peers_runtime.model.modules import ModuleFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_JUNK_FOLDERS = frozenset({"__pycache__", "CVS", "__MACOSX"})
_JUNK_FILES = frozenset({"Thumbs.db", "desktop.ini"})
_JUNK_ENDINGS = (".pyc", ".pyo", "~")


def keeps_folder(name: str) -> bool:
    """Whether a package keeps what lies in a folder of this name: nothing hidden, no caches."""
    return not name.startswith(".") and name not in _JUNK_FOLDERS


def keeps_file(name: str) -> bool:
    """Whether a package keeps a file of this name: nothing hidden, compiled or left by an editor."""
    return not name.startswith(".") and name not in _JUNK_FILES and not name.endswith(_JUNK_ENDINGS)


def keeps(path: str) -> bool:
    """`keeps_folder` and `keeps_file` for a posix path."""
    *folders, name = path.split("/")
    return keeps_file(name) and all(map(keeps_folder, folders))


def modules(paths: Iterable[str]) -> dict[str, ModuleFile]:
    """The importable modules among `paths` by logical name, sorted, parents first.

    As CPython's path finder sees them: a folder with `__init__.py` before a module of the same name, that
    before a folder without one, which is a namespace package.
    """
    found: dict[str, ModuleFile] = {}
    for path in sorted(paths):  # "n/a.py" comes before all in "n/a/", so the later one wins
        folder, _, file = path.rpartition("/")
        if "." in folder:
            continue
        while folder:
            found.setdefault(folder.replace("/", "."), ModuleFile(None, True))
            folder = folder.rpartition("/")[0]
        stem, dot, ending = file.partition(".")
        if not stem or dot + ending != ".py":
            continue
        if stem == "__init__":
            name = path.rpartition("/")[0].replace("/", ".")
            if name:
                found[name] = ModuleFile(path, True)
            continue
        name = path[: -len(".py")].replace("/", ".")
        found[name] = ModuleFile(path, False)
    return {name: found[name] for name in sorted(found)}
