"""`importlib.resources` for a realm's code: packages by their logical names."""

from __future__ import annotations

import functools
import importlib.resources

from peers_runtime.importing import interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from peers_runtime.importing.realm import Realm

_TAKE_A_PACKAGE = (
    "open_binary",
    "open_text",
    "read_binary",
    "read_text",
    "path",
    "is_resource",
    "contents",
)


def members(realm: Realm) -> dict[str, Any]:
    real = importlib.resources

    def module(package: Any) -> Any:
        return realm.imports.module(package) if isinstance(package, str) else package

    def files(package: Any = None, **others: Any) -> Any:
        if package is None and not others:
            package = interpreter.calling_module()["__package__"]
        elif package is None:
            (package,) = others.values()  # `anchor` or, before 3.12, `package`
        return real.files(module(package))

    def taking_a_package(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def answer(package: Any, *arguments: Any, **others: Any) -> Any:
            return function(module(package), *arguments, **others)

        return answer

    functions = {name: getattr(real, name, None) for name in _TAKE_A_PACKAGE}
    return {
        "files": files,
        **{name: taking_a_package(function) for name, function in functions.items() if function is not None},
    }
