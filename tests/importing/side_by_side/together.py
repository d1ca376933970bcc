"""Both versions of many distributions in one process, used in turns.

    python -m tests.importing.side_by_side.together NAME…

answers with how many realms there were, and what went wrong in which, as JSON.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from peers_runtime.projects import private_wheels
from tests.importing.side_by_side import apart, fetching, stock
from tests.importing.side_by_side.trials import USES, Trial, called
from tests.importing.side_by_side.version import Version

_ROUNDS = 2


def versions(trial: Trial, home: Path) -> list[Version]:
    use = (USES / trial.use).read_text(encoding="utf-8")
    found = [fetching.wheels(trial.name, version, trial.needs(version)) for version in trial.versions]
    return [
        Version(
            [private_wheels.read(wheel.read_bytes(), wheel.name) for wheel in wheels],
            trial.shared,
            use,
            home / f"{trial.name}-{place}",
        )
        for place, wheels in enumerate(found)
    ]


def main(wanted: list[str]) -> None:
    answer = stock.quiet()
    with tempfile.TemporaryDirectory(prefix="peers-trial-") as folder:
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
        home = Path(folder) / "realms"
        made = {name: versions(called(name), home) for name in wanted}
        for _ in range(_ROUNDS):
            for each in made.values():
                for version in each:
                    version.use()
        everything = [version for each in made.values() for version in each]
        trouble = [
            f"{name} {version.distribution.version}: {version.trouble}"
            for name, each in made.items()
            for version in each
            if version.trouble
        ]
        mixed = list(apart.mixed(everything, home))
    answer({"realms": len(everything), "trouble": [*trouble, *mixed]})


if __name__ == "__main__":
    main(sys.argv[1:])
