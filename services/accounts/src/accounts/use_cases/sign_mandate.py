"""A seller signs the invoicing mandate and may sell from then on."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import MandateNotAccepted, MandateTextDiffers
from accounts.domain.mandates import MandateAct, check_mandate_version, current_mandate
from accounts.domain.seller import Mandate, Seller, SellerState
from accounts.use_cases.ask_tax_data import AskTaxData, ask_tax_data
from accounts.use_cases.forget_mandate_renewal import forget_mandate_renewal
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class SignMandate:
    """`at` is real time: a signature is a real-time fact. `sha256` is of the text that was read, if the signer says so."""

    seller_id: Id
    version: str
    accepted: bool
    signatory: str
    signed_by: Id
    at: datetime
    sha256: str | None = None


async def sign_mandate(command: SignMandate, markets: Markets, uow: UnitOfWork, now: datetime) -> Seller:
    """The current text, accepted, by somebody with a name, for a company that has been activated."""
    seller = await uow.sellers.get(command.seller_id)
    company = await uow.companies.get(command.seller_id)
    company.must_be_active()
    if not command.accepted:
        raise MandateNotAccepted()
    check_mandate_version(command.version)
    sha256 = current_mandate().sha256(company.language)
    if command.sha256 not in (None, sha256):
        raise MandateTextDiffers(sha256=sha256)
    mandate = Mandate(command.version, command.signatory, command.at, sha256, command.signed_by)
    seller, signed = seller.sign(mandate)
    await uow.sellers.save(seller)
    uow.publish(signed)
    act = MandateAct(seller.id, "signed", mandate.version, sha256, mandate.signatory, command.signed_by, command.at)
    await uow.mandate_log.append(act)
    await forget_mandate_renewal(seller.id, uow)
    if seller.tax is None and seller.state is SellerState.ACTIVE:
        seller = await ask_tax_data(AskTaxData(seller.id), markets, uow, now)
    return seller
