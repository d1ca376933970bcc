"""The screens, one by its function, one by a reference: either way only the opened one is imported."""

from peers_runtime import UI

from notes import ids
from notes.ui import home

uis = [
    UI(peers_ui_id=ids.HOME, name="Home", content=home.render),
    UI(
        peers_ui_id=ids.NOTE,
        name="Note",
        content="notes.ui.note:render",
        props_schema={
            "type": "object",
            "properties": {"note_id": {"type": "string", "minLength": 1}},
            "required": ["note_id"],
        },
    ),
]
