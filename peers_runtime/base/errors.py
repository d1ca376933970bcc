"""The one tree of errors.

Every error has a stable `code` (`P<area><number>`), a message that says what is wrong and where, a
`hint` with the next step, and `facts` for programs. The class docstring is what `peers explain CODE`
prints. Five families say whose move it is: `PackageError` (the package's author), `UsageError` (the
caller), `Refused` (policy), `Conflict` (another owner or another process); `StorageError` is for the
machine's owner.

Areas: 01 definition, 02 routes and UI, 03 imports, 04 lifecycle and policy, 05 contracts and runtime
kinds, 06 snapshots and dependencies, 07 archive and trust, 08 storage, 09 configuration.
"""

from __future__ import annotations

# One name for all of them: whoever raises or catches writes `errors.NoRoute`, whatever its area.
from peers_runtime.base.code_errors import *  # noqa: F403  # see above
from peers_runtime.base.families import *  # noqa: F403  # see above
from peers_runtime.base.host_errors import *  # noqa: F403  # see above
from peers_runtime.base.run_errors import *  # noqa: F403  # see above
from peers_runtime.base.store_errors import *  # noqa: F403  # see above
