"""Who needs whom in a context: packages that another one has locked, and contracts that one gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peers_runtime.model.graph import Arrow, Graph
from peers_runtime.operations import contracts, inspect

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services


def graph(services: Services, context_id: str) -> Graph:
    """Of the versions that are active now. Raises `UnknownContext` and `RoleTooLow`."""
    inspect.may_read(services, context_id, services.actor)
    active = services.engine.binding(context_id).active.packages
    arrows = [
        Arrow(source=one.label, target=f"{other.name}@{other.version}", label="depends on", kind="depends")
        for one in active
        for other in services.snapshots.manifest(one.digest).dependencies
    ]
    for contract in contracts.listed(services, context_id):
        title = f"{contract.name or contract.contract_id} {contract.version}"
        arrows += [
            Arrow(source=consumer.package, target=consumer.provider, label=title, kind="contract")
            for consumer in contract.consumers
            if consumer.provider is not None
        ]
    return Graph(packages=tuple(one.label for one in active), arrows=tuple(arrows))
