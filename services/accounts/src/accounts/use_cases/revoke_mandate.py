"""A seller takes the invoicing mandate back: it sells no more until it signs anew."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.mandates import MandateAct
from accounts.domain.seller import Seller
from accounts.use_cases.forget_mandate_renewal import forget_mandate_renewal
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RevokeMandate:
    """`at` is real time, as for the signature."""

    seller_id: Id
    revoked_by: Id
    at: datetime


async def revoke_mandate(command: RevokeMandate, uow: UnitOfWork, now: datetime) -> Seller:
    """No new orders. What is shipped of the open ones waits for its invoice until the seller signs anew."""
    before = await uow.sellers.get(command.seller_id)
    seller, suspended = before.revoke_mandate(command.at)
    assert seller.mandate is not None, "what was taken back was signed"
    await uow.sellers.save(seller)
    uow.publish(suspended)
    signed = seller.mandate
    act = MandateAct(
        seller.id, "revoked", signed.version, signed.sha256, signed.signatory, command.revoked_by, command.at
    )
    await uow.mandate_log.append(act)
    await forget_mandate_renewal(seller.id, uow)
    return seller
