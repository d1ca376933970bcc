"""What `import notes` gives to host code: a module that answers with the version active right now.

Each facade is the one instance of a type of its own, so that the dispatch is one closure.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec

from peers_runtime.base import errors
from peers_runtime.importing import interpreter, names
from peers_runtime.importing.current import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any

    Children = Callable[[str], Iterable[str]]
else:
    ModuleType = type(sys)

OWN = frozenset({"__name__", "__spec__", "__loader__", "__package__", "__path__", "__class__"})
_own = ModuleType.__getattribute__
_missing = object()


class Facade(ModuleType):
    """The base of every facade's type."""

    def __repr__(self) -> str:
        return f"<facade {_own(self, '__name__')!r}>"


def make(logical: str, special: set[str]) -> Facade:
    """A facade. `special`: the names of submodules that any version has; they are answered with facades.

    The caller keeps the set and adds to it.
    """
    get = current.get
    special |= OWN

    def __getattribute__(self: Facade, attribute: str) -> Any:
        try:
            if attribute in special:
                return _special(self, logical, attribute)
            active = get()
            if active is None:
                raise _no_context(logical)
            return getattr(active[0].modules[logical], attribute)
        except BaseException as error:
            if attribute.startswith("__") and isinstance(error, Exception):
                # All kinds of tools walk through sys.modules and ask for these, in any context or none.
                return _own(self, attribute)
            interpreter.trim(error)
            if isinstance(error, AttributeError):
                error.args = tuple(names.logical(str(part)) for part in error.args)
            raise

    def __setattr__(self: Facade, attribute: str, value: Any) -> None:
        if attribute in OWN:
            ModuleType.__setattr__(self, attribute, value)
        elif isinstance(value, Facade) and _own(value, "__name__") == f"{logical}.{attribute}":
            special.add(attribute)  # the import system binds a submodule to its parent
        else:
            setattr(_active(logical), attribute, value)

    def __delattr__(self: Facade, attribute: str) -> None:
        delattr(_active(logical), attribute)

    def __dir__(self: Facade) -> list[str]:
        return dir(_active(logical))

    members: dict[str, Any] = {
        "__getattribute__": __getattribute__,
        "__setattr__": __setattr__,
        "__delattr__": __delattr__,
        "__dir__": __dir__,
    }
    return type("facade", (Facade,), members)(logical)


class FacadeLoader:
    """Loads facades. Importing one imports the active version's module, when there is one by now."""

    def __init__(self, children: Callable[[str], set[str]]) -> None:
        self._children = children

    def spec(self, logical: str) -> ModuleSpec:
        return ModuleSpec(logical, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return make(spec.name, self._children(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        if current.get() is None:
            return
        try:
            interpreter.call_from_import(_import_active, module.__name__)
        except BaseException as error:
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next
            raise


def _import_active(logical: str) -> None:
    try:
        _active(logical)
    except errors.NoActiveVersion:
        return  # said again, and more to the point, where an attribute is asked for
    except BaseException as error:
        interpreter.trim(error)
        raise


def _active(logical: str) -> ModuleType:
    active = current.get()
    if active is None:
        raise _no_context(logical)
    module: ModuleType = active[0].modules[logical]
    return module


def _special(facade: Facade, logical: str, attribute: str) -> Any:
    if attribute in OWN:
        return _own(facade, attribute)
    value = getattr(_active(logical), attribute, _missing)
    child = f"{logical}.{attribute}"
    if value is _missing:
        _active(child)
    elif not isinstance(value, ModuleType) or not value.__name__.endswith("." + child):
        return value  # this version has something else under the name of a submodule
    found = sys.modules.get(child)
    if not isinstance(found, Facade):
        __import__(child)
        found = sys.modules[child]
    return found


def _no_context(logical: str) -> errors.NoContext:
    return errors.NoContext(
        f"{logical!r} is answered per data context, and this code runs in none",
        hint='enter one with: with runtime.context("…"):',
        module=logical,
    )
