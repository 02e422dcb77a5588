"""A seller takes its invoicing mandate back: what it ships waits for its invoice until it signs anew."""

import pytest

from chassis.kernel.ids import Id, new_id
from payments.domain.views import Reader, Window
from payments.storage.queries import PaymentQueries
from services.payments.tests.builders import a_dispatch, e1_of_seller_a
from services.payments.tests.test_use_cases.test_returns import WHOLE, Sale, a_sale
from services.payments.tests.world import World

pytestmark = pytest.mark.storage


async def take_back(world: World, seller: Id) -> None:
    body = {"seller_id": str(seller), "reason": "mandate_revoked", "has_mandate": False}
    await world.tell("accounts.seller", "suspended", seller, body)


async def sign(world: World, seller: Id) -> None:
    await world.tell("accounts.seller", "activated", seller, {"markets": ["fr-pro"]})
    await world.settle()


async def states(world: World) -> list[tuple[str, str, str | None]]:
    found = await world.rows("select number, state, blocked_reason from invoices order by kind, n")
    return [(row.number, row.state, row.blocked_reason) for row in found]


async def test_what_is_shipped_without_a_mandate_has_its_number_and_waits_until_the_seller_signs(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    await take_back(world, seller)
    sale = await a_sale(world, buyer, seller)
    assert await states(world) == [("RPRO-2026-000001", "blocked", "mandate_revoked")]
    assert await world.names("invoice") == []
    assert await world.names("settlement") == []
    (waiting,) = await PaymentQueries(world.executor.engine).invoices(
        Reader(seller_id=seller), sale.ordered.order_id, None, Window(None, 10)
    )
    assert (waiting.state, waiting.next_step) == ("blocked", "sign_mandate")
    await sign(world, seller)
    assert await states(world) == [("RPRO-2026-000001", "issued", None)]
    assert await world.names("settlement") == ["settlement.pending"]
    await world.audit()


async def test_an_invoice_on_its_way_to_its_paper_is_caught_too(world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, WHOLE)
    await world.wire(buyer, WHOLE, order.number)
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    typeset = world.typesetter.invoice

    async def while_it_is_typeset(paper: object) -> object:
        await take_back(world, seller)
        return await typeset(paper)

    world.typesetter.invoice = while_it_is_typeset
    await world.ship(ordered, a_dispatch(ordered))
    assert await states(world) == [("RPRO-2026-000001", "blocked", "mandate_revoked")]
    world.typesetter.invoice = typeset
    await sign(world, seller)
    assert await states(world) == [("RPRO-2026-000001", "issued", None)]


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("a suspension for something else", {"reason": "compliance", "has_mandate": True}),
        ("an old text that holds until the new one is signed", {"reason": "mandate_outdated", "has_mandate": True}),
    ],
)
async def test_a_suspended_seller_whose_mandate_stands_gets_its_invoices(
    world: World, reason: str, data: dict[str, object]
) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    await world.tell("accounts.seller", "suspended", seller, {"seller_id": str(seller), **data})
    await a_sale(world, buyer, seller)
    assert [state for _, state, _ in await states(world)] == ["issued"], reason


async def test_a_mandate_taken_back_under_another_suspension_stops_invoices_and_a_renewal_lets_them_go(
    world: World,
) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    body = {"seller_id": str(seller), "reason": "compliance", "has_mandate": False}
    await world.tell("accounts.seller", "suspended", seller, body)
    await a_sale(world, buyer, seller)
    assert [state for _, state, _ in await states(world)] == ["blocked"]
    await world.tell("accounts.seller", "mandate_renewed", seller, {"seller_id": str(seller), "mandate_version": "2"})
    await world.settle()
    assert [state for _, state, _ in await states(world)] == ["issued"]


async def test_a_buyer_gets_its_money_back_though_the_seller_has_no_mandate_any_more(world: World) -> None:
    sale: Sale = await a_sale(world, await world.buyer(), await world.seller())
    await take_back(world, sale.seller)
    unit = (await world.rows("select paper->'lines'->0->'serials'->0->>'value' as unit from invoices"))[0].unit
    case_id = new_id()
    lines = [{"line_no": 1, "units": [{"serial": unit}]}]
    ids = {"case_id": str(case_id), "shipment_id": str(sale.shipment_id), "reason": "cannot_repair"}
    await world.tell("aftersales.case", "refund_due", case_id, {**ids, "lines": lines})
    await world.settle()
    assert [state for _, state, _ in await states(world)] == ["issued", "issued"]
    assert "refund.created" in await world.names("refund")
