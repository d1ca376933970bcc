"""True homes with many packages, written through the rooms that keep a home, without a thousand installs."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

from benchmarks import cache, packages
from peers_runtime import Runtime
from peers_runtime.base import ids
from peers_runtime.catalog import index
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.store import Catalog
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.catalog import DevicePrefs, Package, PackageVersion, VersionTag
from peers_runtime.model.contributions import AppNav
from peers_runtime.model.manifest import Definition, HookData, Manifest, RouteData, UIData
from peers_runtime.snapshots import capture
from peers_runtime.snapshots.source import Source
from peers_runtime.snapshots.store import SnapshotStore

_CREATED_AT = "2026-01-01T00:00:00+00:00"


def home(count: int) -> Path:
    """A home in whose personal context `count` packages of three modules are active; made once, kept."""

    def make(folder: Path) -> None:
        fill(folder, [(_source(number), _definition(number)) for number in range(count)])
        _check(folder, count)

    return cache.folder(f"home-{count}", make)


def fill(folder: Path, contents: Iterable[tuple[Source, Definition]]) -> None:
    """Make a home in `folder` and have these packages active in its personal context."""
    with Runtime.open(folder) as runtime:
        device, actor = runtime.device, runtime.actor
    with _unsynced(), Catalog(folder, actor) as catalog:
        snapshots = SnapshotStore(folder, catalog.home.key())
        with catalog.write() as writer:
            for number, (source, definition) in enumerate(contents):
                manifest = capture.manifest(source, definition, _CREATED_AT)
                snapshots.add(source, manifest)
                version_id = ids.make(0, number)
                writer.put_snapshot(manifest)
                writer.put_package(_package(manifest, actor))
                writer.put_version(_version(manifest, version_id, actor, device))
                prefs = DevicePrefs(
                    context_id="personal", package_id=manifest.package_id, active_version_id=version_id
                )
                writer.put_prefs(device, prefs)


def other_version(folder: Path, number: int, version: str, *, hooked: bool = False) -> ActivePackage:
    """Store another version of a package of three modules in the home; nothing is activated.

    A `hooked` one has a fourth module, with a `peers_deactivating` that does nothing.
    """
    source, definition = _source(number, version), _definition(number)
    if hooked:
        source, definition = _hooked(source, definition)
    manifest = capture.manifest(source, definition, _CREATED_AT)
    SnapshotStore(folder, Home(folder).key()).add(source, manifest)
    return ActivePackage(
        manifest.name,
        manifest.package_id,
        manifest.version,
        manifest.id,
        index.route_rows(definition.routes),
        [nav.wire() for nav in definition.app_navs],
    )


def _hooked(source: Source, definition: Definition) -> tuple[Source, Definition]:
    module, name = f"{source.name}/hooks.py", "peers_deactivating"
    text = f'import pluggy\n\n\n@pluggy.HookimplMarker("peers")\ndef {name}():\n    pass\n'
    hook = HookData(
        project_name="peers", hook=name, reference=f"{source.name}.hooks:{name}", argument_names=()
    )
    return (
        replace(source, files={**source.files, module: text.encode()}, digests={}, modules={}),
        definition.model_copy(update={"lifecycle_hooks": (hook,)}),
    )


def _check(folder: Path, count: int) -> None:
    """What was written by hand is what an install would have written, and it runs."""
    number = count - 1
    project = folder.with_name(f"{folder.name}.project")
    for path, text in packages.three_modules(number).items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    name = packages.name(number)
    (project / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "1.0.0"\n'
        f'[project.entry-points."peers.packages"]\n{name} = "{name}:package"\n'
    )
    with Runtime.in_memory() as runtime:
        installed = runtime.install(project).snapshot_digest
    with Runtime.open(folder) as runtime:
        (version,) = runtime.versions(name)
        rendered = runtime.context("personal").render(f"{name}/settings")
    if version.snapshot_digest != installed:
        raise RuntimeError(f"an installed {name} has another digest than the one in {folder}")
    if rendered.content != f"{name} 1.0.0":
        raise RuntimeError(f"{folder} does not run: {rendered}")


def _source(number: int, version: str = "1.0.0") -> Source:
    name = packages.name(number)
    files = {path: text.encode() for path, text in packages.three_modules(number, version).items()}
    return Source(name=name, version=version, reference=f"{name}:package", files=files)


def _definition(number: int) -> Definition:
    name, (main, settings) = packages.name(number), packages.ui_ids(number)
    return Definition(
        package_id=packages.package_id(number),
        reference=f"{name}:package",
        routes_module=f"{name}.routes",
        uis_module=f"{name}.uis",
        routes=(
            RouteData(peers_ui_id=main, path=name),
            RouteData(peers_ui_id=settings, path=f"{name}/settings"),
        ),
        uis=tuple(
            UIData(peers_ui_id=ui_id, name=title, type="view", target="html", reference=f"{name}.uis:render")
            for ui_id, title in ((main, "Main"), (settings, "Settings"))
        ),
        app_navs=(AppNav(name=name),),
    )


def _package(manifest: Manifest, actor: str) -> Package:
    return Package(
        context_id="personal", package_id=manifest.package_id, name=manifest.name, created_by=actor
    )


def _version(manifest: Manifest, version_id: str, actor: str, device: str) -> PackageVersion:
    return PackageVersion(
        package_version_id=version_id,
        context_id="personal",
        package_id=manifest.package_id,
        name=manifest.name,
        version=manifest.version,
        version_tag=VersionTag.DEV,
        snapshot_digest=manifest.id,
        app_navs=manifest.definition.app_navs,
        created_by=actor,
        created_at=_CREATED_AT,
        device_id=device,
    )


@contextmanager
def _unsynced() -> Generator[None]:
    """Nothing is flushed to the disk: what is written here need not outlive a power loss."""
    with mock.patch("os.fsync"):
        yield
