"""The provider's messages at the door: signed ones count once, forged ones are refused and change nothing."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id, new_id
from payments.domain.psp_account import psp_account_id_of
from services.payments.tests.builders import a_snapshot
from services.payments.tests.test_api.conftest import Door
from services.payments.tests.world import World

pytestmark = pytest.mark.storage

OTHER_SECRET = "whsec_" + base64.b64encode(b"the secret of some other tenant!").decode()


def credit_message(buyer: Id, minor: Any = 10000, **changes: Any) -> str:
    wallet = f"wal_wallet/{psp_account_id_of(buyer, 'EUR')}"
    data = {
        "credit_id": "crd_1",
        "virtual_account_id": f"va_{wallet}",
        "wallet_id": wallet,
        "amount": {"amount": minor, "currency": "EUR"},
        "value_date": "2026-11-21",
        "booked_at": "2026-11-21T09:00:00+00:00",
        "debtor_name": "Atelier Vidal SARL",
        "debtor_iban": "FR7630004000031234567890143",
        "remittance": "PO 100042",
        **changes,
    }
    return json.dumps(
        {"type": "bank.credit_received", "id": "evt_1", "created_at": "2026-11-21T09:00:00Z", "data": data}
    )


async def test_a_signed_credit_secures_the_payment_and_its_repeat_changes_nothing(world: World, door: Door) -> None:
    buyer = await world.buyer()
    await world.held(buyer, 10000)
    body = credit_message(buyer)
    answers = [await door.webhook(body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert await world.names("payment") == ["payment.opened", "payment.secured"]
    assert await world.rows("select body, outcome from psp_events") == [(body, "applied")]


@pytest.mark.parametrize(
    "forgery",
    ["other secret", "no signature", "no id", "no timestamp", "altered body", "altered id", "too old", "from the future",
     "empty signature", "unknown version", "truncated signature", "signature not base64", "signature without a version",
     "garbage timestamp"],
)  # fmt: skip
async def test_a_forged_message_is_refused_and_changes_nothing(
    world: World, door: Door, forgery: str, capsys: pytest.CaptureFixture[str]
) -> None:
    buyer = await world.buyer()
    await world.held(buyer, 10000)
    body = credit_message(buyer)
    answer = await forge(door, forgery, body, credit_message(buyer, 99999))
    assert answer.status_code == 401
    assert answer.json()["code"] == "webhook_signature_invalid"
    assert await world.rows("select 1 from psp_events") == []
    assert await world.names("payment") == ["payment.opened"]
    assert "psp.webhook_forged" in capsys.readouterr().out


async def forge(door: Door, forgery: str, body: str, altered: str) -> Any:
    now = real_now()
    match forgery:
        case "other secret":
            return await door.webhook(body, secret=OTHER_SECRET)
        case "too old":
            return await door.webhook(body, at=now - timedelta(minutes=6))
        case "from the future":
            return await door.webhook(body, at=now + timedelta(minutes=6))
        case "altered id":
            return await door.webhook(body, webhook_id="evt_2")
        case "empty signature":
            return await door.webhook(body, webhook_signature="")
        case "unknown version":
            return await door.webhook(body, webhook_signature="v9,abc")
        case "truncated signature":
            return await door.webhook(body, webhook_signature="v1,AAAA")
        case "signature not base64":
            return await door.webhook(body, webhook_signature="v1,A")
        case "signature without a version":
            return await door.webhook(body, webhook_signature="garbage")
        case "garbage timestamp":
            return await door.webhook(body, webhook_timestamp="yesterday")
        case "altered body":
            return await door.webhook(body, sent=altered)
        case _:
            missing = {"no signature": "webhook-signature", "no id": "webhook-id", "no timestamp": "webhook-timestamp"}
            headers = {name: "1" for name in missing.values() if name != missing[forgery]}
            return await door.http.post("/v1/webhooks/psp", content=body, headers=headers)


@pytest.mark.parametrize("body", ["", "[]", "{}", "not json", '{"type": 1, "id": "x", "data": {}}'])
async def test_a_signed_message_that_is_none_of_ours_is_422(world: World, door: Door, body: str) -> None:
    answer = await door.webhook(body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "webhook_unreadable"


@pytest.mark.parametrize("changes", [{"minor": -5}, {"minor": "5"}, {"booked_at": "soon"}, {"amount": None}])
async def test_a_signed_credit_without_sense_is_kept_and_not_booked(
    world: World, door: Door, changes: dict[str, Any]
) -> None:
    buyer = await world.buyer()
    assert (await door.webhook(credit_message(buyer, **changes))).status_code == 204
    assert await world.rows("select outcome from psp_events") == [("refused",)]
    assert await world.rows("select 1 from bank_lines") == []


async def test_a_message_that_overtakes_our_own_knowledge_is_applied_later(world: World, door: Door) -> None:
    buyer = new_id()
    assert (await door.webhook(credit_message(buyer))).status_code == 204
    assert await world.rows("select outcome from psp_events") == [("waiting",)]
    world.accounts.snapshots[buyer] = a_snapshot()
    await world.tell("accounts.company", "activated", buyer, {"kind": "buyer", "market": "fr-pro"})
    await world.settle()
    await world.retry_now()
    assert await world.rows("select outcome from psp_events") == [("applied",)]
    assert await world.names("bank_line") == ["bank_line.received", "bank_line.allocated"]


async def test_a_settled_refund_of_another_amount_is_not_believed(world: World, door: Door) -> None:
    buyer = await world.buyer()
    await world.held(buyer, 10000)
    await world.wire(buyer, 10500, "100042")
    await world.settle()
    (reference,) = world.psp.of_kind("refund")
    data = {"id": "out_1", "reference": reference, "amount": {"amount": 50000, "currency": "EUR"}}
    body = json.dumps({"type": "refund.settled", "id": "evt_9", "data": data})
    assert (await door.webhook(body, id="evt_9")).status_code == 204
    assert (await world.names("refund"))[-1] == "refund.sent"
    ((outcome,),) = await world.rows("select outcome from psp_events where event_id = 'evt_9'")
    assert outcome == "refused"
