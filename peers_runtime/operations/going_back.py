"""Going back: a component of a working copy becomes one of its published versions again.

All is worked out and evaluated in memory first. Then the files are written, all of them or none.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.components import ComponentStatus, Restored
from peers_runtime.model.manifest import Manifest
from peers_runtime.operations import access, capture, published
from peers_runtime.projects import rewriting, sources
from peers_runtime.projects.working_copy import WorkingCopy
from peers_runtime.rules import components, going_back
from peers_runtime.rules.going_back import Plan, Tree
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.operations.published import Project, Published
    from peers_runtime.operations.services import Services
    from peers_runtime.snapshots.source import Source

_ATTEMPTS = 5  # how often it is worked out anew because files have changed meanwhile
_SHOWN = 100  # characters of what is no number

# By the component's name, its published versions by number, and the last number: which is to be had again.
Choose = Callable[[str, Mapping[int, "Published"], int], "Published"]


def rollback(
    services: Services,
    name: str,
    number: int | None,
    path: str | os.PathLike[str],
    context_id: str,
    actor: str,
    *,
    dry_run: bool,
) -> Restored:
    """Give a component's files in a project the content of its published version `number`, or of the one
    before its last.

    Package code runs, as for an installation. Raises what is wrong with the project, `UnknownComponent`,
    `AmbiguousName`, `NothingToGoBackTo`, `UnknownNumber`, `CannotGoBack`, `StillChanging`, or
    `ProjectNotWritable`; nothing is written then, nor by a dry run, which raises and answers the same.
    """
    if number is not None and type(number) is not int:
        raise errors.InvalidSetting(
            f"{ascii(number)[:_SHOWN]} is no number of a component",
            hint="give a whole number; there are: peers component history NAME",
            given=ascii(number)[:_SHOWN],
        )

    def choose(component: str, numbers: Mapping[int, Published], last: int) -> Published:
        wanted = max((one for one in numbers if one < last), default=None) if number is None else number
        if wanted is None:
            raise errors.NothingToGoBackTo(
                f"{component} was published once, as {last}: there is nothing before that",
                hint=f"to throw away what was changed since: peers component discard {component}",
                name=component,
            )
        if wanted not in numbers:
            there = ", ".join(map(str, sorted(numbers)))
            raise errors.UnknownNumber(
                f"{component} was not published as {wanted}; there are: {there}",
                hint=f"peers component history {component}",
                name=component,
                number=wanted,
                known=sorted(numbers),
            )
        return numbers[wanted]

    return _go_back(services, name, path, context_id, actor, choose, dry_run)


def discard(
    services: Services,
    name: str,
    path: str | os.PathLike[str],
    context_id: str,
    actor: str,
    *,
    dry_run: bool,
) -> Restored:
    """Throw away what was changed of a component since it was last published. Otherwise as `rollback`."""

    def choose(_: str, numbers: Mapping[int, Published], last: int) -> Published:
        return numbers[last]

    return _go_back(services, name, path, context_id, actor, choose, dry_run)


def _go_back(
    services: Services,
    name: str,
    path: str | os.PathLike[str],
    context_id: str,
    actor: str,
    choose: Choose,
    dry_run: bool,
) -> Restored:
    access.require_name(name, "the name of a component")
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
    copy = WorkingCopy(sources.folder(path))
    for _ in range(_ATTEMPTS):
        source = copy.read()
        project = published.project(services, source, context_id)
        component = project.component(name)
        then = choose(*_published(services, project, component))
        change = _change(services, project, component, then)
        answer = _answer(change)
        if dry_run or not change.plan:
            return answer
        if copy.read().digests == source.digests:
            assert source.package_folder is not None  # a working copy has one
            rewriting.put(source.package_folder, change.contents)
            return answer.model_copy(update={"written": True})
    raise errors.StillChanging(
        f"{copy.folder} changes each time before {name} can go back",
        hint="stop what writes there, or let it write outside the import package",
        path=str(copy.folder),
    )


def _published(
    services: Services, project: Project, component: str
) -> tuple[str, Mapping[int, Published], int]:
    """How a person may call it, its published versions, and the last number."""
    last = project.last.get(component)
    listed = [ui.name for ui in project.definition.uis if ui.peers_ui_id == component]
    name = f"{project.source.name}.{(listed or [last.name if last else component])[0]}"
    if last is None:
        raise errors.NothingToGoBackTo(
            f"{name} is a draft: it was never published in context {project.known.context_id!r}",
            hint="a component is published when its package is packed: peers pack",
            name=name,
        )
    return name, project.numbers(services, component), last.number


@dataclass(frozen=True)
class _Change:
    """What is to become of a working copy; `manifest` and `result` are what it is then."""

    project: Project
    component: str
    published: Published
    then_manifest: Manifest
    then: Tree
    plan: Plan
    manifest: Manifest
    result: Tree
    unseen: str  # why it could not be seen what is used; "" when it could

    @property
    def contents(self) -> Mapping[str, bytes | None]:
        """What is written, by path in the package; None for what is removed."""
        return {
            **dict.fromkeys(sorted(self.plan.removed)),
            **{path: self.then.read(path) for path in sorted(self.plan.restored)},
        }


def _change(services: Services, project: Project, component: str, chosen: Published) -> _Change:
    """Raises what is wrong with the project, or `CannotGoBack`."""
    then_manifest, then = published.kept(services, chosen.snapshot_digest)
    now, source = project.tree, project.source
    left = set(_linked(source, then.of(component) | now.of(component)))
    unseen = _unseen(project, now, component)
    if unseen:  # so what was shared then counts as shared
        left |= then.of_others(component)
        if project.latest is not None:
            left |= published.kept(services, project.latest.manifest.id)[1].of_others(component)

    def after(plan: Plan) -> Tree:
        return published.tree(_changed(source, plan, then), project.definition)

    while True:
        plan = going_back.plan(now, then, component, after, left, may_remove=not unseen)
        if not plan and project.trouble is not None:
            raise project.trouble
        manifest, result = _evaluated(services, _changed(source, plan, then), component, chosen)
        touched = plan.restored & result.of_others(component)  # as the definition says now that it evaluates
        if not touched:
            return _Change(project, component, chosen, then_manifest, then, plan, manifest, result, unseen)
        left |= touched


def _evaluated(
    services: Services, changed: Source, component: str, chosen: Published
) -> tuple[Manifest, Tree]:
    try:
        captured = capture.capture(services, changed)
        result = published.tree(changed, captured.manifest.definition)
        others = changed.files.keys() - result.of(component)
        draft = services.snapshots.draft(changed, captured.manifest)
        draft.compile({changed.digests[path] for path in others})
    except errors.PackageError as error:
        raise errors.CannotGoBack(
            f"{changed.name} would not evaluate with version {chosen.number} of the component in its place: "
            f"{error.message}",
            hint=f"nothing was written; {error.hint}" if error.hint else "nothing was written",
            package=changed.name,
            component=component,
            number=chosen.number,
            because=error.code,
        ) from error
    return captured.manifest, result


def _changed(source: Source, plan: Plan, then: Tree) -> Source:
    """The source as it is after the change."""
    files = {path: data for path, data in source.files.items() if path not in plan.removed}
    digests = {path: source.digests[path] for path in files}
    files.update({path: then.read(path) for path in plan.restored})
    digests.update({path: then.files[path] for path in plan.restored})
    return dataclasses.replace(source, files=files, digests=digests, modules={})


def _linked(source: Source, paths: frozenset[str]) -> frozenset[str]:
    assert source.folder is not None  # a working copy has both
    assert source.package_folder is not None
    return frozenset(rewriting.linked(source.folder, source.package_folder, source.name, paths))


def _unseen(project: Project, now: Tree, component: str) -> str:
    """Why it cannot be seen what others reach; "" when it can."""
    if project.trouble is not None:
        return f"the project does not evaluate ({project.trouble.code})"
    unread = sorted(now.unread_of_others(component))
    return f"{', '.join(unread)} cannot be parsed" if unread else ""


def _answer(change: _Change) -> Restored:
    project, component, result = change.project, change.component, change.result
    read = result.read
    content = components.contents(change.manifest, read)
    then = components.contents(change.then_manifest, change.then.read)[component]
    states = {one.id: one for one in components.states(change.manifest, content, project.last)}
    listed = next(one for one in change.then_manifest.components if one.id == component)
    left = going_back.left(result, change.then, component)
    is_same = component in content and content[component].digest == then.digest
    return Restored(
        id=component,
        name=listed.name,
        type=listed.type,
        status=states[component].status if component in states else ComponentStatus.DELETED,
        number=change.published.number,
        version=change.published.version,
        project=str(project.source.folder),
        restored=tuple(sorted(change.plan.restored)),
        removed=tuple(sorted(change.plan.removed)),
        left=tuple(sorted(left)),
        remarks=tuple(_remarks(change, is_same=is_same, is_left=bool(left))),
    )


def _remarks(change: _Change, *, is_same: bool, is_left: bool) -> Iterator[str]:
    """What an author should know, in whole sentences."""
    now, then = change.manifest.definition, change.then_manifest.definition
    where = now.uis_module or now.reference.partition(":")[0]
    fields = going_back.listed_otherwise(now, then, change.component)
    if change.component not in {ui.peers_ui_id for ui in now.uis}:
        yield f"{where} does not list it, and is not rewritten: list it there again"
    elif fields:
        yield f"{where} lists it otherwise than then, and is not rewritten: other {', '.join(fields)}"
    if is_left and not is_same:
        yield "it is not what was published: files that it shares, or that links lead to, stay as they are"
    if change.unseen:
        yield f"{change.unseen}, so nobody knows what others use: nothing was removed"
