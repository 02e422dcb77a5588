"""Grades between markets: nothing is lost on the way there and back, and what has no word there is refused by name."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.clients.market_files import MarketFiles
from catalog.domain.events import ReservationHeld
from catalog.domain.grades import Scale, ladder_of, own_words
from catalog.domain.offer import market_problem
from catalog.domain.reservation import OrderedLine, reserve
from chassis.policy_files import load_markets

from ..builders import MARKETS, NOW, a_seller, an_offer, an_order, stocked

RULEBOOK = MarketFiles(load_markets(MARKETS))
ON = date(2026, 11, 21)

# Any words on any rungs, as long as a word has one rung wherever it is used: that is what the market files are checked for.
LADDERS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(1, 9), min_size=1, max_size=12)


@st.composite
def two_scales(draw: st.DrawFn) -> tuple[Scale, Scale]:
    ladder = draw(LADDERS)

    def scale() -> Scale:
        words = draw(st.lists(st.sampled_from(sorted(ladder)), unique_by=lambda word: ladder[word], min_size=1))
        return {word: ladder[word] for word in sorted(words, key=lambda word: ladder[word])}

    return scale(), scale()


@given(two_scales())
def test_a_grade_that_goes_to_another_market_comes_back_as_itself(scales: tuple[Scale, Scale]) -> None:
    here, there = scales
    ladder = ladder_of(scales)
    to_there, to_here = own_words(there, ladder), own_words(here, ladder)
    carried = {code: to_there[code] for code in here if code in to_there}
    assert {code: to_here[word] for code, word in carried.items()} == {code: code for code in carried}
    # Two grades never become one, and the better one stays the better one.
    assert len(set(carried.values())) == len(carried)
    assert [there[word] for word in carried.values()] == sorted(there[word] for word in carried.values())
    # What stays behind has no word there: it was not passed over.
    assert {here[code] for code in here if code not in carried}.isdisjoint(there.values())


@pytest.mark.parametrize(("market", "other"), [*permutations(RULEBOOK.names(), 2)])
def test_the_shipped_scales_lose_nothing(market: str, other: str) -> None:
    here, there = RULEBOOK.of(market, ON), RULEBOOK.of(other, ON)
    for grade in here.grades:
        word = there.grade(grade)
        assert word is None or here.grade(word) == grade
        assert word is None or (grade in there.words_for(word) and word in there.grades)


def test_a_seller_in_two_markets_names_a_grade_once_in_either_scale() -> None:
    seller = a_seller(markets=("fr-pro", "be-shop"))

    def refused(grade: str) -> list[tuple[str, str]]:
        offer = an_offer(grade=grade, markets=seller.markets, battery_health_percent=95)
        problem = market_problem(offer, seller, lambda market: RULEBOOK.of(market, ON))
        return [(one["rule"], one["market"]) for one in problem.errors] if problem else []

    # A+ and Premium are one condition; so are A and Excellent, and visible signs and Fair.
    for grade in ("a_plus", "premium", "a", "excellent", "visible_signs", "fair"):
        assert refused(grade) == []
    # New goods have no word on the French scale, and Good has none between A and visible signs.
    assert refused("new") == [("grades.scale", "fr-pro")]
    assert refused("good") == [("grades.scale", "be-shop")]
    assert refused("shiny") == [("grades.scale", "fr-pro"), ("grades.scale", "be-shop")]


def test_an_order_is_held_in_its_own_markets_word() -> None:
    offer = an_offer(grade="excellent", markets=("fr-pro", "be-shop"))
    for market, country, word in (("fr-pro", "FR", "excellent"), ("be-shop", "BE", "a")):
        order = an_order(OrderedLine(1, offer.id, 1), market=market, price_country=country)
        _, event = reserve(order, {offer.id: stocked(offer)}, RULEBOOK.of(market, ON), NOW)
        assert isinstance(event, ReservationHeld)
        assert event.lines[0].grade == word


def test_the_battery_floor_follows_the_grade_in_the_markets_own_words() -> None:
    seller = a_seller(markets=("dk-shop", "be-shop"))
    # A+ is Premium in Denmark, where its battery must have 90 %, and 85 % are enough in Belgium.
    offer = an_offer(grade="a_plus", markets=seller.markets, battery_health_percent=89, warranty_months=24)
    problem = market_problem(offer, seller, lambda market: RULEBOOK.of(market, ON))
    assert problem is not None
    assert [(one["rule"], one["market"]) for one in problem.errors if "battery" in one["rule"]] == [
        ("battery.floor_percent_by_grade", "dk-shop")
    ]
