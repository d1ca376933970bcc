"""Acts on several packages of a context at once: all of them, or nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.operations import access, inspect
from peers_runtime.rules.permissions import Act
from peers_runtime.web import confirming
from peers_runtime.web.confirming import Question
from peers_runtime.web.visit import Visit

if TYPE_CHECKING:
    from peers_runtime.model.decision import Decision

OF: Final = "of."  # what stands before a package's name, in the field with the version that is chosen for it


@dataclass(frozen=True)
class Chosen:
    """What an act is about: these packages, each with one version of it."""

    versions: Mapping[str, str]
    context: str
    actor: str
    dry_run: bool

    @property
    def names(self) -> Sequence[str]:
        return list(self.versions)


@dataclass(frozen=True)
class Deed:
    """One act as the console offers it."""

    title: str
    icon: str
    needs: Act
    does: str
    run: Callable[[Runtime, Chosen], Sequence[Decision]]
    danger: bool = False


def _promote(to: str) -> Callable[[Runtime, Chosen], Sequence[Decision]]:
    return lambda runtime, chosen: runtime.promote_all(
        chosen.versions, to, chosen.context, chosen.actor, dry_run=chosen.dry_run
    )


DEEDS: Final[Mapping[str, Deed]] = {
    "activate": Deed(
        "Activate",
        "bi-play-circle",
        Act.CHOOSE,
        "Make the chosen versions the active ones, all at once.",
        lambda runtime, chosen: runtime.activate_all(
            chosen.versions, chosen.context, chosen.actor, dry_run=chosen.dry_run
        ),
    ),
    "promote-beta": Deed(
        "Promote to beta",
        "bi-arrow-up-circle",
        Act.PROMOTE,
        "Give the chosen versions the tag beta: who follows it takes all of them at once.",
        _promote("beta"),
    ),
    "promote-stable": Deed(
        "Promote to stable",
        "bi-arrow-up-circle",
        Act.PROMOTE,
        "Give the chosen versions the tag stable: who follows it takes all of them at once.",
        _promote("stable"),
    ),
    "rollback": Deed(
        "Roll back",
        "bi-arrow-counterclockwise",
        Act.CHOOSE,
        "Return each to the version that was active before.",
        lambda runtime, chosen: runtime.rollback_all(
            chosen.names, chosen.context, chosen.actor, dry_run=chosen.dry_run
        ),
    ),
    "disable": Deed(
        "Disable",
        "bi-power",
        Act.DISABLE,
        "Switch them off and keep them installed, until a version is activated again.",
        lambda runtime, chosen: runtime.disable_all(
            chosen.names, chosen.context, chosen.actor, dry_run=chosen.dry_run
        ),
        danger=True,
    ),
    "uninstall": Deed(
        "Uninstall",
        "bi-trash",
        Act.UNINSTALL,
        "Remove them from this context. The rows of their tables stay.",
        lambda runtime, chosen: runtime.uninstall_all(
            chosen.names, chosen.context, chosen.actor, dry_run=chosen.dry_run
        ),
        danger=True,
    ),
}


def offered(visit: Visit) -> Mapping[str, Deed]:
    """What may be done by who asks."""
    return {act: deed for act, deed in DEEDS.items() if visit.may(deed.needs)}


def preview(visit: Visit) -> Response:
    """What an act on the packages that were ticked would change. Looks only."""
    query = visit.request.query_params
    act, names = query.get("act", ""), query.getlist("name")
    deed, versions = _deed(act), _versions(visit, names, query)
    try:
        _refuse_none(names)
        access.authorise_guest(visit.runtime.services, visit.context_id, visit.actor, deed.needs)
        decisions = deed.run(visit.runtime, Chosen(versions, visit.context_id, visit.actor, dry_run=True))
    except errors.PeersError as error:
        return confirming.page(visit, _question(visit, act, versions), error)
    return confirming.page(visit, _question(visit, act, versions, decisions))


def do(visit: Visit) -> Response:
    """Do it, as it was confirmed: all, or nothing."""
    visit.require_form_token(visit.form.get("form", ""))
    act, names = visit.form.get("act", ""), visit.form.get("names", "").split()
    deed, versions = _deed(act), _versions(visit, names, visit.form)
    try:
        _refuse_none(names)
        access.authorise_guest(visit.runtime.services, visit.context_id, visit.actor, deed.needs)
        deed.run(visit.runtime, Chosen(versions, visit.context_id, visit.actor, dry_run=False))
    except errors.PeersError as error:
        return confirming.page(visit, _question(visit, act, versions), error)
    return RedirectResponse(f"{visit.addresses.packages()}?done={act}", HTTPStatus.SEE_OTHER)


def done(act: str | None) -> str | None:
    """What the page of packages says after an act."""
    deed = DEEDS.get(act or "")
    return None if deed is None else deed.title


def _question(
    visit: Visit, act: str, versions: Mapping[str, str], decisions: Sequence[Decision] = ()
) -> Question:
    deed, here = _deed(act), visit.addresses
    return Question(
        title=deed.title,
        icon=deed.icon,
        does=deed.does,
        target=here.at("several"),
        back=(here.packages(), "Packages"),
        fields={
            "act": act,
            "names": " ".join(versions),
            **{f"{OF}{name}": version for name, version in versions.items()},
        },
        effects=[(one.name, effect) for one in decisions for effect in one.effects],
        reasons=list(dict.fromkeys(f"{one.name}: {one.reason}" for one in decisions)),
        warnings=confirming.stops(visit, decisions),
        danger=deed.danger,
    )


def _versions(visit: Visit, names: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """By package: the version that was chosen, else the one that is active, else the newest."""
    return {name: given.get(f"{OF}{name}") or _version(visit, name) for name in names}


def _version(visit: Visit, name: str) -> str:
    active = inspect.resolve(visit.services, name, visit.context_id).version
    chosen = active or inspect.versions(visit.services, name, visit.context_id)[-1]
    return chosen.package_version_id


def _refuse_none(names: Sequence[str]) -> None:
    if not names:
        raise errors.InvalidSetting("no package was chosen", hint="go back, and tick one or more")


def _deed(act: str) -> Deed:
    if act not in DEEDS:
        raise errors.RequestRefused(
            f"there is no act {act[:40]!r} on several packages", hint=f"there are: {', '.join(DEEDS)}"
        )
    return DEEDS[act]
