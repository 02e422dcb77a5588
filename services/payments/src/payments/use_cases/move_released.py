"""Errand: released money moves from the buyer's wallet to the seller's, so that the wallets mirror the books."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.errors import NoSuchSettlement
from payments.domain.settlement import Settlement
from payments.use_cases.find_route import wallet_of
from payments.use_cases.ports import Psp, Run, UnitOfWork


async def move_released(seller_order_id: Id, run: Run, psp: Psp) -> None:
    """Named by the seller order and for the amount frozen at its release, so that a repeat moves nothing twice."""
    settlement, buyers, sellers = await run(partial(_route, seller_order_id))
    if settlement.released_minor:
        amount = Money(settlement.released_minor, settlement.invoiced.currency)
        await psp.transfer(f"settlement/{settlement.id}", buyers, sellers, amount)


async def _route(seller_order_id: Id, uow: UnitOfWork, now: datetime) -> tuple[Settlement, str, str]:
    settlement = await uow.settlements.find(seller_order_id)
    if settlement is None:
        raise NoSuchSettlement(id=str(seller_order_id))
    currency = settlement.invoiced.currency
    buyers = await wallet_of(settlement.buyer_id, currency, uow)
    return settlement, buyers, await wallet_of(settlement.seller_id, currency, uow)
