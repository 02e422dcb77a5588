"""Random pushes, orders, payments and cancellations on a real database, beside a model that a person can check by eye.

`HYPOTHESIS_EXAMPLES=500` walks longer than a change has time for.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalog.domain.reservation import OrderedLine
from catalog.use_cases.consume_reservation import ConsumeReservation, consume_reservation
from catalog.use_cases.give_back_units import GiveBackUnits, give_back_units
from catalog.use_cases.push_offers import push_offers
from catalog.use_cases.release_reservation import ReleaseReservation, release_reservation
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.kernel.ids import Id

from ..builders import a_patch, a_push, an_order
from ..conftest import Catalog, a_catalog
from .test_reservations import assert_the_book_is_right

pytestmark = pytest.mark.storage

OFFERS = 3
EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "12"))
_lines = st.lists(st.tuples(st.integers(0, OFFERS - 1), st.integers(1, 4)), min_size=1, max_size=4)


@dataclass
class Shelf:
    """What a seller counted, and what left since: the law of the stock in one place."""

    counted: int
    counted_at: datetime
    held: int = 0
    sales: list[tuple[int, datetime]] = field(default_factory=list)

    @property
    def sold(self) -> int:
        return sum(units for units, at in self.sales if at >= self.counted_at)

    @property
    def available(self) -> int:
        return max(0, self.counted - self.held - self.sold)

    def figures(self) -> tuple[int, ...]:
        return (self.counted, self.available, self.held, self.sold, max(0, self.held + self.sold - self.counted))


class Desk:
    """One catalogue and one event loop for all examples; each example has a seller of its own."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self.catalog: Catalog = self.run(self._open.enter_async_context(a_catalog()))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self._open.aclose())
        self._runner.close()


