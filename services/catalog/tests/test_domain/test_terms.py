"""Terms beside the price: which are admitted, and what a quantity costs."""

from datetime import timedelta
from typing import Any

import pytest

from catalog.domain.events import ReservationHeld, ReservationRefused
from catalog.domain.offer import Offer, change_offer, market_problem
from catalog.domain.push import KnownProducts, LineStatus, PushContext, settle
from catalog.domain.reservation import OrderedLine, reserve
from catalog.domain.terms import PLAIN, Coming, Levy, LevyKind, Option, OptionKind, SaleTerms, TermsPatch, Tier
from chassis.kernel.ids import new_id
from chassis.kernel.money import Money

from ..builders import NOW, a_patch, a_seller, an_offer, an_order, euros, rules, stocked

FROM_10_AND_50 = (Tier(10, euros(37_000)), Tier(50, euros(35_000)))
WINDOWS = Option("windows_11_pro", OptionKind.OPERATING_SYSTEM, "Windows 11 Pro", euros(2_500))


def broken(offer: Offer) -> list[tuple[str, str | None, str]]:
    problem = market_problem(offer, a_seller(), lambda market: rules(market=market))
    return [] if problem is None else [(one["rule"], one["market"], one["pointer"]) for one in problem.errors]


def with_terms(**terms: Any) -> Offer:
    return an_offer(terms=SaleTerms(**terms))


@pytest.mark.parametrize(
    ("quantity", "price"), [(1, 38_900), (9, 38_900), (10, 37_000), (49, 37_000), (50, 35_000), (9_999, 35_000)]
)
def test_a_quantity_costs_the_last_tier_that_it_reaches(quantity: int, price: int) -> None:
    assert with_terms(price_tiers={"": FROM_10_AND_50}).price_for("FR", quantity) == euros(price)


def test_tiers_of_the_price_for_all_say_nothing_about_a_country_with_its_own_price() -> None:
    offer = with_terms(price_tiers={"": FROM_10_AND_50})._replace(prices={"DE": euros(40_000)})
    assert offer.price_for("FR", 10) == euros(37_000)
    assert offer.price_for("DE", 10) == euros(40_000)


def test_a_country_may_have_tiers_of_its_own_under_either_price() -> None:
    own = (Tier(5, euros(38_000)),)
    alike = with_terms(price_tiers={"": FROM_10_AND_50, "DE": own})
    assert [alike.price_for("DE", units) for units in (4, 5, 50)] == [euros(38_900), euros(38_000), euros(38_000)]
    dearer = alike._replace(prices={"DE": euros(40_000)})
    assert [dearer.price_for("DE", units) for units in (4, 5)] == [euros(40_000), euros(38_000)]


@pytest.mark.parametrize(
    "tiers",
    [
        (Tier(10, euros(38_900)),),
        (Tier(10, euros(37_000)), Tier(10, euros(36_000))),
        (Tier(10, euros(37_000)), Tier(20, euros(37_000))),
        (Tier(10, Money(1, "GBP")),),
    ],
    ids=["not below the price", "not above the quantity before", "not below the tier before", "another currency"],
)
def test_tiers_rise_in_quantity_and_fall_in_price(tiers: tuple[Tier, ...]) -> None:
    found = broken(with_terms(price_tiers={"": tiers}))
    assert found
    assert {(rule, market, pointer[: len("/price_tiers/all/")]) for rule, market, pointer in found} == {
        ("price_tiers", None, "/price_tiers/all/")
    }


def test_a_price_that_falls_below_its_tiers_must_take_them_along() -> None:
    offer = with_terms(price_tiers={"": FROM_10_AND_50})
    cheaper = change_offer(offer, a_patch(price=euros(36_000), terms=None))
    assert ("price_tiers", None, "/price_tiers/all/0") in broken(cheaper)
    told = TermsPatch(price_tiers={"": (Tier(10, euros(35_500)),)})
    assert broken(change_offer(offer, a_patch(price=euros(36_000), terms=told))) == []


def test_no_price_of_an_offer_goes_below_the_sellers_own_floor() -> None:
    floor = SaleTerms(price_tiers={"": FROM_10_AND_50}, floor_price=euros(36_000))
    offer = an_offer(terms=floor, prices={"DE": euros(35_999)})
    assert broken(offer) == [("floor_price", None, "/prices/DE"), ("floor_price", None, "/price_tiers/all/1")]
    assert broken(with_terms(floor_price=euros(38_900))) == []
    assert broken(with_terms(floor_price=Money(1, "DKK"))) == [("floor_price", None, "/floor_price")]


def test_a_floor_of_nothing_takes_the_floor_away() -> None:
    assert SaleTerms(floor_price=euros(5)).changed(TermsPatch(floor_price=euros(0))) == PLAIN


def test_a_line_that_names_no_terms_leaves_them() -> None:
    offer = with_terms(price_tiers={"": FROM_10_AND_50}, pack_size=5)
    assert change_offer(offer, a_patch(price=euros(39_900))).terms == offer.terms
    assert change_offer(offer, a_patch(terms=TermsPatch(pack_size=10))).terms == offer.terms._replace(pack_size=10)


def test_options_cost_in_the_currency_of_the_offer_and_have_names_of_their_own() -> None:
    pounds = WINDOWS._replace(code="office", price=Money(100, "GBP"))
    assert broken(with_terms(options=(WINDOWS, WINDOWS, pounds))) == [
        ("options", None, "/options/1/code"),
        ("options", None, "/options/2/price"),
    ]


