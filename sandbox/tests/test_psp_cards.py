"""Card payments at the provider: hosted page, challenge, captures, settlement, refunds, and every way they end."""

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sandbox_builders import Sandbox, euros, eventually

from chassis.kernel.money import Money
from chassis.testing.walk import check_every_move
from sandbox.domain.cards import MOVES, CardPayment, CardStatus, settlement_of
from sandbox.domain.errors import CaptureExceedsAuthorisation, CardMoveRefused

SUCCESS, DECLINED, POOR = "4242 4242 4242 4242", "4000000000000002", "4000000000009995"
UNPROVEN, ABANDONED = "4000008400001280", "4000008260003178"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
SHOP = "http://shop.test/pay/done"


def an_authorised(**changes: Any) -> CardPayment:
    payment = CardPayment(
        id="cp_1",
        reference="r",
        wallet_id="w",
        amount=Money(1000, "EUR"),
        description="",
        return_url=SHOP,
        capture="manual",
        status=CardStatus.AUTHORISED,
        failure_reason=None,
        captured=Money(0, "EUR"),
        behaviour=None,
        code="123456",
        codes_tried=0,
        created_at=NOON,
        expires_at=NOON,
        authorised_until=NOON + timedelta(days=7),
    )
    return replace(payment, **changes)


def test_every_move_leads_where_the_table_says() -> None:
    moves = {
        name: lambda payment, move=name: replace(payment, status=MOVES.after(move, payment.status))
        for name in MOVES.names
    }
    check_every_move(MOVES, CardStatus, lambda state: an_authorised(status=state), moves, lambda one: one.status)


@pytest.mark.parametrize("state", CardStatus)
def test_cancelling_and_voiding_always_get_an_answer(state: CardStatus) -> None:
    cancelled = {CardStatus.CREATED: CardStatus.CANCELLED, CardStatus.REQUIRES_3DS: CardStatus.CANCELLED}
    assert an_authorised(status=state).cancel().status == cancelled.get(state, state)
    assert an_authorised(status=state).void().status == {CardStatus.AUTHORISED: CardStatus.VOIDED}.get(state, state)


def test_parts_are_captured_up_to_the_authorisation_and_no_further() -> None:
    payment = an_authorised().take(Money(600, "EUR"))
    assert (payment.status, payment.capturable) == (CardStatus.CAPTURED, Money(400, "EUR"))
    with pytest.raises(CaptureExceedsAuthorisation):
        payment.take(Money(401, "EUR"))
    assert payment.take(Money(400, "EUR")).capturable == Money(0, "EUR")
    let_go = payment.void()
    assert (let_go.status, let_go.captured) == (CardStatus.CAPTURED, Money(600, "EUR"))
    with pytest.raises(CaptureExceedsAuthorisation):
        let_go.take(Money(1, "EUR"))


def test_an_abandoned_challenge_takes_no_code() -> None:
    with pytest.raises(CardMoveRefused):
        an_authorised(status=CardStatus.REQUIRES_3DS, behaviour="abandoned").answer("123456", NOON)


def test_what_is_captured_on_friday_settles_on_monday() -> None:
    assert settlement_of(NOON) == NOON + timedelta(days=3)


class Buyer:
    """A buyer with a browser: follows the hosted page by its forms."""

    def __init__(self, sandbox: Sandbox, payment: dict[str, Any]) -> None:
        self._http = sandbox.http
        self.page = f"/psp/pay/{payment['id']}"

    async def enters(self, number: str) -> Any:
        return await self._http.post(self.page, data={"number": number, "expiry": "12/30", "cvc": "123"})

    async def reads_the_code(self) -> str:
        found = re.search(r'id="sent">(\d{6})<', (await self._http.get(f"{self.page}/challenge")).text)
        assert found is not None
        return found[1]

    async def answers(self, code: str) -> Any:
        return await self._http.post(f"{self.page}/challenge", data={"code": code})

    async def pays(self, number: str = SUCCESS) -> Any:
        assert (await self.enters(number)).headers["location"] == f"{self.page}/challenge"
        return await self.answers(await self.reads_the_code())


async def asked(sandbox: Sandbox, wallet_id: str, minor: int = 1000, **more: Any) -> dict[str, Any]:
    body = {
        "reference": "card-1",
        "wallet_id": wallet_id,
        "amount": euros(minor),
        "description": "RPRO-1",
        "return_url": SHOP,
        "capture": "automatic",
        "expires_in": 1800,
    }
    return await sandbox.made("/card-payments", body | more)


async def authorised(sandbox: Sandbox, wallet_id: str, minor: int = 1000) -> dict[str, Any]:
    payment = await asked(sandbox, wallet_id, minor, capture="manual")
    await Buyer(sandbox, payment).pays()
    return payment


async def now_is(sandbox: Sandbox, payment: dict[str, Any]) -> str:
    status: str = (await sandbox.get(f"/card-payments/{payment['id']}"))["status"]
    return status


