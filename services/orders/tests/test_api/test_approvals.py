"""The doors of approvals: what waits for whom, who may say yes, and what the placer is told."""

from typing import Any

import httpx
import pytest

from chassis.kernel.ids import Id, new_id
from orders.domain.order import OrderState
from orders.domain.purchasing import Delegation
from orders.use_cases.check_limits import CheckLimits, check_limits
from orders.use_cases.lapse_approval import LapseApproval, lapse_approval
from orders.use_cases.record_party import RecordParty, record_party
from services.orders.tests.builders import (
    ANN,
    BEN,
    BUYER,
    CAS,
    DEE,
    NOW,
    a_held_line,
    a_party,
    an_approval,
    an_order,
    held_stock,
    own_rules,
)
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_api.test_orders import a_body, held_data

pytestmark = pytest.mark.storage

DELEGATED = own_rules(delegations=(Delegation(BEN, CAS, NOW, NOW.replace(day=25)),))


def as_person(service: OrdersInProcess, person: Id, company: Id = BUYER, key: str | None = None) -> dict[str, str]:
    scopes = ("orders:read", "orders:write", "orders:approve")
    return service.tokens.headers("buyer", company, *scopes, person=person, key=key)


async def over_the_limit(
    service: OrdersInProcess, client: httpx.AsyncClient, headers: dict[str, str] | None = None, **changes: Any
) -> dict[str, Any]:
    """Dee's order over 240.00, weighed."""
    await service.know_parties()
    await service.run(record_party, RecordParty(a_party(BUYER, vat=None), DELEGATED))
    headers = headers or as_person(service, DEE)
    answer = await client.post("/v1/orders", json=a_body(**changes), headers={**headers, "Prefer": "wait=0"})
    assert (answer.status_code, answer.json()["state"]) == (202, "checking_limits"), answer.text
    order_id = Id(answer.json()["id"])
    line = a_held_line(quantity=2, unit_price=10_000)
    await service.run(check_limits, CheckLimits(order_id, held_stock(order_id, line)))
    body: dict[str, Any] = answer.json()
    return body


async def decide(
    service: OrdersInProcess, client: httpx.AsyncClient, order: dict[str, Any], who: dict[str, str], **body: Any
) -> httpx.Response:
    said = {"decision": "approve", **body}
    return await client.post(f"/v1/orders/{order['id']}/approval", json=said, headers=who)


async def test_the_placer_is_told_which_limit_and_whose_word_it_waits_for(service: OrdersInProcess) -> None:
    key = as_person(service, DEE)
    async with service.client() as client:
        order = await over_the_limit(service, client, key)
        again = await client.post("/v1/orders", json=a_body(Id(order["lines"][0]["offer_id"])), headers=key)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
        assert "Retry-After" not in again.headers
        body = again.json()
        assert body["state"] == "awaiting_approval"
        assert body["placed_by"] == str(DEE)
        assert body["totals"] is None and body["payment"] is None and body["seller_orders"] == []  # noqa: PT018
        approval = body["approval"]
        assert approval["approver_ids"] == [str(BEN), str(CAS)]
        assert approval["totals"]["gross"] == {"amount": 24_000, "currency": "EUR"}
        assert approval["reasons"] == [
            {
                "code": "person_per_order",
                "limit": {"amount": 20_000, "currency": "EUR"},
                "spent": {"amount": 0, "currency": "EUR"},
                "over": {"amount": 4_000, "currency": "EUR"},
            }
        ]
        assert await service.published(Id(order["id"])) == ["submitted", "approval_awaited"]


