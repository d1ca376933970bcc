"""What timer contributes, evaluated once when a version is captured."""

from peers_runtime import AppNav, define_package

from timer import ids, settings


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    pkg.hooks = "timer.hooks"
    pkg.variables = [settings.decimals]
    pkg.app_navs = [AppNav(name="Timer", icon_class_name="bi bi-stopwatch", navigation_path="timer")]
