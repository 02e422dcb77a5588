"""Errands: the paper carries what the buyer must know, and a party is fetched with nothing more than is needed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pypdfium2
import pytest

from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id, new_id
from documents import purchase_order
from documents.press import PressBroke
from orders.clients.estimates import ask_estimate
from orders.clients.parties import fetch_party
from orders.clients.purchase_orders import Desk, printed
from orders.domain.errors import EstimateNotGiven, PartyNotKnownYet
from orders.domain.order import Order, OrderState
from orders.domain.party import Party
from orders.domain.pricing import LineVat
from orders.domain.purchasing import Delegation, PurchasingRules, SpendingLimit
from orders.domain.reservation import ChosenOption, HeldLine, IncludedLevy
from orders.use_cases.prepare_purchase_order import PurchaseOrderFacts
from services.orders.tests.builders import (
    ANN,
    BEN,
    BUYER,
    CAS,
    DEE,
    NOW,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_held_line,
    a_party,
    a_seller_order,
    a_sold_line,
    an_order,
    instructions_for,
    own_rules,
)


def the_facts(**changes: Any) -> PurchaseOrderFacts:
    order = an_order(buyer_reference="PO-7781")
    facts = PurchaseOrderFacts(
        order=order,
        seller_orders=(a_seller_order(order),),
        buyer=a_party(BUYER),
        sellers={SELLER: a_party(SELLER)},
        instructions=instructions_for(order),
        rules=RULES,
    )
    return replace(facts, **changes)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_paper_says_what_to_pay_until_when_and_where() -> None:
    paper = text_of(purchase_order.render(printed(the_facts(), "Sandbox PSP")))
    for words in ("100001", "FR76 3000 6000 0112 3456 7890 189", "240,00", "PO-7781", "Sandbox PSP", "Très bon"):
        assert words in paper, words
    assert "30 novembre 2026" in paper


def test_the_paper_speaks_the_buyers_language_where_the_market_has_it() -> None:
    english = Party(BUYER, 1, {**a_party().snapshot, "language": "en"})
    polish = Party(BUYER, 1, {**a_party().snapshot, "language": "pl"})
    assert printed(the_facts(buyer=english), "P").language == "en"
    assert printed(the_facts(buyer=polish), "P").language == "fr"


def test_a_line_without_vat_says_why() -> None:
    vat = LineVat("E", "0", "VATEX-EU-F", "V1", {"fr": "Régime particulier – Biens d'occasion"})
    order = an_order()
    part = a_seller_order(order, lines=(a_sold_line(vat=vat),))
    (line,) = printed(the_facts(seller_orders=(part,)), "P").sellers[0].lines
    assert line.vat_note == "Régime particulier – Biens d'occasion"


def test_a_line_names_what_was_chosen_with_it_and_the_levies_in_its_price() -> None:
    windows = ChosenOption("windows_11_pro", "operating_system", "Windows 11 Pro", 2_500)
    line = a_sold_line(options=(windows,), levies=(IncludedLevy("eco_contribution", 30),))
    order = an_order()
    net = printed(the_facts(order=order, seller_orders=(a_seller_order(order, lines=(line,)),)), "P")
    paper = text_of(purchase_order.render(net))
    assert "Windows 11 Pro (compris, 25,00 €" in paper
    # Where its words are broken is up to the paper.
    assert "participation 0,30 €" in " ".join(paper.split())


class MemoryExecutor:
    """Runs a use case at once."""

    def __init__(self, uow: MemoryOrdersUnitOfWork) -> None:
        self.uow = uow

    async def run(self, work: "partial[Any]") -> Any:
        return await work(self.uow, NOW)


async def test_papers_are_made_together_and_one_that_cannot_be_made_leaves_the_others_alone() -> None:
    orders = [an_order(number=100_001 + n) for n in range(4)]
    waiting, odd, *plain = orders
    waiting = replace(waiting, buyer_id=new_id())
    odd = replace(odd, buyer_id=new_id())
    parties = [a_party(BUYER), a_party(SELLER), Party(odd.buyer_id, 1, {"legal_name": "No address"})]
    parts = [a_seller_order(order) for order in (waiting, odd, *plain)]
    uow = MemoryOrdersUnitOfWork(waiting, odd, *plain, parts=parts, parties=parties)
    for order in orders:
        await uow.papers.keep_instructions(instructions_for(order))
    ended = new_id()
    failed = await Desk(MemoryExecutor(uow), "P").make([order.id for order in orders] + [ended])  # type: ignore[arg-type]
    assert {id: type(error) for id, error in failed.items()} == {waiting.id: PartyNotKnownYet, odd.id: KeyError}
    papers = {id: text_of(document.content) for (id, _), document in uow.records.documents.items()}
    assert papers.keys() == {order.id for order in plain}
    assert all(str(order.number) in papers[order.id] for order in plain)


async def test_a_paper_that_breaks_the_press_is_told_of_and_the_others_are_printed() -> None:
    orders = [an_order(number=100_001 + n) for n in range(3)]
    uow = MemoryOrdersUnitOfWork(
        *orders, parts=[a_seller_order(one) for one in orders], parties=[a_party(), a_party(SELLER)]
    )
    for order in orders:
        await uow.papers.keep_instructions(instructions_for(order))
    desk = Desk(MemoryExecutor(uow), "P")  # type: ignore[arg-type]
    desk.press = BreakingPress(str(orders[1].number))  # type: ignore[assignment]
    failed = await desk.make([order.id for order in orders])
    assert {id: type(error) for id, error in failed.items()} == {orders[1].id: PressBroke}
    assert {id for id, _ in uow.records.documents} == {orders[0].id, orders[2].id}


class BreakingPress:
    """Dies over the paper with this number."""

    def __init__(self, number: str) -> None:
        self._number = number

    async def make(self, render: Any, papers: Any) -> Any:
        if any(one.number == self._number for one in papers):
            raise PressBroke
        return render(papers)


def an_errand(company_id: Id) -> DueTimer:
    return DueTimer(new_id(), "fetch_party", company_id, datetime(2026, 11, 23, tzinfo=UTC), {})


async def test_a_fetched_party_keeps_no_contacts_and_no_bank_account() -> None:
    def accounts(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/internal/parties/{SELLER}"
        assert request.headers["Regrade-Internal-Token"] == "token"
        private = {"contacts": [{"email": "x@example.com"}], "payout": {"iban": "FR76"}}
        return httpx.Response(200, json={**a_party(SELLER).snapshot, "version": 3, "kind": "seller", **private})

    uow = MemoryOrdersUnitOfWork()
    async with httpx.AsyncClient(transport=httpx.MockTransport(accounts)) as http:
        await fetch_party(MemoryExecutor(uow), http, "http://accounts", "token")(an_errand(SELLER))  # type: ignore[arg-type]
    kept = uow.records.parties[SELLER]
    assert (kept.version, kept.name) == (3, "Reparo SAS")
    assert not {"contacts", "payout"} & set(kept.snapshot)


RULES_OF_ACCOUNTS = {
    "company_id": str(BUYER),
    "version": 4,
    "rules_version": 2,
    "po_number_required": True,
    "cost_centres": [{"code": "IT", "name": "Computers"}],
    "limits": [
        {
            "person_id": str(DEE),
            "cost_centre": None,
            "per_order": {"amount": 20_000, "currency": "EUR"},
            "per_month": None,
        },
        {"person_id": None, "cost_centre": "IT", "per_order": None, "per_month": {"amount": 90_000, "currency": "EUR"}},
    ],
    "approval_steps": [{"approver_ids": [str(BEN)]}],
    "delegations": [
        {
            "approver_id": str(BEN),
            "delegate_id": str(CAS),
            "starts_at": "2026-11-23T00:00:00Z",
            "ends_at": "2026-11-24T00:00:00Z",
        }
    ],
    "approver_ids": [str(ANN), str(BEN), str(CAS)],
    "owner_ids": [str(ANN)],
}


async def test_a_buyer_is_fetched_together_with_how_it_buys() -> None:
    answers = {
        f"/internal/parties/{BUYER}": {**a_party(BUYER).snapshot, "version": 4, "kind": "buyer"},
        f"/internal/purchasing-rules/{BUYER}": RULES_OF_ACCOUNTS,
    }
    accounts = httpx.MockTransport(lambda request: httpx.Response(200, json=answers[request.url.path]))
    uow = MemoryOrdersUnitOfWork()
    async with httpx.AsyncClient(transport=accounts) as http:
        await fetch_party(MemoryExecutor(uow), http, "http://accounts", "token")(an_errand(BUYER))  # type: ignore[arg-type]
    day = datetime(2026, 11, 23, tzinfo=UTC)
    assert await uow.purchasing.binding(BUYER) == PurchasingRules(
        company_id=BUYER,
        version=4,
        po_number_required=True,
        cost_centres=frozenset({"IT"}),
        limits=(SpendingLimit(DEE, None, "EUR", 20_000, None), SpendingLimit(None, "IT", "EUR", None, 90_000)),
        steps=((BEN,),),
        delegations=(Delegation(BEN, CAS, day, day + timedelta(days=1)),),
        approver_ids=frozenset({ANN, BEN, CAS}),
        owner_ids=(ANN,),
    )


def an_estimate(order: Order, minor: int) -> dict[str, Any]:
    """Catalog's answer: the one line of the order, each unit at this price."""
    (line,) = order.lines
    estimated = a_held_line(1, offer_id=line.offer_id, quantity=line.quantity)
    told = {name: getattr(estimated, name) for name in HeldLine.__slots__ if name not in ("currency", "unit_price")}
    told |= {"offer_id": str(estimated.offer_id), "seller_id": str(SELLER)}
    told["unit_price"] = {"amount": minor, "currency": "EUR"}
    fee = {"seller_id": str(SELLER), "fee": {"amount": 0, "currency": "EUR"}}
    return {"lines": [told], "shipping": [fee], "refused": []}


