"""peers_runtime: two versions of one package live in one process, and each context sees its own.

Two nouns carry the design: a *version* of a package, which never changes, and a *context*, which says
what is live. Everything a user needs is a name of this module; importing it imports nothing else, each
name is fetched when it is first asked for.

The folders are the architecture, and imports go down only:

- doors, where people and programs come in: `cli`
- acts: `host` (the composition root, where `Runtime` lives), `dev` (a saved file becomes what is live),
  `operations` (one function per act)
- the engine, what is live: `activation`, then the siblings `contributions` and `importing`
- memory, what is kept: the siblings `catalog`, `snapshots` and `trust`
- words, which do no I/O and read no clock: `authoring`, `rules`, `model`, `base`

Siblings do not import each other; the room above joins them. Lower rooms reach upward through a callable
or a small Protocol that `host` plugs in. Each room's own docstring says what lives there, file by file.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from peers_runtime.authoring.package import define_package
    from peers_runtime.authoring.tables import Table
    from peers_runtime.authoring.tools import Tool, tool
    from peers_runtime.base.errors import (
        ActivationFailed,
        AmbiguousName,
        BadWheel,
        CannotGoBack,
        CatalogUnreachable,
        CompilationError,
        CompiledDistribution,
        ComponentNameExists,
        Conflict,
        ContextExists,
        ContractFrozen,
        ContractNotFreezable,
        ContributionConflict,
        DamagedBytes,
        DefinitionFailed,
        DifferentPackages,
        DuplicateId,
        HomeDamaged,
        HomeNotWritable,
        HomeTooNew,
        HookFailed,
        InvalidContextId,
        InvalidDefinition,
        InvalidHook,
        InvalidInput,
        InvalidOutput,
        InvalidProps,
        InvalidRow,
        InvalidSetting,
        InvalidStatusTransition,
        InvalidVersion,
        IsMatchFailed,
        KeyDamaged,
        KeyExposed,
        KeyMismatch,
        LastOwner,
        LockIncomplete,
        LockOutdated,
        LoopRunning,
        MalformedId,
        ManifestMismatch,
        NameOccupied,
        NameTaken,
        NoActiveVersion,
        NoComponentsToPackage,
        NoContext,
        NoPackageThere,
        NoResolver,
        NoRoute,
        NoSuchUI,
        NotArrived,
        NothingToGoBackTo,
        NothingToRollBackTo,
        NotPromotable,
        PackageError,
        PackageVersionExists,
        PeersError,
        ProjectNotWritable,
        Refused,
        ReservedName,
        RestartNeeded,
        RoleTooLow,
        RoutesChanged,
        RoutesImportUI,
        RowExists,
        RuntimeClosed,
        SharedVersionMismatch,
        SignatureInvalid,
        StateNotHandedOver,
        StillChanging,
        StorageError,
        TableShapeConflict,
        TagInCode,
        ToolFailed,
        UIFailed,
        UINotContributed,
        UndeclaredImport,
        UnknownComponent,
        UnknownContext,
        UnknownHook,
        UnknownNumber,
        UnknownPackage,
        UnknownTable,
        UnknownTool,
        UnknownVersion,
        Unresolvable,
        UsageError,
        VersionExists,
        VersionHeld,
        VersionMoved,
        VersionNotGreater,
        VersionYanked,
        WatchDegraded,
        WheelNotWritten,
        WheelUnavailable,
    )
    from peers_runtime.dev.watch import Watch
    from peers_runtime.host.runtime import Runtime
    from peers_runtime.model.catalog import FollowRange, Member, PackageVersion, Role, VersionTag
    from peers_runtime.model.contributions import UI, AppNav, Route
    from peers_runtime.model.decision import Decision, Effect
    from peers_runtime.model.packed import Packed
    from peers_runtime.model.reload import Fault, Reload

__version__ = "0.1.0"

__all__ = [
    "UI",
    "ActivationFailed",
    "AmbiguousName",
    "AppNav",
    "BadWheel",
    "CannotGoBack",
    "CatalogUnreachable",
    "CompilationError",
    "CompiledDistribution",
    "ComponentNameExists",
    "Conflict",
    "ContextExists",
    "ContractFrozen",
    "ContractNotFreezable",
    "ContributionConflict",
    "DamagedBytes",
    "Decision",
    "DefinitionFailed",
    "DifferentPackages",
    "DuplicateId",
    "Effect",
    "Fault",
    "FollowRange",
    "HomeDamaged",
    "HomeNotWritable",
    "HomeTooNew",
    "HookFailed",
    "InvalidContextId",
    "InvalidDefinition",
    "InvalidHook",
    "InvalidInput",
    "InvalidOutput",
    "InvalidProps",
    "InvalidRow",
    "InvalidSetting",
    "InvalidStatusTransition",
    "InvalidVersion",
    "IsMatchFailed",
    "KeyDamaged",
    "KeyExposed",
    "KeyMismatch",
    "LastOwner",
    "LockIncomplete",
    "LockOutdated",
    "LoopRunning",
    "MalformedId",
    "ManifestMismatch",
    "Member",
    "NameOccupied",
    "NameTaken",
    "NoActiveVersion",
    "NoComponentsToPackage",
    "NoContext",
    "NoPackageThere",
    "NoResolver",
    "NoRoute",
    "NoSuchUI",
    "NotArrived",
    "NotPromotable",
    "NothingToGoBackTo",
    "NothingToRollBackTo",
    "PackageError",
    "PackageVersion",
    "PackageVersionExists",
    "Packed",
    "PeersError",
    "ProjectNotWritable",
    "Refused",
    "Reload",
    "ReservedName",
    "RestartNeeded",
    "Role",
    "RoleTooLow",
    "Route",
    "RoutesChanged",
    "RoutesImportUI",
    "RowExists",
    "Runtime",
    "RuntimeClosed",
    "SharedVersionMismatch",
    "SignatureInvalid",
    "StateNotHandedOver",
    "StillChanging",
    "StorageError",
    "Table",
    "TableShapeConflict",
    "TagInCode",
    "Tool",
    "ToolFailed",
    "UIFailed",
    "UINotContributed",
    "UndeclaredImport",
    "UnknownComponent",
    "UnknownContext",
    "UnknownHook",
    "UnknownNumber",
    "UnknownPackage",
    "UnknownTable",
    "UnknownTool",
    "UnknownVersion",
    "Unresolvable",
    "UsageError",
    "VersionExists",
    "VersionHeld",
    "VersionMoved",
    "VersionNotGreater",
    "VersionTag",
    "VersionYanked",
    "Watch",
    "WatchDegraded",
    "WheelNotWritten",
    "WheelUnavailable",
    "__version__",
    "define_package",
    "tool",
]

_ERRORS = "peers_runtime.base.errors"  # the home of every public name that has no other
_HOMES = {
    "AppNav": "peers_runtime.model.contributions",
    "Fault": "peers_runtime.model.reload",
    "PackageVersion": "peers_runtime.model.catalog",
    "Packed": "peers_runtime.model.packed",
    "Member": "peers_runtime.model.catalog",
    "FollowRange": "peers_runtime.model.catalog",
    "Effect": "peers_runtime.model.decision",
    "Decision": "peers_runtime.model.decision",
    "Reload": "peers_runtime.model.reload",
    "Role": "peers_runtime.model.catalog",
    "Route": "peers_runtime.model.contributions",
    "Runtime": "peers_runtime.host.runtime",
    "Table": "peers_runtime.authoring.tables",
    "Tool": "peers_runtime.authoring.tools",
    "UI": "peers_runtime.model.contributions",
    "VersionTag": "peers_runtime.model.catalog",
    "Watch": "peers_runtime.dev.watch",
    "define_package": "peers_runtime.authoring.package",
    "tool": "peers_runtime.authoring.tools",
}


if not TYPE_CHECKING:  # a checker that saw it would take every misspelt name for a lazy one

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = __import__(_HOMES.get(name, _ERRORS), fromlist=[name])
        value = globals()[name] = getattr(home, name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
