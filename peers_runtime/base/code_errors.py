"""Errors of areas 01 to 03: what a package's code says, routes, shows and imports."""

from __future__ import annotations

from peers_runtime.base.families import PackageError, UsageError

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


class UnknownAsset(UsageError, KeyError):
    """No version of this context has that asset: a file of the package that a UI names in `assets`."""

    code = "P0210"


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
