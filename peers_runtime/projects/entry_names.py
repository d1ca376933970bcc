"""Which names the entries of a strict archive may have: those that mean one and the same file everywhere.

Names are judged as written and as a careless system would read them: without case, in the compatibility
form of Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from peers_runtime.projects.refusals import Broken

MAX_LENGTH = 512  # bytes of UTF-8, folders included; nor more characters when folded
MAX_SEGMENT = 255  # bytes of UTF-8 in the name of one file or folder, which is what file systems take
MAX_DEPTH = 32  # names in a path: of folders, and of the file

_DRIVE = re.compile(r"[A-Za-z]:")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')  # control characters, and what Windows forbids
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})  # Cn: not known how it is normalised
_RESERVED = re.compile(
    r"""(?: con | prn | aux | nul | com[0-9] | lpt[0-9] | conin\$ | conout\$ | clock\$ )[ ]*(?:\..*)?
    | [^.]{1,7}~[0-9]{1,6}(?:\.[^.]{0,3})?  # the short name of another file
    """,
    re.VERBOSE,
)


# what file systems that fold case leave out (Default_Ignorable_Code_Point), as far as it is not _INVISIBLE
_IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def decoded(raw: bytes) -> str:
    """The name that these bytes spell. Raises `Broken` when they are no UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        shown = raw.decode(errors="backslashreplace")
        raise Broken("name-encoding", "has a name that is not UTF-8", shown) from None


def check(name: str) -> None:
    """Raise `Broken` when no entry may have this name."""
    _check_length(name)
    if name.startswith("/") or _DRIVE.match(name):
        raise Broken("absolute-path", "has an absolute path", name)
    spelling = folded(name)
    if (
        _FORBIDDEN.search(spelling)
        or (not name.isascii() and any(unicodedata.category(each) in _INVISIBLE for each in name))
        or spelling.count("/") != name.count("/")
    ):
        raise Broken("name-character", "has a character in its name that not every system can write", name)
    if not unicodedata.is_normalized("NFC", name):
        raise Broken("name-normalisation", "has a name that is not in Unicode's normal form NFC", name)
    _check_segments(spelling.split("/"), name)


def check_together(names: Iterable[str]) -> None:
    """Raise `Broken` when two names, each checked before, mean one place somewhere.

    Takes memory in proportion to the longest form of all names, not to the folders in them.
    """
    # no name holds a NUL, so that a file comes right before what lies in a folder of its name
    ordered = sorted((folded(name).replace("/", "\0"), name) for name in names)
    for (former_key, former), (key, name) in pairwise(ordered):
        if former == name:
            raise Broken("duplicate", "is there twice", name)
        if former_key == key:
            raise Broken("case-collision", f"is the same file as {former!r} on some systems", name)
        if key.startswith(f"{former_key}\0"):
            raise Broken("file-and-folder", f"lies in a folder that is also the file {former!r}", name)
        _check_shared_folders(former, name)


def folded(name: str) -> str:
    """What every name becomes that some system may take for this one."""
    if name.isascii():
        return name.lower()
    plain = unicodedata.normalize("NFKD", name).upper().casefold()  # up first: so the dotless i comes to i
    known = unicodedata.normalize("NFKC", _IGNORED.sub("", plain))
    return known.replace("i\u0307", "i")  # what becomes of the capital I with a dot


def _check_length(name: str) -> None:
    if max(len(name.encode(errors="surrogatepass")), len(folded(name))) > MAX_LENGTH:
        raise Broken("name-length", f"has a path of more than {MAX_LENGTH} bytes", name)
    parts = name.split("/")
    if len(parts) > MAX_DEPTH:
        raise Broken("name-depth", f"has a path of more than {MAX_DEPTH} names", name)
    if any(len(part.encode(errors="surrogatepass")) > MAX_SEGMENT for part in parts):
        raise Broken("name-length", f"has a name of more than {MAX_SEGMENT} bytes", name)


def _check_segments(segments: list[str], name: str) -> None:
    for segment in segments:
        if segment in {"", ".", ".."}:
            raise Broken("path", "leads out of the archive or is not a plain path", name)
        if segment[-1] in ". ":
            raise Broken(
                "name-ending", "has a name that ends with a dot or a space, which Windows drops", name
            )
        if _RESERVED.fullmatch(segment):
            raise Broken("reserved-name", "has a name that Windows keeps for itself", name)


def _check_shared_folders(former: str, name: str) -> None:
    for ours, theirs in zip(name.split("/")[:-1], former.split("/")[:-1], strict=False):
        if ours == theirs:
            continue
        if folded(ours) == folded(theirs):
            raise Broken("case-collision", f"lies in the same folder as {former!r} on some systems", name)
        return
