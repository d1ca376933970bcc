"""What the workflows do by themselves: write a letter, and answer for the secretary."""

from peers_runtime import AssistantAnswer, AssistantRequest, tool
from pydantic import BaseModel

from planner import ids


class WriteLetter(BaseModel):
    to: str
    text: str


class Letter(BaseModel):
    letter_id: str  # a letter that is written again for the same step of the same run is the same letter
    text: str


@tool(tool_id=ids.WRITE_LETTER, usage="Write a letter to somebody")
def write_letter(args: WriteLetter, ctx) -> Letter:
    return Letter(letter_id=ctx.run_key, text=f"Dear {args.to},\n{args.text}")


@tool(tool_id=ids.ANSWER, usage="Answer for the secretary")
def answer(args: AssistantRequest, ctx) -> AssistantAnswer:
    """No language model is asked: it puts what it is given into a sentence, and looks once with each tool."""
    project = args.context["project"]
    seen = [ctx.tools[one.id](name=project).to_do for one in args.tools]
    left = [title for titles in seen for title in titles]
    return AssistantAnswer(text=f"{args.text} {project}: {len(left)} to do", data={"to_do": left})
