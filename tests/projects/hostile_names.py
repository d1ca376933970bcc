"""Names that must be refused, each by its rule: of one file, and of files beside each other."""

from __future__ import annotations

from collections.abc import Mapping

from peers_runtime.projects.refusals import Rule

ALONE: Mapping[Rule, tuple[str, ...]] = {
    "path": (
        "",
        ".",
        "..",
        "../evil.py",
        "notes/../../evil.py",
        "notes/..",
        "notes/./store.py",
        "notes//store.py",
        "notes/",
        "notes/\uff0e\uff0e/evil.py",  # full stops of full width
        "notes/\u2025/evil.py",  # two dots in one character
        "notes/\u3164/evil.py",  # nothing but a filler
    ),
    "absolute-path": ("/etc/passwd", "//server/share", "C:/evil.py", "c:evil.py", "C:"),
    "name-character": (
        "notes\\store.py",
        "..\\evil.py",
        "\\\\server\\share",
        "notes/store\0.py",
        "notes/store.py\0.txt",
        "notes/store\n.py",
        "notes/store\r.py",
        "notes/store\t.py",
        "notes/\x1b[2Jstore.py",
        "notes/store\x7f.py",
        "notes/store\x85.py",
        "notes/store.py:evil",  # a second stream of the file, on Windows
        "notes/store?.py",
        "notes/*.py",
        "notes/<store>.py",
        "notes/store|.py",
        'notes/"store".py',
        "notes/store\u202eyp.exe",  # the rest is shown from right to left
        "notes/sto\u200bre.py",  # a space of no width
        "notes/sto\u00adre.py",  # a soft hyphen
        "\ufeffnotes/store.py",  # a byte order mark
        "notes/store\u2028.py",  # a separator of lines
        "notes/store\u2029.py",
        "notes/store\ue000.py",  # private use
        "notes/store\uf03a.py",  # private use, and a colon for some systems
        "notes/store\u0378.py",  # not assigned
        "notes/store\U000e0041.py",  # a tag
        "notes\uff0fstore.py",  # a slash of full width
        "notes\uff3cstore.py",  # a backslash of full width
        "C\uff1a/evil.py",  # a colon of full width
        "notes/\u2100.py",  # one character for a/c
    ),
    "name-normalisation": (
        "notes/cafe\u0301.py",  # NFD
        "notes/\u212bngstro\u0308m.py",
        "notes/\u212aelvin.py",  # the sign
        "notes/\u2126hm.py",  # the sign
        "notes/\u1100\u1161.py",  # Hangul in parts
        "notes/a\u0327\u0301\u0323.py",  # marks in another order
    ),
    "name-ending": (
        "notes/store.py.",
        "notes/store.py ",
        "notes./store.py",
        "notes /store.py",
        "notes/...",
        "notes/ ",
        "notes/store.py\u00a0",  # a space that does not break
        "notes/store.py\u3000",  # a space of full width
        "notes/store.py\uff0e",
    ),
    "reserved-name": (
        "con",
        "notes/CON",
        "notes/con.py",
        "notes/Aux.py",
        "notes/nul.tar.gz",
        "nul/store.py",
        "notes/prn .txt",
        "notes/com1.py",
        "notes/COM\u00b9",  # superscript, which Windows reserves as well
        "notes/lpt9",
        "notes/LPT\u00b3.txt",
        "notes/com0",
        "notes/conin$",
        "notes/CONOUT$",
        "notes/clock$",
        "notes/\uff43on.py",  # of full width
        "NOTES-~1.DIS/RECORD",  # another folder's short name
        "notes/store~1.py",
    ),
    "name-length": (
        "/".join(["n" * 102] * 5),
        "notes/" + "n" * 256,
        "notes/" + "\u00fc" * 128,
        "notes/" + "\ufdfa" * 60,  # a character that folds to eighteen
        "n" * 70_000,
        "a/" * 30_000 + "a",
    ),
    "name-depth": ("a/" * 32 + "a",),
}

TOGETHER: Mapping[Rule, tuple[tuple[str, ...], ...]] = {
    "duplicate": (
        ("notes/store.py", "notes/store.py"),
        ("notes/store.py", "notes/a.py", "notes/store.py"),
        ("notes/\u00fc.py", "notes/\u00fc.py"),
    ),
    "case-collision": (
        ("notes/store.py", "notes/Store.py"),
        ("notes/store.py", "notes/a.py", "NOTES/STORE.PY"),
        ("notes/a.py", "Notes/b.py"),  # one folder or two
        ("notes/ui/a.py", "notes/b.py", "notes/UI/c.py"),
        ("stra\u00dfe.py", "STRASSE.py"),
        ("stra\u00dfe.py", "STRA\u1e9eE.py"),
        ("stra\u00dfe/a.py", "strasse/b.py"),
        ("i.py", "I.py"),
        ("i.py", "\u0130.py"),  # the capital i with a dot, in Turkish
        ("I.py", "\u0131.py"),  # the small i without one
        ("\u0130.py", "\u0131.py"),
        ("i.py", "\U0001d6a4.py"),  # a small i without one, in mathematics
        ("\u00e1\u034f\u0323.py", "\u1ea1\u0301.py"),  # marks that a joiner keeps apart
        ("store.py", "\u017ftore.py"),  # the long s
        ("\u03c3.py", "\u03c2.py"),  # the sigma within and at the end of a word
        ("\u00b5.py", "\u03bc.py"),  # the micro sign
        ("\u00e9.py", "\u00c9.py"),
        ("\ufb01le.py", "file.py"),  # a ligature
        ("\uff46ile.py", "file.py"),  # full width
        ("x\u00b2.py", "x2.py"),  # superscript
        ("\u01c4.py", "\u01c5.py", "d\u017e.py"),  # three cases
        ("\u1fb3.py", "\u03b1\u03b9.py"),  # a subscript iota
        ("\u2764.py", "\u2764\ufe0f.py"),  # a variation selector, which Linux leaves out
        ("a\u034fb.py", "ab.py"),  # a joiner of graphemes, likewise
        ("\u13a0.py", "\uab70.py"),  # Cherokee folds to capitals
        ("a b.py", "a\u00a0b.py"),
    ),
    "file-and-folder": (
        ("notes", "notes/store.py"),
        ("notes/store.py", "notes"),
        ("notes/a", "notes/a.b", "notes/a/b/c/d"),
        ("Notes", "notes/store.py"),
        ("notes/stra\u00dfe", "notes/STRASSE/a.py"),
        ("a", "a b", "a-b", "a.b", "a/b"),
    ),
}

RAW: Mapping[Rule, tuple[bytes, ...]] = {
    "name-encoding": (
        b"notes/\xff.py",
        "notes/\u00fc.py".encode("latin-1"),
        "notes/\u00fc.py".encode("cp437"),
        b"notes/\xc0\xae\xc0\xae/evil.py",  # dots in more bytes than they need
        b"notes/\xe0\x80\xaf.py",
        b"notes/\xed\xa0\x80.py",  # half a pair
        b"notes/\xf4\x90\x80\x80.py",  # beyond Unicode
        b"notes/\xc3",
    ),
}
