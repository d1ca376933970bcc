"""What tools see: sources, tracebacks, debuggers."""

from __future__ import annotations

import bdb
import inspect
import linecache
import os
import pickle
import subprocess
import sys
import traceback
import types
from pathlib import Path
from typing import Any

import pytest

from tests.importing import worker
from tests.importing.realms import Both, Workshop, feature

APP = '''\
"""The app of $V."""
from __future__ import annotations


class Note:
    """A note of $V."""

    def show(self) -> str:
        return "$V"


def fail(depth: int) -> None:
    if depth:
        return fail(depth - 1)
    raise ValueError("$V")  # the line that raises


def generator():
    yield from (lambda: (yield 1 // 0))()
'''
FILES = {"notes/__init__.py": "", "notes/app.py": APP}


@feature("`inspect.getsource` of functions, classes and modules", "inspection")
def test_getsource(both: Both) -> None:
    for realm, v in both(FILES):
        module = realm.module("notes.app")
        assert inspect.getsource(module.Note.show) == f'    def show(self) -> str:\n        return "{v}"\n'
        assert inspect.getsource(module.Note).startswith("class Note:")
        assert inspect.getsource(module) == APP.replace("$V", v)
        assert inspect.getsourcefile(module.fail) == module.__file__
        assert inspect.getmodule(module.fail) is module
        assert inspect.getdoc(module.Note) == f"A note of {v}."
        assert str(inspect.signature(module.fail)) == "(depth: 'int') -> 'None'"


@feature("sources when the file on disk is gone: `inspect` and tracebacks read the snapshot", "inspection")
def test_sources_without_files(both: Both) -> None:
    for realm, v in both({**FILES, "notes/app.py": APP + "\n# unlike any other\n"}):
        module = realm.module("notes.app")
        Path(module.__file__).unlink()
        linecache.clearcache()
        assert inspect.getsource(module.fail).startswith("def fail(depth: int)")
        with pytest.raises(ValueError, match=v) as caught:
            module.fail(0)
        assert f'raise ValueError("{v}")' in "".join(traceback.format_exception(caught.value))


@feature("tracebacks with the right lines, in files that exist", "inspection")
def test_tracebacks(both: Both) -> None:
    for realm, v in both(FILES):
        fail = realm.load("notes.app:fail")
        with pytest.raises(ValueError, match=v) as caught:
            fail(2)
        frames = traceback.extract_tb(caught.value.__traceback__)[1:]
        assert [frame.name for frame in frames] == ["fail"] * 3
        assert frames[-1].line == f'raise ValueError("{v}")  # the line that raises'
        assert all(Path(frame.filename).exists() for frame in frames)


@feature("tracebacks of failing imports show none of our frames, nor importlib's", "inspection")
def test_tracebacks_of_imports(both: Both) -> None:
    files = {
        "notes/__init__.py": "",
        "notes/broken.py": "x = 1\n1 / 0\n",
        "notes/missing.py": "import notes.nope\n",
        "notes/undeclared.py": "import pytest\n",
        "notes/app.py": """
            def run(name):
                if name == "broken":
                    import notes.broken
                if name == "missing":
                    from . import missing
                if name == "undeclared":
                    from notes.undeclared import x
        """,
    }
    for realm, _ in both(files):
        run = realm.load("notes.app:run")
        for name, kind in (
            ("broken", ZeroDivisionError),
            ("missing", ModuleNotFoundError),
            ("undeclared", ModuleNotFoundError),
        ):
            with pytest.raises(kind) as caught:
                run(name)
            seen = [
                (f.f_code.co_name, Path(f.f_code.co_filename).stem)
                for f, _ in traceback.walk_tb(caught.value.__traceback__)
            ]
            assert seen[1:] == [("run", "app"), ("<module>", name)]
            with pytest.raises(kind) as caught:
                realm.module(f"notes.{name}")
            assert len(list(traceback.walk_tb(caught.value.__traceback__))) == 2


