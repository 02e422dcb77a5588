"""A company's snapshot has come: it is kept, and orders that waited for it go on."""

from dataclasses import dataclass
from datetime import datetime

from orders.domain.party import Party
from orders.domain.purchasing import PurchasingRules
from orders.use_cases.ports import UnitOfWork
from orders.use_cases.settle_reservation import SettleReservation, settle_reservation


@dataclass(frozen=True)
class RecordParty:
    """The snapshot as accounts gave it, and how the company buys where it is a buyer."""

    party: Party
    purchasing: PurchasingRules | None = None


async def record_party(command: RecordParty, uow: UnitOfWork, now: datetime) -> None:
    """Keeps the snapshots unless newer ones are there, then settles what waited for this company."""
    await uow.parties.keep(command.party, now)
    if command.purchasing is not None:
        await uow.purchasing.keep(command.purchasing, now)
    for held in await uow.pending_holds.waiting_for(command.party.company_id):
        await settle_reservation(SettleReservation(held), uow, now)
