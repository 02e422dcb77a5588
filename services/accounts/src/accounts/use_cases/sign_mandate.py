"""A seller signs the invoicing mandate and may sell from then on."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import MandateNotAccepted
from accounts.domain.mandates import check_mandate_version
from accounts.domain.seller import Mandate, Seller
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class SignMandate:
    """`at` is real time: a signature is a real-time fact."""

    seller_id: Id
    version: str
    accepted: bool
    signatory: str
    at: datetime


async def sign_mandate(command: SignMandate, uow: UnitOfWork, now: datetime) -> Seller:
    """The current text, accepted, by somebody with a name, for a company that has been activated."""
    seller = await uow.sellers.get(command.seller_id)
    (await uow.companies.get(command.seller_id)).must_be_active()
    if not command.accepted:
        raise MandateNotAccepted()
    check_mandate_version(command.version)
    seller, activated = seller.sign_mandate(Mandate(command.version, command.signatory, command.at))
    await uow.sellers.save(seller)
    uow.publish(activated)
    return seller