async def weighed(uow: MemoryOrdersUnitOfWork, order: Order, status: int, answer: Any) -> dict[str, Any]:
    """The errand, played; gives back what catalog was asked."""
    asked: dict[str, Any] = {}

    def catalog(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/internal/estimates")
        asked.update(json.loads(request.content))
        return httpx.Response(status, json=answer)

    timer = DueTimer(new_id(), "check_limits", order.id, NOW, {})
    async with httpx.AsyncClient(transport=httpx.MockTransport(catalog)) as http:
        await ask_estimate(MemoryExecutor(uow), http, "http://catalog", "token")(timer)  # type: ignore[arg-type]
    return asked


async def test_catalog_is_asked_what_the_order_comes_to_and_it_is_weighed() -> None:
    order = an_order(OrderState.CHECKING_LIMITS, placed_by=DEE)
    uow = MemoryOrdersUnitOfWork(order, parties=(a_party(), a_party(SELLER)), own_rules=[own_rules()])
    asked = await weighed(uow, order, 200, an_estimate(order, 10_000))
    assert asked["lines"] == [
        {"line_no": 1, "offer_id": str(order.lines[0].offer_id), "quantity": 2, "unit_price": None, "options": []}
    ]
    after = uow.orders.rows[order.id]
    # 2 x 100.00 + 20 %, and Dee may spend 200.00.
    assert after.state is OrderState.AWAITING_APPROVAL
    assert after.approval is not None
    assert after.approval.totals.gross == 24_000
    # The errand may run twice: nothing is asked a second time.
    assert await weighed(uow, order, 500, {}) == {}


async def test_lines_that_catalog_could_not_hold_end_the_order_before_anybody_is_asked() -> None:
    order = an_order(OrderState.CHECKING_LIMITS, placed_by=DEE)
    uow = MemoryOrdersUnitOfWork(order, own_rules=[own_rules()])
    gone = {
        "line_no": 1,
        "offer_id": str(order.lines[0].offer_id),
        "requested": 2,
        "available": 0,
        "reason": "not_enough_stock",
    }
    await weighed(uow, order, 200, {"lines": [], "shipping": [], "refused": [gone]})
    refusal = uow.orders.rows[order.id].refusal
    assert refusal is not None
    assert (refusal.reason, [line.reason for line in refusal.lines]) == ("stock", ["not_enough_stock"])


async def test_what_is_not_known_yet_is_asked_again_and_the_order_waits() -> None:
    order = an_order(OrderState.CHECKING_LIMITS, placed_by=DEE)
    uow = MemoryOrdersUnitOfWork(order, own_rules=[own_rules()])
    with pytest.raises(EstimateNotGiven):
        await weighed(uow, order, 503, {})
    with pytest.raises(PartyNotKnownYet):
        await weighed(uow, order, 200, an_estimate(order, 10_000))
    assert uow.orders.rows[order.id].state is OrderState.CHECKING_LIMITS
    assert {key for kind, key in uow.timers.open if kind == "fetch_party"} == {BUYER, SELLER}


async def test_a_party_that_accounts_cannot_give_yet_is_asked_for_again() -> None:
    answers = httpx.MockTransport(lambda request: httpx.Response(404))
    uow = MemoryOrdersUnitOfWork()
    async with httpx.AsyncClient(transport=answers) as http:
        with pytest.raises(PartyNotKnownYet):
            await fetch_party(MemoryExecutor(uow), http, "http://accounts", "token")(an_errand(SELLER))  # type: ignore[arg-type]
    assert not uow.records.parties
