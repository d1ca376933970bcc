"""What notes contributes, evaluated once when a version is captured."""

from peers_runtime import AppNav, define_package

from notes import ids, tools
from notes.store.rows import notes_table


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    notes = pkg.contract(ids.CONTRACT, 2, "Notes")
    notes.tools = [tools.add_note, tools.list_notes]
    notes.tables = [notes_table]
    pkg.app_navs = [
        AppNav(name="Notes", icon_class_name="bi bi-journal-text", navigation_path="notes"),
        AppNav(name="Search notes", icon_class_name="bi bi-search", navigation_path="notes/search"),
    ]
    pkg.hooks = "notes.hooks"
