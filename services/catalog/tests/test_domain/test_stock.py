"""Stock figures: what a count, a hold, a release and a sale do, and that the figures are the fold of the movements."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.domain.errors import NotEnoughStock
from catalog.domain.stock import Movement, MovementKind, Stock, fold
from chassis.kernel.ids import new_id

from ..builders import NOW

OFFER = new_id()


def counted(units: int) -> Stock:
    return Stock(OFFER, 0, NOW, NOW).recount(units, NOW, 0)


def test_a_hold_takes_free_units_and_a_release_gives_them_back() -> None:
    held = counted(5).hold(3)
    assert (held.available, held.held) == (2, 3)
    assert held.release(3).figures() == counted(5).figures()


def test_nobody_can_hold_more_than_is_free() -> None:
    with pytest.raises(NotEnoughStock) as refused:
        counted(5).hold(6)
    assert refused.value.facts["available"] == 5


def test_a_sale_takes_from_the_hold_and_not_again_from_what_is_free() -> None:
    sold = counted(5).hold(3).sell(3, NOW + timedelta(days=1))
    assert (sold.available, sold.held, sold.sold) == (2, 0, 3)


def test_holds_above_a_lowered_count_stay_and_the_rest_is_a_shortage() -> None:
    lowered = counted(5).hold(4).recount(1, NOW, 0)
    assert (lowered.available, lowered.held, lowered.shortage) == (0, 4, 3)


def test_a_release_first_covers_the_shortage() -> None:
    lowered = counted(5).hold(4).recount(1, NOW, 0)
    assert (lowered.release(4).available, lowered.release(4).shortage) == (1, 0)


def test_a_sale_from_before_the_count_is_in_the_sellers_figure_already() -> None:
    # The seller counted 2 after it had learned of the sale of 3; all 2 are free.
    recounted = counted(5).hold(3).recount(2, NOW + timedelta(hours=2), 0)
    assert recounted.available == 0
    assert recounted.sell(3, NOW + timedelta(hours=1)).available == 2


def test_a_sale_after_the_count_is_not_in_the_sellers_figure() -> None:
    recounted = counted(5).hold(3).recount(5, NOW + timedelta(hours=1), 0)
    assert recounted.sell(3, NOW + timedelta(hours=2)).available == 2


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.sampled_from(["count", "hold", "release", "sell", "take_back"]), st.integers(0, 12)), max_size=40
    )
)
def test_figures_are_the_fold_of_the_movements_and_obey_the_definition(steps: list[tuple[str, int]]) -> None:
    """available = max(0, counted − open holds − units sold at or after the count), whatever happened before."""
    stock, book = counted(10), [Movement(OFFER, MovementKind.PUSHED, 10, NOW, new_id())]
    open_holds: list[int] = []
    sales: list[tuple[datetime, int]] = []
    for hour, (step, number) in enumerate(steps, start=1):
        at = NOW + timedelta(hours=hour)
        if step == "count":
            # Some counts were made a little before they arrive, so that sales may lie on either side.
            at = max(stock.counted_at, at - timedelta(hours=number % 3))
            since = sum(units for sold_at, units in sales if sold_at >= at)
            book.append(Movement(OFFER, MovementKind.ADJUSTED, number - stock.counted, at, new_id()))
            stock = stock.recount(number, at, since)
        elif step == "hold" and number and number <= stock.available:
            book.append(Movement(OFFER, MovementKind.HELD, number, at, new_id()))
            stock = stock.hold(number)
            open_holds.append(number)
        elif step == "release" and open_holds:
            units = open_holds.pop(number % len(open_holds))
            book.append(Movement(OFFER, MovementKind.RELEASED, units, at, new_id()))
            stock = stock.release(units)
        elif step == "sell" and open_holds:
            units = open_holds.pop(number % len(open_holds))
            book.append(Movement(OFFER, MovementKind.SOLD, units, at, new_id()))
            stock = stock.sell(units, at)
            sales.append((at, units))
        elif step == "take_back" and sales:
            sold_at, units = sales.pop(number % len(sales))
            book.append(Movement(OFFER, MovementKind.RETURNED, units, sold_at, new_id()))
            stock = stock.take_back(units, sold_at)
        sold_since = sum(units for sold_at, units in sales if sold_at >= stock.counted_at)
        assert stock.available == max(0, stock.counted - sum(open_holds) - sold_since)
        assert stock.counted + stock.shortage == stock.available + stock.held + stock.sold
        assert not (stock.available and stock.shortage)
    folded = fold(OFFER, book)
    assert folded is not None
    assert folded.figures() == stock.figures()
