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


class UnknownObservable(UsageError, KeyError):
    """No active version contributes an observable with this name or id."""

    code = "P0515"


class InvalidValue(UsageError):
    """The value does not fit the observable's type."""

    code = "P0516"


class NotWritable(Refused):
    """Only its own package may set this observable; or it has refused the value, for the reason given."""

    code = "P0517"


class UnknownEvent(UsageError, KeyError):
    """No active version contributes an event with this name or id."""

    code = "P0518"


class InvalidPayload(UsageError):
    """What was to be told does not fit the event's payload model."""

    code = "P0519"


class SourceFailed(PackageError):
    """The source of an event, or the first value of an observable, raised an error of the package's own."""

    code = "P0520"


class ContractMissing(Refused):
    """A package consumes a contract that no active package of the context provides, so it stays inactive.

    The message says which versions in the context would provide it. Activate one of them, or let the package
    consume the contract with `optional=True`.
    """

    code = "P0521"


class ContractNeeded(Refused):
    """The act would leave active packages without a provider of a contract that they consume.

    Give the context another provider first, or take the consumers out of use.
    """

    code = "P0522"


class ContractNotFulfilled(PackageError):
    """A package claims with `also_implements` to fulfil a contract, and its own does not fit it.

    Each sentence names a member, the place in it, how it is in the contract and how it is in the package.
    """

    code = "P0523"


class UnknownContract(UsageError):
    """No package of the context provides this version of the contract, or nothing is known under the name."""

    code = "P0524"


class UnknownMember(UsageError, KeyError):
    """The contract has no member of this kind and name, whatever its provider may have besides."""

    code = "P0525"


class PayloadTooLarge(UsageError):
    """What goes through a contract is data of a bounded size; send a reference to what is larger."""

    code = "P0526"


class ProxyDisposed(UsageError):
    """The proxy of a contract was disposed of: ask the context for another one."""

    code = "P0527"


class SubscriberFailed(PackageError):
    """A callback that was told of a change or an event raised an error.

    What it was told of has happened, and the others were told all the same.
    """

    code = "P0528"


class UnknownRow(UsageError, KeyError):
    """The table has no row with this primary key, which was to be updated."""

    code = "P0529"


class ToolTimedOut(PackageError, TimeoutError):
    """A tool was not done in the time that its caller gave it, and what it answers later is not taken.

    It was told to stop (`ctx.cancelled`). An async tool is cancelled; code that is not async can only stop by
    itself, so a call in the caller's own thread lasts until the tool returns.
    """

    code = "P0530"


class ToolCancelled(UsageError):
    """The caller cancelled a tool, and it stopped.

    A tool that never looks at `ctx.cancelled` is not stopped by it: what it answers counts.
    """

    code = "P0531"


class NoExecutor(UsageError):
    """A tool was submitted and nobody said where it should run.

    Give the runtime an executor, or choose one for some calls with `ctx.tools.through(executor)`.
    """

    code = "P0532"


class VersionNotKept(UsageError):
    """The code of a working copy is being tried out and not written yet, so no other process can load it."""

    code = "P0533"


class UnknownVariable(UsageError, KeyError):
    """No active version has a variable with this name or id."""

    code = "P0540"


class InvalidVariable(UsageError):
    """The value does not fit the variable's type, or would not come back as it is.

    Of a secret the message says the kinds of faults only, because anything else may hold a part of the value.
    """

    code = "P0541"


class ConsumerUnserved(Conflict):
    """An active package consumes a contract that no active package of the context provides any more.

    No act is refused for that, because none was made here: another version became active by itself, as one
    that is followed, or the context was changed on a device where the consumer does not run. The package goes
    on without the provider, and where it asks for the contract, it gets `ContractMissing`. The message says
    which versions would provide it; what is activated by hand is not undone by itself.
    """

    code = "P0542"
