"""`runtime.contexts` and `runtime.members`: the data contexts of a home, and who is what in them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from peers_runtime.host.acts import Acts
    from peers_runtime.model.catalog import Context, ContextKind, Member, Role


class Contexts:
    """`runtime.contexts`: the data contexts of a home."""

    def __init__(self, runtime: Acts) -> None:
        self._runtime = runtime

    def __repr__(self) -> str:
        return f"<Contexts of {self._runtime!r}>"

    def create(
        self,
        context_id: str,
        kind: ContextKind = "group",
        name: str | None = None,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Context:
        """Make a context; the actor becomes its Owner. Raises `InvalidContextId` or `ContextExists`.

        With `dry_run` nothing is made, and the answer is what would be.
        """
        from peers_runtime.operations import contexts

        runtime = self._runtime
        acting = actor or runtime.actor
        return contexts.create(runtime.services, context_id, kind, name, acting, dry_run=dry_run)

    def list(self) -> Sequence[Context]:
        """Every context of the home, by id; `personal` is always there."""
        from peers_runtime.operations import contexts

        return contexts.listed(self._runtime.services)


class Members:
    """`runtime.members`: who is what in a group."""

    def __init__(self, runtime: Acts) -> None:
        self._runtime = runtime

    def __repr__(self) -> str:
        return f"<Members of {self._runtime!r}>"

    def set(
        self, context: str, member: str, role: Role, actor: str | None = None, *, dry_run: bool = False
    ) -> Member:
        """Give somebody a role in a group; `Role.NONE` takes them out.

        Takes an Admin, who gives no more than they have; anybody may step down. Raises `UnknownContext`,
        `RoleTooLow` or `LastOwner`.
        """
        from peers_runtime.operations import members

        runtime = self._runtime
        acting = actor or runtime.actor
        return members.set_role(runtime.services, context, member, role, acting, dry_run=dry_run)

    def allow_key(
        self,
        context: str,
        member: str,
        public_key: str,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Member:
        """Let somebody sign with one more key, such as that of another device (`Runtime.public_key`).

        Somebody's first key needs no allowing. Takes the member on a device whose key is allowed already, or
        an Admin who is not below them. Raises `RoleTooLow`, `KeyMismatch` or `InvalidSetting`.
        """
        return self._set_key(context, member, public_key, actor, allowed=True, dry_run=dry_run)

    def revoke_key(
        self,
        context: str,
        member: str,
        public_key: str,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Member:
        """Let somebody sign with a key no longer; what was signed with it stands. See `allow_key`."""
        return self._set_key(context, member, public_key, actor, allowed=False, dry_run=dry_run)

    def _set_key(
        self, context: str, member: str, public_key: str, actor: str | None, *, allowed: bool, dry_run: bool
    ) -> Member:
        from peers_runtime.operations import members

        runtime = self._runtime
        acting = actor or runtime.actor
        return members.set_keys(
            runtime.services, context, member, public_key, acting, allowed=allowed, dry_run=dry_run
        )

    def list(self, context: str, actor: str | None = None) -> Sequence[Member]:
        """A group's members, the highest role first."""
        from peers_runtime.operations import members

        return members.listed(self._runtime.services, context, actor or self._runtime.actor)
