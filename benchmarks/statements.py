"""An experiment, not part of the runtime: a changed module is compiled with its unchanged bodies left out.

Each body that has not changed is blank but for a `0` where it ended, which keeps the lines and columns of all
that is around it; its code object, with other line numbers where needed, is then put in place of the `0`'s.
Decision record 7 says what that saves and what else the compiler lets a function's code depend on.
"""

from __future__ import annotations

import ast
import opcode
import re
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate
from types import CodeType

_NEVER = re.compile(rb"[\r\f\0]|^\xef\xbb\xbf|^[ \t]*#.*?coding[:=]|^.*\n[ \t]*#.*?coding[:=]")
_REACHES_OUT = re.compile(rb"\bglobal\b")  # makes the module's own code differ
_IMPORTS = opcode.opmap["IMPORT_NAME"], opcode.opmap["IMPORT_FROM"]
_KNOWS_LINES = sys.version_info >= (3, 13)  # classes have constants made from lines and from methods' bodies


class Unit:
    """A function or class of the old source whose body can be left out; places are offsets in bytes."""

    __slots__ = ("body", "code", "end", "first", "following", "name", "parts", "stub")

    def __init__(self, name: str, places: tuple[int, int, int, int], code: CodeType, stub: bytes) -> None:
        self.name = name
        # `following` is where the next statement's first line has ended
        self.first, self.body, self.end, self.following = places
        self.code = code
        self.stub = stub
        self.parts: list[Unit] = []  # a class's methods


class Known:
    """What is remembered of a module that was compiled."""

    __slots__ = ("code", "constants", "imports", "lines", "source", "units")

    def __init__(self, source: bytes, code: CodeType) -> None:
        """Costs about twice what compiling `source`, whose code is `code`, did: for when nobody waits."""
        self.source = source
        self.code = code
        self.lines = source.count(b"\n")
        self.constants: dict[object, object] = {}
        for each in _all_code(code):
            for constant in each.co_consts:
                _merged(constant, self.constants)
        self.units: list[Unit] = []
        self.imports: list[tuple[int, int]] = []  # where import statements are, in bytes
        if _NEVER.search(source) is None:
            offsets = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
            tree = ast.parse(source)
            self.units += _units(tree, code, source, offsets, len(offsets))
            self.imports += (
                (offsets[node.lineno - 1], offsets[node.end_lineno or node.lineno])
                for node in ast.walk(tree)
                if isinstance(node, ast.Import | ast.ImportFrom)
            )


