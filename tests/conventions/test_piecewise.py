"""What decision record 7 says of compiling in pieces and of postponed modules, tried out."""

from __future__ import annotations

import sys
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks import statements
from benchmarks.postponed import Modules

LIBRARY = [
    path
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    if 500 < path.stat().st_size < 60_000
]
INSERTED = [
    *(b'"""', b"x = (", b")", b"@property", b"class B:", b"def g():", b"if 1:", b"    return 1", b"  x = 1"),
    *(
        b"\\",
        b"async \\",
        b"else:",
        b"global x",
        b"    global os",
        b"X = 1000.5",
        b"x: int = 1",
        b"import os",
    ),
    *(b"from __future__ import annotations", b"    from os import path", b"X = ('a', 1000.5, b'c d')", b""),
]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["delete", "repeat", "insert", "indent", "dedent", "swap", "append"]),
        st.integers(0, 10**6) | st.integers(0, 40),  # imports and constants stand at the top
        st.sampled_from(INSERTED),
    ),
    min_size=1,
    max_size=4,
)
FIELDS = [
    *("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize", "co_flags"),
    *("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_filename", "co_name"),
    *("co_qualname", "co_firstlineno", "co_linetable", "co_exceptiontable"),
]


@settings(max_examples=300, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(LIBRARY), edits=EDITS)
@pytest.mark.filterwarnings("ignore")
def test_a_module_compiled_in_pieces_is_what_a_whole_compile_makes(
    path: Path, edits: list[tuple[str, int, bytes]]
) -> None:
    source = path.read_bytes()
    known = statements.Known(source, _whole(source) or pytest.fail("the library compiles"))
    changed = _edited(source, edits)
    in_pieces, whole = statements.compiled(changed, "m.py", known), _whole(changed)
    assume(in_pieces is not None or whole is None)
    if whole is None:
        assert in_pieces is None
    else:
        assert in_pieces is not None
        assert list(_shape(in_pieces, {})) == list(_shape(whole, {}))


BODY = """\
def f(x):
    return 1


class A:
    def m(self):
        a

    def n(self):
        return 2.5
"""
PAIRS = {
    "something is appended to the last body": (BODY, BODY + "        return 3\n"),
    "something is appended where the body is one letter": (
        f"{BODY}def g():\n    a\n",
        f"{BODY}def g():\n    a\n    b",
    ),
    "something is put behind a body": (BODY, BODY.replace("        a\n", "        a\n        b\n")),
    "a string swallows what follows": (BODY, BODY.replace("return 1\n", 'return """\n') + '"""'),
    "a bracket swallows what follows": (BODY, BODY.replace("return 1\n", "return (\n")),
    "a function becomes asynchronous": (f"pass\n{BODY}", f"async \\\n{BODY}"),
    "a function is decorated": (f"pass\n{BODY}", f"@pass_\n{BODY}"),
    "methods go to another class": (
        BODY,
        BODY.replace("    def m(self):\n        a\n", "    pass\nclass B:\n"),
    ),
    "a class is renamed": (BODY, BODY.replace("class A", "class _A")),
    "a name is no longer imported": (
        f"from a import (\n    b,\n    c,\n)\n{BODY}\ndef g():\n    c.d()\n",
        f"from a import (\n    b,\n)\n{BODY}\ndef g():\n    c.d()\n",
    ),
    "an import is swallowed": (
        f"import c\n{BODY}def g():\n    c.d()\n",
        f'"""\nimport c\n"""\n{BODY}def g():\n    c.d()\n',
    ),
    "annotations become strings": (f"pass\n{BODY}", f"from __future__ import annotations\n{BODY}"),
    "a constant becomes equal to another": (f"X = 1.5\n{BODY}", f"X = 2.5\n{BODY}"),
    "a constant is no number": (f"X = 1.5\n{BODY}", f"X = 1e999 - 1e999, 1e999 - 1e999\n{BODY}"),
    "another encoding is declared": (f"\n{BODY}", f"# coding: latin-1\n{BODY}"),
    "lines move": (BODY, f"\n\n\n{BODY}"),
    "a line in a class moves its methods": (BODY, BODY.replace("class A:\n", "class A:\n    x = 1\n")),
}


