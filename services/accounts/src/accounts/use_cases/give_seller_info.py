"""An applicant answers what the operator asked."""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.domain.names import check_names
from accounts.domain.seller import Info, Seller
from accounts.use_cases.forget_question import forget_question
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id
from chassis.kernel.numbers import check_iban


@dataclass(frozen=True)
class GiveSellerInfo:
    """`info` as typed."""

    seller_id: Id
    info: Info


async def give_seller_info(command: GiveSellerInfo, uow: UnitOfWork, now: datetime) -> Seller:
    """A corrected IBAN is checked like the first one. Nobody is reminded any more."""
    info = command.info
    check_names(payout_holder=info.payout_holder)
    if info.payout_iban is not None:
        info = replace(info, payout_iban=check_iban(info.payout_iban))
    seller, given = (await uow.sellers.get(command.seller_id)).give_info(info)
    await forget_question(seller.id, uow)
    await uow.sellers.save(seller)
    uow.publish(given)
    return seller
