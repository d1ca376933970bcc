"""Errors of area 05 of workflows, their runs, and assistants."""

from __future__ import annotations

from peers_runtime.base.families import Conflict, PackageError, Refused, UsageError


class UnknownReference(PackageError):
    """A workflow or an assistant names a tool, a workflow, an assistant, a step or a field that is not there.

    What belongs to the package itself is found out when a version is captured, a tool of a contract when the
    version is activated.
    """

    code = "P0550"


class CircularWorkflow(PackageError):
    """A workflow comes back to itself through the workflows that it runs, so it would never end."""

    code = "P0551"


class UnknownWorkflow(UsageError, KeyError):
    """No active version contributes a workflow with this name or id."""

    code = "P0552"


class UnknownAssistant(UsageError, KeyError):
    """No active version contributes an assistant with this name or id."""

    code = "P0553"


class UnknownRun(UsageError, KeyError):
    """The context has no run of a workflow with this id."""

    code = "P0554"


class WorkflowFailed(PackageError):
    """A run of a workflow ended with the error of one of its steps, which the message repeats.

    The steps that had finished are kept: `peers workflows show RUN`. A failed run is not taken up again; what
    should be tried again says so with `retries`.
    """

    code = "P0555"


class RunHeld(Conflict):
    """Another process, or another thread of this one, works at the run."""

    code = "P0556"


class RunEnded(UsageError):
    """The run has ended, or was cancelled, so it can neither go on nor be cancelled."""

    code = "P0557"


class RunsUnfinished(Refused):
    """A package cannot be uninstalled while runs of its workflows are unfinished.

    Let them end (`peers workflows resume`), or cancel them.
    """

    code = "P0558"


class NothingThere(PackageError):
    """A step refers to a field of its workflow's input, or of an earlier step's output, that is not there."""

    code = "P0559"


class InvalidRunner(PackageError):
    """A tool that is to answer for an assistant does not take what a runner is asked.

    A runner takes an `AssistantRequest`, or a model that accepts one.
    """

    code = "P0560"
