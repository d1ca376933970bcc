"""What letters contributes, evaluated once when a version is captured."""

from peers_runtime import AppNav, define_package

from letters import ids


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    pkg.app_navs = [AppNav(name="Letters", icon_class_name="bi bi-envelope", navigation_path="letters")]
