"""Cursor pages over lists that are read newest first by time and id."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from chassis.web.pages import Page, PageRequest
from payments.domain.views import Window

V = TypeVar("V")
B = TypeVar("B", bound=BaseModel)


def window_of(paging: PageRequest) -> Window:
    """One row more than asked for tells whether more follow; a cursor that is not ours is 422."""
    after = paging.after_moment
    return Window((after[0], str(after[1])) if after else None, paging.limit + 1)


def page_of(paging: PageRequest, views: Sequence[V], body: type[B], key: Callable[[V], Sequence[Any]]) -> Page[B]:
    """The page, with a cursor at the last row shown if more follow."""
    shown = views[: paging.limit]
    more = len(views) > paging.limit
    return paging.page([body.model_validate(view) for view in shown], key(shown[-1]) if more else None)
