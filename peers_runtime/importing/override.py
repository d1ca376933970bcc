"""The `__import__` of a realm's code.

Every import statement in a realm calls it, so it is written for the case that everything has been
imported before: a memo by name, trusted only as long as `sys.modules` still holds that very module.
Nothing that is still being initialised is remembered. All else goes to the native `__import__`, with
the mangled name where the realm has the module, so that import locks and cycles stay in the interpreter.
"""

from __future__ import annotations

import builtins
import sys
from functools import partial

from peers_runtime.base import errors
from peers_runtime.importing import interpreter, names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from types import ModuleType
    from typing import Any

    Namespace = Mapping[str, Any]
    Leaves = dict[str, tuple[str, ModuleType, Mapping[str, Any], Any]]
    Tops = dict[str, tuple[str, ModuleType, str | None, ModuleType, Any]]

STOOD_IN = frozenset(
    {
        *("importlib", "importlib.metadata", "importlib.resources", "importlib.util"),
        *("logging", "logging.config", "pkgutil"),
    }
)
"""The standard library's modules that take module names: realm code gets versions of its own."""

STOOD_IN_BESIDE_PRIVATE = STOOD_IN | {"pickle", "sys"}
"""Those of a realm with private distributions, many of which look for themselves by name."""

_ALWAYS = frozenset({"__main__", "peers_runtime", names.ROOT})


