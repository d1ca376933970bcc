"""What notes does for a host that has the hook `theme_colors`: search results get a colour."""

import pluggy

hookimpl = pluggy.HookimplMarker("demo_host")


@hookimpl
def theme_colors(context_id):
    return {"found": "gold"}
