"""The charts: the bars are fine, the pie cannot be imported, the gauge fails when it is drawn."""

from peers_runtime import UI

from charts import ids, props

uis = [
    UI(peers_ui_id=ids.BARS, name="Bars", content="charts.ui.bars:render", props_schema=props.BarsProps),
    UI(peers_ui_id=ids.PIE, name="Pie", content="charts.ui.pie:render"),
    UI(peers_ui_id=ids.GAUGE, name="Gauge", content="charts.ui.gauge:render"),
]
