"""Posts a ledger entry: once per rule and cause, and tells the world."""

from datetime import datetime

from chassis.kernel.ids import Id, derived_id
from payments.domain.events import JournalPosted
from payments.domain.journal import Entry, Journal
from payments.use_cases.ports import UnitOfWork

_JOURNALS = Id("0b8c6a4e-45a5-5c8e-9b2e-6f0a2d9d3c55")


async def post_entry(entry: Entry, cause: str, uow: UnitOfWork, now: datetime) -> None:
    """`cause` names the object the entry is about (`payout/…`); posting the same rule for the same cause again does nothing."""
    journal = Journal(derived_id(_JOURNALS, f"{entry.kind}/{cause}"), entry, cause, now)
    if await uow.ledger.post(journal):
        uow.publish(JournalPosted(aggregate_id=journal.id, seq=1, journal=journal))
