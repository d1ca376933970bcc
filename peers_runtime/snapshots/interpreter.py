"""What this room knows of CPython: its tag for compiled code, and marshalling.

On the way to a first import: imports built-in modules only.
"""

from __future__ import annotations

import marshal
import sys

# importlib itself uses both; importlib.util would cost a first import some milliseconds.
from _frozen_importlib_external import MAGIC_NUMBER
from _imp import _fix_co_filename  # type: ignore[attr-defined]  # typeshed leaves it out
from types import CodeType

from peers_runtime.base import errors


def tag() -> str:
    """Names everything that compiled code depends on: implementation, bytecode version, optimisation."""
    return f"{sys.implementation.cache_tag}-{MAGIC_NUMBER[:2].hex()}-o{sys.flags.optimize}"


def compiled(source: bytes, path: str, filename: str) -> CodeType:
    """`source` compiled as the file `filename`; raises `CompilationError` naming `path` and the line."""
    try:
        code = compile(source, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        message = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        raise errors.CompilationError(
            f"{path}{f', line {line}' if line else ''}: {message}",
            hint="mend the file and try again",
            path=path,
            line=line,
            text=message,
        ) from error
    return code


def dumps(code: CodeType) -> bytes:
    return marshal.dumps(code)


def loads(data: bytes, filename: str) -> CodeType:
    """The code object in `data`, as the file `filename`. Authenticate `data` first: bad bytes crash."""
    code = marshal.loads(data)  # noqa: S302 - see above
    if not isinstance(code, CodeType):
        raise TypeError(f"expected a code object, found {type(code).__name__}")
    _fix_co_filename(code, filename)
    return code
