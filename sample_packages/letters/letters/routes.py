"""Which path shows a letter."""

from peers_runtime import Route

from letters import ids

routes = [Route(peers_ui_id=ids.LETTER, path="letters")]
