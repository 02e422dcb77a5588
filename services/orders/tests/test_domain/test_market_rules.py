"""What the shipped markets make of an order; expected values are counted by hand from the policy table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.policy_files import load_markets
from orders.domain.cancellation import free_from, is_excused, must_free_seller, way_out
from orders.domain.cancellation_request import DelayReason
from orders.domain.delivery_terms import FailureReason
from orders.domain.errors import (
    AreaNotServed,
    CancellationByWithdrawalOnly,
    CancellationReasonNotAccepted,
    CarrierNotAccepted,
    CountryNotServed,
    CurrencyNotAccepted,
    DelayComesFirst,
    SellerOrderMoveRefused,
)
from orders.domain.hold import hold_from
from orders.domain.policies import OrderRules, rules_of
from orders.domain.pricing import PricedSale, Sale, price_sale
from orders.domain.seller_order import SellerOrderState, ship_by_of
from services.orders.tests.builders import MARKETS, SELLER, a_held_line, a_party, a_seller_order, a_sold_line

LOADED = load_markets(MARKETS)
TODAY = date(2026, 11, 23)
# Monday, 10:00 in Paris. Wednesday the 11th is Armistice Day in France and Belgium, and a business day elsewhere.
MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


def the_rules(market: str) -> OrderRules:
    return rules_of(LOADED.pack(market, TODAY))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.policy("L3", "*")
@pytest.mark.parametrize(
    ("market", "second_business_day_ends"),
    [
        ("fr-pro", "2026-11-12 23:00"),
        ("be-shop", "2026-11-12 23:00"),
        ("dk-shop", "2026-11-11 23:00"),
        ("uk-shop", "2026-11-12 00:00"),
        ("nl-market", "2026-11-11 23:00"),
    ],
)
def test_business_days_of_the_hold_are_those_of_the_markets_country(market: str, second_business_day_ends: str) -> None:
    first, _ = hold_from(the_rules(market), MONDAY).reminders
    assert (first.after_business_days, first.at) == (2, utc(second_business_day_ends))


@pytest.mark.policy("C3", "fr-pro", "nl-market")
@pytest.mark.policy("C4", "fr-pro", "be-shop", "dk-shop", "nl-market")
@pytest.mark.parametrize(
    ("market", "until"),
    [
        # 10, 12, 13, 16, 17.
        ("fr-pro", "2026-11-17 22:59:59"),
        ("be-shop", "2026-11-17 22:59:59"),
        # 10, 11, 12, 13, 16.
        ("dk-shop", "2026-11-16 22:59:59"),
        ("nl-market", "2026-11-16 22:59:59"),
    ],
)
def test_an_unpaid_order_ends_with_the_fifth_business_day(market: str, until: str) -> None:
    hold = hold_from(the_rules(market), MONDAY)
    assert hold.until == utc(until)
    assert (hold.acts_at - hold.until).total_seconds() == 1


@pytest.mark.policy("C4", "uk-shop")
def test_a_british_order_ends_seven_days_after_the_last_reminder() -> None:
    # The reminder after the fourth business day, Friday the 13th, comes as Saturday begins; a week later is the 21st.
    hold = hold_from(the_rules("uk-shop"), MONDAY)
    assert hold.reminders[-1].at == utc("2026-11-14 00:00")
    assert hold.until == utc("2026-11-21 23:59:59")


@pytest.mark.policy("C9", "fr-pro", "be-shop", "uk-shop", "nl-market")
@pytest.mark.parametrize(
    ("market", "served", "refused"),
    [
        ("fr-pro", "FR ES DE IT BE AT NL FI PT US", "DK GB LU PL"),
        ("be-shop", "BE NL DE FR LU", "IT ES US"),
        ("dk-shop", "DK DE NL FR SE GB", "US CA"),
        ("uk-shop", "GB IE", "FR DE US"),
        ("nl-market", "NL", "BE DE FR"),
    ],
)
def test_goods_go_to_the_countries_of_the_market_and_to_no_other(market: str, served: str, refused: str) -> None:
    rules = the_rules(market)
    for country in served.split():
        rules.must_deliver_to(country, "10115")
    for country in refused.split():
        with pytest.raises(CountryNotServed):
            rules.must_deliver_to(country, "10115")


@pytest.mark.policy("C9", "fr-pro", "be-shop")
@pytest.mark.parametrize("market", ["fr-pro", "be-shop"])
@pytest.mark.parametrize("postal_code", ["97100", "97 400", "98800"])
def test_overseas_france_is_not_delivered_to(market: str, postal_code: str) -> None:
    with pytest.raises(AreaNotServed):
        the_rules(market).must_deliver_to("FR", postal_code)


_REASONS = {
    "fr-pro": {"out_of_stock"},
    "be-shop": {"out_of_stock"},
    # An obvious price error binds nobody in these two (row B9).
    "dk-shop": {"out_of_stock", "price_error"},
    "uk-shop": {"out_of_stock", "credit_reference", "price_error", "deadline"},
    "nl-market": {"out_of_stock"},
}


@pytest.mark.policy("C2", "fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market")
@pytest.mark.policy("B9", "dk-shop")
@pytest.mark.parametrize("market", sorted(_REASONS))
@pytest.mark.parametrize("reason", ["out_of_stock", "credit_reference", "price_error", "deadline"])
def test_a_seller_is_free_of_a_paid_order_for_the_reasons_of_its_market(market: str, reason: str) -> None:
    late = a_seller_order(state=SellerOrderState.TO_SHIP, ship_by=MONDAY - timedelta(days=1))
    if reason in _REASONS[market]:
        must_free_seller(late, reason, the_rules(market), MONDAY)
        return
    with pytest.raises(CancellationReasonNotAccepted) as refused:
        must_free_seller(late, reason, the_rules(market), MONDAY)
    assert set(refused.value.facts["accepted"]) == _REASONS[market]


@pytest.mark.policy("C5", "*")
@pytest.mark.parametrize("state", [SellerOrderState.TO_SHIP, SellerOrderState.AWAITING_ACCEPTANCE])
@pytest.mark.parametrize(
    ("market", "way"),
    [
        ("fr-pro", "asks its seller"),
        ("be-shop", "cancelled_by_buyer"),
        ("dk-shop", "never"),
        ("uk-shop", "asks its seller"),
        ("nl-market", "asks its seller"),
    ],
)
def test_what_is_paid_ends_as_its_market_lets_a_buyer_go(market: str, way: str, state: SellerOrderState) -> None:
    part = a_seller_order(state=state, ship_by=MONDAY + timedelta(days=1))
    if way == "never":
        with pytest.raises(CancellationByWithdrawalOnly):
            way_out(part, the_rules(market), MONDAY)
        return
    assert way_out(part, the_rules(market), MONDAY) == (None if way == "asks its seller" else way)
    # Wherever it is: once a parcel has left nothing is cancelled any more.
    with pytest.raises(SellerOrderMoveRefused):
        way_out(replace(part, state=SellerOrderState.SHIPPED), the_rules(market), MONDAY)


@pytest.mark.policy("F8", "*")
@pytest.mark.parametrize(
    ("market", "ship_from", "ship_by", "free"),
    [
        # Monday the 9th: Tuesday and, with Wednesday a holiday in France and Belgium, Thursday there; else Wednesday.
        ("fr-pro", "FR", "2026-11-09 22:59:59", "2026-11-12 23:00"),
        ("be-shop", "BE", "2026-11-09 22:59:59", "2026-11-12 23:00"),
        ("dk-shop", "DK", "2026-11-09 22:59:59", "2026-11-11 23:00"),
        ("uk-shop", "GB", "2026-11-09 23:59:59", "2026-11-12 00:00"),
        ("nl-market", "NL", "2026-11-09 22:59:59", "2026-11-11 23:00"),
    ],
)
def test_a_buyer_is_free_two_business_days_after_what_was_promised(
    market: str, ship_from: str, ship_by: str, free: str
) -> None:
    rules = the_rules(market)
    part = a_seller_order(
        state=SellerOrderState.TO_SHIP, ship_by=utc(ship_by), lines=(a_sold_line(ship_from=ship_from),)
    )
    late, told = part.mark_late(free_from(part, rules), at=utc(ship_by) + timedelta(seconds=1))
    assert (told.buyer_id, told.buyer_may_cancel_from) == (part.buyer_id, utc(free))
    assert way_out(late, rules, utc(free)) == "late_shipment"
    assert not late.is_buyer_free(utc(free) - timedelta(seconds=1))


@pytest.mark.policy("F8", "be-shop", "dk-shop", "uk-shop")
@pytest.mark.parametrize(
    ("market", "excused"),
    [
        ("fr-pro", set[str]()),
        ("be-shop", {"busy_period"}),
        ("dk-shop", set[str]()),
        ("uk-shop", {"outside_control"}),
        ("nl-market", set[str]()),
    ],
)
def test_a_delay_is_excused_for_what_its_market_understands_and_only_if_told_in_time(
    market: str, excused: set[str]
) -> None:
    part = a_seller_order(state=SellerOrderState.TO_SHIP, ship_by=MONDAY)
    in_time, too_late = MONDAY, MONDAY + timedelta(seconds=1)
    assert {reason for reason in DelayReason if is_excused(part, reason, the_rules(market), in_time)} == excused
    assert not any(is_excused(part, reason, the_rules(market), too_late) for reason in DelayReason)


@pytest.mark.policy("C10", "dk-shop")
@pytest.mark.policy("F8", "dk-shop")
def test_a_stock_out_that_is_a_delay_is_told_to_its_buyer_before_it_may_end() -> None:
    rules, day_after = the_rules("dk-shop"), MONDAY + timedelta(days=1)
    part = a_seller_order(state=SellerOrderState.TO_SHIP, ship_by=day_after)
    with pytest.raises(DelayComesFirst) as refused:
        must_free_seller(part, "out_of_stock", rules, MONDAY)
    assert refused.value.facts["buyer_was_told"] is False
    told, event = part.announce_delay(
        DelayReason.OUT_OF_STOCK,
        date(2026, 11, 30),
        excused=is_excused(part, DelayReason.OUT_OF_STOCK, rules, MONDAY),
        at=MONDAY,
    )
    assert (event.buyer_id, event.reason, event.expected_on) == (part.buyer_id, "out_of_stock", date(2026, 11, 30))
    # It is a delay all the same until its date is over; then both sides are free of it.
    with pytest.raises(DelayComesFirst) as still:
        must_free_seller(told, "out_of_stock", rules, day_after)
    assert still.value.facts["buyer_was_told"] is True
    must_free_seller(told, "out_of_stock", rules, day_after + timedelta(seconds=1))


@pytest.mark.policy("C10", "fr-pro", "be-shop", "nl-market")
@pytest.mark.parametrize("market", sorted(_REASONS))
def test_a_stock_out_ends_a_paid_order_at_once_except_where_it_is_a_delay_first(market: str) -> None:
    in_time = a_seller_order(state=SellerOrderState.TO_SHIP, ship_by=MONDAY + timedelta(days=1))
    if market != "dk-shop":
        must_free_seller(in_time, "out_of_stock", the_rules(market), MONDAY)
        return
    with pytest.raises(DelayComesFirst):
        must_free_seller(in_time, "out_of_stock", the_rules(market), MONDAY)
    must_free_seller(in_time, "out_of_stock", the_rules(market), MONDAY + timedelta(days=2))


@pytest.mark.policy("L4", "*")
@pytest.mark.parametrize(
    ("market", "price_country", "usual", "also", "refused"),
    [
        ("fr-pro", "FR", "EUR", "EUR", "GBP"),
        ("be-shop", "LU", "EUR", "EUR", "DKK"),
        ("dk-shop", "DK", "EUR", "DKK", "SEK"),
        ("uk-shop", "GB", "GBP", "EUR", "USD"),
        ("uk-shop", "IE", "EUR", "GBP", "USD"),
        ("nl-market", "NL", "EUR", "EUR", "GBP"),
    ],
)
def test_an_order_is_in_a_currency_of_the_market(
    market: str, price_country: str, usual: str, also: str, refused: str
) -> None:
    rules = the_rules(market)
    assert rules.currency(None, price_country) == usual
    assert rules.currency(also, price_country) == also
    with pytest.raises(CurrencyNotAccepted):
        rules.currency(refused, price_country)


@pytest.mark.policy("B8", "*")
@pytest.mark.parametrize(
    ("market", "country", "currency", "vat_number", "net", "gross"),
    [
        # 125.00 shown; 20, 21, 25, 20 and 21 % of VAT, on top or inside.
        ("fr-pro", "FR", "EUR", "FR44732829320", 12_500, 15_000),
        ("be-shop", "BE", "EUR", "BE0403170701", 12_500, 15_125),
        ("dk-shop", "DK", "EUR", "DK13585628", 10_000, 12_500),
        ("uk-shop", "GB", "GBP", "GB980780684", 10_417, 12_500),
        ("nl-market", "NL", "EUR", "NL123456782B90", 12_500, 15_125),
    ],
)
def test_a_shown_price_is_without_or_with_vat(
    market: str, country: str, currency: str, vat_number: str, net: int, gross: int
) -> None:
    sale = Sale(
        rules=the_rules(market),
        seller=a_party(SELLER, country=country, vat=vat_number),
        buyer_vat=a_party(vat=None).vat_towards(country),
        delivery_country=country,
        delivery_postal_code="1000",
        currency=currency,
        on=TODAY,
    )
    priced = price_sale(sale, [a_held_line(1, quantity=1, unit_price=12_500, ship_from=country)], 0)
    assert isinstance(priced, PricedSale), priced
    assert (priced.totals.net, priced.totals.gross) == (net, gross)


@pytest.mark.policy("F4", "*")
@pytest.mark.parametrize(
    ("market", "country", "taken", "refused"),
    [
        ("fr-pro", "FR", "chronopost dhl", ""),
        ("be-shop", "BE", "bpost dhl", ""),
        ("dk-shop", "DK", "gls", "dhl ups postnord"),
        ("dk-shop", "DE", "dhl gls ups", "dpd"),
        ("uk-shop", "IE", "anpost dpd", ""),
        ("nl-market", "NL", "postnl", ""),
    ],
)
def test_parcels_travel_with_the_carriers_of_the_market(market: str, country: str, taken: str, refused: str) -> None:
    rules = the_rules(market)
    for carrier in taken.split():
        rules.must_use_carrier(carrier, country)
    for carrier in refused.split():
        with pytest.raises(CarrierNotAccepted):
            rules.must_use_carrier(carrier, country)


@pytest.mark.policy("F3", "*")
@pytest.mark.parametrize(
    ("market", "ship_from", "one_o_clock"),
    [
        ("fr-pro", "FR", "12:00:00"),
        ("be-shop", "BE", "12:00:00"),
        ("dk-shop", "DK", "12:00:00"),
        ("uk-shop", "GB", "13:00:00"),
        ("nl-market", "NL", "12:00:00"),
    ],
)
def test_what_is_paid_after_one_o_clock_leaves_a_business_day_later(
    market: str, ship_from: str, one_o_clock: str
) -> None:
    line = a_sold_line(1, ship_from=ship_from, dispatch_business_days=1)
    sharp = utc(f"2026-11-23 {one_o_clock}")
    days = [
        ship_by_of((line,), the_rules(market), paid)[0].date()
        for paid in (sharp, sharp + timedelta(seconds=1), utc("2026-11-27 16:00"))
    ]
    # Monday, Tuesday; and Friday afternoon leads to Monday.
    assert days == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 30)]


@pytest.mark.policy("F6", "fr-pro", "be-shop", "dk-shop", "nl-market")
def test_refusing_a_parcel_is_no_cancellation_and_another_attempt_costs_nothing() -> None:
    for market in ("fr-pro", "be-shop", "dk-shop", "nl-market"):
        terms = the_rules(market).delivery_terms
        assert not any(terms.ends_by(reason) for reason in FailureReason)
        assert (terms.redelivery_charged, terms.charged_at_cost, terms.seller_may_end) == (False, (), False)


@pytest.mark.policy("F6", "uk-shop")
def test_storage_and_another_attempt_may_be_charged_at_cost_and_the_seller_may_end_it() -> None:
    terms = the_rules("uk-shop").delivery_terms
    assert not any(terms.ends_by(reason) for reason in FailureReason)
    assert terms.redelivery_charged
    assert set(terms.charged_at_cost) == {"storage", "redelivery"}
    assert terms.seller_may_end
