"""Lists, newest first, with a cursor that is simply the last position seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page; `next_cursor` is None on the last one."""

    items: Sequence[Item]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which page: everything older than `before`, at most `limit` rows."""

    before: int | None
    limit: int


async def read_page(
    tx: AsyncConnection, query: Select[Any], position: Column[int], window: Window, read: Callable[[Row[Any]], Item]
) -> Page[Item]:
    """Run `query` from the newest row down; `position` is the column that counts up."""
    if window.before is not None:
        query = query.where(position < window.before)
    rows = (await tx.execute(query.order_by(position.desc()).limit(window.limit + 1))).all()
    shown = rows[: window.limit]
    more = len(rows) > window.limit
    return Page([read(row) for row in shown], str(shown[-1]._mapping[position]) if more else None)
