"""A refurbisher applies to sell in one or more markets."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import CompanyKind
from accounts.domain.errors import MarketHasItsSeller, MarketsMissing, VatNumbersMissing
from accounts.domain.invoice_prefix import invoice_prefix
from accounts.domain.policies import MarketRules
from accounts.domain.seller import Regime, Seller, SellerState
from accounts.domain.values import Address
from accounts.use_cases.open_account import CompanyDetails, OpenedAccount, open_account
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.numbers import check_iban


@dataclass(frozen=True)
class ApplyAsSeller:
    """`at` is real time. Goods go out from, and may come back to, the countries with a VAT number."""

    details: CompanyDetails
    markets: tuple[str, ...]
    regimes: tuple[Regime, ...]
    payout_iban: str
    payout_holder: str
    return_address: Address
    support_phone: str
    at: datetime


async def apply_as_seller(command: ApplyAsSeller, markets: Markets, uow: UnitOfWork, now: datetime) -> OpenedAccount:
    """Markets, numbers, IBAN and e-mail address are checked; the operator decides later."""
    if not command.markets:
        raise MarketsMissing()
    rules = [markets.rules(market, now.date()) for market in command.markets]
    await _check_places(rules, uow)
    if command.details.address.country not in command.details.vat_numbers:
        raise VatNumbersMissing(country=command.details.address.country)
    payout_iban = check_iban(command.payout_iban)
    opened = await open_account(command.details, CompanyKind.SELLER, None, rules[0], command.at, uow, now)
    draft = Seller(
        id=opened.company.id,
        version=0,
        state=SellerState.DRAFT,
        markets=command.markets,
        regimes=command.regimes,
        payout_iban=payout_iban,
        payout_holder=command.payout_holder,
        return_address=command.return_address,
        support_phone=command.support_phone,
        invoice_prefix=invoice_prefix(command.details.legal_name, await uow.sellers.invoice_prefixes()),
    )
    seller, submitted = draft.submit()
    await uow.sellers.add(seller)
    uow.publish(submitted)
    return opened


async def _check_places(markets: list[MarketRules], uow: UnitOfWork) -> None:
    # In one order for everybody, because asking about a market makes rivals wait for each other.
    for rules in sorted(markets, key=lambda rules: rules.market):
        if rules.single_seller and await uow.sellers.has_admitted(rules.market):
            raise MarketHasItsSeller(market=rules.market)
