"""Tax data did not come in time: what the seller earns is kept until they do (DAC7)."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class HoldPayouts:
    """Whose."""

    seller_id: Id


async def hold_payouts(command: HoldPayouts, uow: UnitOfWork, now: datetime) -> None:
    """Whoever has given them in the meantime is left alone."""
    seller = await uow.sellers.get(command.seller_id)
    if seller.tax_request is None or seller.payouts_held:
        return
    seller, held = seller.hold_payouts()
    await uow.sellers.save(seller)
    uow.publish(held)
