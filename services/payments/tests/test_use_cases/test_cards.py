"""Paying by card: every way an attempt ends, what races it, and what is lost on the way."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chassis.kernel.ids import Id, new_id
from payments.domain.card_payment import CardPayment, CardState
from payments.domain.errors import CardNotAccepted, NoSuchPayment, PaymentNotOpen
from payments.domain.payment import HeldOrder, PaymentState, payment_id_of
from payments.domain.psp_facts import CardFacts, EventOutcome, PspEvent
from payments.use_cases.begin_card_payment import BeginCardPayment, begin_card_payment
from services.payments.tests.builders import DAY, RULES, a_dispatch, e1_of_seller_a, e1_of_seller_b
from services.payments.tests.world import World

pytestmark = pytest.mark.storage


async def started(world: World, order: HeldOrder) -> CardPayment:
    """The buyer has clicked, and the provider's page waits."""
    command = BeginCardPayment(payment_id_of(order.order_id), order.buyer_id)
    card = await world.executor.run(partial(begin_card_payment, command))
    await world.settle()
    return await read(world, card.id)


async def read(world: World, card_id: Id) -> CardPayment:
    async def work(uow: Any, now: Any) -> CardPayment:
        found: CardPayment = await uow.card_payments.get(card_id)
        return found

    return await world.executor.run(work)


async def payment_of(world: World, order: HeldOrder) -> Any:
    async def work(uow: Any, now: Any) -> Any:
        return await uow.payments.get(payment_id_of(order.order_id))

    return await world.executor.run(work)


async def hear(world: World, type: str, facts: CardFacts, event_id: str | None = None) -> EventOutcome | None:
    """The provider's message about a card payment, with the capture that it is about."""
    capture = facts.captures[-1] if facts.captures else None
    data = {
        "id": facts.provider_id,
        "reference": facts.reference,
        "status": facts.status,
        "failure_reason": facts.failure_reason,
        "authorised_until": facts.authorised_until.isoformat() if facts.authorised_until else None,
        "capture": capture
        and {
            "id": capture.provider_id,
            "reference": capture.reference,
            "amount": {"amount": capture.amount.minor, "currency": capture.amount.currency},
            "status": capture.status,
            "failure_reason": capture.failure_reason,
        },
    }
    outcome = await world.hear(PspEvent(event_id or f"evt_{new_id()}", f"card_payment.{type}", data))
    await world.settle()
    return outcome


async def pays(world: World, card: CardPayment, *, heard: bool = True) -> CardFacts:
    facts = world.psp.buyer_pays(str(card.id))
    if heard:
        await hear(world, "captured" if facts.captures else "authorised", facts)
    return facts


async def settles(world: World, reference: Id) -> None:
    world.psp.settle_card(str(reference))
    [facts] = [one for one in world.psp.cards_of.values() if str(reference) in [c.reference for c in one.captures]]
    [capture] = [one for one in facts.captures if one.reference == str(reference)]
    await hear(world, "settled", replace(facts, captures=(capture,)))


async def a_story(world: World, minor: int = 221148) -> tuple[Id, HeldOrder, CardPayment]:
    buyer = await world.buyer()
    order = await world.held(buyer, minor)
    return buyer, order, await started(world, order)


@pytest.mark.policy("D1", "fr-pro")
@pytest.mark.policy("D4", "fr-pro")
async def test_e1_two_sellers_by_card(world: World) -> None:
    buyer, order, card = await a_story(world)
    seller_a, seller_b = await world.seller(), await world.seller("Seconde Main Pro SARL", "SMP")
    await pays(world, card)
    await settles(world, card.id)
    a, b = e1_of_seller_a(order.order_id, seller_a, buyer), e1_of_seller_b(order.order_id, seller_b, buyer)
    for ordered in (a, b):
        await world.ship(ordered, a_dispatch(ordered))
    for ordered in (a, b):
        await world.close_window(ordered)
    world.clock.advance(days=4)
    await world.settle()
    for reference in world.psp.of_kind("payout"):
        await world.finish("payout", reference)

    escrow = f"buyer.escrow:{order.order_id}"
    pending = f"seller.pending:{a.seller_order_id}"
    assert (await world.journals())[:4] == [
        ("P2_captured", [("psp.card", "debit", 221148), (escrow, "credit", 221148)]),
        ("P2_card_settled", [("psp.cash", "debit", 221148), ("psp.card", "credit", 221148)]),
        ("P4_shipped", [(escrow, "debit", 156048), (pending, "credit", 156048)]),
        ("P5_commission", [(pending, "debit", 15486), ("mkt.commission", "credit", 12905), ("mkt.vat_out", "credit", 2581)]),
    ]  # fmt: skip
    assert await world.balances() == {"mkt.cash": 23226, "mkt.commission": 19355, "mkt.vat_out": 3871}
    await world.audit()


