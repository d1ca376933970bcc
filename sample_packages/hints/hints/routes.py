"""A slot is filled by a route with its name as subcategory; "overlay" is that of every screen."""

from peers_runtime import Route

from hints import ids

routes = [
    Route(peers_ui_id=ids.BESIDE, ui_category="other", ui_subcategory="board.beside"),
    Route(peers_ui_id=ids.OVERLAY, ui_category="other", ui_subcategory="overlay"),
]
