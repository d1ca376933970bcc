"""A page that says what an act would change, with a form that does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.responses import Response

from peers_runtime.base import errors
from peers_runtime.model.decision import Decision, Effect
from peers_runtime.web import answers
from peers_runtime.web.visit import Visit


@dataclass(frozen=True)
class Question:
    """One act: where its form is sent, with which fields, and where one comes from.

    `effects` are by what they are about, such as a package; "" is the act as a whole. Without any, all is so
    already. `warnings` are the sentences that nobody may overlook.
    """

    title: str
    icon: str
    does: str
    target: str
    back: tuple[str, str]  # an address and its name
    fields: Mapping[str, str] = field(default_factory=dict)
    effects: Sequence[tuple[str, Effect]] = ()
    reasons: Sequence[str] = ()
    warnings: Sequence[str] = ()
    danger: bool = False


def page(visit: Visit, question: Question, error: errors.PeersError | None = None) -> Response:
    """The page that asks, or that says why it cannot be done."""
    return answers.page(
        "confirm.html",
        HTTPStatus.OK if error is None else answers.status_of(error),
        visit=visit,
        question=question,
        error=error,
        names=any(name for name, _ in question.effects),
    )


def stops(visit: Visit, decisions: Iterable[Decision]) -> Sequence[str]:
    """What nobody may overlook, a sentence each: where no version of a package is active afterwards."""
    return [
        f"Then no version of {decision.name} is active in {decision.context_id}"
        f"{'' if one.device_id == visit.services.device else f' on device {one.device_id}'}."
        for decision in decisions
        for one in decision.effects
        if one.what == "runs" and one.after == "none"
    ]


def changed(what: str, before: str, after: str) -> tuple[tuple[str, Effect], ...]:
    """One effect on the context; none when it is so already."""
    if before == after:
        return ()
    return (("", Effect(device_id=None, what=what, before=before, after=after)),)
