"""What requests and bids may do and when, what an award may take, and what each market says about quotes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from catalog.clients.market_files import MarketFiles
from catalog.domain import bid as bids
from catalog.domain import quote_request as requests
from catalog.domain.award import awarded_lines, expiry_of, shipping_of
from catalog.domain.award_reservation import refusal_of_award, reserve_award
from catalog.domain.bid import Bid, BidState
from catalog.domain.bid_units import faults_of_units
from catalog.domain.events import ReservationHeld, ReservationRefused
from catalog.domain.quote_errors import AwardTooLarge, ChoiceTwice, ChoiceUnknown, RoundOver
from catalog.domain.quote_lines import Choice
from catalog.domain.quote_request import QuoteRequest, QuoteRequestState
from catalog.domain.quote_rules import QuoteRules
from catalog.domain.reservation import PlacedOrder
from catalog.domain.terms import Coming, Levy, LevyKind, SaleTerms
from chassis.kernel.calendar import calendar
from chassis.kernel.ids import new_id
from chassis.policy_files import load_markets
from chassis.testing.walk import check_every_move

from ..builders import MARKETS, NOW, an_offer, euros, stocked
from ..quote_builders import LATER, a_bid, a_request, an_award, asked_for, in_refurbishment, offered

RULEBOOK = MarketFiles(load_markets(MARKETS))
ALL_MARKETS = ["fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market"]
TODAY = NOW.date()


def rules_of(market: str) -> QuoteRules:
    return RULEBOOK.quotes_in_force(market, TODAY)


def broken(rules: QuoteRules, *lines: Any, **changes: Any) -> list[str]:
    """The rules that a bid of these lines breaks."""
    wishes = [asked_for(**changes)]
    return [str(one["rule"]) for one in rules.broken_by_bid(lines, wishes, {1: euros(38_900)}, NOW)]


def first(move: Callable[[QuoteRequest], Any]) -> Callable[[QuoteRequest], Any]:
    """Moves of a request give back (new request, event)."""
    return lambda request: move(request)[0]


def test_every_move_of_a_request_in_every_state() -> None:
    days = calendar("FR").deadline_after(NOW, 1)
    moves = {
        "offer": first(lambda one: one.offer(2, LATER, at=NOW)),
        "find_nothing": first(lambda one: one.find_nothing(at=NOW)),
        "lose_bid": first(lambda one: one.lose_bid(new_id(), new_id(), 1, at=NOW)),
        "ask_again": first(lambda one: one.ask_again(days, [], at=NOW)),
        "accept": first(lambda one: one.accept(an_award().lines, (), LATER, at=NOW)),
        "give_up": first(lambda one: one.give_up("buyer", at=NOW)),
        "order": first(lambda one: one.order(new_id(), at=NOW)),
        "return": first(lambda one: one.return_award(at=NOW)),
        "decline": first(lambda one: one.decline(at=NOW)),
        "withdraw": first(lambda one: one.withdraw(at=NOW)),
        "expire": first(lambda one: one.expire(at=NOW)),
    }
    tried = check_every_move(requests.MOVES, QuoteRequestState, a_request, moves, lambda one: one.state)
    assert tried == len(QuoteRequestState) * len(moves)


def test_every_move_of_a_bid_in_every_state() -> None:
    moves: dict[str, Callable[[Bid], Bid]] = {
        "revise": lambda one: one.revise((offered(5),), 0, None, at=NOW),
        "reveal": lambda one: one.reveal(LATER, at=NOW),
        "replace": lambda one: one.replace(at=NOW),
        "withdraw": lambda one: one.withdraw(at=NOW),
        "drop": lambda one: one.drop(at=NOW),
    }
    assert check_every_move(bids.MOVES, BidState, a_bid, moves, lambda one: one.state) == len(BidState) * len(moves)


def test_a_bid_holds_once_it_is_unsealed_and_until_its_last_second() -> None:
    assert not a_bid(BidState.SEALED).holds_at(NOW)
    assert a_bid().holds_at(LATER)
    assert not a_bid().holds_at(LATER + timedelta(seconds=1))
    assert not a_bid(BidState.WITHDRAWN, valid_until=LATER).holds_at(NOW)


def test_an_answer_that_comes_after_the_last_second_is_late_even_if_the_round_was_not_closed_yet() -> None:
    request = a_request()
    request.must_take_bids(request.answers_until)
    with pytest.raises(RoundOver):
        request.must_take_bids(request.answers_until + timedelta(seconds=1))


def test_an_award_takes_parts_of_several_bids_and_holds_as_long_as_the_first_of_them() -> None:
    sooner = LATER - timedelta(days=3)
    one, two = a_bid(lines=(offered(20),)), a_bid(lines=(offered(15),), valid_until=sooner, shipping_fee=500)
    known = {one.id: one, two.id: two}
    lines = awarded_lines([Choice(one.id, 1, 18), Choice(two.id, 1, 12)], known, [asked_for(30)], NOW)
    assert [(line.seller_id, line.quantity) for line in lines] == [(one.seller_id, 18), (two.seller_id, 12)]
    assert dict(shipping_of(lines, known)) == {one.seller_id: 990, two.seller_id: 500}
    assert expiry_of(lines, known) == sooner


@pytest.mark.parametrize(
    ("choices", "refusal"),
    [
        ([(0, 1, 21)], AwardTooLarge),
        ([(0, 1, 20), (1, 1, 11)], AwardTooLarge),
        ([(0, 1, 5), (0, 1, 5)], ChoiceTwice),
        ([(0, 2, 1)], ChoiceUnknown),
        ([(2, 1, 1)], ChoiceUnknown),
        ([(3, 1, 1)], ChoiceUnknown),
    ],
    ids=[
        "more than offered",
        "more than asked for",
        "a line twice",
        "a line that is not there",
        "a withdrawn bid",
        "a bid whose time is over",
    ],
)
def test_an_award_takes_only_what_was_offered_and_asked_for(choices: Any, refusal: type[Exception]) -> None:
    known = [
        a_bid(lines=(offered(20),)),
        a_bid(lines=(offered(15),)),
        a_bid(BidState.WITHDRAWN, valid_until=LATER),
        a_bid(valid_until=NOW - timedelta(seconds=1)),
    ]
    chosen = [Choice(known[n].id, place, quantity) for n, place, quantity in choices]
    with pytest.raises(refusal):
        awarded_lines(chosen, {bid.id: bid for bid in known}, [asked_for(30)], NOW)


def ordered(request: QuoteRequest, **changes: Any) -> PlacedOrder:
    order = PlacedOrder(
        new_id(),
        "fr-pro",
        "FR",
        "EUR",
        (),
        buyer_id=request.buyer_id,
        award_id=request.award.id if request.award else None,
        delivery_country="FR",
    )
    return replace(order, **changes)


def test_units_of_stock_are_held_at_the_price_of_the_quote_and_promised_units_are_written_down() -> None:
    offer = an_offer(paused=True, price=euros(99_900))
    ready_on = TODAY + timedelta(days=9)
    award = an_award(
        offered(3, offer_id=offer.id), in_refurbishment(ready_on, quantity=7, offer_id=offer.id, specs="256 GB")
    )
    request = a_request(QuoteRequestState.ACCEPTED, award=award)
    # The seller has paused the offer and raised its price since: the quote holds.
    reservation, event = reserve_award(ordered(request), award, {offer.id: stocked(offer, 3)}, NOW)
    assert isinstance(event, ReservationHeld)
    assert reservation.units == ((offer.id, 3),)
    assert [(line.line_no, line.quantity, line.unit_price, line.ready_on) for line in event.lines] == [
        (1, 3, euros(35_000), None),
        (2, 7, euros(35_000), ready_on),
    ]
    assert [line.warranty_months for line in event.lines] == [24, 24]
    assert event.lines[1].title == "Apple iPhone 13 128GB 4GB RAM Blue · 256 GB"
    assert event.shipping == tuple((line.seller_id, euros(990)) for line in award.lines)


def test_a_line_of_an_award_carries_the_levies_of_its_offer() -> None:
    levy = Levy(LevyKind.PRIVATE_COPYING, euros(14_00))
    offer = an_offer()
    award = an_award(
        offered(3, offer_id=offer.id, levies=(levy,)), in_refurbishment(TODAY, quantity=1, offer_id=offer.id)
    )
    request = a_request(QuoteRequestState.ACCEPTED, award=award)
    _, event = reserve_award(ordered(request), award, {offer.id: stocked(offer, 3)}, NOW)
    assert isinstance(event, ReservationHeld)
    assert [line.levies for line in event.lines] == [(levy,), ()]


def test_a_bid_promises_no_more_than_its_offer_announces_by_that_day() -> None:
    soon, later, over = TODAY + timedelta(days=3), TODAY + timedelta(days=9), TODAY - timedelta(days=1)
    coming = (Coming(2, over), Coming(5, soon), Coming(4, later))
    shelf = {one.offer.id: one for one in (stocked(an_offer(terms=SaleTerms(in_refurbishment=coming))),)}
    (id,) = shelf

    def faults(*promised: tuple[int, date]) -> list[tuple[int, str, str]]:
        lines = [
            in_refurbishment(ready_on, quantity=quantity, offer_id=id, place=place)
            for place, (quantity, ready_on) in enumerate(promised, start=1)
        ]
        return [(place, rule, field) for place, rule, field, _ in faults_of_units(lines, shelf, TODAY)]

    # Exactly what is announced, in any order; what was to be ready yesterday is no promise.
    assert faults((4, later), (5, soon)) == []
    assert faults((9, later)) == []
    assert faults((10, later)) == [(1, "not_in_refurbishment", "quantity")]
    assert faults((6, soon)) == [(1, "not_ready_by_then", "ready_on")]
    assert faults((1, TODAY)) == [(1, "not_ready_by_then", "ready_on")]
    # The lines of a bid are taken together, the earliest first.
    assert faults((5, later), (5, soon)) == [(1, "not_in_refurbishment", "quantity")]
    # Nothing of this concerns units of stock.
    assert [*faults_of_units([offered(99, offer_id=id)], shelf, TODAY)] == []


def test_the_levies_of_a_bid_fit_into_its_price() -> None:
    offer = an_offer()
    line = offered(offer_id=offer.id, levies=(Levy(LevyKind.ECO_CONTRIBUTION, euros(350_01)),))
    faults = [*faults_of_units([line], {offer.id: stocked(offer)}, TODAY)]
    assert [(place, rule, field) for place, rule, field, _ in faults] == [(1, "levies", "unit_price")]
    assert [*faults_of_units([replace(line, unit_price=euros(350_01))], {offer.id: stocked(offer)}, TODAY)] == []


def test_an_award_is_held_as_a_whole_or_not_at_all() -> None:
    offer, other = an_offer(), an_offer()
    award = an_award(offered(3, offer_id=offer.id), offered(2, offer_id=offer.id), offered(1, offer_id=other.id))
    request = a_request(QuoteRequestState.ACCEPTED, award=award)
    shelf = {offer.id: stocked(offer, 4), other.id: stocked(other, 1)}
    reservation, event = reserve_award(ordered(request), award, shelf, NOW)
    assert isinstance(event, ReservationRefused)
    assert [(line.line_no, line.reason) for line in event.lines] == [(1, "not_enough_stock"), (2, "not_enough_stock")]
    assert reservation.units == ()
    shelf = {offer.id: stocked(offer, 5, active=False), other.id: stocked(other, 1)}
    _, event = reserve_award(ordered(request, currency="DKK"), award, shelf, NOW)
    assert isinstance(event, ReservationRefused)
    assert [line.reason for line in event.lines] == ["seller_not_active", "seller_not_active", "currency"]


def test_an_award_is_ordered_once_in_time_by_its_own_buyer_and_to_the_country_it_was_made_for() -> None:
    request = a_request(QuoteRequestState.ACCEPTED)
    assert refusal_of_award(request, ordered(request), LATER) is None
    assert refusal_of_award(None, ordered(request), NOW) == "award_unknown"
    assert refusal_of_award(request, ordered(request, buyer_id=new_id()), NOW) == "award_unknown"
    used = replace(request, state=QuoteRequestState.ORDERED)
    assert refusal_of_award(used, ordered(request), NOW) == "award_used"
    assert refusal_of_award(request, ordered(request), LATER + timedelta(seconds=1)) == "award_expired"
    assert refusal_of_award(request, ordered(request, delivery_country="DE"), NOW) == "award_elsewhere"


@pytest.mark.policy("C7", "*")
@pytest.mark.parametrize("market", ALL_MARKETS)
def test_large_lots_and_changed_specifications_may_take_two_weeks(market: str) -> None:
    rules = rules_of(market)
    asked = {"warranty_months": None, "grade": None}
    usual = rules.dispatch_days_by_category.get("smartphone", 10)
    # Twenty are sold over the counter; one more, or another memory, is a matter of one to two weeks: ten business days.
    grade = rules.grades[0]
    line = offered(20, grade=grade, warranty_months=rules.warranty_months)
    assert not rules.is_bulk([asked_for(20)])
    assert rules.is_bulk([asked_for(21)])
    assert rules.is_bulk([asked_for(1, specs="32 GB RAM")])
    assert broken(rules, replace(line, lead_business_days=usual), quantity=20, **asked) == []
    slow = broken(rules, replace(line, lead_business_days=usual + 1), quantity=20, **asked)
    assert slow == ["shipping.sla_business_days"]
    assert broken(rules, replace(line, lead_business_days=10), quantity=21, **asked) == []
    assert broken(rules, replace(line, lead_business_days=11), quantity=21, **asked) == ["quotes.bulk_lead_days_most"]
    # Prices are negotiated: what the offer costs today does not matter.
    assert rules.price_negotiable
    fixed = replace(rules, price_negotiable=False)
    assert broken(fixed, replace(line, lead_business_days=0), quantity=20, **asked) == ["quotes.price_negotiable"]


# Row C8 by hand: five kinds of devices; the Belgian shop looks for any device on request.
CATEGORIES = {
    "fr-pro": {"smartphone", "tablet", "laptop", "desktop", "monitor"},
    "be-shop": {"smartphone", "tablet", "laptop", "desktop", "monitor", "watch", "console", "accessory"},
    "dk-shop": {"smartphone", "tablet", "laptop", "desktop", "monitor"},
    "uk-shop": {"smartphone", "tablet", "laptop", "desktop", "monitor"},
    "nl-market": {"smartphone", "tablet", "laptop", "desktop", "monitor"},
}


@pytest.mark.policy("C8", "*")
@pytest.mark.parametrize("market", CATEGORIES)
def test_quotes_are_given_for_the_categories_of_the_market(market: str) -> None:
    rules = rules_of(market)
    everything = {"smartphone", "tablet", "laptop", "desktop", "monitor", "watch", "console", "accessory"}
    lines = [asked_for(line_no=n, category=category) for n, category in enumerate(sorted(everything), start=1)]
    refused = list(rules.broken_by_request(lines, TODAY))
    named = {lines[int(str(one["pointer"]).split("/")[2])].category for one in refused}
    assert named == everything - CATEGORIES[market]
    assert {(one["rule"], one["market"]) for one in refused} <= {("quotes.categories", market)}


@pytest.mark.policy("1.4", "*")
@pytest.mark.parametrize("market", ALL_MARKETS)
def test_sellers_have_a_business_day_to_answer_and_answers_hold_for_two_weeks(market: str) -> None:
    rules = rules_of(market)
    # NOW is a Saturday: the next business day everywhere is Monday the 23rd, whose last second is the deadline.
    until = rules.answers_until(NOW, None).due_at
    assert rules.calendar().local_day(until) == date(2026, 11, 23)
    # The buyer may give them more time, and not less.
    assert rules.calendar().local_day(rules.answers_until(NOW, 3).due_at) == date(2026, 11, 25)
    assert replace(rules, answer_business_days=2).answers_until(NOW, 1) == rules.answers_until(NOW, 2)
    assert rules.valid_until(NOW) == NOW + timedelta(days=14)


@pytest.mark.parametrize(
    ("line", "asked", "rule"),
    [
        ({"grade": "fair"}, {"grade": "good"}, "grade"),
        ({"grade": "unheard_of"}, {}, "grades.scale"),
        ({"battery_floor": 84}, {"battery_floor": 85}, "battery_floor"),
        ({"battery_floor": None}, {"battery_floor": 85}, "battery_floor"),
        ({"warranty_months": 11}, {}, "warranty.months"),
        ({"warranty_months": 24}, {"warranty_months": 36}, "warranty.months"),
        ({"category": "tablet"}, {}, "category"),
        ({"line_no": 2}, {}, "line_no"),
        ({"quantity": 31}, {}, "quantity"),
    ],
)
def test_a_bid_gives_what_is_asked_for_or_better(line: Any, asked: Any, rule: str) -> None:
    assert broken(rules_of("fr-pro"), offered(**line), **asked) == [rule]


def test_stock_in_refurbishment_is_offered_where_it_is_welcome_and_for_a_day_that_fits() -> None:
    rules = rules_of("fr-pro")
    in_time, late = TODAY + timedelta(days=5), TODAY + timedelta(days=6)
    welcome = {"refurbishing_accepted": True, "needed_by": in_time}
    assert broken(rules, in_refurbishment(in_time), **welcome) == []
    assert broken(rules, in_refurbishment(late), **welcome) == ["needed_by"]
    assert broken(rules, in_refurbishment(in_time)) == ["refurbishing_accepted"]
    assert broken(rules, in_refurbishment(TODAY - timedelta(days=1)), **welcome) == ["ready_on"]
    # Two weeks of validity and two of work: whatever lies behind that is nobody's promise.
    far = TODAY + timedelta(days=29)
    assert broken(rules, in_refurbishment(far), refurbishing_accepted=True) == ["ready_on"]


def test_a_request_is_refused_with_every_line_that_cannot_be_answered() -> None:
    rules = replace(rules_of("fr-pro"), warranty_may_exceed=False)
    lines = [
        asked_for(grade="mint"),
        asked_for(line_no=2, category="monitor", battery_floor=85),
        asked_for(line_no=3, warranty_months=rules.warranty_months + 1),
        asked_for(line_no=4, needed_by=TODAY - timedelta(days=1)),
        asked_for(line_no=5, needed_by=TODAY),
    ]
    found = [(one["pointer"], one["rule"]) for one in rules.broken_by_request(lines, TODAY)]
    assert found == [
        ("/lines/0/grade", "grades.scale"),
        ("/lines/1/battery_floor", "battery.floor_percent_by_grade"),
        ("/lines/2/warranty_months", "warranty.extension"),
        ("/lines/3/needed_by", "needed_by"),
    ]
