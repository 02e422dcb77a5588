"""A seller's invoicing mandate stands, or was taken back: invoices in its name are issued, or wait for a new signature."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.invoice import MANDATE_REVOKED
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.request_party import request_party


@dataclass(frozen=True)
class NoteMandate:
    """What `accounts` says about the mandate of a seller."""

    seller_id: Id
    stands: bool


async def note_mandate(command: NoteMandate, uow: UnitOfWork, now: datetime) -> None:
    """What waited for the signature goes on by itself, with the number and the day that it has."""
    if not command.stands:
        await uow.mandates.revoke(command.seller_id, now)
    elif await uow.mandates.renew(command.seller_id):
        for invoice in await uow.invoices.blocked_for(command.seller_id, MANDATE_REVOKED):
            await uow.timers.set("store_invoice", invoice.id, now)
    await request_party(command.seller_id, uow, now)
