"""Hooks of one set of active versions: one pluggy manager per project name, no package code imported.

Two registries share nothing. A warm call costs what raw pluggy costs: `caller(name)` is pluggy's own
`HookCaller`, and implementations stand in it directly once they have been called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pluggy

from peers_runtime.base import errors
from peers_runtime.contributions import hookspecs
from peers_runtime.contributions.declared import Declared
from peers_runtime.contributions.describing import invalid_hook
from peers_runtime.contributions.ports import Contributor, Report
from peers_runtime.contributions.stubs import Plugin
from peers_runtime.model.manifest import HookData

HookCaller = pluggy.HookCaller  # for rooms above, which do not import pluggy


class HostSpecs:
    """A host's hook specifications (a module or a class), and the project name of their markers."""

    __slots__ = ("module", "project_name")

    def __init__(self, module: Any, project_name: str) -> None:
        self.module = module
        self.project_name = project_name

    def __repr__(self) -> str:
        return f"<HostSpecs {self.project_name}: {self.module!r}>"


class Registry:
    """The hooks of `versions`, in pluggy's order: the last one registered is called first.

    Implementations are checked against the specifications here, before any of them is imported; those of
    projects that the host has no specification for are left alone. A version with one that does not fit
    takes no part at all: it is reported, or raised as `InvalidHook` when there is nobody to report to.
    Raises `InvalidSetting` when the specifications themselves cannot be used.
    """

    def __init__(
        self, versions: Sequence[Contributor], specs: Sequence[HostSpecs] = (), report: Report | None = None
    ) -> None:
        self._managers = managers(specs)
        for version in versions:
            try:
                _register(version, self._managers)
            except errors.InvalidHook as error:
                if report is None:
                    raise
                report(error.code, error.message, error.hint, version.label, None)
        self.hook = Relay(versions)
        for manager in self._managers.values():
            vars(self.hook).update(vars(manager.hook))

    def caller(self, name: str) -> pluggy.HookCaller:
        """pluggy's caller of a hook, whichever project it is of. Raises `UnknownHook`."""
        found: pluggy.HookCaller = getattr(self.hook, name)
        return found

    def manager(self, project_name: str) -> pluggy.PluginManager:
        """The manager of a host's project. Raises KeyError for one without specifications."""
        return self._managers[project_name]


class Relay:
    """`registry.hook.NAME(...)`: an attribute per hook of every project, peers' own included."""

    def __init__(self, versions: Sequence[Contributor]) -> None:
        self._versions = tuple(versions)

    def __getattr__(self, name: str) -> pluggy.HookCaller:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _DECLARED and name not in vars(self):
            vars(self).update(_declared(self._versions))
            found: pluggy.HookCaller = vars(self)[name]
            return found
        known = sorted(hook for hook in vars(self) if not hook.startswith("_"))
        raise errors.UnknownHook(
            f"no hook {name!r} has been specified",
            hint=f"the host has specified: {', '.join(known)}"
            if known
            else "the host adds its specifications with: runtime.add_hookspecs(module, project_name)",
            hook=name,
        )


def managers(specs: Sequence[HostSpecs]) -> Mapping[str, pluggy.PluginManager]:
    """An empty manager per project name. Raises `InvalidSetting`."""
    found: dict[str, pluggy.PluginManager] = {}
    owners: dict[str, str] = {
        name: hookspecs.PROJECT for name in vars(hookspecs) if name.startswith("peers_")
    }
    for spec in specs:
        project = spec.project_name
        if project == hookspecs.PROJECT:
            raise _bad_specs(spec, f"the project name {project!r} is that of peers itself")
        manager = found.setdefault(project, pluggy.PluginManager(project))
        before = set(vars(manager.hook))
        try:
            manager.add_hookspecs(spec.module)
        except ValueError as error:
            raise _bad_specs(spec, str(error)) from error
        for name in set(vars(manager.hook)) - before:
            if name in owners:
                raise _bad_specs(spec, f"the hook {name!r} is one of {owners[name]!r} already")
            owners[name] = project
    return found


