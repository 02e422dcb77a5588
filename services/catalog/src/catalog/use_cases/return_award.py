"""An order that was made of an award ended unpaid: the award may be ordered once more, if it still holds."""

from datetime import datetime

from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


async def return_award(order_id: Id, uow: CatalogUnit, now: datetime) -> None:
    """Nothing for most orders. Where it holds no more the request has expired with it."""
    request = await uow.quotes.requests.locked_with_order(order_id)
    if request is None or request.award is None:
        return
    if now < request.award.expires_at:
        after, returned = request.return_award(at=now)
        uow.publish(returned)
    else:
        after, expired = request.expire(at=now)
        uow.publish(expired)
    await uow.quotes.requests.save(after)
