"""Whether anything of the background work is due: one cheap question, asked several times a second."""

from datetime import datetime

from sqlalchemy import BindParameter, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.moment import Moment
from sandbox.storage.card_payments import lapsed
from sandbox.storage.tables import card_captures, card_payments, outgoings, webhooks

_real: BindParameter[datetime] = bindparam("real")
_business: BindParameter[datetime] = bindparam("business")
_ANY_DUE = select(
    or_(
        exists().where(
            webhooks.c.delivered_at.is_(None), webhooks.c.given_up_at.is_(None), webhooks.c.next_attempt_at <= _real
        ),
        exists().where(outgoings.c.status == "created", outgoings.c.settle_at <= _real),
        exists().where(card_captures.c.status == "captured", card_captures.c.settle_at <= _business),
        exists().where(lapsed(_business)).select_from(card_payments),
    )
)


async def any_due(connection: AsyncConnection, now: Moment) -> bool:
    """Webhooks to be sent, outgoings and captures to be settled, card payments to be ended."""
    return bool(await connection.scalar(_ANY_DUE, {"real": now.real, "business": now.business}))
