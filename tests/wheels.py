"""Wheels of distributions that nobody publishes, made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

Files = Mapping[str, str | bytes]


def wheel(
    name: str,
    version: str,
    files: Files,
    *,
    requires: Sequence[str] = (),
    about: Files | None = None,
    tag: str = "py3-none-any",
) -> tuple[bytes, str]:
    """A wheel and its file name; `about` are further files of its dist-info, or take the place of one."""
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    needed = "".join(f"Requires-Dist: {text}\n" for text in requires)
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: >=3.8\n"
    described: dict[str, str | bytes] = {
        "METADATA": f"{head}{needed}\n",
        "WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        **(about or {}),
    }
    entries = {**files, **{f"{info}/{path}": content for path, content in described.items()}}
    entries[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*entries, f"{info}/RECORD"))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in entries.items():
            archive.writestr(path, content)
    return stream.getvalue(), f"{stem}-{tag}.whl"
