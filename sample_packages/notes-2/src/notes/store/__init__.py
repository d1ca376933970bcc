"""The notes themselves; 1.0.0 had one module here, and whoever imports `notes.store` need not care."""

from notes.store.reading import get, list_all, search
from notes.store.rows import Note
from notes.store.writing import add

__all__ = ["Note", "add", "describe", "get", "list_all", "search"]


def describe():
    return "notes 2.0.0 keeps tags and a priority too, in a package of three modules"
