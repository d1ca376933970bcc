"""Calls hooks in their order, a wrapper around them; loads plugins by entry points."""

import pluggy

spec = pluggy.HookspecMarker("trial")
hook = pluggy.HookimplMarker("trial")


class Specs:
    @spec
    def add(self, x: int) -> int: ...


class One:
    @hook
    def add(self, x: int) -> int:
        return x + 1


class Two:
    @hook(tryfirst=True)
    def add(self, x: int) -> int:
        return x + 2


def use() -> object:
    manager = pluggy.PluginManager("trial")
    manager.add_hookspecs(Specs)
    manager.register(One())
    manager.register(Two())
    assert manager.hook.add(x=1) == [3, 2]
    assert manager.load_setuptools_entrypoints("a group that nobody has") == 0
    return manager
