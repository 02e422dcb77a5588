"""The story of an order's money, from the first hold to the last payout, journal by journal."""

from dataclasses import replace
from functools import partial

import pytest

from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import START
from documents.invoice_data import Invoice as Paper
from documents.invoice_data import InvoiceFiles
from payments.domain.errors import InvoiceRefused
from payments.domain.facts import OrderedRegime
from payments.domain.invoice import invoice_id_of
from payments.domain.payment import payment_id_of
from payments.use_cases.invoice_shipment import NumberInvoices, number_invoices
from payments.use_cases.note_dispatch import note_dispatch
from payments.use_cases.note_seller_order import note_seller_order
from payments.use_cases.store_invoice import store_invoice
from services.payments.tests.builders import DELIVER_TO, a_dispatch, a_line, a_snapshot, e1_of_seller_a, e1_of_seller_b
from services.payments.tests.world import World

pytestmark = pytest.mark.storage


@pytest.mark.policy("D5", "fr-pro")
@pytest.mark.policy("P5", "fr-pro")
async def test_e1_two_sellers_from_transfer_to_payout(world: World) -> None:
    buyer = await world.buyer()
    seller_a, seller_b = await world.seller(), await world.seller("Seconde Main Pro SARL", "SMP")
    order = await world.held(buyer, 221148)
    await world.wire(buyer, 221148, "PO 100042")
    a, b = e1_of_seller_a(order.order_id, seller_a, buyer), e1_of_seller_b(order.order_id, seller_b, buyer)
    for ordered in (a, b):
        await world.ship(ordered, a_dispatch(ordered))
    for ordered in (a, b):
        await world.close_window(ordered)
    world.clock.advance(days=4)
    await world.settle()
    for reference in world.psp.of_kind("payout"):
        await world.finish("payout", reference)

    escrow, unapplied = f"buyer.escrow:{order.order_id}", f"buyer.unapplied:{buyer}"
    pending_a, pending_b = f"seller.pending:{a.seller_order_id}", f"seller.pending:{b.seller_order_id}"
    available_a, available_b = f"seller.available:{seller_a}", f"seller.available:{seller_b}"
    journals = await world.journals()
    assert journals[:8] == [
        ("P3_transfer_received", [("psp.cash", "debit", 221148), (unapplied, "credit", 221148)]),
        ("P3_transfer_matched", [(unapplied, "debit", 221148), (escrow, "credit", 221148)]),
        ("P4_shipped", [(escrow, "debit", 156048), (pending_a, "credit", 156048)]),
        ("P5_commission", [(pending_a, "debit", 15486), ("mkt.commission", "credit", 12905), ("mkt.vat_out", "credit", 2581)]),
        ("P4_shipped", [(escrow, "debit", 65100), (pending_b, "credit", 65100)]),
        ("P5_commission", [(pending_b, "debit", 7740), ("mkt.commission", "credit", 6450), ("mkt.vat_out", "credit", 1290)]),
        ("P6_released", [(pending_a, "debit", 140562), (available_a, "credit", 140562)]),
        ("P6_released", [(pending_b, "debit", 57360), (available_b, "credit", 57360)]),
    ]  # fmt: skip
    assert sorted(journals[8:]) == sorted(
        [
            ("P7_paid_out", [(available_a, "debit", 140562), ("psp.cash", "credit", 140562)]),
            ("P7_commission_swept", [("mkt.cash", "debit", 15486), ("psp.cash", "credit", 15486)]),
            ("P7_paid_out", [(available_b, "debit", 57360), ("psp.cash", "credit", 57360)]),
            ("P7_commission_swept", [("mkt.cash", "debit", 7740), ("psp.cash", "credit", 7740)]),
        ]
    )
    # Rule book E1: every escrow account ends at 0.00; the platform has 232.26.
    assert await world.balances() == {"mkt.cash": 23226, "mkt.commission": 19355, "mkt.vat_out": 3871}
    assert sorted(minor for minor in world.psp.wallets.values() if minor) == [23226]
    await world.audit()


