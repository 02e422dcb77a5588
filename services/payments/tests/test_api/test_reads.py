"""Who sees what: buyers and sellers their own, auditors everything, strangers nothing."""

import hashlib

import pytest

from chassis.kernel.ids import Id, new_id
from services.payments.tests.builders import a_dispatch, e1_of_seller_a
from services.payments.tests.test_api.conftest import INTERNAL_TOKEN, Door
from services.payments.tests.world import World

pytestmark = pytest.mark.storage


async def shipped(world: World) -> tuple[Id, Id, Id]:
    """A buyer, a seller, and the order between them, invoiced."""
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 156048, "100042")
    ordered = e1_of_seller_a(order.order_id, seller, buyer)
    await world.ship(ordered, a_dispatch(ordered))
    return buyer, seller, order.order_id


async def test_a_buyer_reads_where_and_how_much_to_pay(world: World, door: Door) -> None:
    buyer = await world.buyer()
    order = await world.held(buyer, 10000)
    await world.wire(buyer, 4000, "100042")
    answer = await door.get(f"/v1/payments?order_id={order.order_id}", "buyer", buyer)
    (payment,) = answer.json()["items"]
    assert payment["state"] == "partially_paid"
    assert payment["missing"] == {"amount": 6000, "currency": "EUR"}
    assert payment["reference"] == "100042"
    assert payment["virtual_account"]["holder_name"] == "Atelier Vidal SARL"
    assert payment["version"] == 2
    single = await door.get(f"/v1/payments/{payment['id']}", "buyer", buyer)
    assert single.json() == payment


async def test_strangers_see_nothing(world: World, door: Door) -> None:
    buyer, seller, order_id = await shipped(world)
    payment = (await door.get("/v1/payments", "buyer", buyer)).json()["items"][0]["id"]
    invoice = (await door.get("/v1/invoices", "seller", seller)).json()["items"][0]["id"]
    for kind in ("buyer", "seller"):
        stranger = new_id()
        for path in ("/v1/payments", f"/v1/invoices?order_id={order_id}", "/v1/refunds"):
            assert (await door.get(path, kind, stranger)).json()["items"] == []
        for path, code in (
            (f"/v1/payments/{payment}", "payment_not_found"),
            (f"/v1/invoices/{invoice}", "invoice_not_found"),
            (f"/v1/invoices/{invoice}/pdf", "invoice_not_found"),
            (f"/v1/invoices/{invoice}/xml", "invoice_not_found"),
        ):
            refusal = await door.get(path, kind, stranger)
            assert (refusal.status_code, refusal.json()["code"]) == (404, code)
    assert (await door.get("/v1/payouts", "seller", new_id())).json()["items"] == []
    assert (await door.get("/v1/seller/settlements", "seller", new_id())).json()["items"] == []
    assert (await door.get("/v1/seller/balance", "seller", new_id())).json() == {"balances": []}


async def test_buyer_and_seller_download_the_same_stored_invoice(world: World, door: Door) -> None:
    buyer, seller, order_id = await shipped(world)
    (invoice,) = (await door.get(f"/v1/invoices?order_id={order_id}", "buyer", buyer)).json()["items"]
    assert (invoice["number"], invoice["state"], invoice["kind"]) == ("RPRO-2026-000001", "issued", "380")
    assert invoice["gross"] == {"amount": 156048, "currency": "EUR"}
    for kind, company in (("buyer", buyer), ("seller", seller)):
        pdf = await door.get(f"/v1/invoices/{invoice['id']}/pdf", kind, company)
        assert pdf.headers["content-type"] == "application/pdf"
        assert hashlib.sha256(pdf.content).hexdigest() == invoice["sha256"]
        assert 'filename="RPRO-2026-000001.pdf"' in pdf.headers["content-disposition"]
        xml = await door.get(f"/v1/invoices/{invoice['id']}/xml", kind, company)
        assert b"CrossIndustryInvoice" in xml.content


async def test_a_seller_sees_its_balance_and_settlements(world: World, door: Door) -> None:
    _, seller, _ = await shipped(world)
    balance = (await door.get("/v1/seller/balance", "seller", seller)).json()["balances"]
    assert balance == [
        {
            "currency": "EUR",
            "pending": {"amount": 140562, "currency": "EUR"},
            "available": {"amount": 0, "currency": "EUR"},
            "in_payout": {"amount": 0, "currency": "EUR"},
        }
    ]
    (settlement,) = (await door.get("/v1/seller/settlements", "seller", seller)).json()["items"]
    assert settlement["commission_net"] == {"amount": 12905, "currency": "EUR"}
    assert settlement["commission_vat"] == {"amount": 2581, "currency": "EUR"}


