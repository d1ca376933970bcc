"""Data contexts: making and listing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors, ids
from peers_runtime.model.catalog import Context, ContextKind
from peers_runtime.operations import access, signing

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services


def create(
    services: Services,
    context_id: str,
    kind: ContextKind,
    name: str | None,
    actor: str,
    *,
    dry_run: bool = False,
) -> Context:
    """Make a context; `actor` becomes its Owner. Raises `InvalidContextId` or `ContextExists`.

    With `dry_run` nothing is made, and the answer is what would be.
    """
    access.require_name(actor, "an actor")
    if not ids.is_context_id(context_id):
        raise errors.InvalidContextId(
            f"{context_id!a} cannot be a context id: 1 to 64 letters, digits, '-', '_' or '.', "
            "beginning with a letter or digit",
            hint="peers contexts create acme --kind group --name 'Acme Ltd'",
            context=context_id,
        )
    if kind != "group":
        raise errors.InvalidSetting(
            f"a context's kind is 'group', not {kind!r}; the personal one is there from the start",
            hint="peers contexts create acme --kind group",
            given=kind,
        )
    if name is not None:
        access.require_name(name, "the name of a context")
    made = Context(context_id=context_id, kind=kind, name=name or context_id)
    with services.catalog.read() as reader:
        _refuse_existing(reader, context_id)
    if dry_run:
        return made
    founding = signing.founding(services, context_id, kind, actor)
    with services.engine.acts:
        with services.catalog.write() as writer:
            _refuse_existing(writer, context_id)
            writer.put_context(made)
            writer.put_membership(founding)
        services.engine.adopt(services.catalog.state(services.device))
    return made


def listed(services: Services) -> Sequence[Context]:
    """Every context of the home, by id."""
    with services.catalog.read() as reader:
        return reader.contexts()


def readable(services: Services, actor: str) -> Sequence[Context]:
    """The contexts that an actor may read, by id, as this process knows them; no context comes into use."""
    known = services.engine.state.contexts
    return [
        one
        for one in listed(services)
        if one.kind == "personal" or (one.context_id in known and known[one.context_id][2].get(actor))
    ]


def _refuse_existing(reader: Reader, context_id: str) -> None:
    """Folders and files are named after contexts, and some file systems do not tell case apart."""
    for other in reader.contexts():
        if other.context_id.lower() == context_id.lower():
            raise errors.ContextExists(
                f"a data context {other.context_id!r} exists already",
                hint="peers contexts list",
                context=other.context_id,
            )
