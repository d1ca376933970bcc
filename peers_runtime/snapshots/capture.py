"""A source and its evaluated definition become a manifest, named by the digest of all that it holds.

Pure: no files, no clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from peers_runtime.base import canonical, errors
from peers_runtime.model.manifest import (
    Asset,
    Component,
    Definition,
    FileEntry,
    Manifest,
    ModuleEntry,
    UIData,
)
from peers_runtime.model.modules import ModuleFile
from peers_runtime.snapshots import layout, requirements
from peers_runtime.snapshots.blobs import digest_of
from peers_runtime.snapshots.source import Source

# Fixed, because an asset's type is part of the id and a machine's own table of types must not be.
_MIME_TYPES = {
    "avif": "image/avif",
    "css": "text/css",
    "csv": "text/csv",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/vnd.microsoft.icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "map": "application/json",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "txt": "text/plain",
    "wasm": "application/wasm",
    "webm": "video/webm",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "text/xml",
}
_OTHER_TYPE = "application/octet-stream"


def manifest(
    source: Source, definition: Definition, created_at: str, like: Manifest | None = None
) -> Manifest:
    """The manifest of a source, as created at an ISO 8601 time in UTC.

    `like` is that of an earlier state of the source, if there is one: what has not changed is taken from it.
    Raises `InvalidDefinition` for an asset that is no file of the package, and for a definition with
    numbers that JSON cannot hold exactly.
    """
    known = {file.path: file for file in like.files} if like is not None else {}
    files = {path: _file(path, digest, source, known.get(path)) for path, digest in source.digests.items()}
    same_names = like is not None and files.keys() == known.keys()
    unnamed = Manifest(
        id="",
        name=source.name,
        version=source.version,
        files=tuple(files.values()),  # a source keeps them sorted
        modules=like.modules if like is not None and same_names else entries(source.modules),
        components=_components(definition.uis, source.packed),
        assets=_assets(source.name, definition.uis, files),
        requires=source.requires,
        private=source.private,
        dependencies=tuple(sorted(source.dependencies, key=lambda one: one.name)),
        definition=definition,
        metadata=source.metadata,
        created_at=created_at,
        updated_at=created_at,
    )
    return unnamed.model_copy(update={"id": digest_of(content(unnamed))})


def content(manifest: Manifest) -> bytes:
    """The RFC 8785 JSON whose SHA-256 is the manifest's id.

    All that makes the snapshot what it is; times, metadata, component version numbers and the conditions of
    requirements lie outside (see `about`), and modules follow from the files.
    """
    components = [component.wire() for component in manifest.components]
    requires = {
        "private": requirements.identity(manifest.requires.private),
        "shared": requirements.identity(manifest.requires.shared),
    }
    try:
        parts = {  # in the order of their names, as RFC 8785 has it
            "assets": canonical.dumps([asset.wire() for asset in manifest.assets]),
            "components": canonical.dumps(
                [{key: value for key, value in one.items() if key != "version"} for one in components]
            ),
            "definition": canonical.dumps(manifest.definition.wire()),
            "dependencies": canonical.dumps([one.wire() for one in manifest.dependencies]),
            "files": b"[%b]" % b",".join(map(_canonical_file, manifest.files)),
            "name": canonical.dumps(manifest.name),
            "private": canonical.dumps([one.wire() for one in manifest.private]),
            "requires": canonical.dumps(requires),
            "version": canonical.dumps(manifest.version),
        }
        if not manifest.dependencies:  # a package without any has the id that it always had
            del parts["dependencies"]
    except ValueError as error:
        raise errors.InvalidDefinition(
            f"{manifest.name} {manifest.version}: its definition cannot be written as JSON: {error}",
            hint="numbers must be finite, and whole ones below 2**53; look into the JSON Schemas",
        ) from error
    return b"{%b}" % b",".join(b'"%b":%b' % (name.encode(), part) for name, part in parts.items())


def about(manifest: Manifest) -> bytes:
    """The rest of the manifest, as JSON: what lies outside the id."""
    data = manifest.wire()
    rest: dict[str, Any] = {key: data[key] for key in ("requires", "metadata", "createdAt", "updatedAt")}
    rest["componentVersions"] = {
        component.id: component.version for component in manifest.components if component.version is not None
    }
    return json.dumps(rest, ensure_ascii=False, sort_keys=True).encode()


def restored(digest: str, content: bytes, about: bytes) -> Manifest:
    """The manifest of which these are the two parts; the caller has verified both."""
    data: Mapping[str, Any] = json.loads(content)
    rest: dict[str, Any] = json.loads(about)
    numbers: Mapping[str, int] = rest.pop("componentVersions")
    components = [{**component, "version": numbers.get(component["id"])} for component in data["components"]]
    modules = entries(layout.modules(file["path"] for file in data["files"]))
    return Manifest.model_validate(
        {**data, **rest, "id": digest, "components": components, "modules": modules}
    )


def entries(found: Mapping[str, ModuleFile]) -> tuple[ModuleEntry, ...]:
    """Modules as a manifest lists them."""
    return tuple(
        ModuleEntry(name=name, path=file.path, is_package=file.is_package) for name, file in found.items()
    )


def _file(path: str, digest: str, source: Source, known: FileEntry | None) -> FileEntry:
    if known is not None and known.digest == digest:
        return known
    return FileEntry(path=path, digest=digest, size=len(source.files[path]))


def _canonical_file(file: FileEntry) -> bytes:
    """As `canonical.dumps(file.wire())`, which takes twenty times as long; a tree may have thousands."""
    path = json.dumps(file.path, ensure_ascii=False)
    return f'{{"digest":"{file.digest}","path":{path},"size":{file.size}}}'.encode()


def _components(uis: Iterable[UIData], packed: Manifest | None) -> tuple[Component, ...]:
    """One component per id: a UI that exists for several targets is one. What was `packed` has numbers."""
    numbers = {} if packed is None else {one.id: one.version for one in packed.components}
    found: dict[str, Component] = {}
    for ui in uis:
        number = numbers.get(ui.peers_ui_id)
        component = Component(id=ui.peers_ui_id, name=ui.name, type=ui.type, version=number)
        found.setdefault(ui.peers_ui_id, component)
    return tuple(found[each] for each in sorted(found))


def _assets(name: str, uis: Iterable[UIData], files: Mapping[str, FileEntry]) -> tuple[Asset, ...]:
    found: dict[str, Asset] = {}
    for ui in uis:
        for path in ui.assets:
            file = files.get(f"{name}/{path}")
            if file is None:
                raise errors.InvalidDefinition(
                    f"the UI {ui.name!r} names the asset {path!r}, but there is no file {name}/{path}",
                    hint=f"asset paths start inside {name}/, like assets/logo.svg",
                    peers_ui_id=ui.peers_ui_id,
                    asset=path,
                )
            asset = _asset(ui.peers_ui_id, path, file)
            found[asset.id] = asset
    return tuple(found[each] for each in sorted(found))


def _asset(component_id: str, path: str, file: FileEntry) -> Asset:
    base = path.rpartition("/")[2]
    ending = base.rpartition(".")[2].lower()
    return Asset(
        id=f"{component_id}/{path}",
        name=base,
        url=file.path,
        component_id=component_id,
        digest=file.digest,
        size=file.size,
        mime=_MIME_TYPES.get(ending, _OTHER_TYPE),
    )
