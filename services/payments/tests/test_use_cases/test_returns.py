"""A broken device comes back: credit note, commission, refund, and who pays for it before and after the payout."""

from dataclasses import dataclass

import pytest

from chassis.kernel.ids import Id, new_id
from payments.domain.facts import OrderedParts
from services.payments.tests.builders import a_dispatch, e1_of_seller_a
from services.payments.tests.world import World

pytestmark = pytest.mark.storage

# E1, seller A: one of two phones at 389.00 + 20 %, of an invoice of 1,560.48. Commission on it 38.90 + 7.78.
PHONE, COMMISSION = 46680, 4668
OWED = PHONE - COMMISSION
WHOLE, WHOLE_COMMISSION = 156048, 15486
EARNED = WHOLE - WHOLE_COMMISSION


@dataclass
class Sale:
    """One shipped seller order of E1."""

    world: World
    buyer: Id
    seller: Id
    ordered: OrderedParts
    shipment_id: Id

    async def refund_due(self, *units: str, reason: str = "cannot_repair", case_id: Id | None = None) -> Id:
        """What aftersales tells."""
        case_id = case_id or new_id()
        lines = [{"line_no": int(unit.split("-")[1]), "units": [{"serial": unit}]} for unit in units]
        ids = {"case_id": str(case_id), "shipment_id": str(self.shipment_id)}
        await self.world.tell("aftersales.case", "refund_due", case_id, {**ids, "reason": reason, "lines": lines})
        await self.world.settle()
        return case_id

    async def close_window(self) -> None:
        await self.world.close_window(self.ordered)
        await self.world.settle()


async def a_sale(world: World, buyer: Id, seller: Id, number: str = "100042") -> Sale:
    order = await world.held(buyer, WHOLE, number)
    await world.wire(buyer, WHOLE, f"PO {number}")
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    dispatch = a_dispatch(ordered)
    await world.ship(ordered, dispatch)
    return Sale(world, buyer, seller, ordered, dispatch.shipment_id)


async def pay_out(world: World) -> None:
    """The next payout day, and the bank's answer."""
    world.clock.advance(days=8)
    await world.settle()
    for reference in world.psp.of_kind("payout"):
        if (await world.rows("select state from payouts where id = :id", id=Id(reference)))[0].state == "sent":
            await world.finish("payout", reference)


async def finish_refunds(world: World) -> None:
    for row in await world.rows("select id from refunds where state = 'sent'"):
        await world.finish("refund", str(row.id))


async def at_rest(world: World) -> None:
    """The audit views are empty, and each wallet at the provider holds what the books say is its owner's."""
    await world.audit()
    books = await world.balances()
    of_buyers = books.get("psp.cash", 0)
    for row in await world.rows("select company_id, role, wallet_id from psp_accounts where wallet_id is not null"):
        held = world.psp.wallets[row.wallet_id]
        if row.role == "seller":
            assert held == books.get(f"seller.available:{row.company_id}", 0)
            of_buyers -= held
        elif row.role == "platform":
            assert held == books.get("mkt.cash", 0)
        else:
            of_buyers -= held
    assert of_buyers == 0


async def refund_states(world: World) -> list[str]:
    return [row.state for row in await world.rows("select state from refunds order by created_at")]


def by_owner(balances: dict[str, int]) -> dict[str, int]:
    """Balances by kind of account."""
    found: dict[str, int] = {}
    for name, minor in balances.items():
        found[name.partition(":")[0]] = found.get(name.partition(":")[0], 0) + minor
    return found


async def test_before_release_the_pending_money_pays(world: World) -> None:
    sale = await a_sale(world, await world.buyer(), await world.seller())
    case_id = await sale.refund_due("SN-1-000")
    ((_, issued),) = [one for one in await world.events("invoice") if one[1]["kind"] == "381"]
    assert issued["number"] == "RPRO-2026-A00001"
    assert issued["credits"]["number"] == "RPRO-2026-000001"
    assert issued["case_id"] == str(case_id)
    assert issued["totals"] == {
        "net": {"amount": 38900, "currency": "EUR"},
        "vat": {"amount": 7780, "currency": "EUR"},
        "gross": {"amount": PHONE, "currency": "EUR"},
    }
    pending, journals = f"seller.pending:{sale.ordered.seller_order_id}", await world.journals()
    ((refund_id,),) = await world.rows("select id from refunds")
    assert journals[-2:] == [
        ("P9_commission_reversed", [("mkt.commission", "debit", 3890), ("mkt.vat_out", "debit", 778), (pending, "credit", 4668)]),
        ("P9_credited", [(pending, "debit", PHONE), (f"refund.payable:{refund_id}", "credit", PHONE)]),
    ]  # fmt: skip
    await finish_refunds(world)
    await sale.close_window()
    await pay_out(world)
    assert await refund_states(world) == ["settled"]
    assert (await world.events("payout.created"))[-1][1]["amount"]["amount"] == EARNED - OWED
    balances = by_owner(await world.balances())
    assert balances == {
        "mkt.cash": WHOLE_COMMISSION - COMMISSION, "mkt.commission": 12905 - 3890, "mkt.vat_out": 2581 - 778,
    }  # fmt: skip
    assert (await world.events("refund.settled"))[0][1]["completes_case"] is True
    await at_rest(world)


async def test_after_release_the_available_money_pays(world: World) -> None:
    sale = await a_sale(world, await world.buyer(), await world.seller())
    await sale.close_window()
    await sale.refund_due("SN-1-000")
    await finish_refunds(world)
    assert by_owner(await world.balances())["seller.available"] == EARNED - OWED
    await pay_out(world)
    ((_, payout),) = await world.events("payout.created")
    assert (payout["amount"]["amount"], payout["withheld"]["amount"]) == (EARNED - OWED, 0)
    await at_rest(world)


