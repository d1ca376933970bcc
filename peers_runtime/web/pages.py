"""What is installed in a context, as pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.responses import Response

from peers_runtime.operations import contracts, drawing, inspect
from peers_runtime.operations import graph as needs
from peers_runtime.rules.permissions import Act
from peers_runtime.web import acts, answers, installing, several
from peers_runtime.web.visit import Visit

if TYPE_CHECKING:
    from peers_runtime.model.catalog import Package, PackageVersion
    from peers_runtime.rules.resolution import Resolution


@dataclass(frozen=True)
class Installed:
    """A package of the context, and the version that is active."""

    package: Package
    resolution: Resolution
    pinned: bool
    versions: Sequence[PackageVersion]


@dataclass(frozen=True)
class Row:
    """A version, what was wrong with its history, why it is active or not, and where it is active."""

    version: PackageVersion
    problems: tuple[str, ...]
    is_active: bool
    reason: str
    where: tuple[str, ...]
    offered: tuple[acts.Offered, ...]


def launcher(visit: Visit) -> Response:
    """The apps of the context; no package code is loaded."""
    with_app = {app.package for app in visit.handle.apps}
    others = [one for one in inspect.packages(visit.services, visit.context_id) if one.name not in with_app]
    may_install = installing.may_install(visit)
    return answers.page(
        "launcher.html", visit=visit, apps=visit.handle.apps, others=others, may_install=may_install
    )


def packages(visit: Visit) -> Response:
    """All packages of the context."""
    found = [_installed(visit, one) for one in inspect.packages(visit.services, visit.context_id)]
    done = visit.request.query_params.get("done")
    return answers.page(
        "packages.html",
        visit=visit,
        installed=found,
        several=several.offered(visit),
        may_install=installing.may_install(visit),
        done=several.done(done) or acts.done(done),
    )


def versions(visit: Visit) -> Response:
    """One package: its versions, and what can be done with each."""
    name = visit.request.path_params["package"]
    resolution = inspect.resolve(visit.services, name, visit.context_id)
    reasons = {one.version.package_version_id: one for one in resolution.considered}
    told = inspect.history(visit.services, name, visit.context_id)
    (package,) = [
        one
        for one in inspect.packages(visit.services, visit.context_id)
        if name in (one.name, one.package_id)
    ]
    active = resolution.version
    rows = [
        Row(
            one.version,
            one.problems,
            active is not None and active.package_version_id == one.version.package_version_id,
            reasons[one.version.package_version_id].reason,
            _where(visit, one.version.snapshot_digest),
            acts.of_version(visit, one.version, active),
        )
        for one in reversed(told)
    ]
    return answers.page(
        "versions.html",
        visit=visit,
        package=package,
        active=active,
        reason=resolution.reason,
        rows=rows,
        offered=acts.of_package(visit, package, active),
        may_follow=visit.may(acts.DEEDS["follow"].needs),
        done=_done(visit),
    )


def all_contracts(visit: Visit) -> Response:
    """Who provides and consumes which contract."""
    return answers.page(
        "contracts.html",
        visit=visit,
        contracts=contracts.listed(visit.services, visit.context_id),
        may_choose=visit.may(Act.CHOOSE_PROVIDER),
        done=acts.done(visit.request.query_params.get("done")),
    )


def diagnostics(visit: Visit) -> Response:
    """What went wrong, of this context or of what it has, the latest first."""
    labels = {version.label for version in visit.handle.binding.versions.values()}
    own = visit.actor == visit.runtime.actor  # who runs the host sees what belongs to no context
    found = [
        one
        for one in reversed(visit.runtime.diagnostics())
        if one.context_id == visit.context_id or (one.context_id is None and (own or one.subject in labels))
    ]
    packages = {one.name for one in inspect.packages(visit.services, visit.context_id)}
    of = {one.package.origin: name for name, one in visit.handle.binding.versions.items()}
    told = [(one, of.get(one.subject) or _name(one.subject, packages)) for one in found]
    return answers.page("diagnostics.html", visit=visit, diagnostics=told)


def graph(visit: Visit) -> Response:
    """Which active version needs which other one."""
    found = needs.graph(visit.services, visit.context_id)
    drawn = Markup(drawing.svg(found.packages, found.arrows))  # noqa: S704  # every text in it was escaped
    return answers.page("graph.html", visit=visit, drawn=drawn, arrows=found.arrows)


def _name(subject: str | None, packages: Collection[str]) -> str | None:
    """The package that something is about, such as `notes@1.0.0`; None for what is about none of them."""
    name = (subject or "").partition("@")[0]
    return name if name in packages else None


def _done(visit: Visit) -> str | None:
    """What was done with the package before its page is seen."""
    done = visit.request.query_params.get("done")
    return "Install" if done == "install" else acts.done(done)


def _installed(visit: Visit, package: Package) -> Installed:
    resolution = inspect.resolve(visit.services, package.package_id, visit.context_id)
    return Installed(
        package,
        resolution,
        inspect.is_pinned(visit.services, package.package_id, visit.context_id),
        inspect.versions(visit.services, package.package_id, visit.context_id),
    )


def _where(visit: Visit, digest: str) -> tuple[str, ...]:
    """The contexts that who asks may read and in which the snapshot is active."""
    active = inspect.active_versions(visit.services, [one.context_id for one in visit.contexts])
    return tuple(
        context_id
        for context_id, packages in active.items()
        if any(found == digest for _, found in packages.values())
    )