def compiled(source: bytes, filename: str, known: Known) -> CodeType | None:
    """The code of `source`, equal to that of a whole compile; None when it must be compiled whole."""
    if _NEVER.search(source) is not None:
        return None
    before, after = _changed(known.source, source)
    shift, moved = len(source) - len(known.source), source.count(b"\n") - known.lines
    if b"import" in source[before : after + shift] or any(
        start <= after and before <= end for start, end in known.imports
    ):
        return None  # how methods are called depends on which names the module imports
    stubbed: list[bytes] = []
    wanted: dict[tuple[object, ...], CodeType] = {}
    at = 0
    for owner, unit in _kept(known.units, before, after):
        late = unit.first >= after
        if late and moved and _KNOWS_LINES and _has_class(unit.code):
            return None
        stubbed += source[at : unit.body + shift * late], unit.stub
        at = unit.end + shift * late
        code = _moved(unit.code, moved * late)
        wanted[(*owner, unit.name, code.co_firstlineno)] = code
    if not wanted:
        return None
    stubbed.append(source[at:])
    try:
        code = compile(b"".join(stubbed), filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None
    if _imports(code) != _imports(known.code):
        return None
    joined = _joined(code, wanted, (), known.constants)
    return None if wanted else joined


def _changed(old: bytes, new: bytes) -> tuple[int, int]:
    """Where in `old` the first changed line begins, and where the last one has ended."""
    most, shift = min(len(old), len(new)), len(new) - len(old)
    same = _same(most, lambda start, end: old[start:end] == new[start:end])
    before, most = old.rfind(b"\n", 0, same) + 1, most - same
    after = len(old) - _same(
        most,
        lambda start, end: old[len(old) - end : len(old) - start] == new[len(new) - end : len(new) - start],
    )
    if not old[after - 1 : after] == new[after + shift - 1 : after + shift] == b"\n":
        after = old.find(b"\n", after) + 1 or len(old)
    return before, after


def _same(most: int, equal: Callable[[int, int], bool]) -> int:
    """The largest number up to `most` so that `equal(0, number)`."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if equal(least, middle):
            least = middle
        else:
            most = middle - 1
    return least


def _kept(units: list[Unit], before: int, after: int) -> Iterator[tuple[tuple[object, ...], Unit]]:
    """What lies wholly before or after the changed lines, with the class around it.

    Before them the next statement's first line must be there too: only then is it certain that nothing was
    appended to the body.
    """
    for unit in units:
        if unit.following <= before or unit.first >= after:
            yield (), unit
        elif unit.body <= before:
            owner = unit.name, unit.code.co_firstlineno
            for part in unit.parts:
                if part.following <= before or part.first >= after:
                    yield owner, part


def _units(
    tree: ast.Module | ast.ClassDef, code: CodeType, source: bytes, offsets: list[int], following: int
) -> Iterator[Unit]:
    """`offsets` says where each line begins; `following` is the line of the statement after the tree."""
    codes: dict[tuple[str, int], CodeType | None] = {}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            key = constant.co_name, constant.co_firstlineno
            codes[key] = None if key in codes else constant
    starts = [*map(_start, tree.body), following]
    for statement, first, after in zip(tree.body, starts, starts[1:], strict=False):
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        found = codes.get((statement.name, first))
        body = _start(statement.body[0])
        end, column = statement.end_lineno or 0, statement.end_col_offset or 0
        text = source[offsets[first - 1] : offsets[end]]
        if found is None or found.co_freevars or getattr(statement, "type_params", None):
            continue
        if _REACHES_OUT.search(text):
            continue
        if source[offsets[body - 1] : offsets[body - 1] + _column(statement.body[0])].strip():
            continue  # the body begins on a line of its header
        begun = (
            offsets[after] if after < len(offsets) else sys.maxsize
        )  # what ends the file can be appended to
        places = offsets[first - 1], offsets[body - 1], offsets[end - 1] + column, begun
        unit = Unit(statement.name, places, found, b"\n" * (end - body) + b" " * (column - 1) + b"0")
        if isinstance(statement, ast.ClassDef) and isinstance(tree, ast.Module) and not _KNOWS_LINES:
            unit.parts += _units(statement, found, source, offsets, after)
        yield unit


def _start(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _column(statement: ast.stmt) -> int:
    return 0 if getattr(statement, "decorator_list", []) else statement.col_offset


def _all_code(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all_code(constant)


def _imports(code: CodeType) -> tuple[int, ...]:
    return tuple(code.co_code[::2].count(operation) for operation in _IMPORTS)


def _has_class(code: CodeType) -> bool:
    return any("__firstlineno__" in each.co_names for each in _all_code(code))


def _moved(code: CodeType, lines: int) -> CodeType:
    if not lines:
        return code
    constants = tuple(_moved(each, lines) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_firstlineno=code.co_firstlineno + lines, co_consts=constants)


def _joined(
    code: CodeType,
    wanted: dict[tuple[object, ...], CodeType],
    place: tuple[object, ...],
    constants: dict[object, object],
) -> CodeType | None:
    """`code` with what is wanted in it, taken out of `wanted`, and with the old code's own constants."""
    joined: list[object] = []
    for constant in code.co_consts:
        if isinstance(constant, frozenset) and _key(constant) in constants:
            return None  # the compiler makes one object of some equal sets and not of others
        if not isinstance(constant, CodeType):
            joined.append(_merged(constant, constants))
            continue
        key = (*place, constant.co_name, constant.co_firstlineno)
        found = wanted.pop(key, None)
        found = found or _joined(constant, wanted, key, constants)
        if found is None:
            return None
        joined.append(found)
    if all(one is other for one, other in zip(joined, code.co_consts, strict=True)):
        return code
    return code.replace(co_consts=tuple(joined))


def _merged(constant: object, constants: dict[object, object]) -> object:
    """The one object that stands for a constant everywhere in a module, as the compiler has it."""
    if isinstance(constant, tuple):
        key: object = _key(constant)
        if key not in constants:
            merged = tuple(_merged(each, constants) for each in constant)
            same = all(one is other for one, other in zip(merged, constant, strict=True))
            constants[key] = constant if same else merged
        return constants[key]
    if isinstance(constant, frozenset):
        constants[_key(constant)] = constant
    if constant != constant:  # not a number: the compiler never makes one object of two
        return constant
    if isinstance(constant, int | float | complex | str | bytes):
        return constants.setdefault(_key(constant), constant)
    return constant


def _key(constant: object) -> object:
    """Equal when the compiler makes one object of both: not for `1` and `True`, nor for `0.0` and `-0.0`."""
    if isinstance(constant, tuple):
        return tuple, *(_key(each) for each in constant)
    if isinstance(constant, frozenset):
        return frozenset, frozenset(_key(each) for each in constant)
    if isinstance(constant, float | complex):
        return type(constant), repr(constant)
    return type(constant), constant
