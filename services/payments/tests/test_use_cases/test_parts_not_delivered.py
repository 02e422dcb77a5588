"""Paid parts of an order that are not delivered: what goes back, from which means, and what a card is spared."""

from dataclasses import replace
from typing import Any

import pytest

from chassis.kernel.ids import Id, new_id
from payments.domain.card_payment import CardState
from payments.domain.payment import HeldOrder, PaymentState
from services.payments.tests.builders import DAY, RULES, a_dispatch, e1_of_seller_a
from services.payments.tests.test_use_cases.test_cards import (
    a_reserved_story,
    announce,
    facts_of,
    payment_of,
    pays,
    read,
    settles,
    started,
)
from services.payments.tests.world import World

pytestmark = pytest.mark.storage

# Of rule book E1: seller A's part, seller B's part, and both.
A, B, WHOLE = 156048, 65100, 221148


async def not_delivered(
    world: World, order: HeldOrder, minor: int, part_id: Id | None = None, reason: str = "out_of_stock"
) -> Id:
    part_id = part_id or new_id()
    data = {
        "seller_order_id": str(part_id),
        "order_id": str(order.order_id),
        "reason": reason,
        "gross": {"amount": minor, "currency": "EUR"},
        "by": "seller",
        "secured_at": world.clock.now().isoformat(),
    }
    await world.tell("orders.seller_order", "cancelled", part_id, data)
    await world.settle()
    return part_id


async def ended(world: World, order: HeldOrder) -> None:
    await world.tell("orders.order", "cancelled_exception", order.order_id, {"order_id": str(order.order_id)})
    await world.settle()


async def paid_by_transfer(world: World, *credits: int) -> tuple[Id, HeldOrder]:
    buyer = await world.buyer()
    order = await world.held(buyer, WHOLE)
    for minor in credits or (WHOLE,):
        await world.wire(buyer, minor, "100042")
        world.clock.advance(minutes=1)
    await world.settle()
    return buyer, order


async def refunds_of(world: World) -> list[tuple[int, str]]:
    return [(data["amount"]["amount"], data["means"]) for _, data in await world.events("refund.created")]


async def refunds_settle(world: World) -> None:
    for kind in ("refund", "card_refund"):
        for reference in world.psp.of_kind(kind):
            await world.finish("refund", reference)


@pytest.mark.policy("C10", "fr-pro")
async def test_e1_without_seller_b_gives_its_share_back_and_the_rest_goes_its_way(world: World) -> None:
    buyer, order = await paid_by_transfer(world)
    seller = await world.seller()
    part_id = await not_delivered(world, order, B)
    [(_, told)] = await world.events("refund.created")
    assert (told["amount"]["amount"], told["cause"], told["means"]) == (B, "out_of_stock", "bank_transfer")
    assert (told["seller_order_id"], told["credit_note_id"]) == (str(part_id), None)
    await refunds_settle(world)
    refund = told["refund_id"]
    escrow = f"buyer.escrow:{order.order_id}"
    # P8 in two steps; no credit note, for nothing was invoiced.
    assert (await world.journals())[2:] == [
        ("P8_refund_of_order", [(escrow, "debit", B), (f"refund.payable:{refund}", "credit", B)]),
        ("P8_refund_paid", [(f"refund.payable:{refund}", "debit", B), ("psp.cash", "credit", B)]),
    ]
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    await world.ship(ordered, a_dispatch(ordered))
    await world.close_window(ordered)
    # What was shipped is all that is left of the order: its commission is E1's, and its escrow is empty.
    assert escrow not in await world.balances()
    assert (await world.balances())[f"seller.available:{seller}"] == 140562
    assert (await payment_of(world, order)).state == PaymentState.SECURED
    await world.audit()


@pytest.mark.parametrize("order_first", [False, True], ids=["parts first", "order first"])
async def test_an_order_of_which_nothing_is_delivered_closes_with_empty_escrow(world: World, order_first: bool) -> None:
    _, order = await paid_by_transfer(world)
    await not_delivered(world, order, A)
    if order_first:
        await ended(world, order)
    await not_delivered(world, order, B)
    if not order_first:
        await ended(world, order)
    await ended(world, order)
    await refunds_settle(world)
    assert await refunds_of(world) == [(A, "bank_transfer"), (B, "bank_transfer")]
    assert await world.balances() == {}
    payment = await payment_of(world, order)
    assert (payment.state, payment.closed_reason) == (PaymentState.CLOSED, "nothing_delivered")
    await world.audit()


async def test_the_money_that_came_last_goes_back_first(world: World) -> None:
    _, order = await paid_by_transfer(world, 150000, 71148)
    await not_delivered(world, order, A)
    # 1,560.48 = the second credit whole, and 849.00 of the first.
    assert sorted(await refunds_of(world)) == [(71148, "bank_transfer"), (84900, "bank_transfer")]
    await not_delivered(world, order, B)
    assert sum(minor for minor, _ in await refunds_of(world)) == WHOLE
    await world.audit()


async def test_the_same_word_twice_pays_once_and_two_parts_of_one_reason_are_two(world: World) -> None:
    _, order = await paid_by_transfer(world)
    part_id = await not_delivered(world, order, B)
    await not_delivered(world, order, B, part_id)
    assert await refunds_of(world) == [(B, "bank_transfer")]
    await not_delivered(world, order, A)
    assert await refunds_of(world) == [(B, "bank_transfer"), (A, "bank_transfer")]
    await world.audit()


