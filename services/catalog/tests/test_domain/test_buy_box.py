"""The formula: what it adds, who wins, at which price a loser would win, and that nobody can talk it into anything else."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.buy_box import BoxState, Contender, Surcharges, ranked, score, shares_of, standing
from catalog.domain.comparisons import (
    Comparison,
    Entry,
    Hindrance,
    competing,
    contender,
    decide,
    hindrances,
)
from catalog.domain.seller_record import SellerRecord
from catalog.domain.terms import SaleTerms, Tier
from chassis.kernel.ids import new_id
from chassis.kernel.money import Money

from ..builders import MONITOR, NOW, an_offer, euros, stocked


def a_contender(**changes: Any) -> Contender:
    """389.00 EUR and 9.90 EUR of shipping, next day, a year of warranty, a battery of 90 %, no record."""
    late, claims = shares_of(SellerRecord())
    made = Contender(new_id(), new_id(), NOW, 1, 38_900, 990, 1, 12, 90, late, claims)
    return made._replace(**changes)


def test_the_score_is_the_cost_and_its_surcharges() -> None:
    scored = score(a_contender())
    # One day at 60, 24 months below 36 at 20, 10 % of battery at 10; a new seller: 5 % late at 10, 3 % claims at 15.
    assert scored.surcharges == Surcharges(dispatch=60, warranty=480, battery=100, late=50, claims=45)
    assert scored.score == (38_900 + 990) * (10_000 + 735)
    assert scored.costs_of() == Surcharges(dispatch=239, warranty=1_914, battery=398, late=199, claims=179)


def test_the_best_there_can_be_costs_what_it_costs() -> None:
    best = a_contender(dispatch_business_days=0, warranty_months=36, battery_percent=100, late_share=0, claim_share=0)
    assert score(best).score == best.cost * 10_000
    # What is better still earns nothing more.
    assert score(best._replace(warranty_months=60)).score == best.cost * 10_000


def test_a_late_day_costs_no_more_after_the_twentieth() -> None:
    assert score(a_contender(dispatch_business_days=20)).score == score(a_contender(dispatch_business_days=60)).score


def test_a_seller_is_not_judged_by_its_first_order() -> None:
    assert shares_of(SellerRecord()) == (500, 300)
    # One late order of one: (1 + 5 % of 20) of 21.
    assert shares_of(SellerRecord(due=1, late=1)) == (952, 285)
    # Of a thousand orders, 50 late ones are what everybody starts with.
    assert shares_of(SellerRecord(due=1_000, late=50, claimed=30)) == (500, 300)
    assert shares_of(SellerRecord(due=1_000)) == (9, 5)


def test_of_two_equal_offers_the_earlier_one_wins() -> None:
    late, early = a_contender(opened_at=NOW + timedelta(days=1)), a_contender()
    assert [one.contender for one in ranked([late, early])] == [early, late]
    # And need not be cheaper to stay there.
    assert standing(early, [late]).price_to_win == 38_900
    assert standing(late, [early]).price_to_win == 38_899


_amounts = st.integers(1, 10**10)
_contenders = st.builds(
    Contender,
    offer_id=st.uuids(),
    seller_id=st.uuids(),
    opened_at=st.integers(0, 3).map(lambda days: NOW + timedelta(days=days)),
    quantity=st.just(3),
    unit_price=_amounts,
    shipping_fee=st.integers(0, 10**6),
    dispatch_business_days=st.integers(0, 60),
    warranty_months=st.integers(0, 240),
    battery_percent=st.integers(0, 100),
    late_share=st.integers(0, 10_000),
    claim_share=st.integers(0, 10_000),
)
# Prices near each other, so that terms decide as often as prices.
_close = st.lists(
    st.builds(lambda one, price: one._replace(unit_price=price), _contenders, st.integers(20_000, 21_000)),
    min_size=2,
    max_size=6,
    unique_by=lambda one: one.offer_id,
)
_any = st.lists(_contenders, min_size=2, max_size=6, unique_by=lambda one: one.offer_id)


@given(_close | _any, st.randoms())
def test_the_order_in_which_offers_come_decides_nothing(contenders: list[Contender], chance: random.Random) -> None:
    shuffled = chance.sample(contenders, len(contenders))
    assert ranked(shuffled) == ranked(contenders)


@given(_close | _any, st.data())
def test_whoever_gets_better_in_any_term_never_falls_back(contenders: list[Contender], data: st.DataObject) -> None:
    own = data.draw(st.sampled_from(contenders))
    others = [one for one in contenders if one is not own]
    term, better = data.draw(
        st.sampled_from(
            [
                ("unit_price", -1),
                ("shipping_fee", -1),
                ("dispatch_business_days", -1),
                ("warranty_months", 1),
                ("battery_percent", 1),
                ("late_share", -1),
                ("claim_share", -1),
            ]
        )
    )
    by = data.draw(st.integers(1, 50))
    most = {"battery_percent": 100}.get(term, 10**11)
    improved = own._replace(**{term: min(most, max(0, getattr(own, term) + better * by))})
    assert standing(improved, others).place <= standing(own, others).place


@given(_close | _any)
def test_the_price_to_win_wins_and_one_cent_more_does_not(contenders: list[Contender]) -> None:
    own, *others = contenders
    at = standing(own, others).price_to_win
    if at is None:
        assert standing(own._replace(unit_price=1), others).state is BoxState.LOST
    else:
        assert standing(own._replace(unit_price=at), others).state is BoxState.WON
        assert standing(own._replace(unit_price=at + 1), others).state is BoxState.LOST


@given(_close | _any, st.integers(2, 1_000))
def test_the_same_offers_in_a_smaller_currency_unit_stand_alike(contenders: list[Contender], times: int) -> None:
    scaled = [
        one._replace(unit_price=one.unit_price * times, shipping_fee=one.shipping_fee * times) for one in contenders
    ]
    assert [one.contender.offer_id for one in ranked(scaled)] == [one.contender.offer_id for one in ranked(contenders)]


@given(_close | _any, st.data())
def test_whoever_loses_does_not_decide_who_wins(contenders: list[Contender], data: st.DataObject) -> None:
    winner, *losers = ranked(contenders)
    left = data.draw(st.lists(st.sampled_from(losers), unique_by=lambda one: one.contender.offer_id))
    assert ranked([winner.contender, *(one.contender for one in left)])[0] == winner


def test_an_offer_without_rivals_is_alone_and_has_no_price_to_win() -> None:
    found = standing(a_contender(), [])
    assert (found.state, found.place, found.of, found.price_to_win) == (BoxState.ALONE, 1, 1, None)


def test_where_no_price_is_low_enough_none_is_named() -> None:
    dear = a_contender(shipping_fee=50_000)
    assert standing(dear, [a_contender(unit_price=10)]).price_to_win is None


@pytest.mark.parametrize(
    ("change", "quantity", "because"),
    [
        ({}, 1, []),
        ({"paused": True}, 1, [Hindrance.PAUSED]),
        ({"markets": ("be-shop",)}, 1, [Hindrance.NOT_IN_MARKET]),
        ({}, 6, [Hindrance.NOT_ENOUGH_STOCK]),
        ({"terms": SaleTerms(min_order_quantity=2)}, 1, [Hindrance.BELOW_LEAST_QUANTITY]),
        ({"terms": SaleTerms(pack_size=2)}, 3, [Hindrance.NOT_IN_FULL_PACKS]),
    ],
)
def test_only_what_can_be_bought_competes(change: dict[str, Any], quantity: int, because: list[Hindrance]) -> None:
    assert hindrances(stocked(an_offer(**change)), "fr-pro", quantity) == because


def test_a_suspended_seller_and_an_empty_shelf_do_not_compete() -> None:
    assert hindrances(stocked(an_offer(), active=False), "fr-pro", 1) == [Hindrance.SELLER_NOT_ACTIVE]
    assert hindrances(stocked(an_offer(), 0), "fr-pro", 1) == [Hindrance.OUT_OF_STOCK]


def test_the_price_is_that_of_the_quantity_and_the_fee_counts_once() -> None:
    offer = an_offer(terms=SaleTerms(price_tiers={"": (Tier(10, euros(37_000)),)}))
    ten = contender(Entry(stocked(offer, 10), NOW), "FR", 10)
    assert (ten.unit_price, ten.cost) == (37_000, 370_990)


def test_an_unknown_battery_counts_as_a_poor_one_and_no_battery_as_none() -> None:
    unknown = contender(Entry(stocked(an_offer(battery_health_percent=None)), NOW), "FR", 1)
    assert unknown.battery_percent == 80
    monitor = an_offer(battery_health_percent=None)
    monitor = monitor._replace(product=replace(monitor.product, spec=MONITOR))
    assert contender(Entry(stocked(monitor), NOW), "FR", 1).battery_percent == 100


def test_a_country_has_a_comparison_of_its_own_where_somebody_has_a_price_for_it() -> None:
    product = an_offer().product
    cheap_in_germany = an_offer(product=product, prices={"DE": euros(30_000)})
    cheap_elsewhere = an_offer(product=product, price=euros(38_000))
    other_grade = an_offer(product=product, grade="fair")
    decisions = decide([Entry(stocked(one), NOW) for one in (cheap_in_germany, cheap_elsewhere, other_grade)])
    won = {
        (comparison.grade, comparison.price_country): decision.winner.contender.offer_id
        for comparison, decision in decisions.items()
        if decision.winner
    }
    assert won == {
        ("good", ""): cheap_elsewhere.id,
        ("good", "DE"): cheap_in_germany.id,
        ("fair", ""): other_grade.id,
    }


def test_prices_in_two_currencies_are_two_comparisons() -> None:
    product = an_offer().product
    crowns = an_offer(product=product, price=Money(280_000, "DKK"), shipping_fee=euros(0))
    both = [Entry(stocked(one), NOW) for one in (an_offer(product=product), crowns)]
    assert {comparison.currency for comparison in decide(both)} == {"EUR", "DKK"}
    comparison = Comparison(product.id, "good", "fr-pro", "FR", "DKK")
    assert [one.offer_id for one in competing(both, comparison)] == [crowns.id]


def test_what_is_decided_at_once_is_what_is_decided_one_by_one() -> None:
    chance = random.Random(3)
    products = [an_offer().product for _ in range(5)]
    entries = [
        Entry(
            stocked(
                an_offer(
                    product=products[n % 5],
                    price=euros(chance.randint(20_000, 40_000)),
                    grade=chance.choice(["good", "fair"]),
                    prices=chance.choice([{}, {}, {"DE": euros(25_000)}]),
                    paused=chance.random() < 0.2,
                ),
                chance.randint(0, 2),
            ),
            NOW + timedelta(minutes=n),
        )
        for n in range(60)
    ]
    decisions = decide(entries)
    assert len(decisions) > 10
    for comparison, decision in decisions.items():
        alone = ranked(competing(entries, comparison))
        assert [one.contender.offer_id for one in alone] == [one.contender.offer_id for one in decision.ranking]
