"""The screens. Each names its code by reference, so that only the one that is opened gets imported."""

from peers_runtime import UI

from notes import ids, props

uis = [
    UI(peers_ui_id=ids.HOME, name="Home", content="notes.ui.home:render"),
    UI(peers_ui_id=ids.NOTE, name="Note", content="notes.ui.note:render", props_schema=props.NoteProps),
    UI(
        peers_ui_id=ids.SEARCH,
        name="Search",
        content="notes.ui.search:render",
        props_schema=props.SearchProps,
    ),
    UI(peers_ui_id=ids.TAG, name="Tag", content="notes.ui.tag:render", props_schema=props.TagProps),
]