async def moved(sandbox: Sandbox, **by: float) -> None:
    seconds = (await sandbox.http.get("/clock")).json()["offset_seconds"] + int(timedelta(**by).total_seconds())
    assert (await sandbox.http.put("/clock", json={"offset_seconds": seconds})).status_code == 200

    async def quiet() -> bool:
        pending: int = (await sandbox.http.get("/clock")).json()["pending"]
        return pending == 0

    await eventually(quiet)


async def position(sandbox: Sandbox) -> dict[str, int]:
    [found] = (await sandbox.get("/balance"))["balances"]
    assert found["received"] == found["wallets"] + found["in_transit"] + found["paid_out"] + found["refunded"]
    return dict(found)


@pytest.mark.storage
async def test_a_buyer_pays_and_the_money_arrives_on_the_next_business_day(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    payment = await asked(sandbox, wallet_id)
    assert payment["hosted_page"].endswith(f"/psp/pay/{payment['id']}")
    page = await sandbox.http.get(f"/psp/pay/{payment['id']}")
    assert "10.00 EUR" in page.text
    assert "RPRO-1" in page.text
    done = await Buyer(sandbox, payment).pays()
    assert (done.status_code, done.headers["location"]) == (303, SHOP)
    [told] = await sandbox.platform.gets("card_payment.captured")
    assert (told["data"]["reference"], told["data"]["capture"]["amount"]) == ("card-1", euros(1000))
    assert len(sandbox.platform.of_type("card_payment.authorised")) == 1
    assert await sandbox.holds(wallet_id) == 0
    # Longer than any run of closed days of the TARGET system.
    await moved(sandbox, days=6)
    [told] = await sandbox.platform.gets("card_payment.settled")
    assert told["data"]["capture"]["status"] == "settled"
    assert await sandbox.holds(wallet_id) == 1000
    assert await now_is(sandbox, payment) == "settled"
    assert (await position(sandbox))["received"] == 1000


@pytest.mark.storage
@pytest.mark.parametrize(
    ("card", "reason"),
    [(DECLINED, "declined"), (POOR, "insufficient_funds"), (UNPROVEN, "authentication_failed")],
)
async def test_a_card_that_fails_says_why_and_moves_nothing(sandbox: Sandbox, card: str, reason: str) -> None:
    payment = await asked(sandbox, await sandbox.a_wallet())
    assert (await Buyer(sandbox, payment).pays(card)).headers["location"] == SHOP
    [told] = await sandbox.platform.gets("card_payment.failed")
    assert told["data"]["failure_reason"] == reason
    assert (await sandbox.get("/card-captures"))["items"] == []


@pytest.mark.storage
async def test_a_third_wrong_code_ends_it(sandbox: Sandbox) -> None:
    payment = await asked(sandbox, await sandbox.a_wallet())
    buyer = Buyer(sandbox, payment)
    await buyer.enters(SUCCESS)
    wrong = "000000" if await buyer.reads_the_code() != "000000" else "000001"
    assert [(await buyer.answers(wrong)).status_code for _ in range(3)] == [422, 422, 303]
    [told] = await sandbox.platform.gets("card_payment.failed")
    assert told["data"]["failure_reason"] == "authentication_failed"


@pytest.mark.storage
async def test_an_unknown_card_is_refused_and_another_one_may_follow(sandbox: Sandbox) -> None:
    buyer = Buyer(sandbox, await asked(sandbox, await sandbox.a_wallet()))
    refused = await buyer.enters("4111111111111111")
    assert refused.status_code == 422
    assert "4111" not in refused.text
    assert (await buyer.pays()).status_code == 303


@pytest.mark.storage
async def test_a_buyer_who_never_answers_runs_out_of_time(sandbox: Sandbox) -> None:
    payment = await asked(sandbox, await sandbox.a_wallet())
    buyer = Buyer(sandbox, payment)
    await buyer.enters(ABANDONED)
    assert "<form" not in (await sandbox.http.get(f"{buyer.page}/challenge")).text
    await moved(sandbox, minutes=29)
    assert await now_is(sandbox, payment) == "requires_3ds"
    await moved(sandbox, minutes=2)
    assert len(await sandbox.platform.gets("card_payment.expired")) == 1
    assert (await buyer.enters(SUCCESS)).headers["location"] == SHOP
    assert await now_is(sandbox, payment) == "expired"


@pytest.mark.storage
async def test_looking_at_the_pages_changes_nothing(sandbox: Sandbox) -> None:
    payment = await asked(sandbox, await sandbox.a_wallet())
    for path in ("", "/challenge"):
        assert (await sandbox.http.get(f"/psp/pay/{payment['id']}{path}")).status_code == 200
        assert (await sandbox.http.head(f"/psp/pay/{payment['id']}{path}")).status_code == 405
    assert await now_is(sandbox, payment) == "created"


@pytest.mark.storage
async def test_cancelling_gives_a_definite_answer_either_way(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    waiting, paid = await asked(sandbox, wallet_id), await authorised(sandbox, wallet_id)
    assert (await sandbox.made(f"/card-payments/{waiting['id']}/cancel", {}))["status"] == "cancelled"
    assert (await Buyer(sandbox, waiting).enters(SUCCESS)).headers["location"] == SHOP
    assert await now_is(sandbox, waiting) == "cancelled"
    assert (await sandbox.made(f"/card-payments/{paid['id']}/cancel", {}))["status"] == "authorised"
    assert (await sandbox.made(f"/card-payments/{paid['id']}/void", {}))["status"] == "voided"
    beyond = await sandbox.post(f"/card-payments/{paid['id']}/captures", {"reference": "c", "amount": euros(1)})
    assert (beyond.status_code, beyond.json()["code"]) == (409, "capture_exceeds_authorisation")


@pytest.mark.storage
async def test_parts_are_captured_and_the_rest_lapses_after_seven_days(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    payment = await authorised(sandbox, wallet_id)
    part = {"reference": "so-1", "amount": euros(600)}
    capture = await sandbox.made(f"/card-payments/{payment['id']}/captures", part)
    assert capture["status"] == "captured"
    too_much = await sandbox.post(
        f"/card-payments/{payment['id']}/captures", {"reference": "so-2", "amount": euros(401)}
    )
    assert too_much.json()["code"] == "capture_exceeds_authorisation"
    await moved(sandbox, days=8)
    late = await sandbox.post(f"/card-payments/{payment['id']}/captures", {"reference": "so-3", "amount": euros(1)})
    assert late.json()["code"] == "capture_exceeds_authorisation"
    assert (await now_is(sandbox, payment), await sandbox.holds(wallet_id)) == ("settled", 600)


@pytest.mark.storage
async def test_a_declined_capture_can_be_tried_again(sandbox: Sandbox) -> None:
    payment = await authorised(sandbox, await sandbox.a_wallet())
    await sandbox.fault("psp.captures", "decline_capture")
    body = {"reference": "so-1", "amount": euros(1000)}
    declined = await sandbox.made(f"/card-payments/{payment['id']}/captures", body)
    assert (declined["status"], declined["failure_reason"]) == ("failed", "declined")
    [told] = await sandbox.platform.gets("card_payment.capture_failed")
    assert told["data"]["capture"]["reference"] == "so-1"
    again = await sandbox.made(f"/card-payments/{payment['id']}/captures", body | {"reference": "so-1/2"})
    assert again["status"] == "captured"


@pytest.mark.storage
async def test_a_lost_answer_hides_a_capture_that_was_made_once(sandbox: Sandbox) -> None:
    payment = await authorised(sandbox, await sandbox.a_wallet())
    await sandbox.fault("psp.captures", "timeout_after_success")
    body = {"reference": "so-1", "amount": euros(1000)}
    key = uuid.uuid4().hex
    path = f"/card-payments/{payment['id']}/captures"
    assert (await sandbox.post(path, body, key=key)).status_code == 504
    assert (await sandbox.post(path, body, key=key)).headers["idempotent-replayed"] == "true"
    assert len((await sandbox.get("/card-captures", reference="so-1"))["items"]) == 1


@pytest.mark.storage
async def test_a_refund_settles_its_capture_first_and_never_exceeds_it(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    payment = await asked(sandbox, wallet_id)
    await Buyer(sandbox, payment).pays()
    [capture] = (await sandbox.get("/card-captures", card_payment_id=payment["id"]))["items"]
    path = f"/card-captures/{capture['id']}/refunds"
    refund = await sandbox.made(path, {"reference": "rf-1", "wallet_id": wallet_id, "amount": euros(400)})
    assert (refund["capture_id"], refund["credit_id"]) == (capture["id"], None)
    [told] = await sandbox.platform.gets("refund.settled")
    assert told["data"]["reference"] == "rf-1"
    assert [one["status"] for one in (await sandbox.get("/refunds", reference="rf-1"))["items"]] == ["settled"]
    beyond = await sandbox.post(path, {"reference": "rf-2", "wallet_id": wallet_id, "amount": euros(601)})
    assert beyond.json()["code"] == "refund_exceeds_capture"
    assert (await position(sandbox), await sandbox.holds(wallet_id)) == (
        {"currency": "EUR", "received": 1000, "wallets": 600, "in_transit": 0, "paid_out": 0, "refunded": 400},
        600,
    )


@pytest.mark.storage
async def test_a_failed_refund_of_a_card_can_be_tried_again(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    payment = await asked(sandbox, wallet_id)
    await Buyer(sandbox, payment).pays()
    [capture] = (await sandbox.get("/card-captures"))["items"]
    await sandbox.fault("psp.refunds", "fail")
    body = {"reference": "rf-1", "wallet_id": wallet_id, "amount": euros(1000)}
    await sandbox.made(f"/card-captures/{capture['id']}/refunds", body)
    await sandbox.platform.gets("refund.failed")
    assert await sandbox.holds(wallet_id) == 1000
    await sandbox.made(f"/card-captures/{capture['id']}/refunds", body | {"reference": "rf-2"})
    await sandbox.platform.gets("refund.settled")
    assert await sandbox.holds(wallet_id) == 0