@pytest.mark.policy("E2", "fr-pro")
async def test_the_invoice_is_stored_before_the_money_becomes_the_sellers(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 156048)
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    await world.ship(ordered, a_dispatch(ordered))
    names = await world.names()
    assert names[names.index("invoice.issued") :] == [
        "invoice.issued",
        "ledger.posted",
        "settlement.pending",
        "ledger.posted",
    ]
    ((_, invoice),) = await world.events("invoice")
    (stored,) = await world.rows(
        "select number, i.sha256, state, encode(sha256(f.pdf), 'hex') from invoices i join invoice_files f on invoice_id = id"
    )
    assert stored == ("RPRO-2026-000001", invoice["sha256"], "issued", invoice["sha256"])
    assert invoice["totals"]["gross"] == {"amount": 156048, "currency": "EUR"}
    await world.audit()


async def test_e2_the_excess_of_a_transfer_goes_back(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 160000)
    await world.settle()
    (refund,) = world.psp.of_kind("refund")
    await world.finish("refund", refund)
    escrow, unapplied, payable = (
        f"buyer.escrow:{order.order_id}",
        f"buyer.unapplied:{buyer}",
        f"refund.payable:{refund}",
    )
    assert await world.journals() == [
        ("P3_transfer_received", [("psp.cash", "debit", 160000), (unapplied, "credit", 160000)]),
        ("P3_transfer_matched", [(unapplied, "debit", 156048), (escrow, "credit", 156048)]),
        ("P8_refund_of_unapplied", [(unapplied, "debit", 3952), (payable, "credit", 3952)]),
        ("P8_refund_paid", [(payable, "debit", 3952), ("psp.cash", "credit", 3952)]),
    ]
    assert await world.names("payment") == ["payment.opened", "payment.secured"]
    assert await world.names("refund") == ["refund.created", "refund.sent", "refund.settled"]
    await world.audit()


async def test_a_hold_that_overtakes_the_activation_is_opened_once_the_account_exists(world: World) -> None:
    buyer = new_id()
    order = await world.held(buyer, 5000)
    await world.settle()
    assert await world.names() == []
    world.accounts.snapshots[buyer] = a_snapshot()
    await world.tell("accounts.company", "activated", buyer, {"kind": "buyer", "market": "fr-pro"})
    await world.retry_now()
    ((name, opened),) = await world.events("payment")
    assert name == "payment.opened"
    assert opened["payment_id"] == str(payment_id_of(order.order_id))
    assert opened["reference"] == "100042"
    assert opened["virtual_account"]["holder_name"] == ""


async def test_two_part_payments_secure_the_order(world: World) -> None:
    buyer = await world.buyer()
    await world.held(buyer, 10000)
    await world.wire(buyer, 4000, "100042")
    await world.wire(buyer, 6000, "100042")
    events = await world.events("payment")
    assert [name for name, _ in events] == ["payment.opened", "payment.partially_paid", "payment.secured"]
    assert events[1][1]["missing"] == {"amount": 6000, "currency": "EUR"}
    await world.audit()


async def test_an_unpaid_order_is_closed_only_after_the_provider_said_no(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, 10000)
    world.psp.down = True
    await expire(world, order.order_id)
    assert await world.names("payment") == ["payment.opened"]
    world.psp.down = False
    await world.retry_now()
    assert await world.names("payment") == ["payment.opened", "payment.not_paid"]


async def test_money_whose_message_was_lost_secures_the_order_at_its_deadline(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, 10000)
    await world.wire(buyer, 10000, "100042", hear=False)
    await expire(world, order.order_id)
    assert await world.names("payment") == ["payment.opened", "payment.secured"]
    await expire(world, order.order_id)
    assert await world.names("payment") == ["payment.opened", "payment.secured"]


async def test_part_money_goes_back_when_the_order_expires_and_late_money_too(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, 10000)
    await world.wire(buyer, 4000, "100042")
    await expire(world, order.order_id)
    await world.wire(buyer, 6000, "PO 100042")
    await world.settle()
    refunds = [(data["amount"]["amount"], data["cause"]) for name, data in await world.events("refund.created")]
    assert refunds == [(4000, "not_paid_in_time"), (6000, "late")]
    for reference in world.psp.of_kind("refund"):
        await world.finish("refund", reference)
    assert await world.balances() == {}
    assert set(world.psp.wallets.values()) == {0}
    await world.audit()


