"""RECORDs that must be refused: how each lies, the rule that it breaks, and how it is made of a true one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from peers_runtime.projects import record
from peers_runtime.projects.refusals import Rule
from tests.snapshots.parts import FILES

INFO = "notes-1.0.0.dist-info"
RECORD = f"{INFO}/RECORD"
PLAIN = {
    **FILES,
    "notes/a, b.txt": b"x",
    "notes/ü.txt": b"",
    f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: notes\nVersion: 1.0.0\n",
    f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nGenerator: peers\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": b"[peers.packages]\nnotes = notes.package:package\n",
    f"{INFO}/peers.json": b"{}",
    f"{INFO}/peers/semver-3.0.4-py3-none-any.whl": b"PK no wheel, and never looked into",
}
TRUE = record.added(PLAIN)
TEXT = TRUE[RECORD].decode()
STORE = next(line for line in TEXT.splitlines(keepends=True) if line.startswith("notes/store.py,"))
DIGEST = STORE.split(",")[1]

Files = Mapping[str, bytes]


def says(text: str | bytes) -> Callable[[], Files]:
    return lambda: {**TRUE, RECORD: text if isinstance(text, bytes) else text.encode()}


def instead(old: str, new: str) -> Callable[[], Files]:
    assert TEXT.count(old) == 1
    return says(TEXT.replace(old, new))


def store(line: str) -> Callable[[], Files]:
    return instead(STORE, line)


RECORDS: Mapping[str, tuple[Rule, Callable[[], Files]]] = {
    "there is none": ("record-absent", lambda: PLAIN),
    "it is empty": ("record-unlisted", says("")),
    "a file is not listed": ("record-unlisted", store("")),
    "a file was added": ("record-unlisted", lambda: {**TRUE, "notes/evil.py": b""}),
    "it does not list itself": ("record-unlisted", instead(f"{RECORD},,\n", "")),
    "a signature beside it is not listed": ("record-unlisted", lambda: {**TRUE, f"{RECORD}.jws": b"{}"}),
    "a listed file is not there": (
        "record-missing",
        lambda: {name: data for name, data in TRUE.items() if name != "notes/store.py"},
    ),
    "a file is listed in another case": ("record-missing", store(STORE.replace("notes/", "Notes/"))),
    "a file is listed by another path": ("record-missing", store(STORE.replace("notes/", "./notes/"))),
    "a file is listed by an absolute path": ("record-missing", store(f"/{STORE}")),
    "a name of nothing is listed": ("record-missing", says(f"{TEXT},,\n")),
    "a file is listed twice": ("record-twice", store(STORE * 2)),
    "it lists itself twice": ("record-twice", says(f"{TEXT}{RECORD},,\n")),
    "MD5": ("record-algorithm", store(f"notes/store.py,md5=XrbEyYdmzxgDWvMRBOBHEg,{len(FILES)}\n")),
    "SHA-512": ("record-algorithm", store(STORE.replace("sha256=", "sha512="))),
    "an algorithm in capitals": ("record-algorithm", store(STORE.replace("sha256=", "SHA256="))),
    "no algorithm": ("record-algorithm", store(STORE.replace("sha256=", ""))),
    "no digest": ("record-algorithm", store(STORE.replace(DIGEST, ""))),
    "neither digest nor size": ("record-algorithm", store("notes/store.py,,\n")),
    "another content": ("record-digest", lambda: {**TRUE, "notes/store.py": FILES["notes/store.py"] + b" "}),
    "the digest of another file": (
        "record-digest",
        lambda: {**TRUE, "notes/store.py": FILES["notes/package.py"]},
    ),
    "a digest with padding": ("record-digest", store(STORE.replace(DIGEST, f"{DIGEST}="))),
    "a digest in hexadecimal": ("record-digest", store(f"notes/store.py,sha256={'0' * 64},10\n")),
    "half a digest": ("record-digest", store(STORE.replace(DIGEST, DIGEST[:20]))),
    "a digest with a bit more": ("record-digest", store(STORE.replace(DIGEST, f"{DIGEST[:-1]}B"))),
    "another size": ("record-size", store(STORE.replace(f",{len(FILES['notes/store.py'])}\n", ",1\n"))),
    "no size": ("record-size", store(f"notes/store.py,{DIGEST},\n")),
    "a size with a zero before": ("record-size", store(STORE.replace(f"{DIGEST},", f"{DIGEST},0"))),
    "a size with a sign": ("record-size", store(STORE.replace(f"{DIGEST},", f"{DIGEST},+"))),
    "a size with a space": ("record-size", store(STORE.replace(f"{DIGEST},", f"{DIGEST}, "))),
    "a digest of itself": ("record-itself", instead(f"{RECORD},,", f"{RECORD},{DIGEST},")),
    "a size of itself": ("record-itself", instead(f"{RECORD},,", f"{RECORD},,10")),
    "another encoding": ("record-syntax", says(TEXT.encode("latin-1"))),
    "a byte order mark": ("record-missing", says(b"\xef\xbb\xbf" + TEXT.encode())),
    "UTF-16": ("record-syntax", says(TEXT.encode("utf-16"))),
    "other ends of lines": ("record-syntax", says(TEXT.replace("\n", "\r\n"))),
    "old ends of lines": ("record-syntax", says(TEXT.replace("\n", "\r"))),
    "no end of the last line": ("record-syntax", says(TEXT[:-1])),
    "an empty line": ("record-syntax", store(f"\n{STORE}")),
    "an empty last line": ("record-syntax", says(f"{TEXT}\n")),
    "a value more": ("record-syntax", store(STORE.replace("\n", ",\n"))),
    "a value less": ("record-syntax", store(f"notes/store.py,{DIGEST}\n")),
    "quotation marks that need not be": (
        "record-syntax",
        store(STORE.replace("notes/store.py", '"notes/store.py"')),
    ),
    "a quotation mark that does not end": ("record-syntax", store(f'"{STORE}')),
    "something after a quotation mark": (
        "record-syntax",
        store(STORE.replace("notes/store.py", '"notes/" x')),
    ),
    "a name on two lines": ("record-syntax", store(f'"notes/\nstore.py",{DIGEST},10\n')),
    "a comma without quotation marks": ("record-syntax", instead('"notes/a, b.txt"', "notes/a, b.txt")),
    "a comment": ("record-syntax", says(f"# signed\n{TEXT}")),
    "a value without an end": ("record-syntax", store("x" * 200_000 + "\n")),
    "more bytes than any true one": ("record-syntax", says(TEXT + "\n" * 13_000_000)),
    "no dist-info": ("dist-info", lambda: FILES),
    "two dist-infos": ("dist-info", lambda: {**TRUE, "other-1.0.dist-info/METADATA": b""}),
    "a second dist-info in another case": ("dist-info", lambda: {**TRUE, "Other-1.0.DIST-INFO/RECORD": b""}),
    "a dist-info in another case": ("dist-info", lambda: {"notes-1.0.0.Dist-Info/RECORD": b""}),
    "a dist-info without a name": ("dist-info", lambda: {".dist-info/RECORD": b".dist-info/RECORD,,\n"}),
}
