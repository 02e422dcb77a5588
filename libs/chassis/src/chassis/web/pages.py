"""Cursor pages: lists are read in a stable order, with an opaque cursor and a `Link` header for the next page."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.web.problems import Problem

T = TypeVar("T")
F = TypeVar("F")

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
# What a column of plain integers holds; no list goes on for longer.
NUMBER_MAX = 2**31 - 1


class Page(BaseModel, Generic[T]):
    """A page of a list; `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None = None


def _id_of(one: Any) -> list[Any]:
    return [one.id]


class PageRequest:
    """Where to go on (`after` = the key of the last item seen, or None) and how many items to give."""

    def __init__(self, request: Request, response: Response, limit: int, cursor: str | None) -> None:
        self._request = request
        self._response = response
        self.limit = limit
        self.after: list[Any] | None = _decode(cursor) if cursor else None

    @property
    def headers(self) -> dict[str, str]:
        """The `Link` to the next page, once `page` has named it; for routes that make their response themselves."""
        return {name: value for name, value in self._response.headers.items() if name == "link"}

    @property
    def after_id(self) -> Id | None:
        """For lists in id order: the id of the last item seen."""
        if self.after is None:
            return None
        try:
            (only,) = self.after
            return Id(only)
        except ValueError as error:
            raise not_our_cursor() from error

    @property
    def after_moment(self) -> tuple[datetime, Id] | None:
        """For lists by time and id: both of the last item seen."""
        if self.after is None:
            return None
        try:
            at, id = self.after
            return datetime.fromisoformat(at), Id(id)
        except ValueError as error:
            raise not_our_cursor() from error

    @property
    def after_number(self) -> int | None:
        """For lists by a number of their own, from 1: that of the last item seen."""
        if self.after is None:
            return None
        try:
            number = int(*self.after)
            if not 0 < number <= NUMBER_MAX:
                raise ValueError(number)
            return number
        except (TypeError, ValueError) as error:
            raise not_our_cursor() from error

    def page(self, items: Sequence[T], key_of_last: Sequence[Any] | None) -> Page[T]:
        """Build the page of up to `limit` items; `key_of_last` is None where no more items follow."""
        if key_of_last is None:
            return Page(items=list(items))
        cursor = _encode(key_of_last)
        following = self._request.url.include_query_params(cursor=cursor)
        self._response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
        return Page(items=list(items), next_cursor=cursor)

    def page_of(
        self, found: Sequence[F], show: Callable[[F], T], key: Callable[[F], Sequence[Any]] = _id_of
    ) -> Page[T]:
        """The page of what was looked for with a limit one higher: an item more than is shown says that more follow.

        `key` is what the list is ordered by, the id if nothing is said.
        """
        shown = found[: self.limit]
        return self.page([show(one) for one in shown], key(shown[-1]) if len(found) > self.limit else None)


def _encode(key: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise not_our_cursor() from error
    if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
        raise not_our_cursor()
    return key


def not_our_cursor() -> Problem:
    """What every reader of a cursor answers to one that it did not make."""
    return Problem(422, "cursor_invalid", "This cursor was not made by us")


# Async although it waits for nothing: FastAPI sends whatever is not through a pool of threads.
async def page_request(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many items at the most")] = LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before", max_length=500)] = None,
) -> PageRequest:
    """The dependency of every list."""
    return PageRequest(request, response, limit, cursor)


Paging = Annotated[PageRequest, Depends(page_request)]


class MoneyBody(BaseModel, extra="forbid"):
    """An amount in minor units (12990 = 129.90 EUR) and its ISO 4217 currency."""

    amount: int
    currency: str

    @classmethod
    def of(cls, money: Money) -> Self:
        """The same amount, for a body."""
        return cls(amount=money.minor, currency=money.currency)