async def test_the_link_leads_to_the_result_page_and_the_order_is_secured_by_card(world: World) -> None:
    _, order, card = await a_story(world)
    assert card.state == CardState.REQUIRES_3DS
    assert card.hosted_page is not None
    token = (await payment_of(world, order)).card_token
    assert card.hosted_page.endswith(f"/pay/{token}/result")
    await pays(world, card)
    [secured] = [data for name, data in await world.events("payment") if name == "payment.secured"]
    assert (secured["method"], secured["capture"], secured["amount"]["amount"]) == ("card", "done", 221148)
    assert await world.names("card_payment") == [
        "card_payment.started", "card_payment.authentication_required", "card_payment.authorised", "card_payment.captured",
    ]  # fmt: skip
    await world.audit()


async def test_who_clicks_twice_continues_the_same_attempt(world: World) -> None:
    _, order, card = await a_story(world)
    assert (await started(world, order)).id == card.id
    assert len(world.psp.of_kind("card")) == 1


@pytest.mark.parametrize("reason", ["declined", "insufficient_funds", "authentication_failed"])
async def test_a_failed_attempt_says_why_and_another_one_succeeds(world: World, reason: str) -> None:
    _, order, card = await a_story(world)
    await hear(world, "failed", world.psp.buyer_pays(str(card.id), "failed", reason))
    [failed] = [data for name, data in await world.events("card_payment") if name == "card_payment.failed"]
    assert failed["reason"] == reason
    again = await started(world, order)
    assert again.attempt == 2
    await pays(world, again)
    assert (await payment_of(world, order)).state == PaymentState.SECURED


async def test_the_same_messages_twice_and_in_the_wrong_order_change_nothing(world: World) -> None:
    _, _, card = await a_story(world)
    facts = world.psp.buyer_pays(str(card.id))
    world.psp.settle_card(str(card.id))
    settled = world.psp.cards_of[str(card.id)]
    assert await hear(world, "settled", settled) == EventOutcome.APPLIED
    assert await hear(world, "captured", facts) == EventOutcome.IGNORED
    assert await hear(world, "authorised", replace(facts, captures=(), status="authorised")) == EventOutcome.IGNORED
    assert await hear(world, "settled", settled) == EventOutcome.IGNORED
    assert [kind for kind, _ in await world.journals()] == ["P2_captured", "P2_card_settled"]
    await world.audit()


async def test_lost_messages_are_made_up_for_by_asking(world: World) -> None:
    _, order, card = await a_story(world)
    await pays(world, card, heard=False)
    world.clock.advance(minutes=31)
    await world.settle()
    assert (await payment_of(world, order)).state == PaymentState.SECURED
    world.psp.settle_card(str(card.id))
    world.clock.advance(days=7)
    await world.settle()
    assert await world.balances() == {f"buyer.escrow:{order.order_id}": 221148, "psp.cash": 221148}


async def test_who_does_not_finish_in_time_is_cancelled_at_the_provider(world: World) -> None:
    _, order, card = await a_story(world)
    world.clock.advance(minutes=29)
    await world.settle()
    assert (await read(world, card.id)).state == CardState.REQUIRES_3DS
    world.clock.advance(minutes=2)
    await world.settle()
    ended = await read(world, card.id)
    assert (ended.state, ended.failure_reason) == (CardState.FAILED, "timed_out")
    assert world.psp.cards_of[str(card.id)].status == "cancelled"
    assert (await started(world, order)).attempt == 2


async def test_an_answer_that_got_lost_makes_no_second_session(world: World) -> None:
    order = await world.held(await world.buyer(), 5000)
    world.psp.forgets_answers = 1
    card = await started(world, order)
    assert card.state == CardState.CREATED
    await world.retry_now()
    assert (await read(world, card.id)).state == CardState.REQUIRES_3DS
    assert len(world.psp.of_kind("card")) == 1


async def test_a_transfer_that_pays_all_ends_the_page(world: World) -> None:
    buyer, order, card = await a_story(world, 5000)
    await world.wire(buyer, 5000, "100042")
    await world.settle()
    ended = await read(world, card.id)
    assert (ended.state, ended.failure_reason) == (CardState.FAILED, "cancelled")
    with pytest.raises(PaymentNotOpen):
        await started(world, order)


