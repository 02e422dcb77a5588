"""Errand: what the platform advanced moves back from the seller's wallet to the platform's."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.platform import PLATFORM_ID
from payments.use_cases.find_route import wallet_of
from payments.use_cases.ports import Psp, Run, UnitOfWork


async def return_advance(seller_order_id: Id, seller_id: Id, amount: Money, run: Run, psp: Psp) -> None:
    """Named by the seller order whose release paid it back."""
    sellers, platforms = await run(partial(_route, seller_id, amount.currency))
    await psp.transfer(f"recovery/{seller_order_id}", sellers, platforms, amount)


async def _route(seller_id: Id, currency: str, uow: UnitOfWork, now: datetime) -> tuple[str, str]:
    return await wallet_of(seller_id, currency, uow), await wallet_of(PLATFORM_ID, currency, uow)
