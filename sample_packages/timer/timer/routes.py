"""Which path shows the timer."""

from peers_runtime import Route

from timer import ids

routes = [Route(peers_ui_id=ids.DIAL, path="timer")]
