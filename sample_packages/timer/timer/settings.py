"""What whoever looks at the timer may choose."""

from typing import Annotated

from peers_runtime import Variable
from pydantic import Field

from timer import ids

decimals = Variable(
    variable_id=ids.DECIMALS,
    name="decimals",
    type=Annotated[int, Field(ge=0, le=1)],
    default=1,
    description="How many decimals of a second are shown: 0 or 1.",
)