async def test_a_program_is_not_bound_by_a_persons_limit_and_cannot_approve(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await over_the_limit(service, client)
        program = service.tokens.headers("buyer", BUYER, "orders:write", "orders:approve")
        placed = await client.post("/v1/orders", json=a_body(), headers={**program, "Prefer": "wait=0"})
        assert (placed.json()["state"], placed.json()["placed_by"]) == ("reserving", None)
        program = service.tokens.headers("buyer", BUYER, "orders:write", "orders:approve")
        answer = await decide(service, client, order, program)
        assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")


async def test_each_sees_what_waits_for_them_and_owners_see_all(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await over_the_limit(service, client)

        async def seen(person: Id, company: Id = BUYER) -> list[tuple[str, bool]]:
            answer = await client.get("/v1/approvals", headers=as_person(service, person, company))
            assert answer.status_code == 200, answer.text
            return [(one["id"], one["waits_for_me"]) for one in answer.json()["items"] if one["id"] == order["id"]]

        assert await seen(BEN) == await seen(CAS) == [(order["id"], True)]
        assert await seen(ANN) == [(order["id"], False)]
        assert await seen(DEE) == await seen(BEN, new_id()) == []
        service.clock.move_to(NOW.replace(day=25))
        assert await seen(CAS) == []
        listed = await client.get("/v1/orders", params={"state": "awaiting_approval"}, headers=as_person(service, DEE))
        assert order["id"] in [one["id"] for one in listed.json()["items"]]


async def test_the_delegate_says_yes_and_the_stock_is_held(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await over_the_limit(service, client)
        key = as_person(service, CAS)
        answer = await decide(service, client, order, key, comment="go ahead", step=1)
        assert answer.status_code == 200, answer.text
        # Catalog has not answered within the wait: it is told so.
        assert answer.json()["state"] == "reserving"
        await service.hear("catalog.reservation", "held", held_data(order["id"], order["lines"][0]["offer_id"]))
        again = await decide(service, client, order, key, comment="go ahead", step=1)
        body = again.json()
        assert (body["state"], again.headers["Idempotent-Replayed"]) == ("awaiting_payment", "true")
        (said,) = body["approval"]["decisions"]
        assert (said["person_id"], said["on_behalf_of"], said["comment"]) == (str(CAS), str(BEN), "go ahead")
        assert await service.published(Id(order["id"])) == ["submitted", "approval_awaited", "placed", "held"]


async def test_others_are_refused_by_name(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await over_the_limit(service, client)

        async def refused(who: dict[str, str], **body: Any) -> tuple[int, str]:
            answer = await decide(service, client, order, who, **body)
            return answer.status_code, answer.json()["code"]

        assert await refused(as_person(service, DEE)) == (403, "not_your_approval")
        assert await refused(as_person(service, BEN, new_id())) == (404, "order_not_found")
        assert await refused(as_person(service, BEN), step=2) == (409, "approval_step_over")
        assert await refused(service.tokens.headers("buyer", BUYER, "orders:write", person=BEN)) == (
            403,
            "scope_missing",
        )
        assert await refused(as_person(service, BEN), decision="perhaps") == (422, "validation_failed")
        assert await refused(as_person(service, BEN), comment="no\x00thing") == (422, "validation_failed")
        assert (await decide(service, client, order, as_person(service, BEN), decision="refuse")).status_code == 200
        assert await refused(as_person(service, BEN)) == (409, "order_move_refused")


@pytest.mark.parametrize(
    ("how", "code"), [("refuse", "approval_refused"), ("lapse", "approval_lapsed"), ("withdraw", None)]
)
async def test_how_it_ended_is_what_a_repeat_of_the_order_is_told(
    service: OrdersInProcess, how: str, code: str | None
) -> None:
    key = as_person(service, DEE)
    async with service.client() as client:
        order = await over_the_limit(service, client, key)
        if how == "refuse":
            await decide(service, client, order, as_person(service, BEN), decision="refuse", comment="too dear")
        elif how == "lapse":
            await service.run(lapse_approval, LapseApproval(Id(order["id"])))
        else:
            answer = await client.post(f"/v1/orders/{order['id']}/cancellation", headers=as_person(service, DEE))
            assert answer.json()["state"] == "cancelled_by_buyer"
        again = await client.post("/v1/orders", json=a_body(Id(order["lines"][0]["offer_id"])), headers=key)
        if code is None:
            assert again.json()["state"] == "cancelled_by_buyer"
        else:
            assert (again.status_code, again.json()["code"]) == (409, code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, "po_number_required"), ({"buyer_reference": "PO 7", "cost_centre": "OPS"}, "cost_centre_unknown")],
)
async def test_what_the_company_asks_of_each_order_is_422(
    service: OrdersInProcess, changes: dict[str, Any], code: str
) -> None:
    company_id = new_id()
    wanted = own_rules(company_id=company_id, po_number_required=True, cost_centres=frozenset({"IT"}))
    await service.run(record_party, RecordParty(a_party(company_id), wanted))
    async with service.client() as client:
        answer = await client.post("/v1/orders", json=a_body(**changes), headers=as_person(service, DEE, company_id))
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_page_goes_on_past_what_waits_for_others(service: OrdersInProcess) -> None:
    company_id = new_id()
    kept = own_rules(company_id=company_id)
    await service.run(record_party, RecordParty(a_party(company_id), kept))
    theirs = an_approval(steps=((ANN,),))
    orders = [
        an_order(
            OrderState.AWAITING_APPROVAL,
            number=9_000_000 + n,
            buyer_id=company_id,
            **({"approval": theirs} if n % 2 else {}),
        )
        for n in range(5)
    ]
    await service.add(*orders)
    found: list[str] = []
    async with service.client() as client:
        cursor = None
        while True:
            query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
            page = (await client.get("/v1/approvals", params=query, headers=as_person(service, BEN, company_id))).json()
            found.extend(one["id"] for one in page["items"])
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert sorted(found) == sorted(str(order.id) for order in orders[::2])
