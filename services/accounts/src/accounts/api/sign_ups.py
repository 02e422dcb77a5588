"""Sign-up of buyers and applications of sellers: open to everybody."""

import hashlib
from functools import partial

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import shapes
from accounts.api.even_time import SIGN_UP, no_sooner_than
from accounts.api.schemas import AddressBody, BuyerRequest, CompanyRequest, SignedUpBody
from accounts.api.seller_schemas import SellerRequest
from accounts.api.state import Given
from accounts.domain.email_address import same_email
from accounts.domain.values import Address, Contact
from accounts.use_cases.apply_as_seller import ApplyAsSeller, apply_as_seller
from accounts.use_cases.open_account import CompanyDetails
from accounts.use_cases.register_buyer import RegisterBuyer, register_buyer
from chassis.kernel.clock import real_now
from chassis.web.writes import Write

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.post("/companies", status_code=status.HTTP_201_CREATED, response_model=SignedUpBody)
async def register_company(body: BuyerRequest, write: Write, given: Given) -> Response:
    """Sign a business up to buy in a market. Its first person gets a mail with a link to set a password.

    An address that has an account is answered alike, with ids that lead nowhere, and no sooner: nobody can find out who has one.
    Its owner gets a mail with which to go on in the account that is there.
    """
    vat_numbers = {body.country: body.vat_number} if body.vat_number else {}
    command = RegisterBuyer(_details(body, vat_numbers), body.market, real_now())
    work = partial(register_buyer, command, given.markets)
    async with no_sooner_than(SIGN_UP):
        return await write.answer(_tenant(body), work, shapes.signed_up, status=status.HTTP_201_CREATED)


@router.post("/sellers", status_code=status.HTTP_201_CREATED, response_model=SignedUpBody)
async def apply_to_sell(body: SellerRequest, write: Write, given: Given) -> Response:
    """Apply as a seller. The person gets the activation mail, and signs in to go on.

    What is missing may follow: `GET /v1/sellers/me` lists it, and `POST /v1/sellers/me/submission` hands the case in. A complete
    application is submitted at once; the operator decides about it.
    """
    command = ApplyAsSeller(_details(body, dict(body.vat_numbers)), body.change(), real_now())
    work = partial(apply_as_seller, command, given.markets)
    async with no_sooner_than(SIGN_UP):
        return await write.answer(_tenant(body), work, shapes.signed_up, status=status.HTTP_201_CREATED)


def _details(body: CompanyRequest, vat_numbers: dict[str, str]) -> CompanyDetails:
    return CompanyDetails(
        legal_name=body.legal_name,
        country=body.country,
        registration_number=body.registration_number,
        vat_numbers=vat_numbers,
        address=_address(body.address),
        contact=Contact(body.contact.name, body.contact.email, body.contact.phone),
        legal_form=body.legal_form,
        share_capital=body.share_capital,
    )


def _address(body: AddressBody) -> Address:
    return Address(body.street, body.postal_code, body.city, body.country)


def _tenant(body: CompanyRequest) -> str:
    """Strangers have no tenant yet: their idempotency keys are kept apart by a hash of the address they sign up with."""
    return f"sign-up/{hashlib.sha256(same_email(body.contact.email).encode()).hexdigest()}"