async def test_an_auditor_reads_the_books(world: World, door: Door) -> None:
    await shipped(world)
    journals = (await door.get("/v1/ledger/journals", "auditor")).json()["items"]
    assert [one["kind"] for one in reversed(journals)] != []
    assert {one["kind"] for one in journals} == {
        "P3_transfer_received", "P3_transfer_matched", "P4_shipped", "P5_commission"
    }  # fmt: skip
    accounts = (await door.get("/v1/ledger/accounts", "auditor")).json()["items"]
    balances = {one["name"]: one["balance"]["amount"] for one in accounts}
    assert (balances["psp.cash"], balances["mkt.commission"], balances["mkt.vat_out"]) == (156048, 12905, 2581)
    (line,) = (await door.get("/v1/bank-lines", "auditor")).json()["items"]
    assert line["allocations"][0]["kind"] == "order"
    assert "debtor_name" not in line
    for path in ("/v1/payments", "/v1/invoices", "/v1/refunds", "/v1/payouts", "/v1/seller/settlements"):
        assert (await door.get(path, "auditor")).status_code == 200


@pytest.mark.parametrize("path", ["/v1/ledger/journals", "/v1/ledger/accounts", "/v1/bank-lines"])
async def test_only_auditors_read_the_books(door: Door, path: str) -> None:
    for kind in ("buyer", "seller"):
        refusal = await door.get(path, kind)
        assert (refusal.status_code, refusal.json()["code"]) == (403, "scope_missing")
    assert (await door.http.get(path)).status_code == 401


@pytest.mark.parametrize("path", ["/v1/payments", "/v1/invoices", "/v1/refunds", "/v1/payouts", "/v1/seller/balance"])
async def test_a_key_without_the_scope_reads_nothing(door: Door, path: str) -> None:
    refusal = await door.get(path, "seller", new_id(), "stock:read")
    assert (refusal.status_code, refusal.json()["code"]) == (403, "scope_missing")


async def test_a_list_is_read_page_by_page_without_repeats(world: World, door: Door) -> None:
    buyer = await world.buyer()
    for n in range(5):
        await world.held(buyer, 100 + n, str(100 + n))
    seen: list[str] = []
    path = "/v1/payments?limit=2"
    while path:
        page = (await door.get(path, "buyer", buyer)).json()
        seen += [one["reference"] for one in page["items"]]
        path = f"/v1/payments?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert len(seen) == 5
    assert set(seen) == {"100", "101", "102", "103", "104"}


@pytest.mark.parametrize("path", ["/v1/payments", "/v1/ledger/accounts"])
async def test_a_cursor_that_is_not_ours_is_refused(door: Door, path: str) -> None:
    for cursor in ("nonsense", "WyJ4Il0"):
        refusal = await door.get(f"{path}?cursor={cursor}", "auditor")
        assert (refusal.status_code, refusal.json()["code"]) == (422, "cursor_invalid")


async def test_mails_fetch_invoices_with_the_internal_token_only(world: World, door: Door) -> None:
    _, seller, _ = await shipped(world)
    id = (await door.get("/v1/invoices", "seller", seller)).json()["items"][0]["id"]
    for path in (f"/internal/invoices/{id}", f"/internal/invoices/{id}/pdf"):
        assert (await door.http.get(path)).status_code == 404
        found = await door.http.get(path, headers={"Regrade-Internal-Token": INTERNAL_TOKEN})
        assert found.status_code == 200


async def test_only_a_seller_has_a_balance(door: Door) -> None:
    refusal = await door.get("/v1/seller/balance", "operator")
    assert (refusal.status_code, refusal.json()["code"]) == (404, "settlement_not_found")


async def test_the_invoice_of_an_erased_seller_is_still_its_buyers_and_not_the_staffs(world: World, door: Door) -> None:
    buyer, seller, _ = await shipped(world)
    body = {"erasure_id": str(new_id()), "company_id": str(seller), "user_id": None}
    await world.tell("accounts.erasure", "requested", new_id(), body)
    (invoice,) = (await door.get("/v1/invoices", "buyer", buyer)).json()["items"]
    assert (await door.get(f"/v1/invoices/{invoice['id']}/pdf", "buyer", buyer)).content.startswith(b"%PDF")
    assert len((await door.get("/v1/invoices", "auditor")).json()["items"]) == 1
    assert (await door.get("/v1/invoices", "operator")).json()["items"] == []
