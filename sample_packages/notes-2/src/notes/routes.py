"""Which path shows what. `notes/tag-work` looks like a note's path: `is_match` looks closer."""

from peers_runtime import Route

from notes import ids

_TAG = "tag-"


def names_a_tag(props, route_context):
    segment = route_context["parameters"]["note_id"]
    return {"tag": segment.removeprefix(_TAG)} if segment.startswith(_TAG) else None


routes = [
    Route(peers_ui_id=ids.HOME, path="notes"),
    Route(peers_ui_id=ids.NOTE, path="notes/:note_id"),
    Route(peers_ui_id=ids.SEARCH, path="notes/search"),
    Route(peers_ui_id=ids.TAG, path="notes/:note_id", is_match=names_a_tag, priority=10),
]