@pytest.mark.parametrize("case", PAIRS)
def test_in_pieces_or_not_at_all_when(case: str) -> None:
    before, after = (text.encode() for text in PAIRS[case])
    known = statements.Known(before, _whole(before) or pytest.fail("it compiles"))
    in_pieces, whole = statements.compiled(after, "m.py", known), _whole(after)
    if in_pieces is not None:
        assert whole is not None
        assert list(_shape(in_pieces, {})) == list(_shape(whole, {}))


@pytest.mark.parametrize(
    ("rest", "other"),
    [
        ("import sys", "sys = 0"),  # a method of an imported name is called by other instructions
        ("X = 1000.5", "X = 1001.5"),  # equal constants of a module are one object: here f() is X
    ],
)
def test_what_a_function_compiles_to_depends_on_the_rest_of_its_module(rest: str, other: str) -> None:
    function = "\ndef f():\n    sys.exit()\n    return 1000.5\n"
    shapes = [list(_shape(compile(text + function, "m.py", "exec"), {})) for text in (rest, other)]
    assert _of_function(shapes[0]) != _of_function(shapes[1])


def test_what_a_module_compiles_to_depends_on_its_functions_bodies() -> None:
    told, silent = (
        compile(f"x = 1\ndef f():\n    {body}\n", "m.py", "exec").co_code for body in ("global x", "pass")
    )
    assert told != silent


def test_in_pieces_an_unchanged_body_does_not_warn_again() -> None:
    source = b"def f(x):\n    return x is 'a'\n\n\ndef g():\n    return 1\n\n\ndef h():\n    return 2\n"
    with warnings.catch_warnings(record=True) as first:
        warnings.simplefilter("always")
        known = statements.Known(source, _whole(source) or pytest.fail("it compiles"))
    changed = source.replace(b"return 2", b"return 3")
    with warnings.catch_warnings(record=True) as again:
        warnings.simplefilter("always")
        assert statements.compiled(changed, "m.py", known) is not None
        in_pieces = len(again)
        _whole(changed)
    assert (len(first), in_pieces, len(again)) == (1, 0, 1)


SEEN = {
    "what a module registers": ("import host\nhost.log.append('part')", "host.log"),
    "a subclass of a class elsewhere": (
        "from own.base import Base\nclass Part(Base): ...",
        "[each.__name__ for each in own.base.Base.__subclasses__()]",
    ),
    "a value that the host has by now": ("from host import value", "own.part.value"),
    "a module that is changed from elsewhere": ("import own.base\nown.base.LIMIT = 2", "own.base.LIMIT"),
    "the order of effects": ("import host\nhost.log.append('part')", "(own.part.__doc__, host.log)"),
    "an error that comes late": ("import host\nassert host.value == 1", "own.part.__doc__"),
    "a module of constants, by its type": ("LIMIT = 1", "type(own.part).__name__"),
}


@pytest.mark.parametrize("case", SEEN)
def test_a_postponed_module_is_told_from_one_that_ran(case: str, host: ModuleType) -> None:
    part, question = SEEN[case]
    modules = Modules(
        {
            "own/__init__.py": "",
            "own/base.py": "class Base: ...\nLIMIT = 1\n",
            "own/part.py": part,
            "own/main.py": "import own.base\nimport own.part\nimport host\nhost.log.append('main')\n",
        }
    )
    answers = []
    for postponed in (set[str](), modules.unaffected("own.main") - {"own"}):
        vars(host).update(log=[], value=1)
        with modules.loaded("own.main", postponed):
            vars(host).update(value=2)
            try:
                answers.append(repr(eval(question, {"own": sys.modules["own"], "host": host})))
            except AssertionError as error:
                answers.append(repr(error))
    assert answers[0] != answers[1]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    parts=st.lists(
        st.tuples(
            st.sampled_from(["constant", "function", "class", "register", "host value", "raise"]),
            st.sets(st.tuples(st.integers(0, 5), st.sampled_from(["module", "value"])), max_size=3),
        ),
        min_size=6,
        max_size=6,
    ),
    first=st.permutations(range(6)),
    edited=st.integers(0, 5),
    edit=st.sampled_from(["VALUE = 2", "raise ValueError('edited')", "import own.part0, own.part5"]),
)
def test_only_modules_that_do_nothing_can_be_postponed_unnoticed(
    parts: list[tuple[str, set[tuple[int, str]]]], first: list[int], edited: int, edit: str, host: ModuleType
) -> None:
    files = {f"own/part{number}.py": _part(*part, number) for number, part in enumerate(parts)}
    files |= {"own/__init__.py": "", "own/main.py": "".join(f"import own.part{each}\n" for each in first)}
    files[f"own/part{edited}.py"] += edit + "\n"
    modules = Modules(files)
    quiet = modules.harmless() & modules.unaffected(f"own.part{edited}")
    assert _observed(modules, set(), host) == _observed(modules, quiet - {"own"}, host)


