"""What board contributes, evaluated once when a version is captured."""

from peers_runtime import AppNav, define_package

from board import ids


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    pkg.app_navs = [
        AppNav(name="Board", icon_class_name="bi bi-easel", navigation_path="board"),
        AppNav(name="Counter", icon_class_name="bi bi-plus-square", navigation_path="board/counter"),
        AppNav(name="Guests", icon_class_name="bi bi-people", navigation_path="board/guests"),
        AppNav(name="Tasks", icon_class_name="bi bi-check2-square", navigation_path="board/tasks"),
    ]
