"""What charts contributes, evaluated once when a version is captured."""

from peers_runtime import AppNav, define_package

from charts import ids


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    pkg.app_navs = [
        AppNav(name="Charts", icon_class_name="bi bi-bar-chart", navigation_path="charts"),
        AppNav(name="Gauge", icon_class_name="bi bi-speedometer", navigation_path="charts/gauge"),
    ]
