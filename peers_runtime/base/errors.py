"""The one tree of errors.

Every error has a stable `code` (`P<area><number>`), a message that says what is wrong and where, a
`hint` with the next step, and `facts` for programs. The class docstring is what `peers explain CODE`
prints. Four families say whose move it is: `PackageError` (the package's author), `UsageError` (the
caller), `Refused` (policy), `Conflict` (another owner or another process); `StorageError` is for the
machine's owner.

Areas: 01 definition, 02 routes and UI, 03 imports, 04 lifecycle and policy, 05 contracts and runtime
kinds, 06 snapshots and dependencies, 07 archive and trust, 08 storage, 09 configuration.
"""

from __future__ import annotations


class PeersError(Exception):
    """The root of every error that peers_runtime raises."""

    code = "P0000"

    def __init__(self, message: str, *, hint: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]" + (f"\n  help: {self.hint}" if self.hint else "")

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.message, self.hint, self.facts)


class PackageError(PeersError):
    """A package's author has something to mend."""


class UsageError(PeersError):
    """The caller asked for something that does not exist or does not fit."""


class Refused(PeersError):
    """Policy forbids the act; nothing has changed."""


class Conflict(PeersError):
    """Somebody else owns that name, id or version; nothing has changed."""


class StorageError(PeersError):
    """The home, the disk or the stored bytes are not in order; nothing has changed."""


# ── 01 definition ────────────────────────────────────────────────────────────────────────────────


class NoPackageThere(UsageError):
    """The source given to `install` holds no package.

    A package is a folder with a `pyproject.toml` that has exactly one entry point in the group
    `peers.packages`, or a wheel or installed distribution with such an entry point.
    """

    code = "P0101"


class MalformedId(PackageError):
    """An id is not 25 characters of `[0-9a-z]`. Ids are permanent: make one with `peers id` and keep it."""

    code = "P0102"


class TagInCode(PackageError):
    """A package set its own version tag.

    `dev`, `beta` and `stable` are assigned by the platform when a version is promoted, never in code.
    """

    code = "P0103"


class InvalidDefinition(PackageError):
    """What the package's definition says cannot be: the message names the field and the place."""

    code = "P0104"


class DuplicateId(PackageError):
    """One package gives the same id, or the same name within a kind, to two of its contributions."""

    code = "P0105"


class ReservedName(PackageError):
    """The import name belongs to the standard library, to the host or to a shared library."""

    code = "P0106"


class DefinitionFailed(PackageError):
    """Importing the package's definition, routes or UIs raised an error of the package's own."""

    code = "P0107"


# ── 02 routes and UI ─────────────────────────────────────────────────────────────────────────────


class NoRoute(UsageError):
    """No route of the active versions takes the path. `ctx.routes.explain(path)` says why each lost."""

    code = "P0201"


class NoSuchUI(UsageError):
    """No active version contributes a UI with this `peers_ui_id`."""

    code = "P0202"


class UINotContributed(PackageError):
    """A route names a `peers_ui_id` for which the package contributes no UI."""

    code = "P0203"


class RoutesImportUI(PackageError):
    """The routes module imports, directly or through others, the package's UI or runtime.

    Routes are loaded early and must stay tiny: name the UI by its id instead.
    """

    code = "P0204"


class InvalidProps(UsageError):
    """The props do not fit the `props_schema` of the UI or route."""

    code = "P0205"


class UIFailed(PackageError):
    """A UI failed to import or raised while it was called; an error card stands in its place."""

    code = "P0206"


class RoutesChanged(PackageError):
    """The routes module's list differs from the one recorded when the version was captured.

    A list of routes must not depend on the time, the environment or chance.
    """

    code = "P0207"


class IsMatchFailed(PackageError):
    """A route's `is_match` raised; the route counts as not matching."""

    code = "P0208"


class LoopRunning(UsageError):
    """An async UI or tool was called synchronously in a thread where an event loop runs.

    Await it instead: `await ctx.arender(…)`, `await ctx.tools.acall(…)`.
    """

    code = "P0209"


# ── 03 imports ───────────────────────────────────────────────────────────────────────────────────


class NoActiveVersion(UsageError):
    """The package has no active version in the current context."""

    code = "P0301"


class UndeclaredImport(PackageError, ModuleNotFoundError):
    """A package imported something it does not declare.

    Declared are: the standard library, the package itself, its private and shared distributions with
    their dependencies, and its locked packages. Add the distribution to `[project] dependencies` (or to
    `private` or `shared` in `[tool.peers]`).
    """

    code = "P0302"


class NoContext(UsageError):
    """Code outside any data context used a name that is answered per context.

    Enter one with `with runtime.context("…"):`, or ask `ctx.module("…")`.
    """

    code = "P0303"


class VersionHeld(PackageError):
    """A version that nothing uses any more cannot be freed, because something still holds on to it."""

    code = "P0304"


class NameOccupied(UsageError):
    """A module of that name was imported before the runtime opened, so the name keeps that module.

    `ctx.module("…")` still answers with the active version.
    """

    code = "P0305"


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


# ── 05 contracts and runtime kinds ───────────────────────────────────────────────────────────────


class AmbiguousName(UsageError):
    """Two active packages contribute this name. `package:name` always works."""

    code = "P0501"


class UnknownTool(UsageError):
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


class UnknownTable(UsageError):
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


class UnknownHook(UsageError):
    """No hook of that name has been specified by the host."""

    code = "P0511"


class HookFailed(PackageError):
    """A hook implementation could not be loaded; the original error is its `__cause__`.

    What an implementation raises when it is called comes through as it is, by pluggy's own rules.
    """

    code = "P0512"


# ── 06 snapshots and dependencies ────────────────────────────────────────────────────────────────


class CompilationError(PackageError):
    """A source file of the package does not compile."""

    code = "P0601"


class NoComponentsToPackage(PackageError):
    """The package contributes nothing: no UI, no runtime, no hook."""

    code = "P0602"


class SharedVersionMismatch(PackageError):
    """The host has a shared library in a version outside the range that the package needs, or lacks it."""

    code = "P0603"


# ── 07 archive and trust ─────────────────────────────────────────────────────────────────────────


class DamagedBytes(StorageError):
    """Stored bytes differ from the digest they are named by; nothing of them is used."""

    code = "P0701"


class BadWheel(PackageError):
    """The file is not a wheel that can be read: the message names the entry and the rule."""

    code = "P0702"


# ── 08 storage ───────────────────────────────────────────────────────────────────────────────────


class HomeTooNew(StorageError):
    """The home was written by a newer version of peers_runtime."""

    code = "P0801"


class HomeNotWritable(StorageError):
    """The home cannot be written: read-only, no permission, or the disk is full."""

    code = "P0802"


class HomeDamaged(StorageError):
    """A file of the home is missing or cannot be read as what it should be."""

    code = "P0803"


class RuntimeClosed(UsageError):
    """The runtime was closed."""

    code = "P0804"


class KeyExposed(StorageError):
    """Others than its owner may read the key that seals compiled code; who has it can forge such code."""

    code = "P0805"


# ── 09 configuration ─────────────────────────────────────────────────────────────────────────────


class InvalidSetting(UsageError):
    """A setting of the host, the command line or `[tool.peers]` cannot be used as given."""

    code = "P0901"


def _revive(kind: type[PeersError], message: str, hint: str, facts: dict[str, object]) -> PeersError:
    return kind(message, hint=hint, **facts)
