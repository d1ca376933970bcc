"""The handle a host works with: `runtime.context("acme")`.

A handle is cheap and may be shared by threads. Each call on it reads the context's current generation
afresh; inside `with ctx:` the generation of entry is pinned, so that what began on one version ends on
it. On a host's start path: imports late.
"""

from __future__ import annotations

from functools import partial

from peers_runtime.activation.active_set import no_active_version
from peers_runtime.activation.binding import Binding, Entered, leave
from peers_runtime.activation.routes import Routes
from peers_runtime.base import errors, ids
from peers_runtime.importing.current import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType, TracebackType
    from typing import Any

    from peers_runtime.activation.active_set import ActiveSet
    from peers_runtime.activation.engine import Engine
    from peers_runtime.activation.hooks import Hooks
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.activation.view import View
    from peers_runtime.contracts.proxy import ContractProxy
    from peers_runtime.contracts.registry import Providers
    from peers_runtime.contributions.app_navs import App
    from peers_runtime.contributions.assistants import Assistants
    from peers_runtime.contributions.events import Events
    from peers_runtime.contributions.observables import Observables
    from peers_runtime.contributions.ports import Dependent
    from peers_runtime.contributions.registry import Relay
    from peers_runtime.contributions.tables import Tables
    from peers_runtime.contributions.tool_context import UIContext
    from peers_runtime.contributions.tools import Tools
    from peers_runtime.contributions.uis import LoadedUI, Rendered
    from peers_runtime.contributions.variables import Variables
    from peers_runtime.contributions.workflows import Workflows


class DataContext:
    """A data context as this runtime sees it. Made by `Runtime.context`, which checks the actor's role."""

    __slots__ = ("_bindings", "_engine", "actor", "context_id")

    def __init__(self, engine: Engine, context_id: str, actor: str = "") -> None:
        self._engine = engine
        self.actor = actor  # who uses the handle; what tools do, they do for them
        self._bindings = engine.bindings
        self.context_id = context_id

    def __enter__(self) -> Binding:
        # `enter`, written out: every request of a host comes through here
        binding = self._bindings.get(self.context_id) or self._engine.binding(self.context_id)
        current.set((binding, current.get(), binding.active.namespaces))
        return binding

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        entered = current.get()
        if entered is not None and entered[0].context_id == self.context_id:
            current.set(entered[1])
        elif error is None:  # else that is what the caller should hear of
            leave(self.context_id)  # says what is wrong

    @property
    def binding(self) -> Binding:
        """The pinned generation inside `with ctx:`, else the one that is current now."""
        entered = current.get()
        if entered is not None:
            binding = entered[0]
            if binding.context_id == self.context_id and binding.active.memory is self._engine.memory:
                return binding  # type: ignore[no-any-return]  # importing knows only the shape of what it dispatches to
        return self._engine.binding(self.context_id)

    # ── code ─────────────────────────────────────────────────────────────────────────────────────

    def module(self, name: str) -> ModuleType:
        """The active version's own module, imported when needed. Raises `NoActiveVersion`."""
        binding = self.binding
        root = name.partition(".")[0]
        if root not in binding.versions:
            raise no_active_version(root, self.context_id)
        with Entered(binding):
            binding.versions[root].announce(None)
            return binding.modules[name]

    def reference(self, target: str) -> Reference:
        """A stand-in for `"module"` or `"module:attribute"` that asks the active version at each use."""
        return Reference(self, target)

    # ── apps, routes and UI ──────────────────────────────────────────────────────────────────────

    @property
    def apps(self) -> Sequence[App]:
        """The launcher's apps, by package name; pure data, no package code is loaded."""
        from peers_runtime.contributions import app_navs

        return [app for version in self.binding.versions.values() for app in app_navs.apps(version.package)]

    @property
    def routes(self) -> Routes:
        return Routes(self.binding)

    def ui(self, peers_ui_id: str, targets: Sequence[str] = ()) -> LoadedUI:
        """The UI with its content imported; `targets` as for `render`.

        Raises `NoSuchUI`, or what its module raised.
        """
        from peers_runtime.contributions import uis

        binding = self.binding
        version = self._owner(binding, peers_ui_id)
        with Entered(binding):
            return uis.load(version, peers_ui_id, uis.chosen(version, peers_ui_id, targets))

    def render(
        self,
        path_or_id: str,
        props: Mapping[str, Any] | None = None,
        category: str | None = "screen",
        targets: Sequence[str] = (),
    ) -> Rendered:
        """Match, load and call a UI. A UI that fails gives a `Rendered` with an error card in its place.

        Of a UI with several targets it is the first of `targets` that it has, else its author's first. Raises
        `NoRoute` or `NoSuchUI` when there is nothing to call.
        """
        from peers_runtime.contributions import uis

        binding, version, peers_ui_id, given = self._target(path_or_id, props, category)
        ctx, target = _call_context(binding, version, self.actor), uis.chosen(version, peers_ui_id, targets)
        with Entered(binding):
            rendered = uis.render(version, peers_ui_id, given, ctx, target)
        return _listed(version, binding.context_id, rendered)

    async def arender(
        self,
        path_or_id: str,
        props: Mapping[str, Any] | None = None,
        category: str | None = "screen",
        targets: Sequence[str] = (),
    ) -> Rendered:
        """`render` for async UIs; sync ones are called as they are."""
        from peers_runtime.contributions import uis

        binding, version, peers_ui_id, given = self._target(path_or_id, props, category)
        ctx, target = _call_context(binding, version, self.actor), uis.chosen(version, peers_ui_id, targets)
        with Entered(binding):
            rendered = await uis.arender(version, peers_ui_id, given, ctx, target)
        return _listed(version, binding.context_id, rendered)

    # ── runtime kinds ────────────────────────────────────────────────────────────────────────────

    @property
    def tools(self) -> Tools:
        """The tools of the active versions: `ctx.tools["add_note"](title="x")`."""
        executor = self._engine.executor
        return self._view.tools if executor is None else self._view.tools.through(executor)

    @property
    def tables(self) -> Tables:
        """The tables of the active versions: `ctx.tables["Notes"].list()`."""
        return self._view.tables

    @property
    def observables(self) -> Observables:
        """The observables of the active versions: `ctx.observables["open_tasks"]()`."""
        return self._view.observables

    @property
    def events(self) -> Events:
        """The events of the active versions: `ctx.events["task_done"].subscribe(callback)`."""
        return self._view.events

    def contract(self, contract_id: str, version: int) -> ContractProxy:
        """A contract, from whichever package provides it at each use. Raises `ContractMissing`."""
        proxy = self._view.contract(contract_id, version)
        assert proxy is not None  # to the host no contract is optional
        return proxy

    @property
    def providers(self) -> Providers:
        """Who provides which contract here, and who consumes it."""
        return self.binding.providers

    @property
    def variables(self) -> Variables:
        """The variables of the active versions: `ctx.variables["api_url"]()`."""
        return self._view.variables

    @property
    def workflows(self) -> Workflows:
        """The workflows of the active versions, and the context's runs: `ctx.workflows["plan_week"](…)`."""
        return self._view.workflows

    @property
    def assistants(self) -> Assistants:
        """The assistants of the active versions: `ctx.assistants["helper"].ask("Who is late?")`."""
        return self._view.assistants

    @property
    def hook(self) -> Hooks | Relay:
        """The host's hooks: `ctx.hook.NAME(...)` calls the implementations of the versions active here.

        Inside `with ctx:` this is pluggy's own; outside, each call enters the context first.
        """
        specs = self._engine.hook_specs
        entered = current.get()
        if entered is not None and entered[0].context_id == self.context_id:
            active: ActiveSet = entered[0].active
            if active.memory is self._engine.memory:
                return active.registry(specs).hook
        from peers_runtime.activation.hooks import Hooks

        binding = self._engine.binding(self.context_id)
        return Hooks(binding, binding.active.registry(specs))

    def __repr__(self) -> str:
        return f"<DataContext {self.context_id}>"

    @property
    def _view(self) -> View:
        from peers_runtime.activation.view import View

        return View(self.binding, self.actor)

    def _target(
        self, path_or_id: str, props: Mapping[str, Any] | None, category: str | None
    ) -> tuple[Binding, ActiveVersion, str, Mapping[str, Any]]:
        """Who shows what: the binding, the owner, the UI's id and the props it gets."""
        binding = self.binding
        if ids.is_id(path_or_id):
            version = self._owner(binding, path_or_id)
            peers_ui_id, given = path_or_id, props or {}
        else:
            match = Routes(binding).match(path_or_id, props, category)
            version = binding.versions[match.package]
            peers_ui_id, given = match.peers_ui_id, match.props
        return binding, version, peers_ui_id, given

    def _owner(self, binding: Binding, peers_ui_id: str) -> ActiveVersion:
        version = binding.active.owner_of_ui(peers_ui_id)
        if version is None:
            raise errors.NoSuchUI(
                f"no active version in context {self.context_id!r} contributes the UI {peers_ui_id}",
                hint=f"peers routes list --context {self.context_id}",
                peers_ui_id=peers_ui_id,
                context=self.context_id,
            )
        return version