async def test_an_order_that_expires_before_its_account_exists_is_answered_not_paid(world: World) -> None:
    buyer = new_id()
    order = await world.held(buyer, 5000)
    await expire(world, order.order_id)
    assert await world.names() == ["payment.not_paid"]


async def test_money_that_crossed_the_buyers_cancellation_goes_back(world: World) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, 10000)
    await world.wire(buyer, 10000, "100042")
    await world.tell("orders.order", "cancelled", order.order_id, {"order_id": str(order.order_id), "by": "buyer"})
    await world.settle()
    assert await world.names("payment") == ["payment.opened", "payment.secured", "payment.closed"]
    assert [data["cause"] for _, data in await world.events("refund.created")] == ["cancelled_by_buyer"]
    await world.audit()


@pytest.mark.policy("1.8", "fr-pro")
async def test_unplaced_money_waits_ten_banking_days_and_then_goes_back(world: World) -> None:
    buyer = await world.buyer()
    await world.wire(buyer, 777, "thanks")
    await world.settle()
    assert await world.names("refund") == []
    world.clock.move_to(START.replace(month=12, day=4, hour=22))
    await world.settle()
    assert await world.names("refund") == []
    world.clock.move_to(START.replace(month=12, day=4, hour=23))
    await world.settle()
    assert await world.names("refund") == ["refund.created", "refund.sent"]


async def test_a_refund_that_timed_out_is_not_sent_twice(world: World) -> None:
    buyer = await world.buyer()
    await world.held(buyer, 10000)
    world.psp.forgets_answers = 2
    await world.wire(buyer, 10500, "100042")
    await world.settle()
    assert await world.names("refund") == ["refund.created"]
    await world.retry_now()
    await world.retry_now()
    assert [move for move in world.psp.moves if move[0] == "refund"] == [
        ("refund", world.psp.of_kind("refund")[0], 500)
    ]
    assert await world.names("refund") == ["refund.created", "refund.sent"]


async def test_a_refund_whose_message_was_lost_is_looked_up(world: World) -> None:
    buyer = await world.buyer()
    await world.held(buyer, 10000)
    await world.wire(buyer, 10500, "100042")
    await world.settle()
    world.psp.finish("refund", world.psp.of_kind("refund")[0], "settled")
    world.clock.advance(seconds=31)
    await world.settle()
    assert (await world.names("refund"))[-1] == "refund.settled"
    await world.audit()


async def test_a_failed_payout_is_paid_by_the_next_run_without_moving_money_twice(world: World) -> None:
    seller = await paid_and_released(world)
    (first,) = world.psp.of_kind("payout")
    await world.finish("payout", first, "failed")
    assert (await world.balances())[f"seller.available:{seller}"] == 140562
    world.clock.advance(days=7)
    await world.settle()
    _, second = world.psp.of_kind("payout")
    await world.finish("payout", second)
    assert await world.names("payout") == [
        "payout.created", "payout.sent", "payout.failed", "payout.created", "payout.sent", "payout.settled"
    ]  # fmt: skip
    assert await world.names("settlement") == [
        "settlement.pending", "settlement.released", "settlement.paid_out"
    ]  # fmt: skip
    transfers = [move for move in world.psp.moves if move[0] == "transfer"]
    assert sorted(minor for _, _, minor in transfers) == [15486, 140562]
    assert await world.balances() == {"mkt.cash": 15486, "mkt.commission": 12905, "mkt.vat_out": 2581}
    await world.audit()


