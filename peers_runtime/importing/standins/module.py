"""A module in front of another one."""

from __future__ import annotations

from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_set = ModuleType.__setattr__


class StandIn(ModuleType):
    """Has `members` of its own; everything else is the real module's, also when it is set or deleted.

    A member that is set anew (by a test's patch, say) is set for this realm only.
    """

    def __init__(
        self, real: ModuleType, members: Mapping[str, Any], submodule: Callable[[str], ModuleType | None]
    ) -> None:
        """`submodule` gives the stand-in for a full module name, None where there is none."""
        super().__init__(real.__name__, real.__doc__)
        for name in ("__spec__", "__loader__", "__package__", "__path__", "__file__"):
            if hasattr(real, name):
                _set(self, name, getattr(real, name))
        for name, member in members.items():
            _set(self, name, member)

        def fall_through(name: str) -> Any:
            value = getattr(real, name)
            return submodule(f"{real.__name__}.{name}") or value

        _set(self, "_peers_real", real)
        _set(self, "__getattr__", fall_through)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__:
            _set(self, name, value)
        else:
            setattr(self.__dict__["_peers_real"], name, value)

    def __delattr__(self, name: str) -> None:
        if name in self.__dict__:
            super().__delattr__(name)
        else:
            delattr(self.__dict__["_peers_real"], name)

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["_peers_real"])
