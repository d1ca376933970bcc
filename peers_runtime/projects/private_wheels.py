"""The wheels of somebody else's distributions that a package carries itself, read.

Whoever imports from it is one version of one package, and nobody else. So nothing of it may act on the
process as a whole: compiled code is refused, and what an installer would place elsewhere than among the
modules is left out. A source distribution is refused, because building one runs code of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from packaging.metadata import RawMetadata, parse_email
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from peers_runtime.base import errors
from peers_runtime.projects import wheels
from peers_runtime.snapshots import layout
from peers_runtime.snapshots.private import PrivateDistribution

_COMPILED = re.compile(r".+\.(?:so(?:\.\d+)*|pyd|dylib|dll)", re.IGNORECASE)
_CACHED = re.compile(r"(?:.*/)?(?:__pycache__/.*|[^/]*\.py[co])", re.DOTALL)
_ELSEWHERE = re.compile(r"[^/]+\.data/.*", re.DOTALL)  # scripts, headers, what goes below sys.prefix
_AT_START = re.compile(r"[^/]+\.pth")  # run by an interpreter that starts
_OF_AN_INSTALL = frozenset(
    {"RECORD", "RECORD.jws", "RECORD.p7s", "WHEEL", "INSTALLER", "REQUESTED", "direct_url.json"}
)
_HOST_NAMES = frozenset({"peers_runtime", "peers_packages"})
_TOLD = 3  # files that a message names


def read(data: bytes, filename: str) -> PrivateDistribution:
    """Read a wheel; the archive is checked as a whole, as that of a package.

    Raises `CompiledDistribution`, `ReservedName` when it has import names of the host's, and `BadWheel` for
    all else that is no pure Python wheel, or not the one that its file name says.
    """
    name, version, tags = _named(filename)
    info, files = wheels.unpacked(data, filename)
    _refuse_compiled(filename, tags, files)
    kept = {path: content for path, content in sorted(files.items()) if _is_kept(path, info)}
    metadata = _metadata(files, info, filename)
    return PrivateDistribution(
        name=name,
        version=_checked_version(metadata, name, version, filename),
        filename=filename,
        data=data,
        imports=_imports(kept, filename),
        requires=tuple(metadata.get("requires_dist", ())),
        requires_python=metadata.get("requires_python", ""),
        files=MappingProxyType(kept),
        left_out=tuple(path for path in sorted(files) if path not in kept and not _is_of_install(path, info)),
    )


def _named(filename: str) -> tuple[str, Version, frozenset[Tag]]:
    if filename.endswith((".tar.gz", ".zip", ".tar.bz2")):
        raise errors.BadWheel(
            f"{filename} is a source distribution; only a wheel can be private",
            hint="build a wheel of it yourself, and read what it does before: pip wheel --no-deps",
            path=filename,
            fault="a source distribution",
        )
    try:
        name, version, _, tags = parse_wheel_filename(filename)
    except (InvalidWheelFilename, InvalidVersion) as error:
        raise _bad(filename, f"its name is not that of a wheel: {error}") from error
    return name, version, tags


def _refuse_compiled(filename: str, tags: Iterable[Tag], files: Iterable[str]) -> None:
    compiled = sorted(path for path in files if _COMPILED.fullmatch(path))
    platforms = sorted({str(tag) for tag in tags if (tag.abi, tag.platform) != ("none", "any")})
    if not compiled and not platforms:
        return
    reasons = [f"it is built for {_listed(platforms)}"] if platforms else []
    reasons += [f"it holds compiled code: {_listed(compiled)}"] if compiled else []
    raise errors.CompiledDistribution(
        f"{filename} cannot be private: {', and '.join(reasons)}; a process has compiled code once only",
        hint="share it with the host: name it in [project] dependencies, and leave it out of `private`",
        filename=filename,
        compiled=tuple(compiled),
        platforms=tuple(platforms),
    )


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - _TOLD} more" if len(words) > _TOLD else ""
    return ", ".join(words[:_TOLD]) + more


def _is_kept(path: str, info: str) -> bool:
    if _ELSEWHERE.fullmatch(path) or _AT_START.fullmatch(path) or _CACHED.fullmatch(path):
        return False
    return not _is_of_install(path, info)


def _is_of_install(path: str, info: str) -> bool:
    """Whether it tells of a file being installed; none is, so it would be wrong."""
    folder, _, name = path.partition("/")
    return folder == info and name in _OF_AN_INSTALL


def _metadata(files: Mapping[str, bytes], info: str, filename: str) -> RawMetadata:
    try:
        metadata, _ = parse_email(files[f"{info}/METADATA"])
    except KeyError:
        raise _bad(filename, f"{info}/METADATA is missing") from None
    return metadata


def _checked_version(metadata: RawMetadata, name: str, version: Version, filename: str) -> str:
    told_name, told = metadata.get("name", ""), metadata.get("version", "")
    try:
        is_same = canonicalize_name(told_name) == name and Version(told) == version
    except InvalidVersion:
        is_same = False
    if not is_same:
        raise _bad(filename, f"its metadata is that of {f'{told_name} {told}'.strip() or 'nothing'}")
    return told


def _imports(files: Iterable[str], filename: str) -> tuple[str, ...]:
    modules = layout.modules(files)
    names = sorted({name.partition(".")[0] for name, module in modules.items() if module.path is not None})
    reserved = sorted(_HOST_NAMES.intersection(names))
    if reserved:
        raise errors.ReservedName(
            f"{filename} cannot be private: the import name {reserved[0]!r} belongs to the host",
            hint="leave it out of `private`: every package can import it",
            name=reserved[0],
        )
    return tuple(names)


def _bad(filename: str, fault: str) -> errors.BadWheel:
    return errors.BadWheel(
        f"{filename} is not a wheel that can be read: {fault}",
        hint="take the wheel from the index again",
        path=filename,
        fault=fault,
    )