async def test_what_never_was_paid_gives_nothing_back(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, WHOLE)
    data = {"order_id": str(order.order_id), "reason": "not_paid", "secured_at": None}
    await world.tell("orders.seller_order", "cancelled", new_id(), data)
    assert await refunds_of(world) == []


async def test_a_card_that_was_charged_at_once_gets_it_back(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, WHOLE)
    card = await started(world, order)
    await pays(world, card)
    await settles(world, card.id)
    await not_delivered(world, order, B)
    await refunds_settle(world)
    assert await refunds_of(world) == [(B, "card")]
    assert await world.balances() == {"psp.cash": A, f"buyer.escrow:{order.order_id}": A}
    await world.audit()


async def test_what_a_card_brought_too_much_is_not_counted_against_its_share(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, WHOLE)
    card = await started(world, order)
    await world.wire(buyer, 21148, "100042")
    await pays(world, card)
    await settles(world, card.id)
    # The card was charged for all of it, so that 211.48 went back at once; 2,000.00 of it stayed on the order.
    assert await refunds_of(world) == [(21148, "card")]
    await not_delivered(world, order, WHOLE)
    assert sorted((await refunds_of(world))[1:]) == [(21148, "bank_transfer"), (200000, "card")]
    await world.audit()


async def test_where_cards_are_charged_at_dispatch_only_what_ships_is_taken(world: World) -> None:
    order, card = await a_reserved_story(world)
    await not_delivered(world, order, B)
    assert await refunds_of(world) == []
    assert (await read(world, card.id)).stands_for.minor == A
    assert await facts_of(world, await announce(world, order, A)) == [("captured", A)]
    assert await world.balances() == {"psp.card": A, f"buyer.escrow:{order.order_id}": A}
    await world.audit()


@pytest.mark.parametrize("given_up_first", [True, False])
async def test_what_a_card_still_holds_is_let_go_when_nothing_is_left_to_take(
    world: World, given_up_first: bool
) -> None:
    order, card = await a_reserved_story(world)
    if given_up_first:
        await not_delivered(world, order, B)
        assert world.psp.let_go == []
    charged = await announce(world, order, A)
    if not given_up_first:
        assert world.psp.let_go == []
        await not_delivered(world, order, B)
    assert world.psp.let_go == [str(card.id)]
    assert await facts_of(world, charged) == [("captured", A)]
    assert (await read(world, card.id)).state == CardState.CAPTURED
    await settles(world, await capture_of(world))
    assert await world.balances() == {"psp.cash": A, f"buyer.escrow:{order.order_id}": A}
    await world.audit()


async def test_what_a_part_that_still_ships_needs_is_not_let_go(world: World) -> None:
    order, _ = await a_reserved_story(world)
    await announce(world, order, A)
    assert world.psp.let_go == []
    assert await facts_of(world, await announce(world, order, B)) == [("captured", B)]
    # All of it was taken: nothing is reserved any more.
    assert world.psp.let_go == []


async def test_a_charge_that_failed_keeps_the_rest_until_it_is_made_good(world: World) -> None:
    order, card = await a_reserved_story(world)
    world.psp.declines_captures = True
    await announce(world, order, A)
    await not_delivered(world, order, B)
    assert world.psp.let_go == []
    world.psp.declines_captures = False
    await announce(world, order, A)
    assert world.psp.let_go == [str(card.id)]


async def test_a_reservation_for_an_order_of_which_nothing_is_delivered_is_let_go(world: World) -> None:
    order, card = await a_reserved_story(world)
    for minor in (A, B):
        await not_delivered(world, order, minor)
    await ended(world, order)
    assert (await read(world, card.id)).state == CardState.VOIDED
    assert await world.journals() == []
    assert await refunds_of(world) == []
    await world.audit()


async def test_a_transfer_beside_a_reserved_card_gives_back_what_the_card_cannot_be_spared(world: World) -> None:
    buyer = await world.buyer()
    rules = RULES.in_force("dk-shop", DAY)
    order = replace(await world.held(buyer, WHOLE), market="dk-shop", policy_version=rules.version)
    await world.rows_changed(
        "update payments set policy_version = :version where order_id = :id", version=rules.version, id=order.order_id
    )
    await world.wire(buyer, 100000, "100042")
    card = await started(world, order)
    await pays(world, card)
    assert (await read(world, card.id)).stands_for.minor == WHOLE - 100000
    # Part A comes to 1,560.48: 1,211.48 is never taken from the card, and 349.00 of the transfer goes back.
    await not_delivered(world, order, A)
    assert await refunds_of(world) == [(34900, "bank_transfer")]
    # What is left of the transfer pays for part B, and its parcel leaves without a charge.
    assert await facts_of(world, await announce(world, order, B)) == [("captured", 0)]
    assert (await escrow_of(world, order)) == B
    await world.audit()


async def capture_of(world: World) -> Id:
    [card] = world.psp.cards_of.values()
    return Id(card.captures[-1].reference)


async def escrow_of(world: World, order: HeldOrder) -> Any:
    return (await world.balances())[f"buyer.escrow:{order.order_id}"]
