"""A month's spending: what counts as which month, shares that add up, and no figure where the source has none."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from chassis.kernel.ids import new_id
from orders.clients.avoided_emissions import avoided_emissions
from orders.domain.money import Totals
from orders.domain.spending import Avoided, PaidPart, Sums, month_of, shares_of, totals_of, units_of

ANN = new_id()


def a_part(**changes: object) -> PaidPart:
    part = PaidPart(
        order_id=new_id(),
        seller_id=new_id(),
        person_id=ANN,
        cost_centre="IT",
        currency="EUR",
        totals=Totals(100_00, 20_00, 0, 120_00),
        units_by_category={"smartphone": 2},
    )
    return replace(part, **changes)  # type: ignore[arg-type]


def test_an_order_of_two_sellers_is_one_order_and_each_of_theirs() -> None:
    first = a_part()
    second = a_part(order_id=first.order_id, totals=Totals(50_00, 10_00, 0, 60_00))
    assert totals_of([first, second]) == [Sums("EUR", 1, 4, Totals(150_00, 30_00, 0, 180_00))]
    assert [one.sums.orders for one in shares_of([first, second], lambda one: one.seller_id)] == [1, 1]


def test_shares_add_up_to_the_totals_in_each_currency() -> None:
    parts = [
        a_part(totals=Totals(100_00, 20_00, 1, 120_01)),
        a_part(cost_centre=None, person_id=None, totals=Totals(7_00, 0, 0, 7_00)),
        a_part(
            currency="DKK",
            totals=Totals(700_00, 175_00, 0, 875_00),
            units_by_category={"monitor": 1, "laptop": 3},
        ),
        a_part(cost_centre="HR"),
    ]
    totals = {one.currency: one for one in totals_of(parts)}
    keys = (lambda one: one.cost_centre, lambda one: one.person_id, lambda one: one.seller_id)
    for key in keys:
        for currency, total in totals.items():
            shares = [one.sums for one in shares_of(parts, key) if one.sums.currency == currency]
            for name in ("orders", "units"):
                assert sum(getattr(one, name) for one in shares) == getattr(total, name), name
            for field in fields(Totals):
                parts_of_it = [getattr(one.totals, field.name) for one in shares]
                assert sum(parts_of_it) == getattr(total.totals, field.name), field.name
    assert [one.key for one in shares_of(parts, lambda one: one.cost_centre)] == ["IT", "IT", "HR", None]


@pytest.mark.parametrize(
    ("now", "zone", "name", "since", "until"),
    [
        # Half an hour before midnight in UTC it is December in Paris.
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "Europe/Paris", "2026-12", (2026, 11, 30, 23), (2026, 12, 31, 23)),
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "Europe/London", "2026-11", (2026, 11, 1, 0), (2026, 12, 1, 0)),
        # The clocks change within it.
        (datetime(2026, 3, 31, 12, tzinfo=UTC), "Europe/Paris", "2026-03", (2026, 2, 28, 23), (2026, 3, 31, 22)),
    ],
)
def test_the_present_month_is_that_of_the_place(
    now: datetime, zone: str, name: str, since: tuple[int, ...], until: tuple[int, ...]
) -> None:
    expected = name, datetime(*since, tzinfo=UTC), datetime(*until, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert month_of(None, now, zone) == expected
    assert month_of(name, datetime(2030, 1, 1, tzinfo=UTC), zone) == expected


def test_what_the_source_does_not_tell_is_counted_and_not_guessed() -> None:
    figures = avoided_emissions()
    bought = units_of([a_part(units_by_category={"smartphone": 2, "watch": 1}), a_part()])
    phone = figures.grams_per_year["smartphone"]
    phones, watch = figures.of(bought)
    assert phones == Avoided("smartphone", 4, phone)
    assert (phones.grams, watch.units, watch.grams) == (4 * phone, 1, None)
    assert figures.source.publisher == "ADEME"
