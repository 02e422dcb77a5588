"""What a buyer writes to its sellers: who reads it and when, where it is printed, and where it never is."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.db.personal_data import EraseSubject, erase_personal_data
from chassis.kernel.ids import Id, new_id
from orders.storage.unit_of_work import OrdersUnitOfWork
from orders.use_cases.record_party import RecordParty, record_party
from services.orders.tests.builders import BUYER, a_party
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_api.test_orders import a_body, as_buyer, held_data
from services.orders.tests.test_api.test_packing import words
from services.orders.tests.test_api.test_seller_orders import as_seller

pytestmark = pytest.mark.storage

TO_ALL = "Livrer au quai n° 4, demander Mme Petit"
TO_LINE = "Batteries neuves de préférence"


async def noted(service: OrdersInProcess, client: Any, company: Id = BUYER) -> tuple[Id, str]:
    """An order with two notes, held for the buyer, and the path of its seller's part."""
    await service.know_parties()
    await service.run(record_party, RecordParty(a_party(company, vat=None)))
    headers = as_buyer(service, company=company)
    body = a_body(note=TO_ALL)
    body["lines"][0]["note"] = TO_LINE
    answer = await client.post("/v1/orders", json=body, headers={**headers, "Prefer": "wait=0"})
    assert answer.status_code == 202, answer.text
    order_id = answer.json()["id"]
    await service.hear("catalog.reservation", "held", held_data(order_id, body["lines"][0]["offer_id"]))
    order = (await client.get(f"/v1/orders/{order_id}", headers=headers)).json()
    assert (order["note"], order["lines"][0]["note"]) == (TO_ALL, TO_LINE)
    return Id(order_id), f"/v1/seller/orders/{order['seller_orders'][0]['id']}"


async def test_the_seller_reads_the_notes_once_the_order_is_paid_and_prints_them_on_the_slip(
    service: OrdersInProcess,
) -> None:
    async with service.client() as client:
        order_id, path = await noted(service, client)
        unpaid = (await client.get(path, headers=as_seller(service))).json()
        assert (unpaid["note"], unpaid["line_notes"]) == (None, [])
        await service.secure(order_id)
        paid = (await client.get(path, headers=as_seller(service))).json()
        assert (paid["note"], paid["line_notes"]) == (TO_ALL, [{"line_no": 1, "note": TO_LINE}])
        slip = words(await client.get(f"{path}/packing-slip", headers=as_seller(service)))
        assert TO_ALL in slip
        assert TO_LINE in slip


async def test_a_note_is_on_no_topic_and_goes_with_the_rest_of_what_is_personal(service: OrdersInProcess) -> None:
    async with service.client() as client:
        company = new_id()
        order_id, _ = await noted(service, client, company)
        await service.secure(order_id)
        async with service.engine.connect() as connection:
            told = (await connection.execute(text("select data::text from outbox"))).scalars().all()
        assert any(str(order_id) in one for one in told)
        assert not [one for one in told if "Petit" in one or "Batteries" in one]

        async def erase(uow: OrdersUnitOfWork, now: Any) -> None:
            data = {"erasure_id": str(new_id()), "company_id": str(company), "user_id": None}
            await erase_personal_data(EraseSubject.of(data), uow, now)

        await service.executor.run(erase)
        async with service.engine.connect() as connection:
            kept = await connection.execute(text("select notes from orders where id = :id"), {"id": order_id})
        assert kept.scalar_one() is None


@pytest.mark.parametrize("note", ["", "x" * 501, "two\nlines", "bell\x07"])
async def test_a_note_is_one_line_of_500_characters_at_the_most(service: OrdersInProcess, note: str) -> None:
    async with service.client() as client:
        answer = await client.post("/v1/orders", json=a_body(note=note), headers=as_buyer(service))
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