async def test_of_a_transfer_and_a_card_that_cross_one_wins_and_the_other_goes_back(world: World) -> None:
    buyer, order, card = await a_story(world, 5000)
    await pays(world, card, heard=False)
    await world.wire(buyer, 5000, "100042")
    await world.settle()
    assert (await payment_of(world, order)).method == "bank_transfer"
    [refund] = world.psp.of_kind("refund")
    assert world.psp.refunded == {(refund, f"cc_{card.id}"): 5000}
    await settles(world, card.id)
    await world.finish("refund", refund)
    assert await world.balances() == {f"buyer.escrow:{order.order_id}": 5000, "psp.cash": 5000}
    await world.audit()


async def test_a_refund_that_ends_before_anybody_told_of_the_settlement_settles_the_capture(world: World) -> None:
    _, order, card = await a_story(world, 5000)
    await pays(world, card)
    await world.tell("orders.order", "cancelled", order.order_id, {"by": "buyer"})
    await world.settle()
    [refund] = world.psp.of_kind("refund")
    await world.finish("refund", refund)
    assert await world.balances() == {}
    await settles(world, card.id)
    assert [kind for kind, _ in await world.journals()].count("P2_card_settled") == 1
    await world.audit()


async def test_a_part_that_came_by_transfer_meanwhile_goes_back_by_card(world: World) -> None:
    buyer, order, card = await a_story(world, 5000)
    await world.wire(buyer, 2000, "100042")
    await pays(world, card)
    assert (await payment_of(world, order)).state == PaymentState.SECURED
    assert list(world.psp.refunded.values()) == [2000]
    await world.audit()


async def test_the_next_attempt_is_for_what_is_still_missing(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, 5000)
    await world.wire(buyer, 2000, "100042")
    assert (await started(world, order)).amount.minor == 3000


async def test_a_cancelled_order_ends_the_page_or_gives_the_money_back(world: World) -> None:
    _, order, card = await a_story(world, 5000)
    await world.tell("orders.order", "cancelled", order.order_id, {"by": "buyer"})
    await world.settle()
    assert world.psp.cards_of[str(card.id)].status == "cancelled"

    _, order, card = await a_story(world, 6000)
    await pays(world, card, heard=False)
    await world.tell("orders.order", "cancelled", order.order_id, {"by": "buyer"})
    await world.settle()
    assert list(world.psp.refunded.values()) == [6000]
    assert (await payment_of(world, order)).state == PaymentState.CLOSED
    await world.audit()


@pytest.mark.parametrize("done", [True, False])
async def test_an_expiring_order_gets_a_definite_answer_about_the_card(world: World, done: bool) -> None:
    _, order, card = await a_story(world, 5000)
    if done:
        await pays(world, card, heard=False)
    world.psp.down = True
    await world.tell("orders.order", "expiring", order.order_id, {})
    await world.settle()
    assert (await payment_of(world, order)).state == PaymentState.OPENED
    world.psp.down = False
    await world.retry_now()
    expected = "payment.secured" if done else "payment.not_paid"
    assert (await world.names("payment."))[-1] == expected
    assert (await read(world, card.id)).state == (CardState.CAPTURED if done else CardState.FAILED)


async def test_strangers_and_markets_without_cards_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order = await world.held(await world.buyer(), 5000)
    with pytest.raises(NoSuchPayment):
        await world.executor.run(partial(begin_card_payment, BeginCardPayment(payment_id_of(order.order_id), new_id())))
    version = order.policy_version
    monkeypatch.setitem(RULES._rules, version, replace(RULES.of_version(version), tenders=("bank_transfer",)))
    with pytest.raises(CardNotAccepted):
        await started(world, order)


async def a_reserved_story(world: World, minor: int = 221148) -> tuple[HeldOrder, CardPayment]:
    """An order of a market that charges the card when each part leaves."""
    buyer = await world.buyer()
    rules = RULES.in_force("dk-shop", DAY)
    order = replace(await world.held(buyer, minor), market="dk-shop", policy_version=rules.version)
    await world.rows_changed(
        "update payments set policy_version = :version where order_id = :id", version=rules.version, id=order.order_id
    )
    card = await started(world, order)
    await pays(world, card)
    return order, await read(world, card.id)


async def announce(world: World, order: HeldOrder, minor: int) -> Id:
    shipment_id = new_id()
    data = {
        "order_id": str(order.order_id),
        "seller_order_id": str(new_id()),
        "shipment_id": str(shipment_id),
        "amount": {"amount": minor, "currency": "EUR"},
    }
    await world.tell("orders.shipment", "announced", shipment_id, data)
    await world.settle()
    return shipment_id


async def facts_of(world: World, shipment_id: Id) -> list[tuple[str, Any]]:
    told = [
        (name, data) for name, data in await world.events("card_payment") if data.get("shipment_id") == str(shipment_id)
    ]
    return [(name.removeprefix("card_payment."), data.get("amount", {}).get("amount")) for name, data in told]


