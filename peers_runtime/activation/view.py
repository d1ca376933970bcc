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
from peers_runtime.contributions.hearing import Hearing, Item
from peers_runtime.contributions.observables import Observables
from peers_runtime.contributions.ports import package_of
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

    from peers_runtime.activation.active_set import ActiveSet
    from peers_runtime.contracts.proxy import ContractProxy, Subscribe
    from peers_runtime.contracts.registry import Providers
    from peers_runtime.contracts.subscriptions import Callback, Member
    from peers_runtime.contributions.calls import Outside
    from peers_runtime.contributions.names import Names
    from peers_runtime.contributions.ports import Contributor


class View:
    """Of `owner`'s code, a version that is active in the generation; without an owner, of the host's."""

    __slots__ = ("actor", "binding", "owner")

    def __init__(self, binding: Binding, actor: str = "", owner: Contributor | None = None) -> None:
        self.binding = binding
        self.actor = actor
        self.owner = owner

    @property
    def context_id(self) -> str:
        return self.binding.context_id

    @property
    def within(self) -> Entered:
        return Entered(self.binding)

    def of(self, version: Contributor) -> View:
        """What that version's own code sees."""
        return View(self.binding, self.actor, version)

    @property
    def tools(self) -> Tools:
        return Tools(self.binding.active.tools, self)

    @property
    def tables(self) -> Tables:
        binding = self.binding
        open_rows = partial(binding.active.memory.rows, binding.context_id)
        return Tables(
            binding.active.tables,
            self.within,
            open_rows,
            self._hearing(lambda active: active.tables),
        )

    @property
    def observables(self) -> Observables:
        binding = self.binding
        return Observables(
            binding.active.observables,
            binding.active.live.channels(binding.context_id),
            self.within,
            self.tool_context,
            self._hearing(lambda active: active.observables),
        )

    @property
    def events(self) -> Events:
        binding = self.binding
        return Events(
            binding.active.events,
            binding.active.live.channels(binding.context_id),
            self.within,
            self._hearing(lambda active: active.events),
        )

    @property
    def variables(self) -> Variables:
        """To a version's own code, a bare name means its own variable first."""
        active, context_id = self.binding.active, self.binding.context_id
        now = self._now()
        found = Variables(
            active.variables,
            partial(active.memory.variable, context_id, self.actor),
            lambda: now().variables,
            self._hearing(lambda active: active.variables),
        )
        return found if self.owner is None else found.of(self.owner)

    @property
    def workflows(self) -> Workflows:
        binding = self.binding
        return Workflows(
            binding.active.workflows,
            binding.active.memory.runs(binding.context_id, self.actor),
            self.within,
            lambda of: binding.versions[package_of(of)].package,
        )

    @property
    def assistants(self) -> Assistants:
        return Assistants(self.binding.active.assistants, self.within, self.of)

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
        return ContractProxy(consumed, self._now(), self._subscribes())

    def authorise(self, act: permissions.Act) -> None:
        """Raises `RoleTooLow`. Whoever runs the host may do what it does for nobody in particular."""
        if not self.actor:
            return
        context_id = self.binding.context_id
        kind, role = self.binding.active.live.role(context_id, self.actor)
        if permissions.allows(act, role, kind):
            return
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
        return ToolContext(self.tools, of, ToolLogger(of.label, "package"))

    @property
    def outside(self) -> Outside:
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

    def _hearing(self, members: Callable[[ActiveSet], Names[Item]]) -> Hearing[Item]:
        """Of the members of one kind; holds no generation."""
        context_id, live = self.binding.context_id, self.binding.active.live
        return Hearing(context_id, self.owner, lambda: members(live.binding(context_id).active), live.report)

    def _subscribes(self) -> Subscribe:
        """What a contract's proxy subscribes with; holds no generation."""
        context_id, live, actor = self.binding.context_id, self.binding.active.live, self.actor
        hearing, now = self._hearing(lambda active: active.events), self._now()

        def subscribe(member: Member, callback: Callback) -> Callable[[], None]:
            from peers_runtime.contracts.subscriptions import Subscription

            # A subscription outlives the request that makes it; one that is made on activation comes first.
            entered, newest = now(), live.binding(context_id)
            reach = entered if entered.binding.generation > newest.generation else View(newest, actor)
            return hearing.subscribe(
                str(member),
                callback,
                lambda told: live.subscriptions(context_id).add(Subscription(member, told), reach),
            )

        return subscribe
