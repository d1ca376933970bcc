"""The one screen."""

from peers_runtime import UI

from timer import ids

uis = [UI(peers_ui_id=ids.DIAL, name="Dial", content="timer.dial:render")]
