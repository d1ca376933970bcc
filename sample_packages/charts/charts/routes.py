"""Which path shows which chart."""

from peers_runtime import Route

from charts import ids

routes = [
    Route(peers_ui_id=ids.BARS, path="charts"),
    Route(peers_ui_id=ids.PIE, path="charts/pie"),
    Route(peers_ui_id=ids.GAUGE, path="charts/gauge"),
]
