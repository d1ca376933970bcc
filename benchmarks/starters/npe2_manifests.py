"""npe2 reads every plugin's JSON manifest, and is asked which reader takes a path."""

import sys


def main(site: str, libraries: str, path: str) -> str | None:
    sys.path += [site, libraries]
    from npe2 import PluginManager

    manager = PluginManager()
    manager.discover()
    best = next(manager.iter_compatible_readers(path.replace("/", "-")))
    return best.command.rpartition(".ui_")[2]
