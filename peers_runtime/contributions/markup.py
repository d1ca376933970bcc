"""What stands in HTML for a UI: what it answered with, its text escaped, or the card of what went wrong."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peers_runtime.contributions.uis import ErrorCard


def of(content: Any) -> str:
    """HTML that can stand inside of other HTML.

    What the object says of itself as `__html__`, else its text, escaped; nothing for None.
    """
    if hasattr(content, "__html__"):
        return str(content.__html__())
    return "" if content is None else escape(str(content))


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
