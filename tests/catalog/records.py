"""Records as the tests of the catalog want them, and programs in processes of their own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.catalog import index
from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.writer import Writer
from peers_runtime.model.active import State
from peers_runtime.model.catalog import Context, Package, PackageVersion, VersionTag
from peers_runtime.model.contributions import AppNav
from peers_runtime.model.manifest import Definition, Manifest, RouteData

ROOT = Path(__file__).parents[2]
AT = "2026-01-02T03:04:05.000+00:00"
# a test that is marked with it runs with a catalog of each kind
EVERYWHERE = pytest.mark.parametrize(
    "shared", ["own", "file", pytest.param("server", marks=pytest.mark.postgres)], indirect=True
)
ACME = Context(context_id="acme", kind="group", name="Acme")


def an_id(number: int) -> str:
    return f"{number:025d}"


def digest(*words: object) -> str:
    return hashlib.sha256(repr(words).encode()).hexdigest()


def manifest(number: int = 1, version: str = "1.0.0", routes: int = 3) -> Manifest:
    return Manifest(
        id=digest(number, version),
        name=f"package_{number}",
        version=version,
        files=(),
        modules=(),
        definition=Definition(
            package_id=an_id(number),
            reference=f"package_{number}.package:package",
            routes=tuple(
                RouteData(peers_ui_id=an_id(1000 * number + at), path=f"Things {number}/:id/{at}")
                for at in range(routes)
            ),
            app_navs=(AppNav(name="things", display_name="Things"),),
        ),
        created_at=AT,
        updated_at=AT,
    )


def package(number: int = 1, context_id: str = "acme", **fields: Any) -> Package:
    return Package(
        **{
            "context_id": context_id,
            "package_id": an_id(number),
            "name": f"package_{number}",
            "created_by": "ada",
            **fields,
        }
    )


def version(
    of: Manifest, context_id: str = "acme", tag: VersionTag = VersionTag.STABLE, **fields: Any
) -> PackageVersion:
    return PackageVersion(
        **{
            "package_version_id": f"{context_id}/{of.name}@{of.version}",
            "context_id": context_id,
            "package_id": of.package_id,
            "name": of.name,
            "version": of.version,
            "version_tag": tag,
            "snapshot_digest": of.id,
            "app_navs": of.definition.app_navs,
            "created_by": "ada",
            "created_at": AT,
            **fields,
        }
    )


def install(
    writer: Writer, number: int = 1, context_id: str = "acme", semver: str = "1.0.0"
) -> PackageVersion:
    """A promoted version of package `number`, active for the whole context; makes the context when needed."""
    if writer.context(context_id) is None:
        writer.put_context(Context(context_id=context_id, kind="group", name=context_id.title()), "ada")
    snapshot = manifest(number, semver)
    made = version(snapshot, context_id)
    writer.put_snapshot(snapshot)
    writer.put_package(package(number, context_id, active_version_id=made.package_version_id))
    writer.put_version(made)
    return made


def indexed(catalog: Catalog) -> State | None:
    """What the home's index of the catalog says."""
    return index.read(catalog.index_path, catalog.home.device, catalog._location.name)


def start(program: str, *arguments: object, without_rights: bool = False) -> subprocess.Popen[str]:
    """A Python program in a process of its own; `without_rights` takes root's right to write everywhere."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    if without_rights and os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(program: str, *arguments: object, without_rights: bool = False) -> str:
    """What the program printed, once it has ended well."""
    child = start(program, *arguments, without_rights=without_rights)
    out, problems = child.communicate(timeout=120)
    assert child.returncode == 0, problems
    return out
