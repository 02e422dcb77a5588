"""Reservations on a real database: nothing is oversold, held twice or given back twice."""

import asyncio
from functools import partial
from typing import Any

import pytest

from catalog.domain.offer import OfferPatch
from catalog.domain.reservation import OrderedLine, PlacedOrder, Reservation, ReservationState
from catalog.domain.stock import Movement, MovementKind, fold
from catalog.use_cases.consume_reservation import ConsumeReservation, consume_reservation
from catalog.use_cases.push_offers import push_offers
from catalog.use_cases.release_reservation import ReleaseReservation, release_reservation
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id, new_id

from ..builders import NOW, a_patch, a_push, an_order

pytestmark = pytest.mark.storage


async def offers_of(catalog: Any, *patches: OfferPatch) -> list[Id]:
    seller = await catalog.admit()
    lines = await catalog.executor.run(partial(push_offers, a_push(seller.id, *patches)))
    return [line.offer_id for line in lines]


async def place(catalog: Any, order: PlacedOrder) -> None:
    await catalog.executor.run(partial(reserve_stock, ReserveStock(order)))


async def figures(catalog: Any, offer: Id) -> tuple[int, int, int, int]:
    (row,) = await catalog.rows("select counted, available, held, sold from stock where offer_id = :o", o=offer)
    return tuple(row)


async def assert_the_book_is_right(catalog: Any, offers: list[Id] | None = None) -> None:
    """Of these offers, or of all."""
    for row in await catalog.rows("select * from stock"):
        if offers is not None and row.offer_id not in offers:
            continue
        written = await catalog.rows(
            "select offer_id, kind, quantity, at, cause_id from stock_movements where offer_id = :o order by id",
            o=row.offer_id,
        )
        folded = fold(row.offer_id, [Movement(w[0], MovementKind(w[1]), *w[2:]) for w in written])
        assert folded is not None
        assert folded.figures() == (row.counted, row.available, row.held, row.sold, row.shortage)
        (open_holds,) = await catalog.rows(
            "select coalesce(sum(u.quantity), 0) from reservation_units u join reservations r on r.id = u.reservation_id "
            "where r.state = 'held' and u.offer_id = :o",
            o=row.offer_id,
        )
        assert open_holds[0] == row.held


async def test_80_buyers_for_10_units_get_10(catalog: Any) -> None:
    (offer,) = await offers_of(catalog, a_patch(quantity=10))
    await asyncio.gather(*[place(catalog, an_order(OrderedLine(1, offer, 1))) for _ in range(80)])
    assert await figures(catalog, offer) == (10, 0, 10, 0)
    types = [event.type for event in await catalog.events("catalog.reservation")]
    assert types.count("catalog.reservation.held.v1") == 10
    assert types.count("catalog.reservation.refused.v1") == 70
    await assert_the_book_is_right(catalog)


async def test_orders_that_name_the_same_offers_in_any_order_all_come_to_an_end(catalog: Any) -> None:
    one, two = await offers_of(catalog, a_patch("A", quantity=40), a_patch("B", quantity=40))
    orders = [
        an_order(OrderedLine(1, first, 1), OrderedLine(2, second, 1)) for first, second in [(one, two), (two, one)] * 20
    ]
    await asyncio.gather(*[place(catalog, order) for order in orders])
    assert await figures(catalog, one) == (40, 0, 40, 0)
    assert await figures(catalog, two) == (40, 0, 40, 0)


async def test_a_refused_order_holds_nothing_of_what_could_be_had(catalog: Any) -> None:
    plenty, scarce = await offers_of(catalog, a_patch("A", quantity=5), a_patch("B", quantity=1))
    order = an_order(OrderedLine(1, plenty, 1), OrderedLine(2, scarce, 2))
    await place(catalog, order)
    assert await figures(catalog, plenty) == (5, 5, 0, 0)
    (event,) = await catalog.events("catalog.reservation", order.order_id)
    assert event.data["lines"] == [
        {"line_no": 2, "offer_id": str(scarce), "requested": 2, "available": 1, "reason": "not_enough_stock"}
        | {"held": None, "held_max": None}
    ]


