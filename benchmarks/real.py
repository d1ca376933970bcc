"""Packages whose modules are copies of the standard library's: sizes and habits of real code."""

from __future__ import annotations

import ast
import email
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import cache

_LEAST, _MOST = 500, 100_000  # bytes of a module that is taken
# Left out is what needs a screen, acts or registers itself for the process's life when it is imported, or
# is the import system itself; and tables of characters, which are no usual code.
_FOLDERS = frozenset(
    {"__phello__", "concurrent", "ctypes", "curses", "distutils", "encodings", "ensurepip", "idlelib"}
    | {"importlib", "lib2to3", "site-packages", "sqlite3", "test", "tkinter", "turtledemo", "venv"}
)
_MODULES = frozenset(
    {"__hello__", "_threading_local", "antigravity", "logging", "random", "rlcompleter", "site", "this"}
    | {"threading", "turtle", "zipimport"}
)

_TRY = """
import json, sys, warnings
warnings.simplefilter("ignore")
good = []
for name, path in json.load(sys.stdin):
    with open(path, "rb") as file:
        source = file.read()
    try:
        for copy in range(2):
            module = sys.modules[f"copy{copy}_{name}"] = type(sys)(f"copy{copy}_{name}")
            exec(compile(source, path, "exec"), module.__dict__)
    except BaseException:
        continue
    good.append([name, path])
json.dump(good, sys.stdout)
"""


def email_modules(own: str, version: str = "1") -> Mapping[str, str]:
    """The package `email` (about twenty modules) under another name; importing `main` imports it all.

    Only `errors` knows the version, which stands at its end.
    """
    names = []
    found = {}
    itself = re.compile(r"\bemail(?=\.[a-z_])|(?<=from )email(?= import)|(?<=import )email\b")
    for path in sorted(Path(email.__file__).parent.glob("*.py")):
        found[f"{own}/{path.name}"] = itself.sub(own, path.read_text(encoding="utf-8"))
        if path.stem != "__init__":
            names.append(path.stem)
    found[f"{own}/errors.py"] += f'\nVERSION = "{version}"\n'
    found[f"{own}/main.py"] = "".join(f"from {own} import {name}\n" for name in names)
    return found


def library_modules(own: str, count: int, version: str = "1") -> Mapping[str, str]:
    """Copies of `count` modules of the standard library, side by side; importing `main` imports them all.

    Only the last one knows the version, which stands at its end.
    """
    chosen = _importable()[:count]
    if len(chosen) < count:
        raise RuntimeError(f"this Python has only {len(chosen)} modules that can be copied")
    found = {f"{own}/__init__.py": f'"""{count} modules."""\n'}
    modules = {f"copied_{name.replace('.', '_')}": Path(path) for name, path in chosen}
    for module, path in modules.items():
        found[f"{own}/{module}.py"] = path.read_text(encoding="utf-8")
    found[f"{own}/{list(modules)[-1]}.py"] += f'\nVERSION = "{version}"\n'
    found[f"{own}/main.py"] = "".join(f"from {own} import {module}\n" for module in modules)
    return found


def _importable() -> list[tuple[str, str]]:
    """Names and paths of the modules of which two copies can be imported in one process."""

    def make(folder: Path) -> None:
        tried = subprocess.run(
            [sys.executable, "-c", _TRY],
            input=json.dumps(list(_candidates())),
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        (folder / "modules.json").write_text(tried.stdout.splitlines()[-1])

    chosen: list[tuple[str, str]] = json.loads((cache.folder("library", make) / "modules.json").read_text())
    return chosen


def _candidates() -> Iterator[tuple[str, str]]:
    library = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(library.rglob("*.py")):
        parts = path.relative_to(library).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        if parts[0] in _FOLDERS or name in _MODULES or name.startswith(("_sysconfigdata", "_bootstrap")):
            continue
        if any("test" in part for part in parts) or parts[0].startswith("config-") or path.stem == "__main__":
            continue
        if _LEAST < path.stat().st_size < _MOST and not _imports_relatively(path):
            yield name, str(path)


def _imports_relatively(path: Path) -> bool:
    """A module that does cannot be copied to another place."""
    tree = ast.parse(path.read_bytes())
    return any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))
