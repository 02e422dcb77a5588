"""The doors of contested documents: who may knock, what they are told, and what is recorded."""

import uuid

import httpx
import pytest

from chassis.kernel.ids import Id, new_id
from services.payments.tests.test_api.conftest import Door
from services.payments.tests.test_api.test_reads import shipped
from services.payments.tests.world import World

pytestmark = pytest.mark.storage

WRONG_NAME = {"reason": "buyer_data", "says": "The buyer is called otherwise."}


async def write(door: Door, path: str, body: object, kind: str, company_id: Id, *scopes: str) -> httpx.Response:
    headers = {**door.tokens.headers(kind, company_id, *scopes), "Idempotency-Key": str(uuid.uuid4())}
    return await door.http.post(path, json=body, headers=headers)


async def invoice_of(door: Door, seller: Id) -> str:
    ((one,)) = (await door.get("/v1/invoices", "seller", seller)).json()["items"]
    return str(one["id"])


async def test_a_seller_contests_finds_it_again_and_hears_why_it_was_wrong(world: World, door: Door) -> None:
    _, seller, _ = await shipped(world)
    path = f"/v1/seller/invoices/{await invoice_of(door, seller)}/contest"
    assert (await door.get(path, "seller", seller)).json()["code"] == "contest_not_found"
    answer = await write(door, path, WRONG_NAME, "seller", seller, "invoices:contest")
    assert (answer.status_code, answer.headers["location"]) == (201, path)
    contest = answer.json()
    queue = await door.get("/v1/operator/invoice-contests?state=open", "operator")
    assert [one["id"] for one in queue.json()["items"]] == [contest["id"]]
    decided = await write(
        door,
        f"/v1/operator/invoice-contests/{contest['id']}/dismissal",
        {"reason": "document_is_right", "answer": "The register says the same."},
        "operator",
        new_id(),
        "operator:money",
    )
    assert (decided.status_code, decided.json()["state"]) == (201, "dismissed")
    assert (await door.get(path, "seller", seller)).json()["answer"] == "The register says the same."
    assert (await door.get("/v1/operator/invoice-contests?state=open", "operator")).json()["items"] == []
    own = await door.get("/v1/seller/invoice-contests", "seller", seller)
    assert [one["dismissal"] for one in own.json()["items"]] == ["document_is_right"]
    ((invoice,)) = (await door.get("/v1/invoices", "seller", seller)).json()["items"]
    assert invoice["contest_state"] == "dismissed"
    acts = await world.rows("select act, details->'changed' as changed from audit_log")
    assert [row.act for row in acts] == ["dismiss_invoice_contest"]
    assert acts[0].changed["state"] == {"before": "open", "after": "dismissed"}


async def test_another_seller_finds_neither_the_document_nor_its_contest(world: World, door: Door) -> None:
    _, seller, _ = await shipped(world)
    path = f"/v1/seller/invoices/{await invoice_of(door, seller)}/contest"
    stranger = new_id()
    refused = await write(door, path, WRONG_NAME, "seller", stranger, "invoices:contest")
    assert (refused.status_code, refused.json()["code"]) == (404, "invoice_not_found")
    await write(door, path, WRONG_NAME, "seller", seller, "invoices:contest")
    assert (await door.get(path, "seller", stranger)).json()["code"] == "contest_not_found"
    assert (await door.get("/v1/seller/invoice-contests", "seller", stranger)).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "ugly", "says": "I do not like it."}, "/body/reason"),
        ({"reason": "vat"}, "/body/says"),
        ({"reason": "vat", "says": "  x "}, "/body/says"),
        ({"reason": "vat", "says": "a\x00b"}, "/body/says"),
        ({"reason": "vat", "says": "too much", "refund": True}, "/body/refund"),
    ],
)
async def test_what_is_not_a_contest_is_refused_by_its_field(
    world: World, door: Door, body: dict[str, object], pointer: str
) -> None:
    refused = await write(door, f"/v1/seller/invoices/{new_id()}/contest", body, "seller", new_id(), "invoices:contest")
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


async def test_who_may_not_contest_or_decide_is_told_what_is_missing(world: World, door: Door) -> None:
    refused = await write(
        door, f"/v1/seller/invoices/{new_id()}/contest", WRONG_NAME, "seller", new_id(), "payouts:read"
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    path = f"/v1/operator/invoice-contests/{new_id()}/upholding"
    refused = await write(door, path, {"answer": "right"}, "operator", new_id(), "operator:cases")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    unknown = await write(door, path, {"answer": "right"}, "operator", new_id(), "operator:money")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "contest_not_found")
