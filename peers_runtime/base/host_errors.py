"""Errors of areas 04 and 05: what a host and its contexts do with packages."""

from __future__ import annotations

from peers_runtime.base.families import Conflict, PackageError, Refused, UsageError

# ── 04 lifecycle and policy ──────────────────────────────────────────────────────────────────────


class InvalidVersion(PackageError):
    """The version is not Semantic Versioning 2.0 of the supported kind.

    `MAJOR.MINOR.PATCH`, optionally `-alpha.N`, `-beta.N` or `-rc.N`, optionally `+local`.
    """

    code = "P0401"


class NameTaken(Conflict):
    """Another package of the context has this import name (or this package id under another name)."""

    code = "P0402"


class UnknownContext(UsageError):
    """There is no data context with this id in this home."""

    code = "P0403"


class UnknownPackage(UsageError):
    """The package is not installed in the context."""

    code = "P0404"


class UnknownVersion(UsageError):
    """The package has no such version in the context."""

    code = "P0405"


class RoleTooLow(Refused):
    """The actor's role in the context does not allow the act."""

    code = "P0406"


class ContextExists(Conflict):
    """A data context with this id exists already."""

    code = "P0407"


class ContributionConflict(Conflict):
    """Two active packages of one context contribute the same id. Neither wins; the later is refused."""

    code = "P0408"


class ActivationFailed(PackageError):
    """A version could not be activated; what was active before is still serving."""

    code = "P0409"


class InvalidContextId(UsageError):
    """A context id is 1 to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit."""

    code = "P0410"


class VersionExists(Conflict):
    """The context has this version already. A promoted version keeps its snapshot for ever."""

    code = "P0411"


class RestartNeeded(UsageError):
    """A working copy now needs other distributions than the version that runs.

    What is imported from the host cannot be exchanged while it is used. Install what is missing, and start
    the host, or `peers dev`, again.
    """

    code = "P0412"


class StateNotHandedOver(PackageError):
    """What `peers_dispose` put into `data` belongs to the version that goes, so the next one starts without.

    It would keep the old version in memory. Hand over plain data, and objects of the standard library or of
    distributions that are shared with the host.
    """

    code = "P0413"


class VersionYanked(Refused):
    """The version was taken out of circulation: it runs on where it was activated, and nowhere else."""

    code = "P0414"


class NothingToRollBackTo(UsageError):
    """No older version was active before, or the one that was named is not older."""

    code = "P0415"


class NotPromotable(Refused):
    """Versions go from dev to beta, dev to stable and beta to stable; nothing else, and never back."""

    code = "P0416"


class VersionMoved(Conflict):
    """The version is no longer what the caller saw: somebody promoted or rebuilt it meanwhile."""

    code = "P0417"


class LastOwner(Refused):
    """A group always keeps an Owner."""

    code = "P0418"


# ── 05 contracts and runtime kinds ───────────────────────────────────────────────────────────────


class AmbiguousName(UsageError):
    """Two active packages contribute this name. `package:name` always works."""

    code = "P0501"


class UnknownTool(UsageError, KeyError):
    """No active version contributes a tool with this name or id."""

    code = "P0502"


class InvalidInput(UsageError):
    """The arguments do not fit the tool's input model; undeclared arguments are errors, never dropped."""

    code = "P0503"


class InvalidOutput(PackageError):
    """A tool returned something that does not fit its declared output."""

    code = "P0504"


class ToolFailed(PackageError):
    """A tool raised an error of its own; the original error is its `__cause__`."""

    code = "P0505"


class UnknownTable(UsageError, KeyError):
    """No active version contributes a table with this name or id."""

    code = "P0506"


class InvalidRow(UsageError):
    """The row does not fit the table's model."""

    code = "P0507"


class RowExists(Conflict):
    """A row with this primary key exists already."""

    code = "P0508"


class TableShapeConflict(PackageError):
    """The stored table cannot take the shape that the version wants without losing something."""

    code = "P0509"


class InvalidHook(PackageError):
    """A hook implementation does not fit the host's specification."""

    code = "P0510"


class UnknownHook(UsageError, AttributeError):
    """No hook of that name has been specified by the host."""

    code = "P0511"


class HookFailed(PackageError):
    """A hook implementation could not be loaded; the original error is its `__cause__`.

    What an implementation raises when it is called comes through as it is, by pluggy's own rules.
    """

    code = "P0512"


class ContractFrozen(Conflict):
    """The contract's version became stable with another shape, which it keeps for ever in that context.

    The message names each difference. Raise the version of the contract in the definition, or go back to the
    shape that is frozen.
    """

    code = "P0513"


class ContractNotFreezable(Refused):
    """A contract holds something whose shape cannot be kept, so its version cannot become stable."""

    code = "P0514"
