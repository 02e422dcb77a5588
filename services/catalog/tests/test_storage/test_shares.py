"""One buyer company cannot park a shop, from however many keys and copies of the service; honest buyers notice nothing."""

import asyncio
from typing import Any

import pytest

from catalog.domain.reservation import OrderedLine, PlacedOrder
from catalog.use_cases.consume_reservation import ConsumeReservation, consume_reservation
from catalog.use_cases.release_reservation import ReleaseReservation, release_reservation
from chassis.kernel.ids import Id, new_id

from ..builders import NOW, a_patch, an_order
from .test_fight import copies
from .test_reservations import offers_of, place

pytestmark = pytest.mark.storage

# Of the shipped markets: a new buyer holds half of an offer and half of a seller's units, once it holds more than 100.
FREE = 100


def ordered(buyer: Id, offer: Id, quantity: int, tier: str = "new") -> PlacedOrder:
    return an_order(OrderedLine(1, offer, quantity), buyer_id=buyer, trust_tier=tier)


async def held_by(catalog: Any, buyer: Id) -> dict[Id, int]:
    rows = await catalog.rows("select of_id, units from buyer_holds where buyer_id = :b", b=buyer)
    counted = await catalog.rows(
        "select w.of_id, sum(u.quantity)::int from reservations r join reservation_units u on u.reservation_id = r.id "
        "join offers o on o.id = u.offer_id cross join lateral (values (u.offer_id), (o.seller_id)) w(of_id) "
        "where r.buyer_id = :b and r.state = 'held' group by 1",
        b=buyer,
    )
    found = {row.of_id: row.units for row in rows if row.units}
    # The sums are what they claim to sum.
    assert found == {row[0]: row[1] for row in counted}
    return found


async def refusal_of(catalog: Any, order: PlacedOrder) -> Any:
    (event,) = await catalog.events("catalog.reservation", order.order_id)
    return event.data if event.type == "catalog.reservation.refused.v1" else None


async def test_a_bot_of_200_keys_over_three_copies_gets_its_share_and_honest_buyers_get_the_rest() -> None:
    async with copies(3) as running:
        offers = await offers_of(running[0], *[a_patch(f"S{n}", quantity=60) for n in range(5)])
        bot = new_id()
        # 300 units are on sale: half of them is 150, in orders of 3 over all offers at once.
        swarm = [ordered(bot, offers[n % 5], 3) for n in range(200)]
        await asyncio.gather(*[place(running[n % 3], order) for n, order in enumerate(swarm)])
        held = await held_by(running[0], bot)
        refused = [found for order in swarm if (found := await refusal_of(running[0], order))]
        assert sum(held.get(offer, 0) for offer in offers) == 150
        assert len(refused) == 150
        assert {one["reason"] for one in refused} == {"stock_share_limit"}
        assert {(line["reason"], line["held"], line["held_max"]) for one in refused for line in one["lines"]} == {
            ("seller_share_limit", 150, 150)
        }
        honest = [ordered(new_id(), offers[n % 5], 5) for n in range(20)]
        await asyncio.gather(*[place(running[n % 3], order) for n, order in enumerate(honest)])
        assert [order for order in honest if await refusal_of(running[0], order)] == []


async def test_what_is_paid_or_cancelled_is_held_no_more(catalog: Any) -> None:
    (offer,) = await offers_of(catalog, a_patch(quantity=300))
    buyer = new_id()
    first, second = ordered(buyer, offer, 100), ordered(buyer, offer, 50)
    await place(catalog, first)
    await place(catalog, second)
    too_much = ordered(buyer, offer, 1)
    await place(catalog, too_much)
    (line,) = (await refusal_of(catalog, too_much))["lines"]
    assert (line["reason"], line["held"], line["held_max"], line["available"]) == ("offer_share_limit", 150, 150, 150)

    async def end(use_case: Any, command: Any) -> None:
        await catalog.executor.run(lambda uow, now: use_case(command, uow, now))

    await end(release_reservation, ReleaseReservation(second.order_id, "cancelled"))
    assert (await held_by(catalog, buyer))[offer] == 100
    await end(consume_reservation, ConsumeReservation(first.order_id, NOW))
    assert await held_by(catalog, buyer) == {}
    again = ordered(buyer, offer, FREE)
    await place(catalog, again)
    assert await refusal_of(catalog, again) is None


async def test_who_is_trusted_holds_more_and_orders_without_a_tier_are_not_asked(catalog: Any) -> None:
    (offer,) = await offers_of(catalog, a_patch(quantity=400))
    trusted, unknown = new_id(), new_id()
    for order in (ordered(trusted, offer, 390, "trusted"), an_order(OrderedLine(1, offer, 10), buyer_id=unknown)):
        await place(catalog, order)
        assert await refusal_of(catalog, order) is None
