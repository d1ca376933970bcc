"""What can be done with a version: each act first shows what it would change, and is done once confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response

from peers_runtime import Runtime, VersionTag
from peers_runtime.base import errors
from peers_runtime.operations import access, earlier, inspect
from peers_runtime.rules.permissions import Act
from peers_runtime.web import answers, confirming
from peers_runtime.web.visit import Visit

if TYPE_CHECKING:
    from peers_runtime.model.catalog import Package, PackageVersion
    from peers_runtime.model.decision import Decision


@dataclass(frozen=True)
class Said:
    """What an act is told: of which package, where, by whom, and the fields of its form."""

    name: str
    context: str
    actor: str
    fields: Mapping[str, str]
    dry_run: bool

    @property
    def here(self) -> bool:
        return self.fields.get("here") == "1"

    def get(self, field: str) -> str | None:
        """A field's text; None when it is empty or was not sent."""
        return self.fields.get(field) or None

    @property
    def version(self) -> str:
        return self.fields.get("version", "")


@dataclass(frozen=True)
class Deed:
    """One act as the console offers it; `fields` are what its form may hold."""

    title: str
    icon: str
    needs: Act
    does: str  # in a sentence
    run: Callable[[Runtime, Said], Decision]
    fields: tuple[str, ...] = ()
    danger: bool = False


@dataclass(frozen=True)
class Offered:
    """An act on a page: a link to its preview."""

    act: str
    title: str
    icon: str
    fields: Mapping[str, str]
    danger: bool = False


DEEDS: Final[Mapping[str, Deed]] = {
    "promote": Deed(
        "Promote",
        "bi-arrow-up-circle",
        Act.PROMOTE,
        "Give the version a tag; its snapshot stays what it is. Stable freezes its contracts.",
        lambda runtime, said: runtime.promote(
            said.name,
            said.version,
            said.fields.get("to", ""),
            said.context,
            said.actor,
            digest=said.get("digest"),
            dry_run=said.dry_run,
        ),
        ("version", "to", "digest"),
    ),
    "activate": Deed(
        "Activate",
        "bi-play-circle",
        Act.CHOOSE,
        "Make the version the active one: a dev version on this device, another one in the whole context.",
        lambda runtime, said: runtime.activate(
            said.name, said.version, said.context, said.actor, device=said.here, dry_run=said.dry_run
        ),
        ("version", "here"),
    ),
    "rollback": Deed(
        "Roll back",
        "bi-arrow-counterclockwise",
        Act.CHOOSE,
        "Return to the version that was active before; then only what is newer comes by itself.",
        lambda runtime, said: runtime.rollback(
            said.name, said.context, said.actor, to=said.get("version"), dry_run=said.dry_run
        ),
        ("version",),
    ),
    "pin": Deed(
        "Pin",
        "bi-pin-angle",
        Act.CHOOSE,
        "Let this device stay at the version that it runs, whatever the context does.",
        lambda runtime, said: runtime.pin(said.name, said.context, said.actor, dry_run=said.dry_run),
    ),
    "unpin": Deed(
        "Unpin",
        "bi-pin",
        Act.CHOOSE,
        "Take this device's pin away.",
        lambda runtime, said: runtime.unpin(said.name, said.context, said.actor, dry_run=said.dry_run),
    ),
    "follow": Deed(
        "Follow",
        "bi-broadcast",
        Act.CHOOSE,
        "Set which tags the context, or this device, follows, and how far from the active version.",
        lambda runtime, said: runtime.follow(
            said.name,
            said.context,
            said.actor,
            tags=said.get("tags"),
            range=said.get("range"),
            device=said.here,
            dry_run=said.dry_run,
        ),
        ("tags", "range", "here"),
    ),
    "follow-group": Deed(
        "Follow the group",
        "bi-people",
        Act.CHOOSE,
        "Let this device do again what the context does: no choice, no way and no pin of its own.",
        lambda runtime, said: runtime.follow_group(said.name, said.context, said.actor, dry_run=said.dry_run),
    ),
    "yank": Deed(
        "Yank",
        "bi-slash-circle",
        Act.YANK,
        "Take the version out of circulation for good. Where it was activated it runs on.",
        lambda runtime, said: runtime.yank(
            said.name, said.version, said.context, said.actor, dry_run=said.dry_run
        ),
        ("version",),
        danger=True,
    ),
    "disable": Deed(
        "Disable",
        "bi-power",
        Act.DISABLE,
        "Switch the package off and keep it installed, until a version of it is activated again.",
        lambda runtime, said: runtime.disable(said.name, said.context, said.actor, dry_run=said.dry_run),
        danger=True,
    ),
    "uninstall": Deed(
        "Uninstall",
        "bi-trash",
        Act.UNINSTALL,
        "Remove the package from this context. The rows of its tables stay.",
        lambda runtime, said: runtime.uninstall(said.name, said.context, said.actor, dry_run=said.dry_run),
        danger=True,
    ),
}
_PROVIDE: Final = Deed(
    "Choose a provider",
    "bi-shuffle",
    Act.CHOOSE_PROVIDER,
    "Let all consumers of the contract get it from one package; what is under way ends where it began.",
    lambda runtime, said: runtime.contracts.set_provider(
        said.name, said.get("package"), said.context, said.actor, dry_run=said.dry_run
    ),
    ("contract", "package"),
)


