"""pluggy loads every plugin, registers it, and asks all of them for their routes."""

import sys


def main(site: str, libraries: str, path: str) -> str | None:
    sys.path += [site, libraries]
    import pluggy

    class Specs:
        @pluggy.HookspecMarker("bench")
        def routes(self) -> list[dict[str, str]]:
            """The plugin's routes."""
            return []

    manager = pluggy.PluginManager("bench")
    manager.add_hookspecs(Specs)
    manager.load_setuptools_entrypoints("bench.plugins")
    best = next(route for routes in manager.hook.routes() for route in routes if route["path"] == path)
    return str(best["ui"])
