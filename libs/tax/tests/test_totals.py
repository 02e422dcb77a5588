"""Sums of documents: the worked example, the gross basis, and properties that hold for any basket."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax import CategoriesDoNotMix, DiscountAboveGoods, NothingToInvoice, PricedLine, half_up, invoice_totals
from tax.cases import CategoryCode


def line(
    quantity: int, unit_price_minor: int, category_code: CategoryCode = "S", rate_percent: str | None = "20"
) -> PricedLine:
    return PricedLine(quantity, unit_price_minor, category_code, rate_percent)


def test_worked_example_e1_normal_seller() -> None:
    totals = invoice_totals([line(2, 38900), line(1, 51250)], shipping_minor=990)
    assert (totals.net_minor, totals.vat_minor, totals.gross_minor) == (130040, 26008, 156048)
    assert totals.payable_minor == 156048


def test_worked_example_e1_margin_seller_shows_no_vat() -> None:
    totals = invoice_totals([line(3, 21500, "E", "0")], shipping_minor=600)
    assert (totals.net_minor, totals.vat_minor, totals.gross_minor) == (65100, 0, 65100)


def test_vat_is_rounded_once_per_category_not_per_line() -> None:
    # Three times 0.03 at 20 %: 0.6 cents a line would round up three times; the sum of 0.09 owes 1.8, so 2 cents.
    assert invoice_totals([line(1, 3)] * 3).vat_minor == 2


def test_shipping_follows_its_goods_by_net_value() -> None:
    totals = invoice_totals([line(1, 20000), line(1, 10000, "AE", "0")], shipping_minor=1000)
    assert [(s.category_code, s.net_minor) for s in totals.shipping] == [("S", 667), ("AE", 333)]
    assert [(r.category_code, r.base_minor, r.vat_minor) for r in totals.breakdown] == [
        ("S", 20667, 4133),
        ("AE", 10333, 0),
    ]


def test_a_discount_lowers_the_base_before_vat() -> None:
    totals = invoice_totals([line(1, 10000)], discount_minor=1000)
    assert (totals.lines_net_minor, totals.net_minor, totals.vat_minor) == (10000, 9000, 1800)


def test_gross_prices_come_out_as_displayed() -> None:
    # 100.00 at 25 % is 80.00 + 20.00; 99.99 at 25 % is 79.99 + 20.00.
    totals = invoice_totals([line(1, 9999, "S", "25")], basis="gross")
    assert (totals.line_nets, totals.vat_minor, totals.gross_minor, totals.rounding_minor) == ((7999,), 2000, 9999, 0)


def test_gross_prices_that_no_net_can_reach_leave_one_cent_of_rounding() -> None:
    # At 20 % a net of 2 makes 2 and a net of 3 makes 4: 3 cents cannot be a net plus its VAT.
    totals = invoice_totals([line(1, 3)], basis="gross")
    assert (abs(totals.rounding_minor), totals.payable_minor) == (1, 3)


def test_goods_out_of_scope_stand_alone() -> None:
    with pytest.raises(CategoriesDoNotMix):
        invoice_totals([line(1, 100, "O", None), line(1, 100)])


@pytest.mark.parametrize("lines", [[], [line(0, 100)], [line(1, -1)]])
def test_nothing_makes_no_invoice(lines: list[PricedLine]) -> None:
    with pytest.raises(NothingToInvoice):
        invoice_totals(lines)


@pytest.mark.parametrize("discount", [-1, 101])
def test_a_discount_stays_within_the_goods(discount: int) -> None:
    with pytest.raises(DiscountAboveGoods):
        invoice_totals([line(1, 100)], discount_minor=discount)


TREATMENTS: list[tuple[CategoryCode, str]] = [("S", "20"), ("S", "25.5"), ("AE", "0"), ("E", "0")]
LINES = st.lists(
    st.builds(
        lambda quantity, price, treatment: PricedLine(quantity, price, *treatment),
        st.integers(1, 60), st.integers(1, 300_000), st.sampled_from(TREATMENTS),
    ),
    min_size=1, max_size=60,
)  # fmt: skip
SHIPPING = st.integers(0, 20_000)


@given(LINES, SHIPPING)
def test_net_parts_add_up_to_the_whole(lines: list[PricedLine], shipping: int) -> None:
    totals = invoice_totals(lines, shipping)
    assert list(totals.line_nets) == [priced.quantity * priced.unit_price_minor for priced in lines]
    assert sum(part.net_minor for part in totals.shipping) == shipping
    assert totals.net_minor == sum(totals.line_nets) + shipping == sum(row.base_minor for row in totals.breakdown)
    for row in totals.breakdown:
        assert row.vat_minor == half_up(row.base_minor * Fraction(row.rate_percent or "0") / 100)
    assert totals.gross_minor == totals.net_minor + totals.vat_minor == totals.payable_minor


@given(LINES, SHIPPING)
def test_gross_totals_equal_what_was_displayed(lines: list[PricedLine], shipping: int) -> None:
    totals = invoice_totals(lines, shipping, "gross")
    displayed = sum(priced.quantity * priced.unit_price_minor for priced in lines) + shipping
    assert totals.payable_minor == displayed == totals.gross_minor + totals.rounding_minor
    assert abs(totals.rounding_minor) <= len(totals.breakdown)
    for row in totals.breakdown:
        assert row.vat_minor == half_up(row.base_minor * Fraction(row.rate_percent or "0") / 100)
        own = sum(
            n
            for n, p in zip(totals.line_nets, lines, strict=True)
            if (p.category_code, p.rate_percent) == (row.category_code, row.rate_percent)
        )
        shipped = sum(
            s.net_minor
            for s in totals.shipping
            if (s.category_code, s.rate_percent) == (row.category_code, row.rate_percent)
        )
        assert row.base_minor == own + shipped
    for net, priced in zip(totals.line_nets, lines, strict=True):
        exact = priced.quantity * priced.unit_price_minor / (1 + Fraction(priced.rate_percent or "0") / 100)
        assert abs(net - exact) <= 3
