"""A seller says more about itself, or something else: in a draft anything, later what nobody else relies on."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company
from accounts.domain.errors import MarketsMissing, RequirementsOpen, SupportOnly
from accounts.domain.requirements import Requirement
from accounts.domain.seller import EDITABLE, REVIEWED_FIELDS, CaseChange, Seller
from accounts.use_cases.apply_as_seller import check_places
from accounts.use_cases.case_requirements import case_requirements
from accounts.use_cases.check_case_change import check_case_change
from accounts.use_cases.forget_tax_request import forget_tax_request
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ChangeCase:
    """What of whose case."""

    seller_id: Id
    change: CaseChange


async def change_case(command: ChangeCase, markets: Markets, uow: UnitOfWork, now: datetime) -> Seller:
    """Where the case is no draft any more it stays complete. Tax data that come late let the payouts go on."""
    seller = await uow.sellers.get(command.seller_id)
    change = check_case_change(command.change, now.date())
    if change.markets is not None:
        if not change.markets:
            raise MarketsMissing()
        await check_places(change.markets, markets, uow, now)
    if seller.state not in EDITABLE and (refused := sorted(REVIEWED_FIELDS & change.named().keys())):
        raise SupportOnly(fields=refused)
    changed = seller.change(change)
    if changed is None:
        return seller
    after, fact = changed
    if seller.state not in EDITABLE:
        company = await uow.companies.get(seller.id)
        open_before = {(one.name, one.subject) for one in await _open(company, seller, markets, uow, now)}
        opened = await _open(company, after, markets, uow, now)
        broken = [one for one in opened if (one.name, one.subject) not in open_before]
        if broken:
            raise RequirementsOpen(requirements=[one.public() for one in broken])
    await uow.sellers.save(after)
    uow.publish(fact)
    if change.tax is None:
        return after
    await forget_tax_request(after.id, uow)
    if not after.payouts_held:
        return after
    paid, resumed = after.resume_payouts()
    await uow.sellers.save(paid)
    uow.publish(resumed)
    return paid


async def _open(
    company: Company, seller: Seller, markets: Markets, uow: UnitOfWork, now: datetime
) -> list[Requirement]:
    return [one for one in await case_requirements(company, seller, markets, uow, now) if not one.is_handed_in]
