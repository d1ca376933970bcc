"""What code sees of one generation of a context: a version's own code, or the host's.

Made at no cost for each call. A contract's proxy is not bound to the generation: it asks for the one that is
entered, else the newest, at each use.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.activation.binding import Binding, Entered
from peers_runtime.base import errors
from peers_runtime.contributions.assistants import Assistants
from peers_runtime.contributions.events import Events
from peers_runtime.contributions.observables import Observables
from peers_runtime.contributions.table_changes import Owners
from peers_runtime.contributions.tables import Tables
from peers_runtime.contributions.tool_context import ToolContext, ToolLogger
from peers_runtime.contributions.tools import Tools
from peers_runtime.contributions.variables import Variables
from peers_runtime.contributions.workflows import Workflows
from peers_runtime.importing.current import current
from peers_runtime.model.catalog import Role
from peers_runtime.model.manifest import ConsumedData
from peers_runtime.rules import permissions

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contracts.proxy import ContractProxy
    from peers_runtime.contracts.registry import Providers
    from peers_runtime.contracts.subscriptions import Subscription
    from peers_runtime.contributions.calls import Outside
    from peers_runtime.contributions.ports import Contributor


class View:
    """Of `owner`'s code, a version that is active in the generation; without an owner, of the host's."""

    __slots__ = ("actor", "binding", "owner")

    def __init__(self, binding: Binding, actor: str = "", owner: Contributor | None = None) -> None:
        self.binding = binding
        self.actor = actor
        self.owner = owner

    @property
    def tools(self) -> Tools:
        binding = self.binding
        return Tools(
            binding.active.tools,
            binding.context_id,
            self.tables,
            lambda _: Entered(binding),
            self.actor,
            partial(View, binding, self.actor),
            self._outside,
        )

    @property
    def tables(self) -> Tables:
        binding = self.binding
        owners = Owners(
            lambda of, undo: _version(of).keep(binding.context_id, undo),
            lambda of, code, message: _version(of).report(code, message),
        )
        open_rows = partial(binding.active.memory.rows, binding.context_id)
        return Tables(binding.active.tables, open_rows, owners)

    @property
    def observables(self) -> Observables:
        binding = self.binding
        return Observables(
            binding.active.observables,
            binding.active.live.channels(binding.context_id),
            lambda _: Entered(binding),
            self.tool_context,
            self.owner,
        )

    @property
    def events(self) -> Events:
        binding = self.binding
        return Events(binding.active.events, binding.active.live.channels(binding.context_id), self.owner)

    @property
    def variables(self) -> Variables:
        """To a version's own code, a bare name means its own variable first."""
        active, context_id = self.binding.active, self.binding.context_id
        now = self._now()
        found = Variables(
            active.variables,
            partial(active.memory.variable, context_id, self.actor),
            lambda: now().variables,
        )
        return found if self.owner is None else found.of(self.owner)

    @property
    def workflows(self) -> Workflows:
        binding = self.binding
        return Workflows(
            binding.active.workflows,
            binding.active.memory.runs(binding.context_id, self.actor),
            lambda _: Entered(binding),
            lambda of: _version(of).package,
        )

    @property
    def assistants(self) -> Assistants:
        binding = self.binding
        seen = partial(View, binding, self.actor)
        return Assistants(binding.active.assistants, lambda _: Entered(binding), seen)

    @property
    def providers(self) -> Providers:
        return self.binding.providers

    def contract(self, contract_id: str, version: int) -> ContractProxy | None:
        """The contract, from whoever provides it; None when nobody does and it is optional.

        A version's code gets what its definition consumes, the host whatever there is. Raises
        `UnknownContract` or `ContractMissing`.
        """
        from peers_runtime.contracts.proxy import ContractProxy

        consumed = self._consumed(contract_id, version)
        if self.providers.provider(consumed) is None:
            return None
        return ContractProxy(consumed, self._now(), self._subscribe)

    def authorise(self, act: permissions.Act) -> None:
        """Raises `RoleTooLow`. Whoever runs the host may do what it does for nobody in particular."""
        if not self.actor:
            return
        context_id = self.binding.context_id
        kind, role = self.binding.active.live.role(context_id, self.actor)
        judged = permissions.judge(act, Role(role), kind)
        if isinstance(judged, permissions.Denied):
            raise errors.RoleTooLow(
                f"{self.actor} may not do that in context {context_id!r}: {judged.reason}",
                hint=f"ask an owner of {context_id} for the role {judged.needed.name.title()}",
                actor=self.actor,
                context=context_id,
                needed=judged.needed.name,
                held=judged.held.name,
            )

    def tool_context(self, of: Contributor) -> ToolContext:
        """What code of a version gets as `ctx` outside of any tool."""
        tools = self.tools
        logger = ToolLogger(of.label, "package")
        view_of = partial(View, self.binding, self.actor)
        return ToolContext(
            self.binding.context_id, tools, tools.tables, logger, actor=self.actor, of=of, view_of=view_of
        )

    def _outside(self) -> Outside:
        """How tools reach other processes."""
        from peers_runtime.contributions.calls import Outside

        active = self.binding.active
        carry = partial(active.memory.carry, self.binding.context_id, active.packages)
        return Outside(active.memory.calls, carry)

    def _consumed(self, contract_id: str, version: int) -> ConsumedData:
        if self.owner is None:
            return ConsumedData(contract_id=contract_id, version=version)
        for consumed in self.owner.definition.consumes:
            if (consumed.contract_id, consumed.version) == (contract_id, version):
                return consumed
        raise errors.UnknownContract(
            f"{self.owner.label} does not consume version {version} of the contract {contract_id}",
            hint=f"write in its definition: pkg.consumes({contract_id!r}, {version})",
            contract=contract_id,
            version=version,
            package=self.owner.label,
        )

    def _now(self) -> Callable[[], View]:
        context_id, live, actor = self.binding.context_id, self.binding.active.live, self.actor

        def now() -> View:
            entered = current.get()
            if entered is not None:
                binding = entered[0]
                if binding.context_id == context_id and binding.active.live is live:
                    return View(binding, actor)
            return View(live.binding(context_id), actor)

        return now

    def _subscribe(self, subscription: Subscription) -> Callable[[], None]:
        """With the newest generation, for a subscription outlives the request that makes it."""
        context_id, live = self.binding.context_id, self.binding.active.live
        newest = View(live.binding(context_id), self.actor)
        return live.subscriptions(context_id).add(subscription, newest, self.owner)


def _version(of: Contributor) -> ActiveVersion:
    return of  # type: ignore[return-value]  # tables are those of active versions
