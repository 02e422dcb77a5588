"""An operator says how far a buyer company is trusted, or takes an earlier word back."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.errors import BuyerNotKnown
from orders.domain.trust import Trust, must_be_known
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class SetTrust:
    """`tier` is one of the markets', or None for what its paid orders have reached."""

    company_id: Id
    tier: str | None
    reason: str


async def set_trust(command: SetTrust, uow: UnitOfWork, now: datetime) -> Id:
    """From now on; orders that are placed already stay as they are."""
    if not await uow.parties.get_many([command.company_id]):
        raise BuyerNotKnown(id=str(command.company_id))
    must_be_known(command.tier, [tier for rules in uow.rules.all_in_force(now.date()) for tier in rules.trust_tiers])
    await uow.trust.keep(Trust(command.company_id, command.tier, command.reason, now))
    return command.company_id
