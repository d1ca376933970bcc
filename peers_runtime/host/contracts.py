"""`runtime.contracts`: what packages provide to each other in a context, and whom its consumers get."""

from __future__ import annotations

from peers_runtime.host.looking import PERSONAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from typing import Any

    from peers_runtime.host.acts import Acts
    from peers_runtime.model.contracts import Contract
    from peers_runtime.model.decision import Decision
    from peers_runtime.model.generated import Generated


class Contracts:
    """`runtime.contracts`. A contract is named by its id or its name, with `@N` for one of its versions."""

    def __init__(self, runtime: Acts) -> None:
        self._runtime = runtime

    def __repr__(self) -> str:
        return f"<Contracts of {self._runtime!r}>"

    def list(self, context: str = PERSONAL) -> Sequence[Contract]:
        """Every contract that active versions provide, claim or consume, or that is frozen there."""
        from peers_runtime.operations import contracts

        return contracts.listed(self._runtime.services, context)

    def show(self, which: str, context: str = PERSONAL) -> tuple[Contract, Mapping[str, Any] | None]:
        """A contract with its shape; None while no package of the context has shown it.

        Without `@N` it is the highest version. Raises `UnknownContract`.
        """
        from peers_runtime.operations import contracts

        return contracts.shown(self._runtime.services, context, which)

    def types(
        self,
        which: str,
        context: str = PERSONAL,
        *,
        py: str | os.PathLike[str] | None = None,
        ts: str | os.PathLike[str] | None = None,
        check: bool = False,
    ) -> Generated:
        """Write what a consumer of a contract is typed by: a Python module into `py`, a `.d.ts` into `ts`.

        The shape is the frozen one, else an active version's, else that of the latest version installed. Only
        files that differ are written, both or neither; with `check` none is. The answer says what differed.
        Raises `UnknownContract`, `ContractNotFreezable`, `RoleTooLow`, `ProjectNotWritable`, and
        `InvalidSetting` when no folder is given or a file there is none of this contract's.
        """
        from peers_runtime.operations import types

        return types.generate(self._runtime.services, which, context, py=py, ts=ts, check=check)

    def set_provider(
        self,
        which: str,
        provider: str | None,
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Decision:
        """Let the consumers of a context get a contract from one package (its name or id), also on a restart.

        None: from whom they prefer. What is under way ends where it began; subscriptions move. Takes an
        Admin. Raises `UnknownContract`, `UnknownPackage`, `RoleTooLow`, `ContractMissing` for a package that
        does not provide it now, and `ContractNeeded` when a consumer takes no other than the chosen one.
        """
        from peers_runtime.operations import contracts

        runtime = self._runtime
        acting = actor or runtime.actor
        return contracts.choose_provider(runtime.services, which, provider, context, acting, dry_run=dry_run)
