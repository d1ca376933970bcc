"""What a UI answered with as HTML: its own, or its text escaped, or the card of what went wrong."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.contributions import interrupts

if TYPE_CHECKING:
    from peers_runtime.contributions.uis import ErrorCard, Rendered


def of(rendered: Rendered) -> str:
    """HTML that can stand inside of other HTML; a card, too, when the content cannot say its own."""
    if rendered.error is not None:
        return card(rendered.error)
    try:
        return of_content(rendered.content)
    except BaseException as error:
        if interrupts.is_interrupt(error):
            raise
        return card(_unsaid(rendered, error))


def of_content(content: Any) -> str:
    """What the object says of itself as `__html__`, else its text, escaped; nothing for None."""
    if hasattr(content, "__html__"):
        return str(content.__html__())
    return "" if content is None else escape(str(content))


def _unsaid(rendered: Rendered, error: BaseException) -> ErrorCard:
    from peers_runtime.contributions.uis import ErrorCard

    return ErrorCard(
        errors.UIFailed.code,
        f"what it answered with raised {type(error).__name__} while it was shown: {error}",
        f"the error is the package's own: mend it and install {rendered.package} again",
        rendered.package,
        rendered.version,
        rendered.peers_ui_id,
    )


def card(error: ErrorCard) -> str:
    """What stands in place of a UI that failed: whose it is, what is wrong, what to do, and another try.

    The link leads to the page that it stands on. Its look is the business of the page's styles.
    """
    again = '<p><a href="" class="peers-retry">Try again</a></p>' if error.retry else ""
    hint = f'<p class="peers-hint">{escape(error.hint)}</p>' if error.hint else ""
    return (
        f'<div class="peers-error" role="alert" data-peers-ui="{escape(error.peers_ui_id)}">'
        f"<p><strong>{escape(error.package)} {escape(error.version)} could not show this</strong> "
        f"<code>{escape(error.code)}</code></p>"
        f"<p>{escape(error.message)}</p>{hint}{again}</div>"
    )
