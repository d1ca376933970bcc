"""What a component consists of, what that makes of its status, and which number it gets when published.

A component's content is what the definition says of it, the modules that it lies in with all of the package's
own that these import at any depth, and its assets. Nothing else of a package touches its status.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from peers_runtime.base import canonical
from peers_runtime.model.components import (
    ComponentChanges,
    ComponentState,
    ComponentStatus,
    Increment,
    Publication,
    StatusChanges,
)
from peers_runtime.model.manifest import Manifest, UIData
from peers_runtime.rules.imports import Imports, Read


@dataclass(frozen=True)
class Content:
    """What one component consists of: the paths of its files, and the digest of all of it."""

    digest: str
    files: frozenset[str]


def contents(manifest: Manifest, read: Read) -> Mapping[str, Content]:
    """The content of each component, by id; `read` answers with the bytes of a file of the snapshot."""
    imports = Imports(manifest.modules, read)
    digests = {file.path: file.digest for file in manifest.files}
    assets = {
        component.id: {asset.url for asset in manifest.assets if asset.component_id == component.id}
        for component in manifest.components
    }
    uis: dict[str, list[UIData]] = {}
    for ui in sorted(manifest.definition.uis, key=lambda ui: ui.target):
        uis.setdefault(ui.peers_ui_id, []).append(ui)
    found: dict[str, Content] = {}
    for component, said in uis.items():
        roots = [module for ui in said for module in modules(ui, manifest.definition.uis_module)]
        files = imports.reached(roots) | assets[component]
        parts = {
            # without defaults, so that a field that a later version of us adds modifies nothing
            "uis": [ui.model_dump(mode="json", by_alias=True, exclude_defaults=True) for ui in said],
            "files": {path: digests[path] for path in files},
        }
        found[component] = Content(canonical.digest(parts), files)
    return found


def modules(ui: UIData, uis_module: str | None) -> Iterator[str]:
    """Where a UI's content and the model of its props lie; what has no name of its own lies in the list."""
    for reference in (ui.reference, ui.props_reference):
        if reference is not None:
            yield reference.partition(":")[0]
    if ui.reference is None and uis_module is not None:
        yield uis_module


def latest(publications: Iterable[Publication]) -> Mapping[str, Publication]:
    """The last published version of each component, by id; of two with one number, the one named first."""
    found: dict[str, Publication] = {}
    for one in publications:
        known = found.get(one.component_id)
        if known is None or known.number < one.number:
            found[one.component_id] = one
    return found


def states(
    manifest: Manifest, content: Mapping[str, Content], last: Mapping[str, Publication]
) -> tuple[ComponentState, ...]:
    """Each component of a working copy beside its last published version, by name; the deleted ones too."""
    found = [
        ComponentState(
            id=one.id,
            name=one.name,
            type=one.type,
            status=_status(content[one.id], last.get(one.id)),
            number=last[one.id].number if one.id in last else None,
        )
        for one in manifest.components
    ]
    present = {one.id for one in manifest.components}
    found += [
        ComponentState(
            id=each, name=one.name, type=one.type, status=ComponentStatus.DELETED, number=one.number
        )
        for each, one in last.items()
        if each not in present
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.id)))


def as_published(manifest: Manifest) -> tuple[ComponentState, ...]:
    """Each component of a package, by name; without a number it was stored without having been packed."""
    found = [
        ComponentState(
            id=one.id,
            name=one.name,
            type=one.type,
            status=ComponentStatus.DRAFT if one.version is None else ComponentStatus.PUBLISHED,
            number=one.version,
        )
        for one in manifest.components
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.id)))


def increments(found: Iterable[ComponentState]) -> dict[str, Increment]:
    """How the numbers grow when all is published: a draft gets 1, what was modified one more than it had."""
    return {
        one.id: Increment(from_=one.number, to=(one.number or 0) + 1)
        for one in found
        if one.status in (ComponentStatus.DRAFT, ComponentStatus.MODIFIED)
    }


def numbers(found: Iterable[ComponentState]) -> dict[str, int]:
    """The number of each component once all is published."""
    known = tuple(found)
    kept = {one.id: one.number for one in known if one.status is ComponentStatus.PUBLISHED}
    grown = {each: one.to for each, one in increments(known).items()}
    return {each: number for each, number in {**kept, **grown}.items() if number is not None}


def numbered(manifest: Manifest, by_id: Mapping[str, int]) -> Manifest:
    """The manifest with the numbers of its components; its id stays."""
    components = tuple(
        one.model_copy(update={"version": by_id[one.id]}) if one.id in by_id else one
        for one in manifest.components
    )
    return manifest.model_copy(update={"components": components})


def status_changes(found: Iterable[ComponentState]) -> StatusChanges:
    """The components that a package publishes, by the status that they have before."""
    known = tuple(found)
    return StatusChanges(
        draft=_ids(known, ComponentStatus.DRAFT),
        modified=_ids(known, ComponentStatus.MODIFIED),
        published=_ids(known, ComponentStatus.PUBLISHED),
    )


def changes(before: Mapping[str, Content], after: Mapping[str, Content]) -> ComponentChanges:
    """What differs between the components of two packages."""
    return ComponentChanges(
        added=tuple(sorted(after.keys() - before.keys())),
        updated=tuple(
            sorted(each for each in after.keys() & before.keys() if after[each].digest != before[each].digest)
        ),
        deleted=tuple(sorted(before.keys() - after.keys())),
    )


def _status(content: Content, last: Publication | None) -> ComponentStatus:
    if last is None:
        return ComponentStatus.DRAFT
    same = last.content_digest == content.digest
    return ComponentStatus.PUBLISHED if same else ComponentStatus.MODIFIED


def _ids(found: Iterable[ComponentState], status: ComponentStatus) -> tuple[str, ...]:
    return tuple(sorted(one.id for one in found if one.status is status))
