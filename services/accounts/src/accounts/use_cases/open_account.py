"""The step that buyers and sellers share: keep the company and its first person, and have the VAT numbers checked."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company, CompanyKind, CompanyState
from accounts.domain.email_address import new_address
from accounts.domain.errors import EmailInUse
from accounts.domain.link_tokens import new_nonce
from accounts.domain.names import check_names
from accounts.domain.policies import MarketRules
from accounts.domain.user import Link, User, UserState
from accounts.domain.values import Address, Contact, vat_number
from accounts.use_cases.ask_register import ask_register
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.wish_for_mail import MailWish, WishForMail, wish_for_mail
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import new_id
from chassis.kernel.numbers import check_registration_number


@dataclass(frozen=True)
class CompanyDetails:
    """What a company says about itself; numbers as typed, `vat_numbers` by ISO country."""

    legal_name: str
    country: str
    registration_number: str
    vat_numbers: dict[str, str]
    address: Address
    contact: Contact
    legal_form: str | None = None
    share_capital: str | None = None


@dataclass(frozen=True)
class OpenedAccount:
    """The new company and its first person. Both are made up (not `is_new`) where the address has an account already."""

    company: Company
    user: User
    is_new: bool = True


async def open_account(
    details: CompanyDetails,
    kind: CompanyKind,
    market: str | None,
    rules: MarketRules,
    at: datetime,
    uow: UnitOfWork,
    now: datetime,
) -> OpenedAccount:
    """Check the numbers offline, keep company and person, publish the sign-up. `at` is real time, `now` business time.

    Whoever signs up learns nothing about an address that has an account: the answer looks the same, nothing is kept, and
    the mail that arrives there leads into the account that is there.
    """
    check_names(
        legal_name=details.legal_name,
        legal_form=details.legal_form,
        contact_name=details.contact.name,
        street=details.address.street,
        city=details.address.city,
    )
    company = Company(
        id=new_id(),
        version=1,
        kind=kind,
        state=CompanyState.PENDING_ACTIVATION,
        market=market,
        legal_name=details.legal_name,
        country=details.country,
        registration_number=check_registration_number(details.country, details.registration_number),
        vat_numbers=tuple(vat_number(country, typed) for country, typed in details.vat_numbers.items()),
        address=details.address,
        contact=details.contact,
        language=rules.language,
        legal_form=details.legal_form,
        share_capital=details.share_capital,
    )
    email = new_address(details.contact.email)
    user = User(
        id=new_id(),
        version=1,
        company_id=company.id,
        kind=kind,
        state=UserState.PENDING,
        email=email,
        name=details.contact.name,
        link=Link(new_nonce(), at + rules.link_valid_for, at, rules.link_valid_for),
    )
    if await uow.users.find_by_email(email) is not None:
        await wish_for_mail(WishForMail(MailWish.PASSWORD, email), uow, now)
        return OpenedAccount(company, user, is_new=False)
    await uow.companies.add(company)
    try:
        await uow.users.add(user)
    except EmailInUse as rival:
        # A rival was quicker by an instant: run again, this finds the rival's account.
        raise StaleVersion(id=str(user.id)) from rival
    uow.publish(company.registered(user.id))
    await ask_register(company.id, company.vat_numbers, uow, now)
    return OpenedAccount(company, user)