async def test_after_the_payout_the_refund_waits_and_a_later_sale_pays_it(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    sale = await a_sale(world, buyer, seller)
    await sale.close_window()
    await pay_out(world)
    await sale.refund_due("SN-1-000")
    assert await refund_states(world) == ["created"]
    assert await world.rows("select state from reversals") == [("waiting",)]
    later = await a_sale(world, buyer, seller, "100043")
    await later.close_window()
    assert await refund_states(world) == ["sent"]
    await finish_refunds(world)
    await pay_out(world)
    ((_, payout),) = (await world.events("payout.created"))[1:]
    assert (payout["amount"]["amount"], payout["withheld"]["amount"]) == (EARNED - OWED, OWED)
    assert "seller.available" not in by_owner(await world.balances())
    await at_rest(world)


async def test_if_no_sale_comes_the_platform_advances_and_gets_it_back_first(world: World) -> None:
    buyer, seller, other = await world.buyer(), await world.seller(), await world.seller("Seconde Main Pro SARL", "SMP")
    sale = await a_sale(world, buyer, seller)
    for n in range(3):
        await (await a_sale(world, buyer, other, f"10005{n}")).close_window()
    await sale.close_window()
    await pay_out(world)
    await sale.refund_due("SN-1-000")
    assert await refund_states(world) == ["created"]
    world.clock.advance(days=5)
    await world.settle()
    assert await refund_states(world) == ["sent"]
    await finish_refunds(world)
    balances = by_owner(await world.balances())
    assert balances["mkt.receivable"] == OWED
    assert balances["mkt.cash"] == 4 * WHOLE_COMMISSION - COMMISSION - OWED
    await at_rest(world)
    later = await a_sale(world, buyer, seller, "100043")
    await later.close_window()
    balances = by_owner(await world.balances())
    assert balances.get("mkt.receivable", 0) == 0
    assert balances["seller.available"] == EARNED - OWED
    await pay_out(world)
    await at_rest(world)


async def test_a_platform_without_money_advances_nothing_and_tries_again(world: World) -> None:
    sale = await a_sale(world, await world.buyer(), await world.seller())
    await sale.close_window()
    await pay_out(world)
    await sale.refund_due("SN-1-000")
    world.clock.advance(days=5)
    await world.settle()
    assert await refund_states(world) == ["created"]
    assert len(await world.rows("select 1 from timers where kind = 'advance_refund' and state = 'open'")) == 1
    await at_rest(world)


async def test_all_units_one_after_another_give_back_the_invoice_to_the_cent(world: World) -> None:
    sale = await a_sale(world, await world.buyer(), await world.seller())
    for unit in ("SN-1-000", "SN-2-000", "SN-1-001"):
        await sale.refund_due(unit)
        await finish_refunds(world)
    totals = await world.rows("select n, gross_minor from invoices where kind = '381' order by n")
    # 389.00 + 20 %, 512.50 + 20 %, and with the last device the shipping of 9.90 + 20 %.
    assert [tuple(row) for row in totals] == [(1, 46680), (2, 61500), (3, 46680 + 1188)]
    assert sum(row.gross_minor for row in totals) == WHOLE
    assert by_owner(await world.balances()) == {}
    await sale.close_window()
    await at_rest(world)


async def test_the_same_word_twice_and_the_same_device_twice_pay_once(world: World) -> None:
    sale = await a_sale(world, await world.buyer(), await world.seller())
    case_id = await sale.refund_due("SN-1-000")
    await sale.refund_due("SN-1-000", case_id=case_id)
    await sale.refund_due("SN-1-000")
    assert len(await world.rows("select 1 from refunds")) == 1
    assert len(await world.rows("select 1 from invoices where kind = '381'")) == 1
    await finish_refunds(world)
    await at_rest(world)


@pytest.mark.parametrize("name", ["lost", "returned"])
async def test_a_parcel_that_never_arrives_is_paid_back_whole_out_of_its_own_money(world: World, name: str) -> None:
    sale = await a_sale(world, await world.buyer(), await world.seller())
    lines = [
        {"line_no": line.line_no, "units": [{"serial": f"SN-{line.line_no}-{n:03}"} for n in range(line.quantity)]}
        for line in sale.ordered.lines
    ]
    for _ in range(2):
        await world.tell("orders.shipment", name, sale.shipment_id, {"reason": "carrier", "lines": lines})
        await world.settle()
    # One credit note over the whole invoice, shipping included, and one refund of it.
    (note,) = await world.rows("select gross_minor, case_id from invoices where kind = '381'")
    assert tuple(note) == (WHOLE, sale.shipment_id)
    (refund,) = await world.rows("select amount_minor, cause from refunds")
    assert tuple(refund) == (WHOLE, f"parcel_{name}")
    await finish_refunds(world)
    # Nobody holds anything of it any more: not the seller, not the platform.
    assert by_owner(await world.balances()) == {}
    await at_rest(world)


async def test_a_timeout_of_the_provider_moves_nothing_twice(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    sale = await a_sale(world, buyer, seller)
    await sale.close_window()
    world.psp.forgets_answers = 1
    await sale.refund_due("SN-1-000")
    for _ in range(4):
        await world.retry_now()
    await finish_refunds(world)
    assert await refund_states(world) == ["settled"]
    assert sorted(minor for kind, _, minor in world.psp.moves if kind == "refund") == [PHONE]
    await pay_out(world)
    await at_rest(world)
