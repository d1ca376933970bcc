"""Files and metadata of a package."""

from __future__ import annotations

from pathlib import Path

from tests.importing.realms import Both, Workshop, feature

FILES = {
    "notes/__init__.py": "",
    "notes/assets/logo.svg": "<svg version='$V'/>",
    "notes/assets/deep/raw.bin": b"\x00\xff",
    "notes/ui/__init__.py": "",
    "notes/ui/page.html": "page $V",
}


@feature("`importlib.resources.files`, by name, by module and without an argument", "files")
def test_files(both: Both) -> None:
    app = """
        import sys
        import importlib.resources
        import importlib.resources as res
        from importlib.resources import files
        import notes.ui
        a = files("notes").joinpath("assets", "logo.svg").read_text()
        b = (importlib.resources.files(notes.ui) / "page.html").read_text(encoding="utf-8")
        c = (res.files(__package__) / "assets/deep/raw.bin").read_bytes()
        names = sorted(entry.name for entry in files("notes").iterdir())
        kinds = files("notes").joinpath("assets").is_dir(), files("notes").joinpath("nope").is_file()
        with files("notes.ui").joinpath("page.html").open("r", encoding="utf-8") as stream:
            opened = stream.read()
        own = (files() if sys.version_info >= (3, 12) else files("notes")).joinpath("app.py").is_file()
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert (module.a, module.b, module.c) == (f"<svg version='{v}'/>", f"page {v}", b"\x00\xff")
        assert module.names == ["__init__.py", "app.py", "assets", "ui"]
        assert module.kinds == (True, False)
        assert module.opened == f"page {v}"
        assert module.own


@feature("`importlib.resources.as_file`, of folders too", "files")
def test_as_file(both: Both) -> None:
    app = """
        from importlib.resources import as_file, files
        with as_file(files("notes.ui") / "page.html") as path:
            text = path.read_text()
        with as_file(files("notes")) as folder:
            pass
        later = (folder / "ui" / "page.html").read_text()
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert (module.text, module.later) == (f"page {v}", f"page {v}")
        assert module.folder == Path(module.__file__).parent


@feature("`files(…)` taken for a path: `str`, `open`, `Path`, and what a `Path` has", "files")
def test_files_as_paths(both: Both) -> None:
    app = """
        import os
        from importlib.resources import files
        from pathlib import Path
        page = files("notes").joinpath("ui", "page.html")
        with open(page, encoding="utf-8") as stream: opened = stream.read()
        same = str(page), os.fspath(page), os.path.join(files("notes"), "ui", "page.html"), str(Path(page))
        told = page.exists(), page.suffix, page.stem, page.parent.name, (files("notes") / "nope").exists()
        found = sorted(path.name for path in files("notes").glob("ui/*.html"))
        try: page.nope
        except AttributeError: missing = True
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        file = Path(module.__file__).with_name("ui") / "page.html"
        assert module.opened == f"page {v}"
        assert set(module.same) == {str(file)}
        assert module.told == (True, ".html", "page", "ui", False)
        assert (module.found, module.missing) == (["page.html"], True)


@feature("`importlib.resources.read_text` and its like", "files")
def test_functions_of_resources(both: Both) -> None:
    app = """
        import importlib.resources, warnings
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = importlib.resources.read_text("notes.ui", "page.html")
            data = importlib.resources.read_binary(__package__ + ".ui", "page.html")
            there = importlib.resources.is_resource("notes.ui", "page.html")
            listed = sorted(importlib.resources.contents("notes.ui"))
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert (module.text, module.data, module.there) == (f"page {v}", f"page {v}".encode(), True)
        assert module.listed == ["__init__.py", "page.html"]


@feature("`pkgutil.get_data`", "files")
def test_get_data(both: Both) -> None:
    app = """
        import pkgutil
        a = pkgutil.get_data("notes", "assets/logo.svg")
        b = pkgutil.get_data(__package__, "ui/page.html")
        try:
            pkgutil.get_data("notes", "nope.txt")
        except OSError as error:
            c = type(error).__name__
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert (module.a, module.b) == (f"<svg version='{v}'/>".encode(), f"page {v}".encode())
        assert module.c == "FileNotFoundError"


@feature("`__file__` is a real file, and files lie beside it", "files")
def test_file_is_real(both: Both) -> None:
    app = "from pathlib import Path\ntext = (Path(__file__).parent / 'ui' / 'page.html').read_text()\n"
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert Path(module.__file__).read_text() == app
        assert module.text == f"page {v}"


@feature("resources of private distributions", "files")
def test_resources_of_private_distributions(workshop: Workshop) -> None:
    for v in "12":
        private = workshop.private("dep", v, {"dep/__init__.py": "", "dep/data.txt": f"data {v}"})
        app = "from importlib.resources import files\ntext = files('dep').joinpath('data.txt').read_text()\n"
        realm = workshop.realm(
            {"notes/__init__.py": "", "notes/app.py": app}, version=f"{v}.0.0", private=[private]
        )
        assert realm.load("notes.app:text") == f"data {v}"


@feature("`importlib.metadata`: the package's own and its private distributions' versions", "files")
def test_metadata(workshop: Workshop) -> None:
    app = """
        import importlib.metadata
        from importlib.metadata import PackageNotFoundError, metadata, requires, version
        own = version("notes"), importlib.metadata.version("notes")
        private = version("Dep_Two"), requires("dep.two"), metadata("dep-two")["Summary"]
        host = version("pytest")
        try:
            version("nowhere-at-all")
        except PackageNotFoundError:
            missing = True
    """
    for v in "12":
        described = (
            f"Metadata-Version: 2.1\nName: dep-two\nVersion: {v}\nSummary: kept {v}\nRequires-Dist: six\n"
        )
        files = {"dep.py": "", f"dep_two-{v}.dist-info/METADATA": described}
        private = workshop.private("dep-two", v, files, ["dep"])
        realm = workshop.realm(
            {"notes/__init__.py": "", "notes/app.py": app}, version=f"{v}.0.0", private=[private]
        )
        module = realm.module("notes.app")
        assert module.own == (f"{v}.0.0", f"{v}.0.0")
        assert module.private == (v, ["six"], f"kept {v}")
        assert module.host
        assert module.missing