@pytest.fixture(scope="module")
def host() -> Iterator[ModuleType]:
    module = ModuleType("host")
    sys.modules["host"] = module
    yield module
    del sys.modules["host"]


def _part(kind: str, imports: set[tuple[int, str]], number: int) -> str:
    lines = [
        f"import own.part{other}" if way == "module" else f"from own.part{other} import VALUE as V{other}"
        for other, way in sorted(imports)
    ]
    lines += [f"VALUE = {number}"]
    lines += {
        "constant": ["NAMES = ('a', 'b')"],
        "function": ["def function(): return VALUE"],
        "class": ["class Part:", "    limit = 1"],
        "register": ["import host", f"host.log.append({number})"],
        "host value": ["from host import value"],
        "raise": ["import host", "if host.log: raise LookupError(str(host.log))"],
    }[kind]
    return "\n".join(lines) + "\n"


def _observed(modules: Modules, postponed: set[str], host: ModuleType) -> object:
    """What can be seen of a load: the effects, then every namespace; or the error, and when it was raised."""
    vars(host).update(log=[], value=1)
    effects: list[int] | None = None
    names: dict[str, dict[str, object]] = {}
    try:
        with modules.loaded("own.main", postponed):
            vars(host).update(value=2)
            effects = list(host.log)
            for name in modules.sources:
                if name in sys.modules:
                    names[name] = {
                        key: _plain(value) for key, value in sorted(vars(sys.modules[name]).items())
                    }
    except Exception as error:
        return effects, type(error), str(error)
    return effects, names, host.log


def _plain(value: object) -> object:
    """Something to compare by; that a postponed module has another type has a test of its own."""
    if isinstance(value, int | str | tuple):
        return value
    return (
        value() if type(value).__name__ == "function" else type(value).__name__.replace("_Lazy", "").lower()
    )


def _edited(source: bytes, edits: list[tuple[str, int, bytes]]) -> bytes:
    lines = source.splitlines(keepends=True)
    for kind, place, text in edits:
        at = place % len(lines)
        match kind:
            case "delete" if len(lines) > 1:
                del lines[at]
            case "repeat":
                lines.insert(at, lines[at])
            case "insert":
                lines.insert(at, text + b"\n")
            case "indent":
                lines[at] = b"    " + lines[at]
            case "dedent":
                lines[at] = lines[at].replace(b"    ", b"", 1)
            case "swap":
                lines[at], lines[place // 7 % len(lines)] = lines[place // 7 % len(lines)], lines[at]
            case "append":
                lines.append(b"    " * (place % 3) + text)
    return b"".join(lines)


def _whole(source: bytes) -> CodeType | None:
    try:
        return compile(source, "m.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None


def _shape(code: CodeType, seen: dict[int, int]) -> Iterator[object]:
    """All of a code object; a constant is also told by when the same object was met first."""
    yield tuple(getattr(code, field) for field in FIELDS)
    for constant in code.co_consts:
        yield from _shape(constant, seen) if isinstance(constant, CodeType) else _constant(constant, seen)


def _constant(constant: object, seen: dict[int, int]) -> Iterator[object]:
    shown = sorted(map(repr, constant)) if isinstance(constant, frozenset) else repr(constant)
    yield type(constant), shown, seen.setdefault(id(constant), len(seen))
    for part in constant if isinstance(constant, tuple) else ():
        yield from _constant(part, seen)


def _of_function(shape: list[object]) -> object:
    return shape[1:] if isinstance(shape[1], tuple) and len(shape[1]) == len(FIELDS) else shape[2:]
