"""The operator's figures: every cent of the books in one line per kind and currency, for our own machines only."""

from typing import Any

import pytest
from fastapi import FastAPI

from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from payments.domain.accounts import AccountKind
from payments.domain.figures import KindBalance, unswept
from payments.storage.figures import LedgerFigures
from services.payments.tests.builders import a_dispatch, e1_of_seller_a
from services.payments.tests.test_api.conftest import INTERNAL_TOKEN, Door
from services.payments.tests.world import World

pytestmark = pytest.mark.storage


@pytest.fixture(autouse=True)
def unremembered(door: Door, world: World) -> None:
    app: Any = door.http._transport.app  # type: ignore[attr-defined]
    assert isinstance(app, FastAPI)
    app.state.figures = LedgerFigures(world.executor.engine, remembered_seconds=0)


async def figures(door: Door) -> dict[str, Any]:
    answer = await door.http.get("/internal/figures", headers={"Regrade-Internal-Token": INTERNAL_TOKEN})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def amounts(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {
        row["kind"]: (row["balance"]["amount"], row["accounts"])
        for row in found["balances"]
        if row["balance"]["amount"] or row["accounts"]
    }


async def test_empty_books_have_no_figures(door: Door) -> None:
    found = await figures(door)
    assert (found["balances"], found["unswept_commission"]) == ([], [])


async def test_money_is_told_by_whose_it_is_and_commission_until_it_is_swept(door: Door, world: World) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order, _ = await world.held(buyer, 156048), await world.held(buyer, 5000, "100043")
    await world.wire(buyer, 156048)
    assert amounts(await figures(door)) == {"buyer.escrow": (156048, 1), "psp.cash": (156048, 1)}
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    await world.ship(ordered, a_dispatch(ordered))
    found = await figures(door)
    # Rule book E1: 1560.48, of which 129.05 commission and 25.81 VAT on it.
    assert amounts(found) == {
        "mkt.commission": (12905, 1),
        "mkt.vat_out": (2581, 1),
        "psp.cash": (156048, 1),
        "seller.pending": (140562, 1),
    }
    assert found["unswept_commission"] == [{"amount": 15486, "currency": "EUR"}]
    await world.close_window(ordered)
    await world.settle()
    assert amounts(await figures(door))["seller.available"] == (140562, 1)


async def test_figures_are_read_once_for_everybody_who_watches(world: World) -> None:
    ledger = LedgerFigures(world.executor.engine, remembered_seconds=60)
    assert await ledger.balances() == []
    buyer = await world.buyer()
    await world.wire(buyer, 1000)
    assert await ledger.balances() == []
    ledger._valid_until = 0.0
    assert [one.kind for one in await ledger.balances() if one.accounts] == ["buyer.unapplied", "psp.cash"]


def test_what_is_owed_to_others_is_no_commission_and_a_promise_is_no_money() -> None:
    def eur(kind: AccountKind, minor: int) -> KindBalance:
        return KindBalance(kind, Money(minor, "EUR"), 1)

    k = AccountKind
    books = [
        *(eur(k.PSP_CASH, 900), eur(k.PSP_CARD, 100), eur(k.BUYER_ESCROW, 400), eur(k.BUYER_UNAPPLIED, 50)),
        *(eur(k.SELLER_PENDING, 200), eur(k.SELLER_AVAILABLE, 100), eur(k.REFUND_PAYABLE, 150)),
        *(eur(k.BUYER_RECEIVABLE, 77), eur(k.SELLER_CLAIMS, 77), eur(k.MKT_COMMISSION, 60), eur(k.MKT_VAT_OUT, 40)),
        KindBalance(k.PSP_CASH, Money(7, "DKK"), 1),
    ]
    assert unswept(books) == [Money(7, "DKK"), Money(1000 - 900, "EUR")]


async def test_figures_do_not_exist_for_anybody_outside(door: Door) -> None:
    assert (await door.http.get("/internal/figures")).status_code == 404
    assert (await door.get("/internal/figures", "operator", new_id())).status_code == 404
