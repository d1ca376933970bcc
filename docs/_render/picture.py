"""Draws docs/pictures/demo.svg from a run of the demo: `make picture`.

It is not one of the pages that `--check` compares, because it holds times, which differ in every run.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from docs._render.source import ROOT
from peers_runtime.cli.demo import scenes
from peers_runtime.cli.demo.drawn import DrawnStage
from peers_runtime.cli.demo.play import Play, open_host

PICTURE = ROOT / "docs" / "pictures" / "demo.svg"
SHOWN = (
    scenes.install_packages,
    scenes.call_tools,
    scenes.navigate,
    scenes.import_in_host_code,
    scenes.contain_what_is_broken,
    scenes.switch_under_a_request,
)
WIDTH = 116  # columns


def svg() -> str:
    """Plays all scenes, since each builds on those before it, and draws the shown ones."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    recorded, unseen = DrawnStage(console), DrawnStage(Console(width=WIDTH, file=io.StringIO()))
    with tempfile.TemporaryDirectory(prefix="peers-picture-") as scratch:
        home = Path(scratch, "home")
        play = Play(unseen, home, ROOT / "sample_packages", open_host(home), Path(scratch, "wheels"))
        try:
            for number, (title, scene) in enumerate(scenes.SCENES, 1):
                play.stage = recorded if scene in SHOWN else unseen
                play.stage.scene(number, title)
                scene(play)
        finally:
            play.close()
    # The template asks a server on the web for its font; the reader's own will do.
    template = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    drawn = console.export_svg(title="make demo", code_format=template, unique_id="demo")
    return "".join(f"{line.rstrip()}\n" for line in drawn.splitlines())


def main() -> int:
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(svg(), encoding="utf-8")
    print(f"{PICTURE.relative_to(ROOT)} drawn")
    return 0


if __name__ == "__main__":
    sys.exit(main())
