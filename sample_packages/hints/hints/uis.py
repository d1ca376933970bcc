"""Two hints; plain text is safe as it is."""

from peers_runtime import UI

from hints import ids
from hints.texts import beside, overlay

uis = [
    UI(peers_ui_id=ids.BESIDE, name="Beside", content=beside),
    UI(peers_ui_id=ids.OVERLAY, name="Overlay", content=overlay),
]
