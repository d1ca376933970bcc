"""One letter."""

from peers_runtime import UI
from pydantic import BaseModel

from letters import ids


class LetterProps(BaseModel):
    text: str = "# Dear reader\n\nThis is *short*."


uis = [UI(peers_ui_id=ids.LETTER, name="Letter", content="letters.screen:render", props_schema=LetterProps)]