def check(version: Contributor, specs: Sequence[HostSpecs]) -> None:
    """Raises `InvalidHook` when an implementation does not fit; keeps and imports nothing."""
    _register(version, managers(specs))


_DECLARED = {name for name in vars(Declared) if name.startswith("peers_")}


def _declared(versions: Sequence[Contributor]) -> Mapping[str, pluggy.HookCaller]:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for version in versions:
        manager.register(Declared(version), version.label)
    return {name: getattr(manager.hook, name) for name in _DECLARED}


def check_life(version: Contributor) -> None:
    """The same for the hooks of a version's own life, which the host calls for one version at a time."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    hooks = version.definition.lifecycle_hooks
    for data in hooks:
        if data.hook not in hookspecs.LIFE:
            fault = (
                f"a package implements {', '.join(hookspecs.LIFE)} only; the rest is said in its definition"
            )
            raise invalid_hook(data.reference, data.hook, data.project_name, fault, version.label)
    _add(manager, Plugin(version, hooks), version, hooks)


def _register(version: Contributor, found: Mapping[str, pluggy.PluginManager]) -> None:
    by_project: dict[str, list[HookData]] = {}
    for data in version.definition.hooks:
        if data.project_name in found:
            by_project.setdefault(data.project_name, []).append(data)
    done: list[tuple[pluggy.PluginManager, Plugin]] = []
    try:
        for project, hooks in by_project.items():
            manager = found[project]
            plugin = Plugin(version, _specified(version, manager, hooks))
            _add(manager, plugin, version, hooks)
            done.append((manager, plugin))
    except errors.InvalidHook:
        for manager, plugin in reversed(done):
            manager.unregister(plugin)
        raise


def _add(
    manager: pluggy.PluginManager, plugin: Plugin, version: Contributor, hooks: Sequence[HookData]
) -> None:
    """Register a version's stubs. Raises `InvalidHook` that names the hook; then nothing is registered."""
    try:
        manager.register(plugin, version.label)
    except pluggy.PluginValidationError as error:
        raise _fault(manager, version, hooks, error) from error
    plugin.bind(manager.hook)


def _specified(
    version: Contributor, manager: pluggy.PluginManager, hooks: Sequence[HookData]
) -> Sequence[HookData]:
    """Those with a specification; one without is a mistake unless it says that it is optional."""
    missing = [data for data in hooks if not hasattr(manager.hook, data.hook)]
    for data in missing:
        if not data.options.get("optionalhook"):
            raise invalid_hook(
                data.reference,
                data.hook,
                data.project_name,
                "the host specifies no such hook (mark it optionalhook=True when it may be missing)",
                version.label,
            )
    return [data for data in hooks if data not in missing]


def _fault(
    manager: pluggy.PluginManager,
    version: Contributor,
    hooks: Sequence[HookData],
    error: pluggy.PluginValidationError,
) -> errors.InvalidHook:
    """pluggy's error in our words; which hook it is about shows when they are tried one by one."""
    for data in hooks:
        plugin = Plugin(version, (data,))
        try:
            manager.register(plugin, version.label)
        except pluggy.PluginValidationError as single:
            said = " ".join(str(single).splitlines()[1:]) or str(single)
            return invalid_hook(data.reference, data.hook, data.project_name, said, version.label)
        manager.unregister(plugin)
    return errors.InvalidHook(f"{version.label}: {error}", package=version.label)


def _bad_specs(spec: HostSpecs, fault: str) -> errors.InvalidSetting:
    return errors.InvalidSetting(
        f"hook specifications of {spec.project_name!r} in {spec.module!r}: {fault}",
        hint="mark them with pluggy.HookspecMarker(project_name), each hook in one project",
        project=spec.project_name,
    )