async def test_a_reservation_secures_the_order_and_moves_nothing(world: World) -> None:
    order, card = await a_reserved_story(world)
    assert card.state == CardState.AUTHORISED
    [secured] = [data for name, data in await world.events("payment") if name == "payment.secured"]
    assert (secured["method"], secured["capture"]) == ("card", "at_dispatch")
    assert await world.journals() == []
    assert (await payment_of(world, order)).state == PaymentState.SECURED


async def test_a_reservation_that_lapses_before_the_goods_leave_secures_nothing_and_is_let_go(world: World) -> None:
    world.orders.leaves_by = world.clock.now() + timedelta(days=8)
    order, card = await a_reserved_story(world)
    assert card.state == CardState.VOIDED
    assert (await payment_of(world, order)).state == PaymentState.OPENED
    assert "payment.secured" not in await world.names("payment.")
    world.orders.leaves_by = world.clock.now() + timedelta(days=6)
    again = await started(world, order)
    await pays(world, again)
    assert (await payment_of(world, order)).state == PaymentState.SECURED


async def test_while_nobody_knows_when_the_goods_leave_a_reservation_waits(world: World) -> None:
    world.orders.silent = True
    order, card = await a_reserved_story(world)
    assert (card.state, (await payment_of(world, order)).state) == (CardState.AUTHORISED, PaymentState.OPENED)
    world.orders.silent = False
    await world.retry_now()
    assert (await payment_of(world, order)).state == PaymentState.SECURED


@pytest.mark.policy("D4", "dk-shop")
async def test_each_part_is_charged_when_it_leaves(world: World) -> None:
    order, card = await a_reserved_story(world)
    first, second = await announce(world, order, 156048), await announce(world, order, 65100)
    assert await facts_of(world, first) == [("captured", 156048)]
    assert await facts_of(world, second) == [("captured", 65100)]
    assert await world.balances() == {"psp.card": 221148, f"buyer.escrow:{order.order_id}": 221148}
    assert (await read(world, card.id)).captured == card.amount
    await world.audit()


async def test_a_charge_that_fails_is_told_and_the_next_parcel_may_be_charged(world: World) -> None:
    order, _ = await a_reserved_story(world)
    world.psp.declines_captures = True
    assert await facts_of(world, await announce(world, order, 156048)) == [("capture_failed", None)]
    world.psp.declines_captures = False
    assert await facts_of(world, await announce(world, order, 156048)) == [("captured", 156048)]


async def test_a_lost_answer_to_a_charge_charges_once(world: World) -> None:
    order, _ = await a_reserved_story(world)
    world.psp.forgets_answers = 1
    shipment_id = await announce(world, order, 156048)
    assert await facts_of(world, shipment_id) == []
    await world.retry_now()
    assert await facts_of(world, shipment_id) == [("captured", 156048)]
    assert len(world.psp.of_kind("capture")) == 1


async def test_a_lapsed_reservation_refuses_the_parcel_and_lets_the_buyer_pay_again(world: World) -> None:
    order, card = await a_reserved_story(world)
    world.psp._change(str(card.id), status="expired")
    world.clock.advance(days=8)
    await world.settle()
    assert (await read(world, card.id)).state == CardState.EXPIRED
    assert await facts_of(world, await announce(world, order, 156048)) == [("capture_failed", None)]
    again = await started(world, order)
    world.psp.made["card", str(again.id)] = replace(
        world.psp.buyer_pays(str(again.id)), authorised_until=world.clock.now() + timedelta(days=7)
    )
    await hear(world, "authorised", world.psp.cards_of[str(again.id)])
    assert await facts_of(world, await announce(world, order, 156048)) == [("captured", 156048)]


async def test_a_cancelled_order_lets_go_of_the_reservation(world: World) -> None:
    order, card = await a_reserved_story(world)
    await world.tell("orders.order", "cancelled", order.order_id, {"by": "buyer"})
    await world.settle()
    assert (await read(world, card.id)).state == CardState.VOIDED
    assert await facts_of(world, await announce(world, order, 156048)) == [("capture_failed", None)]


async def test_a_transfer_that_was_faster_lets_go_of_the_reservation(world: World) -> None:
    buyer = await world.buyer()
    rules = RULES.in_force("dk-shop", DAY)
    order = replace(await world.held(buyer, 5000), policy_version=rules.version)
    await world.rows_changed(
        "update payments set policy_version = :version where order_id = :id", version=rules.version, id=order.order_id
    )
    card = await started(world, order)
    await pays(world, card, heard=False)
    await world.wire(buyer, 5000, "100042")
    await world.settle()
    assert (await read(world, card.id)).state == CardState.VOIDED
    assert (await payment_of(world, order)).method == "bank_transfer"
    await world.audit()
