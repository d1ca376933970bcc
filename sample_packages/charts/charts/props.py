"""What the bars are given."""

from pydantic import BaseModel


class BarsProps(BaseModel):
    values: dict[str, int] = {"spring": 4, "summer": 9, "autumn": 6}
