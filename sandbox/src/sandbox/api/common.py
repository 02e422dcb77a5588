"""What all doors share: access to the world, text and money on the wire, pages of lists."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from chassis.kernel.money import Money
from sandbox.storage.lists import Page, Window
from sandbox.world import World

Item = TypeVar("Item", bound=BaseModel)
Source = TypeVar("Source")


async def get_world(request: Request) -> World:
    world: World = request.app.state.world
    return world


TheWorld = Annotated[World, Depends(get_world)]

# PostgreSQL text cannot hold the character NUL; 10^15 minor units is more than any market turns over.
_NO_NUL = r"^[^\x00]*$"
_MINOR_MAX = 10**15

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL, strip_whitespace=True)]
FreeText = Annotated[str, StringConstraints(max_length=1000, pattern=_NO_NUL)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
ReferenceFilter = Annotated[str | None, Query(max_length=200, pattern=_NO_NUL)]
Instant = Annotated[AwareDatetime, AfterValidator(lambda at: _within_calendar(at))]


def _within_calendar(at: datetime) -> datetime:
    # Far years overflow in conversions to UTC; no parcel is scanned then.
    if not 1970 <= at.year <= 9000:
        raise ValueError("the year must be between 1970 and 9000")
    return at


class RequestBody(BaseModel):
    """A request names only what the door knows: a misspelt field is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """An answer is read from the dataclass of the same name."""

    model_config = ConfigDict(from_attributes=True)


class MoneyIn(RequestBody):
    """A positive amount in minor units (12990 EUR = 129.90 €)."""

    amount: Annotated[int, Field(strict=True, gt=0, le=_MINOR_MAX)]
    currency: Currency

    def to_money(self) -> Money:
        return Money(self.amount, self.currency)


class MoneyOut(Answer):
    """An amount in minor units."""

    amount: int = Field(validation_alias="minor")
    currency: str


class PageOut(BaseModel, Generic[Item]):
    """Newest first; ask again with `cursor=next_cursor` for older ones, until it is null."""

    items: list[Item]
    next_cursor: str | None


async def window(
    cursor: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> Window:
    """`cursor` is a `next_cursor` of before; `limit` at most 500."""
    return Window(cursor, limit)


TheWindow = Annotated[Window, Depends(window)]


def page_out(page: Page[Source], read: Callable[[Any], Item]) -> PageOut[Item]:
    return PageOut(items=[read(item) for item in page.items], next_cursor=page.next_cursor)
