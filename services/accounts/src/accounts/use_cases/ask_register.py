"""The step that sign-ups and changes share: have the VAT register asked about a company's numbers."""

from collections.abc import Iterable
from datetime import datetime

from accounts.domain.values import VatNumber
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id, derived_id

CHECK_VAT_NUMBER = "check_vat_number"


async def ask_register(company_id: Id, numbers: Iterable[VatNumber], uow: UnitOfWork, now: datetime) -> None:
    """Set an errand per number that VIES knows; the answers come when they come."""
    for vat in numbers:
        if vat.asked_in_vies:
            payload = {"company_id": str(company_id), "number": vat.number}
            await uow.timers.set(CHECK_VAT_NUMBER, derived_id(company_id, vat.number), now, payload)
