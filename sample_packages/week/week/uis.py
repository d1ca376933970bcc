"""The one screen."""

from peers_runtime import UI

from week import ids

uis = [UI(peers_ui_id=ids.WEEK, name="Week", content="week.screen:render")]
