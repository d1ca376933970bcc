"""What the engine needs from the rooms below; a host plugs it in.

On a host's start path: imports nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from peers_runtime.contributions.calls import Answer, Calls, Request
    from peers_runtime.contributions.lines import Line
    from peers_runtime.contributions.ports import Contributor, KeptRuns, KeptVariable, TableRows
    from peers_runtime.importing.lock import Lock
    from peers_runtime.importing.ports import Bytes
    from peers_runtime.model.active import ActivePackage
    from peers_runtime.model.manifest import Dependency, Manifest, PrivateEntry, TableData, VariableData
    from peers_runtime.rules.providing import ContractRecords

    class Memory(Protocol):
        """What is kept: snapshots, tables and variables. Called on first need only, never at a start."""

        def bytes(self, package: ActivePackage) -> Bytes:
            """The verified bytes of a version's snapshot. Whoever holds them has the version in use."""
            ...

        def uses(self, packages: Sequence[ActivePackage]) -> None:
            """From now on these, and no others, may still be read by this process."""
            ...

        def manifest(self, digest: str) -> Manifest: ...

        def lock(
            self,
            package: ActivePackage,
            shared: Sequence[str],
            private: Sequence[PrivateEntry],
            dependencies: Sequence[Dependency],
        ) -> Lock:
            """The closure of a version: the host fulfils the requirements `shared`, `private` come along.

            `dependencies` are the packages that it depends on itself.

            It stays on disk, so that a worker can load the realm by its tag.
            """
            ...

        def platform(self) -> Contributor:
            """What the host itself contributes to every context, under the reserved package name `peers`."""
            ...

        def contract_records(self, context_id: str) -> ContractRecords:
            """The shapes that are frozen in a context, and the providers that it has chosen."""
            ...

        def would_provide(self, context_id: str, contract_id: str, version: int) -> Sequence[str]:
            """The versions stored in a context, active or not, that say they provide a contract, by label."""
            ...

        def rows(self, context_id: str, package_id: str, table: TableData) -> TableRows: ...

        def variable(
            self, context_id: str, actor: str, package_id: str, variable: VariableData
        ) -> KeptVariable:
            """The value for who acts in a context; "" is whoever runs the host."""
            ...

        def runs(self, context_id: str, actor: str) -> KeptRuns:
            """The runs of workflows in a context, for who acts there; "" is whoever runs the host."""
            ...

        @property
        def calls(self) -> Calls:
            """The calls of tools that are under way through an executor."""
            ...

        def carry(self, context_id: str, packages: Sequence[ActivePackage]) -> Callable[[Request], Answer]:
            """What another process does with a request to these versions; it can be pickled.

            Raises `VersionNotKept` when one of them is nowhere but in this process.
            """
            ...

        def report(
            self,
            code: str,
            message: str,
            hint: str,
            subject: str,
            context_id: str | None,
            line: Line | None = None,
        ) -> None:
            """List something that went wrong and did not stop the act."""
            ...