@pytest.mark.policy("1.9", "fr-pro")
async def test_a_balance_below_the_markets_minimum_waits(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 1000)
    await world.wire(buyer, 1000)
    # 10.00 in all; the seller's share is 10.00 - 1.00 - 0.20 of commission on 8.33 net, below the minimum of 10.00.
    line = a_line(quantity=1, unit_price_minor=833, net_minor=833)
    ordered = replace(
        e1_of_seller_a(order.order_id, seller, buyer), lines=(line,), regimes=(OrderedRegime("normal", "net", 0, 1000),)
    )
    await world.ship(ordered, a_dispatch(ordered))
    await world.close_window(ordered)
    world.clock.advance(days=8)
    await world.settle()
    assert world.psp.of_kind("payout") == []
    assert await world.names("settlement") == ["settlement.pending", "settlement.released"]


@pytest.mark.policy("3.5", "fr-pro")
async def test_what_a_seller_has_earned_waits_while_its_payouts_are_held(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 156048)
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    await world.ship(ordered, a_dispatch(ordered))
    await world.close_window(ordered)
    world.accounts.snapshots[seller]["payouts_held"] = True
    await world.tell("accounts.seller", "payouts_held", seller, {"reason": "tax_data"})
    await world.settle()
    world.clock.advance(days=8)
    await world.settle()
    assert world.psp.of_kind("payout") == []
    world.accounts.snapshots[seller]["payouts_held"] = False
    await world.tell("accounts.seller", "payouts_resumed", seller, {})
    await world.settle()
    world.clock.advance(days=8)
    await world.settle()
    assert len(world.psp.of_kind("payout")) == 1


async def test_an_invoice_whose_total_is_not_what_was_paid_is_blocked_and_keeps_its_number(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156047)
    await world.wire(buyer, 156047)
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    wrong = replace(ordered, regimes=(replace(ordered.regimes[0], gross_minor=156047),))
    await world.ship(wrong, a_dispatch(wrong))
    rows = await world.rows("select number, state, blocked_reason from invoices")
    assert rows == [("RPRO-2026-000001", "blocked", "total_differs_from_payment")]
    assert await world.names("settlement") == []
    await world.close_window(wrong)
    assert await world.names("settlement") == []


async def test_a_shipment_waits_for_every_fact_its_invoice_needs(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 156048)
    world.orders.silent = True
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    await world.ship(ordered, a_dispatch(ordered))
    assert await world.rows("select 1 from invoices") == []
    world.orders.silent = False
    await world.retry_now()
    assert await world.names("invoice") == ["invoice.issued"]


async def test_a_claim_window_that_closed_before_the_invoice_releases_with_it(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 156048)
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    await world.close_window(ordered)
    await world.ship(ordered, a_dispatch(ordered))
    assert await world.names("settlement") == ["settlement.pending", "settlement.released"]
    await world.audit()


async def expire(world: World, order_id: Id) -> None:
    await world.tell("orders.order", "expiring", order_id, {"order_id": str(order_id)})
    await world.settle()


async def paid_and_released(world: World) -> Id:
    """A seller order of E1 whose payout has been sent."""
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 156048)
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    await world.ship(ordered, a_dispatch(ordered))
    await world.close_window(ordered)
    world.clock.advance(days=4)
    await world.settle()
    return seller


class RefusingTypesetter:
    """Its checks find something wrong."""

    async def invoice(self, paper: Paper) -> InvoiceFiles:
        raise InvoiceRefused("totals_do_not_add")


async def test_an_invoice_that_cannot_be_typeset_is_blocked_and_issued_under_its_number_once_it_can(
    world: World,
) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 156048)
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    dispatch = a_dispatch(ordered)
    await world.executor.run(partial(note_seller_order, ordered))
    await world.executor.run(partial(note_dispatch, dispatch))
    await world.executor.run(partial(number_invoices, NumberInvoices(dispatch.shipment_id, DELIVER_TO)))
    id = invoice_id_of(dispatch.shipment_id, "normal")
    await store_invoice(id, world.executor.run, RefusingTypesetter())
    assert await world.rows("select number, state, blocked_reason from invoices") == [
        ("RPRO-2026-000001", "blocked", "totals_do_not_add")
    ]
    assert await world.names("settlement") == []
    await store_invoice(id, world.executor.run, world.typesetter)
    assert await world.rows("select number, state from invoices") == [("RPRO-2026-000001", "issued")]
    await world.audit()