class Reservations(RuleBasedStateMachine):
    """Each rule does one thing to both, and compares the verdicts; the invariant compares the figures."""

    desk: Desk

    @initialize(units=st.lists(st.integers(0, 8), min_size=OFFERS, max_size=OFFERS))
    def open_the_shop(self, units: list[int]) -> None:
        catalog = self.desk.catalog
        self.seller = self.desk.run(catalog.admit())
        self.states: dict[Id, str] = {}
        self.units: dict[Id, Counter[int]] = {}
        self.orders: dict[Id, Any] = {}
        self.events: Counter[Id] = Counter()
        # When it was sold, and which of these were not delivered.
        self.sold_at: dict[Id, datetime] = {}
        self.kept: set[Id] = set()
        now = catalog.clock.now()
        self.shelves = [Shelf(counted, now) for counted in units]
        lines = self._push([a_patch(f"S{n}", quantity=counted) for n, counted in enumerate(units)])
        self.offers = [line.offer_id for line in lines]

    @rule(which=st.integers(0, OFFERS - 1), quantity=st.integers(0, 8), minutes_ago=st.integers(0, 30))
    def the_seller_counts(self, which: int, quantity: int, minutes_ago: int) -> None:
        shelf = self.shelves[which]
        as_of = self.desk.catalog.clock.now() - timedelta(minutes=minutes_ago)
        (line,) = self._push([a_patch(f"S{which}", quantity=quantity, as_of=as_of)])
        assert (line.status == "stale") == (as_of < shelf.counted_at)
        if as_of >= shelf.counted_at:
            shelf.counted, shelf.counted_at = quantity, as_of

    @rule(lines=_lines)
    def a_buyer_orders(self, lines: list[tuple[int, int]]) -> None:
        wanted = Counter[int]()
        for which, quantity in lines:
            wanted[which] += quantity
        can_be_had = all(units <= self.shelves[which].available for which, units in wanted.items())
        order = self._order(lines)
        assert self._verdict(order) == ("held" if can_be_had else "refused")

    @rule(orders=st.lists(_lines, min_size=2, max_size=8))
    def many_buyers_order_at_once(self, orders: list[list[tuple[int, int]]]) -> None:
        placed = self._orders(orders)
        # Units only went away meanwhile: who was refused could not be served now either.
        for id in placed:
            if self._verdict(id) == "refused":
                assert any(units > self.shelves[which].available for which, units in self.units[id].items())

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def an_order_comes_again(self, data: st.DataObject) -> None:
        again = data.draw(st.sampled_from(sorted(self.orders)))
        self._place(self.orders[again])

    @precondition(lambda self: self.states)
    @rule(data=st.data(), minutes_ago=st.integers(0, 30), rivals=st.integers(1, 3))
    def the_money_comes(self, data: st.DataObject, minutes_ago: int, rivals: int) -> None:
        id = data.draw(st.sampled_from(sorted(self.states)))
        at = self.desk.catalog.clock.now() - timedelta(minutes=minutes_ago)
        done = self._at_once([partial(consume_reservation, ConsumeReservation(id, at))] * rivals)
        assert done.count(True) == (self.states[id] == "held")
        if self.states[id] == "held":
            self._give_back(id)
            # No unit is sold before it was held.
            at = max(at, self.held_at[id])
            for which, units in self.units[id].items():
                self.shelves[which].sales.append((units, at))
            self.sold_at[id] = at
            self._now_is(id, "consumed")

    @precondition(lambda self: self.states)
    @rule(data=st.data(), rivals=st.integers(1, 3))
    def the_order_is_cancelled(self, data: st.DataObject, rivals: int) -> None:
        id = data.draw(st.sampled_from(sorted(self.states)))
        done = self._at_once([partial(release_reservation, ReleaseReservation(id, "cancelled"))] * rivals)
        assert done.count(True) == (self.states[id] == "held")
        if self.states[id] == "held":
            self._give_back(id)
            self._now_is(id, "released")

    @precondition(lambda self: "held" in self.states.values())
    @rule(data=st.data())
    def money_and_cancellation_cross(self, data: st.DataObject) -> None:
        held = sorted(id for id, state in self.states.items() if state == "held")
        id = data.draw(st.sampled_from(held))
        at = self.desk.catalog.clock.now()
        sold, freed = self._at_once(
            [
                partial(consume_reservation, ConsumeReservation(id, at)),
                partial(release_reservation, ReleaseReservation(id, "cancelled")),
            ]
        )
        assert sold != freed
        self._give_back(id)
        if sold:
            for which, units in self.units[id].items():
                self.shelves[which].sales.append((units, at))
            self.sold_at[id] = at
        self._now_is(id, "consumed" if sold else "released")

    @precondition(lambda self: hasattr(self, "sold_at") and set(self.sold_at) - self.kept)
    @rule(data=st.data())
    def the_seller_keeps_what_it_sold(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(set(self.sold_at) - self.kept)))
        offers = tuple(self.offers[which] for which in self.units[id])
        (done,) = self._at_once([partial(give_back_units, GiveBackUnits(id, offers, self.sold_at[id]))])
        assert done
        for which, units in self.units[id].items():
            self.shelves[which].sales.remove((units, self.sold_at[id]))
        self.kept.add(id)

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.desk.catalog.clock.advance(minutes=minutes)

    @invariant()
    def the_figures_are_the_models(self) -> None:
        rows = self.desk.run(
            self.desk.catalog.rows(
                "select offer_id, counted, available, held, sold, shortage from stock where offer_id = any(:ids)",
                ids=getattr(self, "offers", []),
            )
        )
        stored = {row.offer_id: tuple(row[1:]) for row in rows}
        for offer, shelf in zip(getattr(self, "offers", []), getattr(self, "shelves", []), strict=True):
            assert stored[offer] == shelf.figures()

    def teardown(self) -> None:
        """The book tells the same story, and each order was announced once per change."""
        if not hasattr(self, "offers"):
            return
        run, catalog = self.desk.run, self.desk.catalog
        run(assert_the_book_is_right(catalog, self.offers))
        for id, count in self.events.items():
            assert [event.seq for event in run(catalog.events("catalog.reservation", id))] == list(range(1, count + 1))

    def _push(self, patches: list[Any]) -> Any:
        return self.desk.run(self.desk.catalog.executor.run(partial(push_offers, a_push(self.seller.id, *patches))))

    def _order(self, lines: list[tuple[int, int]]) -> Id:
        (id,) = self._orders([lines])
        return id

    def _orders(self, orders: list[list[tuple[int, int]]]) -> list[Id]:
        made = [
            an_order(*(OrderedLine(n, self.offers[which], units) for n, (which, units) in enumerate(lines, start=1)))
            for lines in orders
        ]
        self._at_once([partial(reserve_stock, ReserveStock(order)) for order in made])
        for order, lines in zip(made, orders, strict=True):
            wanted = Counter[int]()
            for which, units in lines:
                wanted[which] += units
            self.orders[order.order_id], self.units[order.order_id] = order, wanted
            verdict = self._verdict(order.order_id)
            self.states[order.order_id] = verdict
            self.events[order.order_id] = 1
            self.held_at = {**getattr(self, "held_at", {}), order.order_id: self.desk.catalog.clock.now()}
            if verdict == "held":
                for which, units in wanted.items():
                    self.shelves[which].held += units
        return [order.order_id for order in made]

    def _place(self, order: Any) -> None:
        self.desk.run(self.desk.catalog.executor.run(partial(reserve_stock, ReserveStock(order))))

    def _verdict(self, id: Id) -> str:
        (event, *_) = self.desk.run(self.desk.catalog.events("catalog.reservation", id))
        name: str = event.type.split(".")[2]
        return name

    def _at_once(self, works: list[Any]) -> list[Any]:
        async def all_of_them() -> list[Any]:
            return await asyncio.gather(*[self.desk.catalog.executor.run(work) for work in works])

        done: list[Any] = self.desk.run(all_of_them())
        return done

    def _give_back(self, id: Id) -> None:
        for which, units in self.units[id].items():
            self.shelves[which].held -= units

    def _now_is(self, id: Id, state: str) -> None:
        self.states[id] = state
        self.events[id] += 1


def test_whatever_happens_to_the_stock_happens_to_the_model() -> None:
    desk = Desk()

    class OnThisDesk(Reservations):
        pass

    OnThisDesk.desk = desk
    try:
        run_state_machine_as_test(
            OnThisDesk,
            settings=settings(max_examples=EXAMPLES, stateful_step_count=20),
        )
    finally:
        desk.close()
