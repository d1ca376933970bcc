"""Which path shows what. Nothing else of the package is imported to know it."""

from peers_runtime import Route

from notes import ids

routes = [
    Route(peers_ui_id=ids.HOME, path="notes"),
    Route(peers_ui_id=ids.NOTE, path="notes/:note_id"),
]
