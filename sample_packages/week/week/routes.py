"""Which path shows the screen."""

from peers_runtime import Route

from week import ids

routes = [Route(peers_ui_id=ids.WEEK, path="week")]