class Imports:
    """One realm's way of importing. `builtins` are what its code runs with: theirs is its `__import__`.

    The realm's code refers to this, and so to `dropped`: the modules that were the realm's when it was
    dropped, by name in `sys.modules`. What of that code still runs may import on.
    """

    __slots__ = (
        *("__weakref__", "_allowed", "_label", "_leaves", "_native", "_prefixes", "_relatives", "_slowly"),
        *("_stand_in", "_stood_in", "_tops", "builtins", "dropped", "importers", "module"),
    )

    def __init__(
        self,
        label: str,
        prefixes: Mapping[str, str],
        declared: Collection[str],
        stood_in: Collection[str],
        stand_in: Callable[[str], ModuleType],
    ) -> None:
        """`prefixes`: what to put before each top-level name that is not the host's.

        `stand_in` answers for the modules that are `stood_in`.
        """
        self._label = label
        self._prefixes = dict(prefixes)
        self._allowed = _ALWAYS | sys.stdlib_module_names | frozenset(declared)
        self._stood_in = stood_in
        self._stand_in = stand_in
        self._native: Callable[..., Any] = builtins.__import__
        self._leaves: Leaves = {}  # by name, for `from name import …`
        self._tops: Tops = {}  # by name, for `import name`
        self._relatives: dict[tuple[str, int, str], str] = {}
        self._slowly: Callable[..., Any] = self._import
        self.module: Callable[[str], Any] = self._module  # of an absolute name, as a realm's code gets it
        self.dropped: dict[str, ModuleType] = {}
        self.importers: list[Any] = []  # the realm's own `sys.meta_path`, if it has one
        self.builtins: dict[str, Any] = interpreter.builtins_with(self._function())

    def _function(self) -> Callable[..., Any]:
        modules = sys.modules
        leaves = self._leaves
        tops = self._tops
        relatives = self._relatives

        def import_(
            name: str,
            globals: Namespace | None = None,  # noqa: A002  # the names are part of the interface
            locals: Namespace | None = None,  # noqa: A002  # so is this one
            fromlist: Collection[str] | None = (),
            level: int = 0,
        ) -> Any:
            try:
                if fromlist is None:
                    if level == 0:
                        held, module, top, top_module, answer = tops[name]
                        if modules[held] is module and (top is None or modules[top] is top_module):
                            return answer
                elif fromlist:
                    key = name if level == 0 else relatives[globals["__package__"], level, name]  # type: ignore[index]  # TypeError is caught
                    held, module, namespace, answer = leaves[key]
                    if modules[held] is module:
                        for attribute in fromlist:
                            if attribute not in namespace:
                                break
                        else:
                            return answer
            except (KeyError, TypeError):
                pass
            try:
                return self._slowly(name, globals, locals, fromlist, level)
            except BaseException as error:
                interpreter.trim(error)
                rename(error)
                raise

        return interpreter.unseen(import_)

    def import_module(self) -> Callable[..., Any]:
        """The realm's `importlib.import_module`."""
        modules = sys.modules
        leaves = self._leaves

        def import_module(name: str, package: str | None = None) -> Any:
            try:
                held, module, _, answer = leaves[name]
                if modules[held] is module:
                    return answer
            except KeyError:
                pass
            try:
                return self.module(_absolute(name, package))
            except BaseException as error:
                interpreter.trim(error)
                rename(error)
                raise

        return import_module

    def _module(self, name: str) -> Any:
        mangled = self.mangled(name)
        self._native(mangled)
        return self._remember_leaf(name, mangled)

    def mangled(self, name: str) -> str:
        """The name under which an absolute name is in `sys.modules`; raises `UndeclaredImport`."""
        root = name.partition(".")[0]
        prefix = self._prefixes.get(root)
        if prefix is not None:
            return prefix + name
        if root and root not in self._allowed:
            raise self._undeclared(name, root)
        return name

    def prefix(self, root: str) -> str | None:
        """What stands before a top-level name in `sys.modules`; None when the name is the host's."""
        return self._prefixes.get(root)

    def is_declared(self, name: str) -> bool:
        root = name.partition(".")[0]
        return root in self._prefixes or root in self._allowed

    def drop(self, modules: dict[str, ModuleType], again: Callable[..., Any]) -> None:
        """The realm was dropped; these were its modules. Its code goes on by `again(function, *args)`."""
        self._leaves.clear()
        self._tops.clear()
        self._relatives.clear()
        self._slowly = partial(again, self._import)
        self.module = partial(again, self._module)
        self.dropped = modules

    @interpreter.unseen
    def _import(
        self,
        name: str,
        namespace: Namespace | None,
        local: Namespace | None,
        fromlist: Collection[str] | None,
        level: int,
    ) -> Any:
        if not isinstance(name, str) or not isinstance(level, int) or level < 0:
            return self._native(name, namespace, local, fromlist, level)
        if level:
            return self._import_relative(name, namespace, local, fromlist, level)
        if isinstance(fromlist, list) and not fromlist:
            # C code (`PyImport_Import`), which reads the logical name in sys.modules when this returns.
            return self._native(name, namespace, local, fromlist, 0)
        mangled = self.mangled(name)
        answer = self._native(mangled, namespace, local, fromlist, 0)
        if fromlist:
            answer = self._remember_leaf(name, mangled, answer)
            self._check(answer, mangled, fromlist)
            return answer
        return self._remember_top(name, mangled)

    @interpreter.unseen
    def _import_relative(
        self,
        name: str,
        namespace: Namespace | None,
        local: Namespace | None,
        fromlist: Collection[str] | None,
        level: int,
    ) -> Any:
        package = namespace.get("__package__") if namespace else None
        inside = package if isinstance(package, str) and package.startswith(names.PREFIX) else ""
        if inside and level > inside.count(".") - 1:
            raise ImportError("attempted relative import beyond top-level package")
        answer = self._native(name, namespace, local, fromlist, level)
        if inside and fromlist:
            base = inside.rsplit(".", level - 1)[0]
            mangled = f"{base}.{name}" if name else base
            answer = self._remember_leaf(mangled, mangled, answer)
            if mangled in self._leaves:
                self._relatives[inside, level, name] = mangled
            self._check(answer, mangled, fromlist)
        return answer

    def _remember_leaf(self, name: str, mangled: str, module: Any = None) -> Any:
        module = sys.modules[mangled] if module is None else module
        answer = self._stand_in(mangled) if mangled in self._stood_in else module
        if type(module) is type(sys) and not interpreter.is_initializing(module):
            self._leaves[name] = (mangled, module, module.__dict__, answer)
        return answer

    def _remember_top(self, name: str, mangled: str) -> Any:
        root = name.partition(".")[0]
        top = self._prefixes.get(root, "") + root
        top_module = sys.modules[top]
        answer = self._stand_in(top) if top in self._stood_in else top_module
        module = sys.modules[mangled]
        if not interpreter.is_initializing(module):
            self._tops[name] = (mangled, module, None if top == mangled else top, top_module, answer)
        return answer

    def _check(self, module: Any, mangled: str, fromlist: Collection[str]) -> None:
        """Raises what `from … import name` would raise, before CPython does so with the mangled name."""
        if type(module) is not type(sys) or not mangled.startswith(names.PREFIX):
            return
        namespace = module.__dict__
        for attribute in fromlist:
            if attribute in namespace or attribute == "*" or "__getattr__" in namespace:
                continue
            name = namespace.get("__name__")
            if f"{name}.{attribute}" not in sys.modules and interpreter.is_import_statement():
                raise interpreter.cannot_import(module, names.split(mangled)[1], attribute)

    def _undeclared(self, name: str, root: str) -> errors.UndeclaredImport:
        error = errors.UndeclaredImport(
            f"{self._label} imports {name!r}, which it does not declare",
            hint="add its distribution to [project] dependencies in pyproject.toml; "
            f"if {root} is a peers package: peers deps add --package {root}",
            package=self._label,
            module=name,
        )
        error.name = root  # what CPython misses, too, when it imports a.b.c
        return error


def absolute(name: str, package: str | None) -> str:
    """An absolute name for one that may be relative to a package; as written by authors in either case."""
    if not name.startswith("."):
        return name
    from importlib.util import resolve_name

    return resolve_name(name, names.logical(package + ".x")[:-2] if package else package)


def rename(error: BaseException) -> None:
    """Gives an ImportError the author's own names."""
    if not isinstance(error, ImportError):
        return
    if isinstance(error.name, str) and type(error).name is ImportError.name:  # else made from `args`
        error.name = names.logical(error.name)
    if isinstance(error.msg, str):
        error.msg = names.logical(error.msg)
    error.args = tuple(names.logical(part) if isinstance(part, str) else part for part in error.args)


def _absolute(name: str, package: str | None) -> str:
    if name.startswith(".") and not package:
        raise TypeError(f"the 'package' argument is required to perform a relative import for {name!r}")
    return absolute(name, package)
