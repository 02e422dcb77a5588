"""Signing up and applying: what is checked, what is kept, what is told to others."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from accounts.clients.market_files import MarketFiles
from accounts.domain import events
from accounts.domain.company import CompanyState
from accounts.domain.errors import CountryNotServed, MarketHasItsSeller, MarketsMissing, VatNumbersMissing
from accounts.domain.seller import SellerState
from accounts.domain.values import Contact
from accounts.use_cases.apply_as_seller import apply_as_seller
from accounts.use_cases.ask_register import CHECK_VAT_NUMBER
from accounts.use_cases.register_buyer import register_buyer
from accounts.use_cases.wish_for_mail import MailWish
from chassis.kernel.errors import DomainError
from chassis.kernel.ids import derived_id
from chassis.kernel.numbers import IbanInvalid, RegistrationNumberInvalid, VatNumberInvalid
from chassis.kernel.policy import UnknownMarket
from chassis.policy_files import load_markets
from services.accounts.tests.builders import (
    FRENCH_VAT,
    IBAN,
    NOW,
    REAL,
    RULES,
    SIREN,
    KnownMarkets,
    MemoryAccounts,
    a_seller,
    a_sign_up,
    a_user,
    an_application,
    some_details,
)

MARKETS = KnownMarkets()
SHIPPED = MarketFiles(load_markets(Path(__file__).parents[4] / "markets"))


async def test_a_buyer_waits_for_activation_and_its_person_has_a_link() -> None:
    uow = MemoryAccounts()
    opened = await register_buyer(a_sign_up(), MARKETS, uow, NOW)
    company, user = uow.companies.rows[opened.company.id], uow.users.rows[opened.user.id]
    assert (company.state, company.market, company.language) == (CompanyState.PENDING_ACTIVATION, "fr-pro", "fr")
    assert (company.registration_number, company.vat_numbers[0].number) == (SIREN, FRENCH_VAT)
    assert user.link is not None
    assert user.link.expires_at == REAL + RULES.link_valid_for
    (registered,) = uow.published(events.CompanyRegistered)
    assert (registered.kind, registered.market, registered.user_id, registered.seq) == ("buyer", "fr-pro", user.id, 1)


async def test_the_register_is_asked_at_once_about_each_number() -> None:
    uow = MemoryAccounts()
    numbers = {"FR": FRENCH_VAT, "DE": "DE136695976"}
    opened = await apply_as_seller(an_application(details=some_details(vat_numbers=numbers)), MARKETS, uow, NOW)
    asked = {payload["number"] for kind, _, payload in uow.timers.fire(NOW) if kind == CHECK_VAT_NUMBER}
    assert asked == {FRENCH_VAT, "DE136695976"}
    assert uow.timers.due(CHECK_VAT_NUMBER, derived_id(opened.company.id, FRENCH_VAT)) is None


async def test_a_buyer_without_a_vat_number_is_served_and_nothing_is_asked() -> None:
    uow = MemoryAccounts()
    await register_buyer(a_sign_up(vat_numbers={}), MARKETS, uow, NOW)
    assert not uow.has_set_timers()


@pytest.mark.parametrize(
    ("sign_up", "refusal"),
    [
        (a_sign_up("no-such-market"), UnknownMarket),
        (a_sign_up(country="DK", registration_number="13585628", vat_numbers={}), CountryNotServed),
        (a_sign_up(registration_number="732829321"), RegistrationNumberInvalid),
        (a_sign_up(vat_numbers={"FR": "FR45732829320"}), VatNumberInvalid),
    ],
)
async def test_a_wrong_sign_up_is_refused_by_name_and_nothing_is_published(
    sign_up: Any, refusal: type[DomainError]
) -> None:
    uow = MemoryAccounts(users=[a_user()])
    with pytest.raises(refusal):
        await register_buyer(sign_up, MARKETS, uow, NOW)
    assert uow.collected() == []


@pytest.mark.parametrize(
    "sign_up",
    [
        partial(register_buyer, a_sign_up(contact=Contact("Somebody Else", " CAMILLE@reparo.example"))),
        partial(
            apply_as_seller,
            an_application(details=some_details(contact=Contact("Somebody Else", "camille@reparo.example"))),
        ),
    ],
)
async def test_an_address_with_an_account_looks_like_any_other_and_only_its_owner_hears_of_it(sign_up: Any) -> None:
    owner = a_user()
    uow = MemoryAccounts(users=[owner])
    opened = await sign_up(MARKETS, uow, NOW)
    assert opened.company.state is CompanyState.PENDING_ACTIVATION
    assert (list(uow.users.rows), uow.companies.rows, uow.sellers.rows) == ([owner.id], {}, {})
    assert uow.collected() == []
    assert list(uow.timers.open) == [(MailWish.PASSWORD, owner.id)]


async def test_an_application_is_submitted_with_a_prefix_of_its_own() -> None:
    uow = MemoryAccounts(sellers=[a_seller(invoice_prefix="REPA")])
    opened = await apply_as_seller(an_application(), MARKETS, uow, NOW)
    seller = uow.sellers.rows[opened.company.id]
    assert (seller.state, seller.version, seller.payout_iban) == (SellerState.SUBMITTED, 1, IBAN)
    assert seller.invoice_prefix == "REPA2"
    (registered,) = uow.published(events.CompanyRegistered)
    assert (registered.kind, registered.market) == ("seller", None)
    (submitted,) = uow.published(events.SellerSubmitted)
    assert (submitted.aggregate_id, submitted.markets) == (opened.company.id, ("fr-pro",))


@pytest.mark.parametrize(
    ("application", "refusal"),
    [
        (an_application(markets=()), MarketsMissing),
        (an_application(markets=("fr-pro", "no-such-market")), UnknownMarket),
        (an_application(markets=("fr-pro", "be-shop")), MarketHasItsSeller),
        (an_application(payout_iban="FR76 3000 6000 0112 3456 7890 180"), IbanInvalid),
        (an_application(details=some_details(vat_numbers={"DE": "DE136695976"})), VatNumbersMissing),
        (an_application(details=some_details(registration_number="1")), RegistrationNumberInvalid),
    ],
)
async def test_a_wrong_application_is_refused_by_name(application: Any, refusal: type[DomainError]) -> None:
    uow = MemoryAccounts(sellers=[a_seller(markets=("be-shop",), state=SellerState.ACTIVE, invoice_prefix="SHOP")])
    with pytest.raises(refusal):
        await apply_as_seller(application, MARKETS, uow, NOW)
    assert uow.published(events.SellerSubmitted) == []


async def test_an_application_that_waits_takes_no_place_in_a_market_of_one() -> None:
    uow = MemoryAccounts(sellers=[a_seller(markets=("be-shop",), invoice_prefix="SHOP")])
    opened = await apply_as_seller(an_application(markets=("be-shop",)), MARKETS, uow, NOW)
    assert uow.sellers.rows[opened.company.id].markets == ("be-shop",)


@pytest.mark.policy("A1", "*")
@pytest.mark.parametrize(
    ("market", "model"),
    [
        ("fr-pro", "marketplace"),
        ("be-shop", "single seller"),
        ("dk-shop", "single seller"),
        ("uk-shop", "single seller"),
        ("nl-market", "marketplace"),
    ],
)
async def test_a_shop_has_one_seller_and_a_marketplace_many(market: str, model: str) -> None:
    uow = MemoryAccounts(sellers=[a_seller(markets=(market,), state=SellerState.ACTIVE, invoice_prefix="SHOP")])
    application = an_application(markets=(market,))
    if model == "single seller":
        with pytest.raises(MarketHasItsSeller):
            await apply_as_seller(application, SHIPPED, uow, NOW)
    else:
        opened = await apply_as_seller(application, SHIPPED, uow, NOW)
        assert uow.sellers.rows[opened.company.id].markets == (market,)


@pytest.mark.policy("A3", "fr-pro")
@pytest.mark.parametrize("number", ["", "1", "123456789"])
async def test_only_registered_companies_open_an_account(number: str) -> None:
    uow = MemoryAccounts()
    with pytest.raises(RegistrationNumberInvalid):
        await register_buyer(a_sign_up(registration_number=number), MARKETS, uow, NOW)
    assert not uow.companies.rows
