"""Every row of the VAT decision table, and a walk over all routes that proves there is always an answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product

import pytest

from tax import NO_VAT_NUMBER, BuyerVat, GoodsAmount, SaleCase, decide
from tax.cases import Regime, VatStatus

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def vat(country: str, status: VatStatus = "valid", **more: datetime | None) -> BuyerVat:
    return BuyerVat(number=f"{country}123", country=country, status=status, **{"checked_at": NOW, **more})


def a_sale(origin: str = "FR", destination: str = "FR", postal_code: str = "10115", **changes: object) -> SaleCase:
    case = SaleCase(
        seller_country_from=origin,
        seller_vat_countries=frozenset({origin}),
        delivery_country=destination,
        delivery_postal_code=postal_code,
        regime="normal",
        category="monitor",
        buyer_vat=vat(destination),
        date=DAY,
        currency="EUR",
        net_minor=38900,
    )
    return replace(case, **changes)  # type: ignore[arg-type]


def test_v0_a_seller_without_vat_number_where_the_goods_leave_from_cannot_sell() -> None:
    decision = decide(a_sale("DE", "DE", seller_vat_countries=frozenset({"FR"})))
    assert (decision.rule, decision.blocked) == ("V0", "seller_not_registered")


@pytest.mark.parametrize(
    ("country", "postal_code"),
    [
        ("FR", "97400"), ("FR", "98800"), ("FR", "FR-97400"), ("RE", "97400"), ("ES", "35001"), ("ES", "38670"), ("ES", "51001"),
        ("ES", "52001"), ("FI", "22100"), ("AX", "22100"), ("DE", "27498"), ("DE", "78266"), ("IT", "23041"),
    ],
)  # fmt: skip
def test_v0_special_areas_are_refused(country: str, postal_code: str) -> None:
    assert decide(a_sale("FR", country, postal_code)).blocked == "special_area"


def test_v0_a_country_the_market_does_not_serve_is_refused() -> None:
    assert decide(a_sale("FR", "PL", country_served=False)).blocked == "country_not_served"


def test_v1_margin_goods_show_no_vat_even_across_a_border() -> None:
    decision = decide(a_sale("FR", "DE", regime="margin"))
    assert (decision.rule, decision.category_code, decision.rate_percent, decision.vatex) == (
        "V1",
        "E",
        "0",
        "VATEX-EU-F",
    )
    assert decision.note("fr") == "Régime particulier – Biens d'occasion"
    assert not decision.buyer_must_self_assess


def test_v1_margin_goods_inside_great_britain_carry_the_sentence_without_the_eu_code() -> None:
    decision = decide(a_sale("GB", "GB", "SW1A 1AA", regime="margin", currency="GBP"))
    assert (decision.rule, decision.category_code, decision.vatex) == ("V1", "E", None)
    assert decision.note("en") == "Margin scheme – second-hand goods"


def test_v2_exported_margin_goods_are_exempt() -> None:
    decision = decide(a_sale("FR", "US", regime="margin"))
    assert (decision.rule, decision.category_code, decision.vatex) == ("V2", "G", "VATEX-EU-G")


@pytest.mark.policy("E4", "dk-shop")
def test_v3_danish_phones_between_danish_businesses_are_reverse_charged_at_any_amount() -> None:
    decision = decide(a_sale("DK", "DK", category="smartphone", currency="DKK", net_minor=100))
    assert (decision.rule, decision.category_code, decision.rate_percent, decision.vatex) == (
        "V3",
        "AE",
        "0",
        "VATEX-EU-AE",
    )
    assert decision.buyer_must_self_assess
    assert decision.note("da") == "Omvendt betalingspligt"


def test_v3_danish_reverse_charge_needs_no_exchange_rate_because_it_has_no_threshold() -> None:
    assert decide(a_sale("DK", "DK", category="smartphone", currency="EUR")).rule == "V3"


def test_v3_needs_a_seller_established_in_denmark() -> None:
    decision = decide(a_sale("DK", "DK", category="smartphone", currency="DKK", seller_country="SE"))
    assert (decision.rule, decision.rate_percent) == ("V4", "25")


@pytest.mark.parametrize(
    ("country", "category", "net_minor", "reseller", "rule"),
    [
        ("DE", "smartphone", 499_999, False, "V4"),
        ("DE", "smartphone", 500_000, False, "V3"),
        ("DE", "laptop", 900_000, False, "V4"),
        ("AT", "laptop", 500_000, False, "V3"),
        ("AT", "laptop", 499_999, False, "V4"),
        ("NL", "tablet", 999_999, False, "V4"),
        ("NL", "tablet", 1_000_000, False, "V3"),
        ("ES", "laptop", 1_000_000, False, "V4"),
        ("ES", "laptop", 1_000_001, False, "V3"),
        ("ES", "laptop", 1, True, "V3"),
        ("IT", "smartphone", 9_000_000, True, "V4"),
        ("FR", "smartphone", 9_000_000, True, "V4"),
        ("DK", "monitor", 9_000_000, True, "V4"),
    ],
)
def test_v3_thresholds_of_the_countries(country: str, category: str, net_minor: int, reseller: bool, rule: str) -> None:
    assert (
        decide(a_sale(country, country, category=category, net_minor=net_minor, buyer_is_reseller=reseller)).rule
        == rule
    )


def test_v3_germany_counts_the_whole_order_and_all_its_kinds() -> None:
    order = (GoodsAmount("smartphone", 300_000), GoodsAmount("tablet", 200_000))
    parcel = (GoodsAmount("smartphone", 300_000),)
    case = a_sale("DE", "DE", category="smartphone", net_minor=300_000, order_goods=order, invoice_goods=parcel)
    assert decide(case).rule == "V3"


def test_v3_austria_counts_phones_and_computers_apart() -> None:
    goods = (GoodsAmount("smartphone", 400_000), GoodsAmount("laptop", 300_000), GoodsAmount("tablet", 200_000))
    assert decide(a_sale("AT", "AT", category="smartphone", invoice_goods=goods)).rule == "V4"
    assert decide(a_sale("AT", "AT", category="tablet", invoice_goods=goods)).rule == "V3"


def test_v3_netherlands_counts_each_kind_apart() -> None:
    goods = (GoodsAmount("smartphone", 600_000), GoodsAmount("laptop", 600_000))
    assert decide(a_sale("NL", "NL", category="laptop", invoice_goods=goods)).rule == "V4"


def test_v3_eu_rows_end_with_the_year_2026() -> None:
    last_day = a_sale("DK", "DK", category="smartphone", currency="DKK", date=date(2026, 12, 31))
    next_day = replace(last_day, date=date(2027, 1, 1))
    assert (decide(last_day).rule, decide(next_day).rule) == ("V3", "V4")


def test_v3_a_silent_vies_does_not_turn_a_domestic_business_into_a_consumer() -> None:
    case = a_sale("DK", "DK", category="smartphone", buyer_vat=vat("DK", "unavailable", checked_at=None))
    assert decide(case).rule == "V3"


@pytest.mark.parametrize("buyer_vat", [NO_VAT_NUMBER, vat("DK", "invalid"), vat("SE")])
def test_v4_without_a_danish_number_danish_vat_is_charged(buyer_vat: BuyerVat) -> None:
    decision = decide(a_sale("DK", "DK", category="smartphone", buyer_vat=buyer_vat))
    assert (decision.rule, decision.category_code, decision.rate_percent) == ("V4", "S", "25")


def test_v4_a_threshold_in_another_currency_without_exchange_rate_charges_vat_and_asks_to_wait() -> None:
    case = a_sale("DE", "DE", category="smartphone", currency="DKK", net_minor=9_000_000)
    assert (decide(case).rule, decide(case).hold_reason) == ("V4", "threshold_currency_unknown")
    assert decide(replace(case, exchange_rate=Fraction("0.134"))).rule == "V3"


def test_v4_italian_phones_carry_the_advice_to_ask_an_adviser() -> None:
    decision = decide(a_sale("IT", "IT", category="smartphone"))
    assert any("ask a tax adviser" in sentence for sentence in decision.explanation)


@pytest.mark.policy("E4", "fr-pro")
def test_v5_a_valid_number_of_another_member_state_makes_the_sale_exempt() -> None:
    decision = decide(a_sale("FR", "DE"))
    assert (decision.rule, decision.category_code, decision.rate_percent, decision.vatex) == (
        "V5",
        "K",
        "0",
        "VATEX-EU-IC",
    )
    assert decision.buyer_must_self_assess
    note = decision.note("fr") or ""
    assert "art. 138" in note
    assert "art. 262 ter, I du CGI" in note


def test_v5_the_number_may_come_from_a_third_member_state_and_greece_writes_el() -> None:
    assert decide(a_sale("FR", "DE", buyer_vat=vat("EL"))).rule == "V5"


def test_v5_to_northern_ireland_needs_a_number_with_xi() -> None:
    assert decide(a_sale("FR", "GB", "BT1 5GS", buyer_vat=vat("XI"))).rule == "V5"
    assert decide(a_sale("FR", "GB", "BT1 5GS", buyer_vat=vat("GB"))).rule == "V6"


@pytest.mark.parametrize(("age", "rule"), [(7, "V5"), (8, "V6")])
def test_v5_a_valid_answer_lasts_seven_days_while_vies_is_silent(age: int, rule: str) -> None:
    silent = vat("DE", "unavailable", last_valid_at=NOW - timedelta(days=age))
    assert decide(a_sale("FR", "DE", buyer_vat=silent)).rule == rule


def test_v6_an_unchecked_number_charges_vat_and_asks_to_wait() -> None:
    decision = decide(a_sale("FR", "DE", buyer_vat=vat("DE", "unavailable")))
    assert (decision.rule, decision.category_code, decision.rate_percent) == ("V6", "S", "20")
    assert decision.hold_reason == "buyer_vat_unchecked"


@pytest.mark.parametrize("buyer_vat", [NO_VAT_NUMBER, vat("DE", "invalid"), vat("FR"), vat("US")])
def test_v6_without_a_valid_number_of_another_state_vat_is_charged_at_once(buyer_vat: BuyerVat) -> None:
    decision = decide(a_sale("FR", "DE", buyer_vat=buyer_vat))
    assert (decision.rule, decision.rate_percent, decision.hold_reason) == ("V6", "20", None)


def test_v6_consumers_across_a_border_are_refused() -> None:
    assert decide(a_sale("FR", "DE", buyer_is_business=False)).blocked == "consumer_across_border"


@pytest.mark.parametrize(("country", "postal_code"), [("US", "10001"), ("GB", "SW1A 1AA")])
def test_v7_goods_that_leave_the_eu_are_exempt(country: str, postal_code: str) -> None:
    decision = decide(a_sale("FR", country, postal_code))
    assert (decision.rule, decision.category_code, decision.vatex) == ("V7", "G", "VATEX-EU-G")


@pytest.mark.policy("E4", "uk-shop")
def test_v8_a_sale_inside_the_united_kingdom_carries_its_vat() -> None:
    decision = decide(a_sale("GB", "GB", "SW1A 1AA", currency="GBP"))
    assert (decision.rule, decision.category_code, decision.rate_percent) == ("V8", "S", "20")


@pytest.mark.parametrize(
    ("net_minor", "category", "expected"),
    [(499_999, "smartphone", "S"), (500_000, "smartphone", "AE"), (900_000, "laptop", "S")],
)
def test_v8_phones_from_5000_pounds_are_reverse_charged(net_minor: int, category: str, expected: str) -> None:
    decision = decide(a_sale("GB", "GB", "SW1A 1AA", currency="GBP", category=category, net_minor=net_minor))
    assert (decision.rule, decision.category_code) == ("V8", expected)


def test_v8_the_reverse_charge_needs_a_registered_buyer_and_names_hmrc() -> None:
    case = a_sale("XI", "GB", "BT1 5GS", currency="GBP", category="smartphone", net_minor=500_000, buyer_vat=vat("GB"))
    assert "HMRC" in (decide(case).note("en") or "")
    assert decide(replace(case, buyer_vat=NO_VAT_NUMBER)).category_code == "S"


def test_v8_an_order_in_euro_cannot_be_compared_with_a_threshold_in_pounds() -> None:
    case = a_sale("GB", "GB", "SW1A 1AA", currency="EUR", category="smartphone", net_minor=900_000)
    assert (decide(case).category_code, decide(case).hold_reason) == ("S", "threshold_currency_unknown")


def test_v9_northern_ireland_sells_to_ireland_like_a_member_state() -> None:
    decision = decide(a_sale("XI", "IE", seller_vat_countries=frozenset({"GB"})))
    assert (decision.rule, decision.category_code, decision.vatex) == ("V9", "K", "VATEX-EU-IC")


def test_v10_great_britain_exports_to_the_eu_at_zero() -> None:
    decision = decide(a_sale("GB", "IE", "D02 AF30"))
    assert (decision.rule, decision.category_code, decision.rate_percent, decision.vatex) == ("V10", "G", "0", None)
    assert "VATA 1994" in (decision.note("en") or "")


def test_v11_a_sale_inside_the_united_states_is_out_of_scope_and_waits_for_an_adviser() -> None:
    decision = decide(a_sale("US", "US", seller_vat_countries=frozenset()))
    assert (decision.rule, decision.category_code, decision.rate_percent) == ("V11", "O", None)
    assert decision.hold_reason == "us_sales_tax_not_handled"


PLACES = [
    ("FR", "75001"), ("ES", "28001"), ("DE", "10115"), ("IT", "00100"), ("BE", "1000"), ("AT", "1010"), ("NL", "1011AB"),
    ("FI", "00100"), ("PT", "1000"), ("DK", "1050"), ("LU", "1009"), ("IE", "D02"), ("PL", "00-001"), ("SE", "11120"),
    ("GB", "SW1A 1AA"), ("XI", "BT1 5GS"), ("US", "10001"), ("CH", "8001"), ("FR", "97400"),
]  # fmt: skip
STATUSES: list[VatStatus] = ["valid", "invalid", "unavailable", "missing"]
REGIMES: list[Regime] = ["normal", "margin"]
EXPECTED_BLOCKS = {
    "special_area", "no_standard_rate", "route_not_supported", "seller_not_registered",
}  # fmt: skip


@pytest.mark.parametrize("origin", [code for code, postal_code in PLACES if postal_code != "97400"])
def test_every_route_regime_and_vat_status_has_a_decision_or_a_named_block(origin: str) -> None:
    for (destination, postal_code), regime, status, category in product(
        PLACES, REGIMES, STATUSES, ["smartphone", "monitor"]
    ):
        number = NO_VAT_NUMBER if status == "missing" else vat(destination, status)
        case = a_sale(origin, destination, postal_code, regime=regime, buyer_vat=number, category=category)
        decision = decide(case)
        assert decision.explanation, case
        if decision.blocked:
            assert (decision.rule, decision.blocked in EXPECTED_BLOCKS) == ("V0", True), case
            continue
        assert (decision.rate_percent is None) == (decision.category_code == "O"), case
        assert (decision.rate_percent not in (None, "0")) == (decision.category_code == "S"), case
        # EN 16931 (BR-E-10, BR-AE-10, BR-IC-10, BR-G-10, BR-O-10): every category but S says why there is no VAT.
        assert bool(decision.note("en")) == (decision.category_code != "S"), case
        if decision.category_code == "K":
            assert status == "valid", case
        if regime == "margin":
            assert decision.category_code in ("E", "G", "O"), case


def test_no_member_state_with_a_rate_refuses_a_domestic_sale() -> None:
    for country, postal_code in PLACES[:13]:
        assert decide(a_sale(country, country, postal_code)).category_code == "S"
