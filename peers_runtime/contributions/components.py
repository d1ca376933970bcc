"""The components that a package's UI can show in itself: its own, and those of the packages it depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.contributions import uis
from peers_runtime.contributions.ports import Dependent, package_of

if TYPE_CHECKING:
    from peers_runtime.contributions.uis import Rendered

Context = Callable[[Dependent], object]  # the `ctx` of a UI of this version
Tell = Callable[["Rendered"], "Rendered"]  # lists what failed; answers with what it got


class Component:
    """One component, ready to be shown inside another one."""

    def __init__(self, version: Dependent, peers_ui_id: str, context: Context, tell: Tell) -> None:
        self.peers_ui_id = peers_ui_id
        self.package = version.label  # "store@1.0.0"
        self._version = version
        self._context = context
        self._tell = tell

    def render(self, props: Mapping[str, Any] | None = None) -> Rendered:
        """Call it. When it fails, `content` is None and `error` says why: whoever shows it goes on."""
        ctx = self._context(self._version)
        return self._tell(uis.render(self._version, self.peers_ui_id, props, ctx))

    async def arender(self, props: Mapping[str, Any] | None = None) -> Rendered:
        """`render` where an event loop runs."""
        ctx = self._context(self._version)
        return self._tell(await uis.arender(self._version, self.peers_ui_id, props, ctx))

    def __repr__(self) -> str:
        return f"<Component {self.peers_ui_id} of {self.package}>"


class Components(Mapping[str, Component]):
    """`ctx.components["store.Button"].render({"label": "Save"})`.

    A component of a package that this one depends on has a qualified name, and is that of the version which
    is locked. A bare name means the package's own component; else the only one of that name among those that
    it depends on. Raises `AmbiguousName` when several have it, and `NoSuchUI` when none has.
    """

    def __init__(self, version: Dependent, context: Context, tell: Tell) -> None:
        self._version = version
        self._context = context
        self._tell = tell

    def __getitem__(self, name: str) -> Component:
        qualified = self._qualified()
        found = qualified.get(name) or qualified.get(f"{package_of(self._version)}.{name}")
        if found is None:
            owners = [each for each in qualified if each.partition(".")[2] == name]
            if len(owners) > 1:
                raise errors.AmbiguousName(
                    f"{self._version.label} depends on several packages with a component {name!r}: "
                    f"{', '.join(owners)}",
                    hint=f"name one of them: ctx.components[{owners[0]!r}]",
                    name=name,
                    owners=owners,
                )
            if not owners:
                raise errors.NoSuchUI(
                    f"{self._version.label} has no component {name!r}, nor has a package that it depends on",
                    hint=f"there are: {', '.join(qualified) or 'none'}",
                    name=name,
                )
            (owner,) = owners
            found = qualified[owner]
        return found

    def __iter__(self) -> Iterator[str]:
        """The qualified names, the package's own first."""
        return iter(self._qualified())

    def __len__(self) -> int:
        return len(self._qualified())

    def _qualified(self) -> dict[str, Component]:
        found: dict[str, Component] = {}
        for version in (self._version, *self._version.dependencies):
            for ui in version.definition.uis:
                name = f"{package_of(version)}.{ui.name}"
                found.setdefault(name, Component(version, ui.peers_ui_id, self._context, self._tell))
        return found
