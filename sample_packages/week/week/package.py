"""What week contributes, evaluated once when a version is captured."""

from peers_runtime import AppNav, define_package

from week import ids


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    pkg.app_navs = [AppNav(name="Week", icon_class_name="bi bi-calendar-week", navigation_path="week")]
