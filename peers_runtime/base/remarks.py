"""What `peers check` remarks on a project although nothing is refused for it.

Each kind has a stable code, `W<area><number>`, with the areas of the errors.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Kind(NamedTuple):
    code: str
    name: str
    explanation: str


CONTENT_MISSING: Final = Kind(
    "W0201",
    "ContentMissing",
    """\
A UI names something that its module does not seem to define, so that an error card would be shown for it.

The module's text is read for this, and not executed: a name that only appears when the module runs is not
seen.""",
)
MODULE_MISSING: Final = Kind(
    "W0301",
    "ModuleMissing",
    """\
A module of the package imports another one of the package that is not there.

Importing it fails when that line is reached. Imports under `if TYPE_CHECKING` and in a `try` whose handler
takes an `ImportError` are not looked at.""",
)
IMPORT_UNDECLARED: Final = Kind(
    "W0302",
    "ImportUndeclared",
    """\
A module imports something that the package does not declare: it raises `P0302` when that line is reached.

Imports under `if TYPE_CHECKING` and in a `try` whose handler takes an `ImportError` are not looked at.""",
)
LEFT_OUT: Final = Kind(
    "W0601",
    "LeftOut",
    "A file, folder or link of the import package does not get into the package, or not as it lies there.",
)
METADATA_LEFT_OUT: Final = Kind(
    "W0602",
    "MetadataLeftOut",
    "Something that `[project]` says is not what a wheel of the project would say.",
)
NO_TESTS: Final = Kind(
    "W0603",
    "NoTests",
    """\
The project has no tests: no file `test_*.py` or `*_test.py` below it.

`peers new` makes projects with one, and the pytest fixtures `peers_package` and `peers_runtime` need no
set-up.""",
)

KINDS: Final = (
    CONTENT_MISSING,
    MODULE_MISSING,
    IMPORT_UNDECLARED,
    LEFT_OUT,
    METADATA_LEFT_OUT,
    NO_TESTS,
)