def preview(visit: Visit) -> Response:
    """What an act would change, with a form that does it. Looks only."""
    name, act, deed = _asked(visit)
    fields = _fields(deed, visit.request.query_params)
    if act == "follow" and not (fields.get("tags") or fields.get("range")):
        return _page(visit, name, act, deed, fields)  # its form asks first
    return _previewed(visit, name, act, deed, fields)


def do(visit: Visit) -> Response:
    """Do it, as it was confirmed."""
    name, act, deed = _asked(visit)
    done = _done(visit, name, act, deed, _fields(deed, visit.form))
    gone = act == "uninstall" and done is None
    to = visit.addresses.packages() if gone else visit.addresses.versions(name)
    return done or RedirectResponse(f"{to}?done={act}", HTTPStatus.SEE_OTHER)


def preview_provider(visit: Visit) -> Response:
    fields = _fields(_PROVIDE, visit.request.query_params)
    return _previewed(visit, fields.get("contract", ""), "provide", _PROVIDE, fields)


def provide(visit: Visit) -> Response:
    fields = _fields(_PROVIDE, visit.form)
    done = _done(visit, fields.get("contract", ""), "provide", _PROVIDE, fields)
    return done or RedirectResponse(f"{visit.addresses.contracts()}?done=provide", HTTPStatus.SEE_OTHER)


def done(act: str | None) -> str | None:
    """What a page says after an act; nothing for what is none."""
    deed = _PROVIDE if act == "provide" else DEEDS.get(act or "")
    return None if deed is None else deed.title


def of_version(visit: Visit, version: PackageVersion, active: PackageVersion | None) -> tuple[Offered, ...]:
    """What can be done with a version by who asks; whether it will be allowed is what the preview says."""
    fields = {"version": version.package_version_id}
    found: list[Offered] = []
    if not version.yanked:
        tags = {VersionTag.DEV: ("beta", "stable"), VersionTag.BETA: ("stable",)}.get(version.version_tag, ())
        for tag in tags:
            given = {**fields, "to": tag, "digest": version.snapshot_digest}
            found.append(_offered("promote", given, f"Promote to {tag}"))
    if active is None or active.package_version_id != version.package_version_id:
        found.append(_offered("activate", fields))
        if version.version_tag is not VersionTag.DEV and visit.standing[0] == "group":
            found.append(_offered("activate", {**fields, "here": "1"}, "Activate here"))
    if version.version_tag is not VersionTag.DEV and not version.yanked:
        found.append(_offered("yank", fields))
    return tuple(one for one in found if visit.may(DEEDS[one.act].needs))


