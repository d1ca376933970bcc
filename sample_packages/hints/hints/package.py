"""What hints contributes, evaluated once when a version is captured."""

from peers_runtime import define_package

from hints import ids


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