@feature("`ModuleNotFoundError` and `ImportError` with the author's own names", "inspection")
def test_errors_carry_the_authors_names(both: Both) -> None:
    app = """
        def a(): import notes.nope
        def b(): from notes import nope
        def c(): from . import nope
        def d(): from .nope import x
        def e(): import notes.app.nope
        def f(): from notes.app import nope
    """
    for realm, _ in both({"notes/__init__.py": "", "notes/app.py": app}):
        module = realm.module("notes.app")
        for function, message, name in (
            ("a", "No module named 'notes.nope'", "notes.nope"),
            ("b", f"cannot import name 'nope' from 'notes' ({realm.module('notes').__file__})", "notes"),
            ("c", f"cannot import name 'nope' from 'notes' ({realm.module('notes').__file__})", "notes"),
            ("d", "No module named 'notes.nope'", "notes.nope"),
            ("e", "No module named 'notes.app.nope'; 'notes.app' is not a package", "notes.app.nope"),
            ("f", f"cannot import name 'nope' from 'notes.app' ({module.__file__})", "notes.app"),
        ):
            with pytest.raises(ImportError) as caught:
                getattr(module, function)()
            assert (caught.value.msg, caught.value.name) == (message, name)
            assert str(caught.value) == message
            assert "peers_packages" not in "".join(traceback.format_exception(caught.value))


@feature("log lines, tracebacks and messages can be told in the author's names", "inspection")
def test_text_in_the_authors_names(both: Both) -> None:
    for realm, v in both(
        {
            "notes/__init__.py": "",
            "notes/app.py": "class Broken(Exception): ...\ndef run(): raise Broken('$V')\n",
        }
    ):
        with pytest.raises(Exception, match=v) as caught:
            realm.load("notes.app:run")()
        text = "".join(traceback.format_exception(caught.value))
        assert f"peers_packages.{realm.tag}.notes.app.Broken" in text
        assert f"\nnotes.app.Broken: {v}" in realm.logical(text)


@feature("debuggers: breakpoints by file and line", "inspection")
def test_debuggers(both: Both) -> None:
    class Debugger(bdb.Bdb):
        def __init__(self) -> None:
            super().__init__()
            self.stops: list[tuple[str, int, Any]] = []

        def user_line(self, frame: types.FrameType) -> None:
            if self.break_here(frame):
                self.stops.append((frame.f_code.co_name, frame.f_lineno, frame.f_locals.get("depth")))
            self.set_continue()

    for realm, _ in both(FILES):
        module = realm.module("notes.app")
        debugger = Debugger()
        assert debugger.set_break(module.__file__, 15) is None
        previous = sys.gettrace()
        try:
            with pytest.raises(ValueError, match=r"\d"):
                debugger.runcall(module.fail, 1)
        finally:
            sys.settrace(previous)
        assert debugger.stops == [("fail", 15, 0)]


@feature("coverage.py measures both versions, each by its own files", "inspection")
def test_coverage(workshop: Workshop, tmp_path: Path) -> None:
    realms = workshop.both(
        {"notes/__init__.py": "", "notes/app.py": "x = $V\nif x == 1:\n    y = 1\nelse:\n    y = 2\n"}
    )
    here = worker.Loader(workshop.bytes.home, [realm.lock for realm, _ in realms])
    (tmp_path / "loader.pickle").write_bytes(pickle.dumps((here, [realm.tag for realm, _ in realms])))
    run = subprocess.run(
        [sys.executable, "-m", "tests.importing.measured", str(tmp_path / "loader.pickle")],
        cwd=Path(__file__).parents[3],
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (run.stderr, run.stdout.splitlines()) == ("", ["[5]", "[3]"])


@feature("tools that trace lines (`sys.settrace`) see the files' own names and lines", "inspection")
def test_tracing(both: Both) -> None:
    for realm, _ in both(FILES):
        module = realm.module("notes.app")
        lines: set[int] = set()

        def tracer(
            frame: types.FrameType,
            event: str,
            _: object,
            lines: set[int] = lines,
            file: str = module.__file__,
        ) -> Any:
            if frame.f_code.co_filename != file:
                return None
            if event == "line":
                lines.add(frame.f_lineno)
            return tracer

        previous = sys.gettrace()
        sys.settrace(tracer)
        try:
            module.Note().show()
        finally:
            sys.settrace(previous)
        assert lines == {9}


@feature("dev versions: code names the author's files, sources are those that were captured", "inspection")
def test_dev_versions_show_what_runs(workshop: Workshop, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    author = folder / "notes" / "app.py"
    author.parent.mkdir(parents=True)
    functions = []
    for v in "12":
        source = "def fail():\n" + "    # older\n" * (v == "1") + f"    raise ValueError({v})\n"
        author.write_text(source)
        realm = workshop.realm({"notes/__init__.py": "", "notes/app.py": source}, origin=str(folder))
        functions.append(realm.load("notes.app:fail"))
        assert functions[-1].__code__.co_filename == str(author)
        author.write_text("changed after it was loaded\n")
        with pytest.raises(ValueError, match=v) as caught:
            functions[-1]()
        assert traceback.extract_tb(caught.value.__traceback__)[-1].line == f"raise ValueError({v})"
        assert inspect.getsource(functions[-1]) == source