def of_package(visit: Visit, package: Package, active: PackageVersion | None) -> tuple[Offered, ...]:
    """What can be done with a package as a whole."""
    pinned = inspect.is_pinned(visit.services, package.package_id, visit.context_id)
    found = [
        _offered("rollback", {"version": one.package_version_id}) for one in _earlier(visit, package.name)[:1]
    ]
    names = []
    if active is not None:
        names.append("unpin" if pinned else "pin")
    if visit.standing[0] == "group":
        names.append("follow-group")
    if not package.disabled:
        names.append("disable")
    names.append("uninstall")
    found += [_offered(name, {}) for name in names if visit.may(DEEDS[name].needs)]
    return tuple(found)


def _earlier(visit: Visit, name: str) -> Sequence[PackageVersion]:
    """What who asks can roll the package back to, the likeliest first."""
    return earlier.choices(visit.services, name, visit.context_id, visit.actor)


def _offered(act: str, fields: Mapping[str, str], title: str | None = None) -> Offered:
    deed = DEEDS[act]
    return Offered(act, title or deed.title, deed.icon, fields, deed.danger)


def _asked(visit: Visit) -> tuple[str, str, Deed]:
    name, act = visit.request.path_params["package"], visit.request.path_params["act"]
    if act not in DEEDS:
        raise errors.RequestRefused(
            f"there is no act {act[:40]!r}", hint=f"there are: {', '.join(DEEDS)}", act=act
        )
    return name, act, DEEDS[act]


def _fields(deed: Deed, given: Mapping[str, str]) -> dict[str, str]:
    return {field: given[field] for field in deed.fields if given.get(field)}


def _said(visit: Visit, name: str, fields: Mapping[str, str], *, dry_run: bool) -> Said:
    return Said(name, visit.context_id, visit.actor, fields, dry_run)


def _previewed(visit: Visit, name: str, act: str, deed: Deed, fields: Mapping[str, str]) -> Response:
    try:
        access.authorise_guest(visit.runtime.services, visit.context_id, visit.actor, deed.needs)
        decision = deed.run(visit.runtime, _said(visit, name, fields, dry_run=True))
    except errors.PeersError as error:
        return _page(visit, name, act, deed, fields, error=error)
    return _page(visit, name, act, deed, fields, decision)


def _done(visit: Visit, name: str, act: str, deed: Deed, fields: Mapping[str, str]) -> Response | None:
    """None when it was done; else the page that says why not."""
    visit.require_form_token(visit.form.get("form", ""))
    try:
        access.authorise_guest(visit.runtime.services, visit.context_id, visit.actor, deed.needs)
        deed.run(visit.runtime, _said(visit, name, fields, dry_run=False))
    except errors.PeersError as error:
        return _page(visit, name, act, deed, fields, error=error)
    return None


def _page(
    visit: Visit,
    name: str,
    act: str,
    deed: Deed,
    fields: Mapping[str, str],
    decision: Decision | None = None,
    error: errors.PeersError | None = None,
) -> Response:
    shown = {field: value for field, value in fields.items() if field != "digest"}
    if "version" in shown:
        shown["version"] = _spoken(visit, name, shown["version"])
    here = visit.addresses
    return answers.page(
        "preview.html",
        HTTPStatus.OK if error is None else answers.status_of(error),
        visit=visit,
        name=name,
        act=act,
        deed=deed,
        fields=fields,
        shown=shown,
        decision=decision,
        error=error,
        warnings=[] if decision is None else confirming.stops(visit, [decision]),
        others=_others(visit, name, decision) if act == "rollback" else (),
        back=here.contracts() if act == "provide" else here.versions(name),
        target=here.provide() if act == "provide" else here.act(name, act),
    )


def _others(visit: Visit, name: str, decision: Decision | None) -> Sequence[PackageVersion]:
    """What it can be rolled back to besides, where a rollback is previewed."""
    if decision is None:
        return ()
    about = None if decision.version is None else decision.version.package_version_id
    return [one for one in _earlier(visit, name) if one.package_version_id != about]


def _spoken(visit: Visit, name: str, version_id: str) -> str:
    """A version row's id as a number that people say."""
    try:
        known = inspect.versions(visit.services, name, visit.context_id)
    except errors.PeersError:
        return version_id
    found = [one for one in known if one.package_version_id == version_id]
    return f"{found[0].version} ({found[0].version_tag})" if found else version_id
