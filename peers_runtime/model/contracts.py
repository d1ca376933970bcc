"""A contract as a context sees it: who provides it, who consumes it, and whom each consumer gets."""

from __future__ import annotations

from peers_runtime.model.wire import Record


class Offered(Record):
    """An active version that provides a contract; `is_own` when the contract is the package's own."""

    package: str  # "tasks@1.2.0"
    package_id: str
    is_own: bool


class Claimant(Record):
    """An active version that claims to provide a contract and does not, and why."""

    package: str
    reason: str


class Consumer(Record):
    """An active version that uses a contract, whom it gets, None for nobody, and why."""

    package: str
    optional: bool
    provider: str | None
    reason: str


class Contract(Record):
    """One version of a contract in a context.

    `name` is what its own package calls it, as long as that is installed; `chosen` is the package id of the
    provider that the context has chosen.
    """

    contract_id: str
    version: int
    name: str | None = None
    is_frozen: bool
    chosen: str | None = None
    providers: tuple[Offered, ...] = ()
    unfit: tuple[Claimant, ...] = ()
    consumers: tuple[Consumer, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.contract_id}@{self.version}"
