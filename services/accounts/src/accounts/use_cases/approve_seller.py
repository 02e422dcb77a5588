"""The operator admits a seller."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import MarketHasItsSeller, RequirementsOpen, VatNumberRefusedByRegister
from accounts.domain.requirements import NeededFor
from accounts.domain.seller import Seller
from accounts.domain.values import VatStatus
from accounts.use_cases.case_requirements import case_requirements
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ApproveSeller:
    """Whom to admit."""

    seller_id: Id


async def approve_seller(command: ApproveSeller, markets: Markets, uow: UnitOfWork, now: datetime) -> Seller:
    """Not while a paper is missing or unread, and not with a VAT number that the register refuses.

    Nor as a second seller where there is room for one.
    """
    seller, approved = (await uow.sellers.get(command.seller_id)).approve()
    company = await uow.companies.get(command.seller_id)
    company.must_not_be_closed()
    if refused := [vat.number for vat in company.vat_numbers if vat.status is VatStatus.INVALID]:
        raise VatNumberRefusedByRegister(vat_numbers=refused)
    requirements = await case_requirements(company, seller, markets, uow, now)
    if left := [
        one.public() for one in requirements if one.needed_for is NeededFor.SUBMISSION and one.is_open_for_approval
    ]:
        raise RequirementsOpen(requirements=left)
    # In one order for everybody, because asking about a market makes rivals wait for each other.
    for market in sorted(seller.markets):
        if markets.rules(market, now.date()).single_seller and await uow.sellers.has_admitted(market):
            raise MarketHasItsSeller(market=market)
    await uow.sellers.save(seller)
    uow.publish(approved)
    return seller