def test_levies_are_part_of_the_lowest_price_that_includes_them() -> None:
    levies = {"FR": (Levy(LevyKind.ECO_CONTRIBUTION, euros(200)), Levy(LevyKind.PRIVATE_COPYING, euros(840)))}
    assert broken(with_terms(levies=levies)) == []
    # 2.00 + 8.40 are more than the 10.00 that each of ten costs.
    assert broken(with_terms(levies=levies, price_tiers={"": (Tier(10, euros(1_000)),)})) == [
        ("levies", None, "/levies/FR")
    ]
    foreign = {"FR": (Levy(LevyKind.ECO_CONTRIBUTION, Money(1, "DKK")),)}
    assert broken(with_terms(levies=foreign)) == [("levies", None, "/levies/FR")]


def test_tiers_and_levies_are_for_countries_that_some_market_of_the_offer_has_prices_for() -> None:
    offer = with_terms(
        price_tiers={"JP": (Tier(2, euros(100)),)}, levies={"JP": (Levy(LevyKind.ECO_CONTRIBUTION, euros(1)),)}
    )
    assert broken(offer) == [
        ("prices.countries", "fr-pro", "/price_tiers/JP"),
        ("prices.countries", "fr-pro", "/levies/JP"),
    ]


@pytest.mark.policy("B7", "fr-pro", "nl-market")
def test_units_announced_for_a_day_that_is_over_are_refused() -> None:
    seller = a_seller()
    context = PushContext(new_id(), seller, lambda market: rules(market=market), KnownProducts(), {}, NOW)
    today = NOW.date()
    late = TermsPatch(in_refurbishment=(Coming(3, today), Coming(2, today - timedelta(days=1))))
    refused = settle(a_patch(terms=late), None, context)
    assert refused.status is LineStatus.REJECTED
    assert refused.problem is not None
    assert [one["pointer"] for one in refused.problem.errors] == ["/in_refurbishment/1/ready_on"]
    in_time = settle(a_patch(terms=TermsPatch(in_refurbishment=(Coming(3, today),))), None, context)
    assert in_time.stocked is not None
    # What is not ready is never for sale.
    assert in_time.stocked.stock.available == 5


def reserved(offer: Offer, quantity: int, units: int = 100, **line: Any) -> ReservationHeld | ReservationRefused:
    lines = (OrderedLine(1, offer.id, quantity, **line),)
    _, event = reserve(an_order(*lines), {offer.id: stocked(offer, units)}, rules(), NOW)
    return event


def test_an_order_earns_the_price_of_its_quantity() -> None:
    event = reserved(with_terms(price_tiers={"": FROM_10_AND_50}), 10)
    assert isinstance(event, ReservationHeld)
    assert event.lines[0].unit_price == euros(37_000)


def test_two_lines_of_one_offer_earn_the_price_of_both_together() -> None:
    offer = with_terms(price_tiers={"": FROM_10_AND_50})
    order = an_order(OrderedLine(1, offer.id, 4), OrderedLine(2, offer.id, 6))
    _, event = reserve(order, {offer.id: stocked(offer, 100)}, rules(), NOW)
    assert isinstance(event, ReservationHeld)
    assert [line.unit_price for line in event.lines] == [euros(37_000), euros(37_000)]


@pytest.mark.parametrize(
    ("terms", "quantity", "reason"),
    [
        ({"min_order_quantity": 10}, 9, "below_minimum_quantity"),
        ({"min_order_quantity": 10}, 10, None),
        ({"pack_size": 4}, 6, "not_in_packs"),
        ({"pack_size": 4}, 8, None),
        ({"price_tiers": {"": FROM_10_AND_50}}, 9, "price_changed"),
        ({"price_tiers": {"": FROM_10_AND_50}}, 10, None),
    ],
)
def test_a_quantity_that_the_terms_do_not_admit_is_refused_by_name(
    terms: dict[str, Any], quantity: int, reason: str | None
) -> None:
    agreed = euros(37_000) if "price_tiers" in terms else None
    event = reserved(with_terms(**terms), quantity, unit_price=agreed)
    assert [line.reason for line in event.lines if not isinstance(event, ReservationHeld)] == (
        [reason] if reason else []
    )


CASE = Option("case", OptionKind.ACCESSORY, "Case", euros(900))
ECO = Levy(LevyKind.ECO_CONTRIBUTION, euros(12))


def test_what_is_chosen_with_a_unit_is_paid_with_it_and_frozen() -> None:
    offer = with_terms(
        price_tiers={"": FROM_10_AND_50}, options=(WINDOWS, CASE), levies={"FR": (ECO,), "DE": (ECO, ECO)}
    )
    event = reserved(offer, 10, options=("case", "windows_11_pro"))
    assert isinstance(event, ReservationHeld)
    # 370.00 from ten on, 9.00 for the case and 25.00 for the licence.
    assert event.lines[0].unit_price == euros(40_400)
    assert event.lines[0].options == (CASE, WINDOWS)
    assert event.lines[0].levies == (ECO,)


def test_the_most_a_buyer_agrees_to_holds_with_its_options() -> None:
    offer = with_terms(options=(CASE,))
    assert isinstance(reserved(offer, 1, unit_price=euros(39_800), options=("case",)), ReservationHeld)
    refused = reserved(offer, 1, unit_price=euros(39_799), options=("case",))
    assert [line.reason for line in refused.lines if not isinstance(refused, ReservationHeld)] == ["price_changed"]


def test_an_option_that_the_offer_does_not_have_refuses_the_order_by_its_own_name() -> None:
    refused = reserved(with_terms(options=(CASE,)), 1, options=("windows_11_pro",))
    assert [line.reason for line in refused.lines if not isinstance(refused, ReservationHeld)] == ["unknown_option"]
