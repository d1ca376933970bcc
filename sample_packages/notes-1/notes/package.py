"""What notes contributes, evaluated once when a version is captured."""

from peers_runtime import AppNav, define_package

from notes import ids, store, tools


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    notes = pkg.contract(ids.CONTRACT, 1, "Notes")
    notes.tools = [tools.add_note, tools.list_notes]
    notes.tables = [store.notes_table]
    pkg.app_navs = [AppNav(name="Notes", icon_class_name="bi bi-journal", navigation_path="notes")]
