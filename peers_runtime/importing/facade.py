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
    from collections.abc import Callable
    from importlib.abc import Loader
    from types import ModuleType
    from typing import Any, NoReturn

else:
    Loader = object  # importlib.abc is not for the start path
    ModuleType = type(sys)

_OWN: dict[str, str] = dict.fromkeys(
    ("__name__", "__spec__", "__loader__", "__package__", "__path__", "__class__"), ""
)
_own = ModuleType.__getattribute__
_missing = object()


class Facade(ModuleType):
    """The base of every facade's type."""

    def __repr__(self) -> str:
        return f"<facade {_own(self, '__name__')!r}>"


def make(logical: str, special: dict[str, str]) -> Facade:
    """A facade. `special`: submodules that any version has, by attribute; they are answered with facades.

    The caller keeps the mapping and adds to it.
    """
    get = current.get
    special.update(_OWN)

    def get_attribute(self: Facade, attribute: str) -> Any:
        try:
            value = get()[2][logical][attribute]  # type: ignore[index]  # None raises TypeError, caught below
            if attribute not in special:
                return value
        except (KeyError, TypeError):
            pass  # no context, a module not asked for so far, or an attribute that its namespace has not
        try:
            return _asked(self, logical, attribute, special)
        except BaseException as error:
            interpreter.trim(error)
            raise

    def set_attribute(self: Facade, attribute: str, value: Any) -> None:
        if attribute in _OWN:
            ModuleType.__setattr__(self, attribute, value)
        elif isinstance(value, Facade) and _own(value, "__name__") == f"{logical}.{attribute}":
            special[attribute] = f"{logical}.{attribute}"  # the import system binds a submodule to its parent
        else:
            setattr(_active(logical), attribute, value)

    def delete_attribute(_: Facade, attribute: str) -> None:
        delattr(_active(logical), attribute)

    def list_attributes(self: Facade) -> list[str]:
        return sorted(_own(self, "__dict__")) if get() is None else dir(_active(logical))

    members: dict[str, Any] = {
        "__getattribute__": get_attribute,
        "__setattr__": set_attribute,
        "__delattr__": delete_attribute,
        "__dir__": list_attributes,
    }
    kind: type[Facade] = type("facade", (Facade,), members)
    return kind(logical)


class FacadeLoader(Loader):
    """Loads facades. Importing one imports the active version's module, when there is one by now."""

    def __init__(self, special: Callable[[str], dict[str, str]]) -> None:
        self._special = special

    def spec(self, logical: str) -> ModuleSpec:
        return ModuleSpec(logical, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return make(spec.name, self._special(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        if current.get() is None:
            return
        try:
            interpreter.call_from_import(_import_active, module.__name__)
        except BaseException as error:
            interpreter.without_this_frame(error)
            raise

    def get_resource_reader(self, fullname: str) -> Any:
        """So that `importlib.resources` in host code reads the active version's files."""
        active: Any = _active(fullname)
        return active.__loader__.get_resource_reader(active.__name__)


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
        _refuse(logical)
    module: ModuleType = active[0].modules[logical]
    if type(module) is ModuleType:  # else a module put something in its own place that computes attributes
        active[2][logical] = module.__dict__
    return module


def _asked(facade: Facade, logical: str, attribute: str, special: dict[str, str]) -> Any:
    """An attribute that is not simply in the namespace of the active version's module, or not yet."""
    try:
        if attribute in special:
            return _special(facade, logical, attribute, special[attribute])
        return getattr(_active(logical), attribute)
    except BaseException as error:
        if attribute.startswith("__") and attribute != "__all__" and isinstance(error, Exception):
            # All kinds of tools walk through sys.modules and ask for these, in any context or none.
            return _own(facade, attribute)
        if isinstance(error, AttributeError):
            error.args = tuple(names.logical(str(part)) for part in error.args)
        raise


def _special(facade: Facade, logical: str, attribute: str, child: str) -> Any:
    """One of the facade's own attributes, or a submodule, whose logical name `child` then is.

    Submodules are answered outside any context too, so that a host's modules can import facades.
    """
    if not child:
        return _own(facade, attribute)
    active = current.get()
    if active is not None:
        modules = active[0].modules
        value = getattr(modules[logical], attribute, _missing)
        if value is _missing:
            modules[child]  # imports it, or raises because this version has no such submodule
        elif value is None or (value is not modules.get(child) and not _is_module(value, child)):
            return value  # this version has something else under the name of a submodule
    found = sys.modules.get(child)
    if not isinstance(found, Facade):
        __import__(child)
        found = sys.modules[child]
    return found


def _is_module(value: object, logical: str) -> bool:
    return isinstance(value, ModuleType) and value.__name__.endswith("." + logical)


def _refuse(logical: str) -> NoReturn:
    raise errors.NoContext(
        f"{logical!r} is answered per data context, and this code runs in none",
        hint='enter one with: with runtime.context("…"):',
        module=logical,
    )
