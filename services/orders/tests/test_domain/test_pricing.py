"""VAT and sums of a seller's part: by the rules, and nothing appears or vanishes."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.domain.money import Totals, sum_of
from orders.domain.policies import OrderRules
from orders.domain.pricing import PricedSale, Sale, price_sale
from orders.domain.reservation import ChosenOption, HeldLine, IncludedLevy
from services.orders.tests.builders import RULES, SELLER, a_held_line, a_party

TODAY = date(2026, 11, 23)
DANISH = replace(
    RULES, price_basis="gross", price_vat_country="DK", delivery_countries=("DK", "DE"), market_calendar="DK"
)


def a_sale(
    rules: OrderRules = RULES, *, to: str = "FR", seller_country: str = "FR", seller_vat: str = "FR44732829320"
) -> Sale:
    return Sale(
        rules=rules,
        seller=a_party(SELLER, country=seller_country, vat=seller_vat),
        # Without a VAT number the standard rate of the place of dispatch applies.
        buyer_vat=a_party(vat=None).vat_towards(to),
        delivery_country=to,
        delivery_postal_code="75002",
        currency="EUR",
        on=TODAY,
    )


def priced(sale: Sale, *lines: HeldLine, fee: int = 0) -> PricedSale:
    result = price_sale(sale, lines, fee)
    assert isinstance(result, PricedSale), result
    return result


def test_the_worked_example_of_two_sellers() -> None:
    """E1: A = 2 x 389.00 + 512.50 + 9.90 shipping, 20 %; B = 3 x 215.00 + 6.00 under the margin scheme."""
    a = priced(
        a_sale(),
        a_held_line(1, quantity=2, unit_price=38_900),
        a_held_line(2, quantity=1, unit_price=51_250),
        fee=990,
    )
    assert a.totals == Totals(130_040, 26_008, 0, 156_048)
    b = priced(a_sale(), a_held_line(3, quantity=3, unit_price=21_500, vat_regime="margin"), fee=600)
    assert b.totals == Totals(65_100, 0, 0, 65_100)
    assert [line.vat.category for line in b.lines] == ["E"]
    assert sum_of([a.totals, b.totals]).gross == 221_148


def test_options_and_levies_stand_on_the_basis_of_the_price_that_holds_them() -> None:
    line = a_held_line(
        unit_price=41_400,
        options=(ChosenOption("windows_11_pro", "operating_system", "Windows 11 Pro", 2_500),),
        levies=(IncludedLevy("private_copying", 840),),
    )
    (french,) = priced(a_sale(), line).lines
    assert (french.net, french.options[0].price, french.levies[0].amount) == (41_400, 2_500, 840)
    # A Danish price includes 25 % VAT. Sold from France to a French buyer that VAT is not asked for, so it is taken out of
    # the price and of its parts alike: 414.00 / 1.25 = 331.20, 25.00 / 1.25 = 20.00, 8.40 / 1.25 = 6.72.
    rules = replace(DANISH, delivery_countries=("FR",))
    (taken_out,) = priced(a_sale(rules), line).lines
    assert (taken_out.unit_price, taken_out.options[0].price, taken_out.levies[0].amount) == (33_120, 2_000, 672)


def test_goods_that_may_not_be_sold_there_are_named_with_the_reason() -> None:
    sale = replace(a_sale(), delivery_postal_code="97400", delivery_country="FR")
    blocked = price_sale(sale, [a_held_line(7)], 0)
    assert not isinstance(blocked, PricedSale)
    assert [(line.line_no, line.reason) for line in blocked] == [(7, "special_area")]


def test_a_seller_without_a_vat_number_of_the_place_of_dispatch_is_named() -> None:
    blocked = price_sale(a_sale(), [a_held_line(1, ship_from="DE")], 0)
    assert not isinstance(blocked, PricedSale)
    assert [line.reason for line in blocked] == ["seller_not_registered"]


def test_a_displayed_price_is_what_is_paid_where_its_own_vat_applies() -> None:
    sale = a_sale(DANISH, to="DK", seller_country="DK", seller_vat="DK13585628")
    part = priced(sale, a_held_line(1, ship_from="DK", unit_price=99_99, quantity=3), fee=49_00)
    assert part.totals.gross == 3 * 99_99 + 49_00
    assert part.regimes[0].price_basis == "gross"


def test_an_exempt_buyer_does_not_pay_the_vat_inside_a_displayed_price() -> None:
    # 1,250.00 DKK with 25 % is 1,000.00 without; goods from Germany are taxed at 19 % there.
    sale = a_sale(DANISH, to="DE", seller_country="DE", seller_vat="DE136695976")
    part = priced(sale, a_held_line(1, ship_from="DE", unit_price=125_000))
    assert part.regimes[0].price_basis == "net"
    assert part.totals == Totals(100_000, 19_000, 0, 119_000)


def test_an_unchecked_number_across_a_border_asks_to_wait() -> None:
    buyer = a_party(vat="FR44732829320", status="unavailable").vat_towards("FR")
    sale = replace(
        a_sale(to="FR", seller_country="DE", seller_vat="DE136695976"), buyer_vat=replace(buyer, checked_at=None)
    )
    assert priced(sale, a_held_line(1, ship_from="DE")).vat_hold_reason == "buyer_vat_unchecked"


lines = st.lists(
    st.tuples(st.integers(1, 50), st.integers(1, 300_000), st.sampled_from(["normal", "margin"])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(lines, st.integers(0, 20_000), st.sampled_from(["net", "gross"]))
def test_nothing_appears_or_vanishes(asked: list[tuple[int, int, str]], fee: int, basis: str) -> None:
    rules = replace(RULES, price_basis=basis)
    held = [
        a_held_line(n, quantity=quantity, unit_price=price, vat_regime=regime)
        for n, (quantity, price, regime) in enumerate(asked, start=1)
    ]
    part = priced(a_sale(rules), *held, fee=fee)
    assert part.totals == sum_of(sums.totals for sums in part.regimes)
    assert part.shipping_fee == fee
    for sums in part.regimes:
        base = sum(row.base for row in sums.breakdown)
        assert base == sums.totals.net
        assert sum(row.vat for row in sums.breakdown) == sums.totals.vat
    displayed = fee + sum(line.quantity * line.unit_price for line in held)
    if basis == "gross":
        assert part.totals.gross == displayed
    else:
        assert part.totals.net == displayed
    assert [line.line_no for line in part.lines] == list(range(1, len(held) + 1))