async def test_the_same_order_twice_holds_once(catalog: Any) -> None:
    (offer,) = await offers_of(catalog, a_patch(quantity=5))
    order = an_order(OrderedLine(1, offer, 2))
    await place(catalog, order)
    await place(catalog, order)
    assert await figures(catalog, offer) == (5, 3, 2, 0)
    assert len(await catalog.events("catalog.reservation", order.order_id)) == 1


@pytest.mark.parametrize("first", ["consume", "release"])
async def test_a_reservation_is_consumed_or_released_once_and_never_both(catalog: Any, first: str) -> None:
    (offer,) = await offers_of(catalog, a_patch(quantity=5))
    order = an_order(OrderedLine(1, offer, 2))
    await place(catalog, order)
    consume = partial(consume_reservation, ConsumeReservation(order.order_id, NOW))
    release = partial(release_reservation, ReleaseReservation(order.order_id, "cancelled"))
    winner, loser = (consume, release) if first == "consume" else (release, consume)
    assert await catalog.executor.run(winner) is True
    assert await catalog.executor.run(loser) is False
    assert await catalog.executor.run(winner) is False
    expected = {"consume": (5, 3, 0, 2), "release": (5, 5, 0, 0)}
    assert await figures(catalog, offer) == expected[first]
    assert [event.seq for event in await catalog.events("catalog.reservation", order.order_id)] == [1, 2]
    await assert_the_book_is_right(catalog)


async def test_an_order_that_was_refused_has_nothing_to_release(catalog: Any) -> None:
    (offer,) = await offers_of(catalog, a_patch(quantity=1))
    order = an_order(OrderedLine(1, offer, 2))
    await place(catalog, order)
    assert (
        await catalog.executor.run(partial(release_reservation, ReleaseReservation(order.order_id, "refused"))) is False
    )
    assert await figures(catalog, offer) == (1, 1, 0, 0)


async def test_the_guard_holds_even_for_a_caller_without_a_lock(catalog: Any) -> None:
    (offer,) = await offers_of(catalog, a_patch(quantity=1))
    blind = Reservation(new_id(), 1, ReservationState.HELD, NOW, ((offer, 2),))
    with pytest.raises(StaleVersion):
        await catalog.executor.run(lambda uow, now: uow.reservations.open(blind))
    assert await figures(catalog, offer) == (1, 1, 0, 0)


async def test_pushes_and_orders_at_once_leave_a_right_book(catalog: Any) -> None:
    seller = await catalog.admit()
    push = partial(push_offers, a_push(seller.id, *[a_patch(f"S{n}", quantity=3) for n in range(5)]))
    offers = [line.offer_id for line in await catalog.executor.run(push)]

    async def buy(n: int) -> None:
        order = an_order(OrderedLine(1, offers[n % 5], 1), OrderedLine(2, offers[(n + 1) % 5], 1))
        await place(catalog, order)
        if n % 3 == 0:
            await catalog.executor.run(
                partial(consume_reservation, ConsumeReservation(order.order_id, catalog.clock.now()))
            )
        elif n % 3 == 1:
            await catalog.executor.run(partial(release_reservation, ReleaseReservation(order.order_id, "cancelled")))

    async def recount(n: int) -> None:
        catalog.clock.advance(seconds=1)
        again = a_push(seller.id, *[a_patch(f"S{i}", quantity=(n + i) % 6) for i in reversed(range(5))])
        await catalog.executor.run(partial(push_offers, again))

    await asyncio.gather(*[buy(n) if n % 3 else recount(n) for n in range(60)], *[buy(n) for n in range(0, 60, 3)])
    await assert_the_book_is_right(catalog)
