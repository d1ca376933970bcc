"""What themes contributes: one module of hook implementations."""

from peers_runtime import define_package

from themes import ids


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    pkg.hooks = "themes.hooks"
