"""An applicant hands a complete application in; the operator decides later."""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.domain.errors import RequirementsOpen
from accounts.domain.invoice_prefix import invoice_prefix
from accounts.domain.seller import Seller
from accounts.use_cases.apply_as_seller import check_places
from accounts.use_cases.case_requirements import case_requirements
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class SubmitApplication:
    """Whose."""

    seller_id: Id


async def submit_application(command: SubmitApplication, markets: Markets, uow: UnitOfWork, now: datetime) -> Seller:
    """`RequirementsOpen` lists what is missing. The invoice prefix is given here, unique for ever."""
    draft = await uow.sellers.get(command.seller_id)
    seller, submitted = draft.submit()
    company = await uow.companies.get(draft.id)
    missing = [one for one in await case_requirements(company, draft, markets, uow, now) if not one.is_handed_in]
    if missing:
        raise RequirementsOpen(requirements=[one.public() for one in missing])
    await check_places(seller.markets, markets, uow, now)
    prefix = invoice_prefix(company.legal_name, await uow.sellers.invoice_prefixes())
    seller = replace(seller, invoice_prefix=prefix)
    await uow.sellers.save(seller)
    uow.publish(submitted)
    return seller
