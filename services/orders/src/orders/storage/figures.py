"""Figures by SQL: open orders come from an index of their own, so that the many that ended cost nothing."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from orders.domain.figures import ENDED, HOLDS_SHOWN, OPEN, RECENT, EndingHold, Figures
from orders.domain.order import UNPAID, OrderState
from orders.storage.tables import ASKED_ABOUT, LATE_PARTS, OPEN_ORDERS, orders, seller_orders


class OrderFigures:
    """Counts on a connection of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, now: datetime) -> Figures:
        """As of `now`, in business time."""
        c = orders.c
        count = func.count().label("orders")
        open_now = select(c.state, count).where(OPEN_ORDERS).group_by(c.state)
        ended = (
            select(c.state, count)
            .where(c.updated_at > now - RECENT, c.state.in_([str(state) for state in ENDED]))
            .group_by(c.state)
        )
        waiting = (OPEN_ORDERS, c.state.in_([str(state) for state in UNPAID]), c.hold_until.is_not(None))
        soonest = (
            select(c.id, c.number, c.market, c.state, c.gross_minor, c.received_minor, c.currency, c.hold_until)
            .where(*waiting)
            .order_by(c.hold_until, c.id)
            .limit(HOLDS_SHOWN)
        )
        within_a_day = select(count).where(*waiting, c.hold_until <= now + RECENT)
        parts = select(count).select_from(seller_orders)
        async with self._engine.connect() as connection:
            opened = {row.state: row.orders for row in await connection.execute(open_now)}
            done = {row.state: row.orders for row in await connection.execute(ended)}
            holds = (await connection.execute(soonest)).all()
            return Figures(
                open={state: opened.get(state, 0) for state in OPEN},
                ended={state: done.get(state, 0) for state in ENDED},
                holds=[
                    EndingHold(
                        order_id=row.id,
                        number=row.number,
                        market=row.market,
                        state=OrderState(row.state),
                        gross=row.gross_minor,
                        received=row.received_minor,
                        currency=row.currency,
                        hold_until=row.hold_until,
                    )
                    for row in holds
                ],
                holds_within_a_day=(await connection.execute(within_a_day)).scalar_one(),
                late_parts=(await connection.execute(parts.where(LATE_PARTS))).scalar_one(),
                asked_about=(await connection.execute(parts.where(ASKED_ABOUT))).scalar_one(),
            )
