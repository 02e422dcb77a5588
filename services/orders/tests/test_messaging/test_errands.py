"""Errands: the paper carries what the buyer must know, and a party is fetched with nothing more than is needed."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pypdfium2
import pytest

from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id, new_id
from documents import purchase_order
from orders.clients.parties import fetch_party
from orders.clients.purchase_orders import printed
from orders.domain.errors import PartyNotKnownYet
from orders.domain.party import Party
from orders.domain.pricing import LineVat
from orders.use_cases.prepare_purchase_order import PurchaseOrderFacts
from services.orders.tests.builders import (
    BUYER,
    NOW,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_party,
    a_seller_order,
    a_sold_line,
    an_order,
    instructions_for,
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


class MemoryExecutor:
    """Runs a use case at once."""

    def __init__(self, uow: MemoryOrdersUnitOfWork) -> None:
        self.uow = uow

    async def run(self, work: "partial[Any]") -> Any:
        return await work(self.uow, NOW)


def an_errand(company_id: Id) -> DueTimer:
    return DueTimer(new_id(), "fetch_party", company_id, datetime(2026, 11, 23, tzinfo=UTC), {})


async def test_a_fetched_party_keeps_no_contacts_and_no_bank_account() -> None:
    def accounts(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/internal/parties/{SELLER}"
        assert request.headers["Regrade-Internal-Token"] == "token"
        private = {"contacts": [{"email": "x@example.com"}], "payout": {"iban": "FR76"}}
        return httpx.Response(200, json={**a_party(SELLER).snapshot, "version": 3, **private})

    uow = MemoryOrdersUnitOfWork()
    async with httpx.AsyncClient(transport=httpx.MockTransport(accounts)) as http:
        await fetch_party(MemoryExecutor(uow), http, "http://accounts", "token")(an_errand(SELLER))  # type: ignore[arg-type]
    kept = uow.records.parties[SELLER]
    assert (kept.version, kept.name) == (3, "Reparo SAS")
    assert not {"contacts", "payout"} & set(kept.snapshot)


async def test_a_party_that_accounts_cannot_give_yet_is_asked_for_again() -> None:
    answers = httpx.MockTransport(lambda request: httpx.Response(404))
    uow = MemoryOrdersUnitOfWork()
    async with httpx.AsyncClient(transport=answers) as http:
        with pytest.raises(PartyNotKnownYet):
            await fetch_party(MemoryExecutor(uow), http, "http://accounts", "token")(an_errand(SELLER))  # type: ignore[arg-type]
    assert not uow.records.parties