def _call_context(binding: Binding, version: ActiveVersion, actor: str) -> UIContext:
    from peers_runtime.activation.view import View
    from peers_runtime.contributions.components import Components
    from peers_runtime.contributions.tool_context import ToolLogger, UIContext

    tools = View(binding, actor).tools

    def context(of: Dependent) -> UIContext:
        components = Components(of, context, partial(_listed, version, binding.context_id))
        return UIContext(tools, of, ToolLogger(of.label, "ui"), components, partial(_slot, binding, actor))

    return context(version)


def _slot(binding: Binding, actor: str, name: str, props: Mapping[str, Any] | None, default: Any) -> Any:
    """What fills a slot in this generation."""
    from peers_runtime.contributions import uis

    try:
        match = Routes(binding).match(None, props, "other", name)
    except errors.NoRoute:
        return default
    version = binding.versions[match.package]
    ctx = _call_context(binding, version, actor)
    with Entered(binding):
        rendered = uis.render(version, match.peers_ui_id, match.props, ctx, "html")
    return _listed(version, binding.context_id, rendered)


def _listed(version: ActiveVersion, context_id: str, rendered: Rendered) -> Rendered:
    """What failed of the version's own is a diagnostic too; props that do not fit are the caller's."""
    card = rendered.error
    if card is not None and card.code != errors.InvalidProps.code:
        version.report(card.code, card.message, card.hint, context_id, card.line)
    return rendered


class Reference:
    """Dispatches to the active version of one context at each use; holds no version."""

    __slots__ = ("_attribute", "_context", "_module")

    def __init__(self, context: DataContext, target: str) -> None:
        self._context = context
        self._module, _, self._attribute = target.partition(":")

    def resolve(self) -> Any:
        """The active version's own object, now."""
        found: Any = self._context.module(self._module)
        for part in self._attribute.split(".") if self._attribute else ():
            found = getattr(found, part)
        return found

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        with Entered(self._context.binding):
            return self.resolve()(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.resolve(), name)

    def __repr__(self) -> str:
        target = f"{self._module}:{self._attribute}" if self._attribute else self._module
        return f"<Reference to {target} in {self._context.context_id}>"
