"""Cases through the real doors on a real database: who may do what, the deadlines, and the claim window that waits."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from aftersales.main import MIGRATIONS, ROUTERS, deadlines_of
from aftersales.messaging.inbound import REFUND, handlers
from aftersales.messaging.outbound import outbound
from aftersales.storage.queries import CoverageQueries
from aftersales.storage.read_ahead import read_for
from aftersales.storage.unit_of_work import AftersalesUnitOfWork
from chassis.db.executor import Executor
from chassis.db.timer_loop import TimerLoop
from chassis.kafka.inbox import Inbox
from chassis.kernel.ids import new_id
from chassis.testing.clock import FakeClock
from chassis.testing.postgres import database
from chassis.testing.tokens import TestTokens
from chassis.web.app import make_app
from services.aftersales.tests.builders import (
    BROKEN,
    DELIVERED,
    IMEI,
    MARKET_FILES,
    SERIAL,
    a_message,
    a_shipment,
    delivered,
    dispatched,
    opened,
)

pytestmark = pytest.mark.storage
NEW_PHONE = "490154203237518"


class Running:
    """The service with its HTTP door."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.clock = FakeClock(DELIVERED)
        self.executor = Executor(engine, AftersalesUnitOfWork, outbound, self.clock, prefetch=read_for)
        self.inbox = Inbox(self.executor, "aftersales", handlers(MARKET_FILES))
        self.timers = TimerLoop(self.executor, deadlines_of(MARKET_FILES))
        self.tokens = TestTokens()
        app = make_app(title="aftersales", description="", routers=ROUTERS)
        app.state.verifier = self.tokens.verifier
        app.state.queries = CoverageQueries(engine)
        app.state.markets = MARKET_FILES
        app.state.executor = self.executor
        app.state.internal_token = "inside"
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://aftersales")
        self.shipment = a_shipment()

    async def deliver(self) -> None:
        await self.inbox.apply([opened(self.shipment), dispatched(self.shipment), delivered(self.shipment)])

    async def call(self, who: str, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
        """A write of a party; the answer must have this status."""
        response = await self.client.post(
            path, json=body, headers={**self.headers(who), "Idempotency-Key": str(new_id())}
        )
        assert response.status_code == status, response.text
        found: dict[str, Any] = response.json()
        return found

    def headers(self, who: str) -> dict[str, str]:
        if who == "buyer":
            return self.tokens.headers("buyer", self.shipment.buyer_id, "orders:write", "aftersales:read")
        if who == "seller":
            return self.tokens.headers("seller", self.shipment.seller_id, "seller_orders:write", "seller_orders:read")
        if who == "operator":
            return self.tokens.headers("operator", new_id(), "operator:cases", "aftersales:read")
        return self.tokens.headers(who.removeprefix("another "), new_id(), "orders:write", "seller_orders:write")

    async def open(
        self, unit: str = IMEI, who: str = "buyer", status: int = 201, defect: str = "does_not_start"
    ) -> dict[str, Any]:
        body = {"order_id": str(self.shipment.order_id), "unit": unit, "defect": defect}
        return await self.call(who, "/v1/cases", body, status)

    async def act(
        self, who: str, case: dict[str, Any], what: str, body: Any = None, status: int = 200
    ) -> dict[str, Any]:
        return await self.call(who, f"/v1/cases/{case['id']}/{what}", body, status)

    async def refunded(self, case_id: str, *, completes: bool = True) -> None:
        """What payments tells."""
        refund_id = new_id()
        data = {"refund_id": str(refund_id), "case_id": case_id, "completes_case": completes}
        # A refund is told of from its first version on; here only its end matters.
        for seq, name in enumerate(("created", "sent", "settled"), start=1):
            await self.inbox.apply([a_message(REFUND, name, refund_id, seq, data)])

    async def until(self, **later: float) -> None:
        self.clock.advance(**later)
        while await self.timers.fire_deadlines():
            pass

    async def told(self, topic: str = "aftersales.case") -> list[str]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                text("select type, seq from outbox where topic = :topic order by n"), {"topic": topic}
            )
            return [row.type.removeprefix(f"{topic}.").removesuffix(".v1") for row in rows.all()]


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with database(MIGRATIONS) as engine:
        running = Running(engine)
        await running.executor.start()
        await running.deliver()
        yield running
        await running.client.aclose()
        await running.executor.stop()


async def test_a_phone_that_cannot_be_repaired_is_refunded(running: Running) -> None:
    running.clock.advance(seconds=(BROKEN - DELIVERED).total_seconds())
    case = await running.open()
    assert case["state"] == "authorised"
    assert case["checklist"] == [
        "serial_number",
        "data_backup",
        "account_logout",
        "invoice_in_parcel",
        "proper_packing",
    ]
    await running.act("buyer", case, "dispatch", {"tracking_number": "RET1"})
    await running.act("seller", case, "receipt")
    await running.act("seller", case, "inspection", {"finding": "defect_confirmed"})
    await running.act("seller", case, "remedy", {"remedy": "repair"})
    refunding = await running.act("seller", case, "impossibility", {"reason": "no_part"})
    assert (refunding["state"], refunding["refund_reason"]) == ("refunding", "no_part")
    await running.refunded(case["id"], completes=False)
    assert (await running.told())[-1] == "refund_due"
    await running.refunded(case["id"])
    assert await running.told() == [
        "opened", "authorised", "sent", "received", "inspected", "remedy_chosen", "refund_due", "refunded",
    ]  # fmt: skip
    assert (await running.open(status=409))["code"] == "unit_refunded"


async def test_if_the_seller_lets_its_days_pass_the_refund_starts_by_itself(running: Running) -> None:
    case = await running.open()
    await running.act("seller", case, "receipt")
    # A Friday's parcel: the fifth business day is the next Friday, and midnight in Paris ends it.
    await running.until(days=7, hours=12)
    assert (await running.told())[-1] == "received"
    await running.until(hours=2)
    assert (await running.told())[-1] == "refund_due"
    assert (await running.act("seller", case, "remedy", {"remedy": "repair"}, 409))["code"] == "case_state"


async def test_an_open_case_keeps_the_claim_window_open_and_its_end_closes_it(running: Running) -> None:
    case = await running.open()
    await running.until(days=10)
    assert await running.told("aftersales.coverage") == ["opened"]
    await running.act("buyer", case, "withdrawal")
    assert await running.told("aftersales.coverage") == ["opened", "claim_window_closed"]


async def test_a_case_that_ends_early_leaves_the_window_to_its_own_deadline(running: Running) -> None:
    case = await running.open()
    await running.act("buyer", case, "withdrawal")
    assert await running.told("aftersales.coverage") == ["opened"]
    await running.until(days=6)
    assert await running.told("aftersales.coverage") == ["opened", "claim_window_closed"]


async def test_a_parcel_that_is_never_sent_ends_the_case_and_the_buyer_may_ask_again(running: Running) -> None:
    await running.open()
    await running.until(days=13)
    assert (await running.told())[-1] == "authorised"
    await running.until(days=2)
    assert (await running.told())[-1] == "expired"
    await running.open()


async def test_what_is_not_covered_is_refused_by_name(running: Running) -> None:
    assert (await running.open("123", status=404))["code"] == "unknown_unit"
    assert (await running.open(who="another buyer", status=404))["code"] == "unknown_unit"
    await running.open()
    assert (await running.open(status=409))["code"] == "case_already_open"
    await running.until(days=400)
    # The phone's offer promised two years, the laptop's nothing beyond the market's one.
    assert (await running.open(SERIAL, status=409))["code"] == "not_in_warranty"


async def test_nothing_is_claimed_before_the_delivery(running: Running) -> None:
    running.shipment = a_shipment()
    await running.inbox.apply([opened(running.shipment), dispatched(running.shipment)])
    assert (await running.open(status=409))["code"] == "not_delivered"


async def test_a_replaced_phone_stands_in_the_place_of_the_old_one(running: Running) -> None:
    case = await running.open()
    await running.act("seller", case, "receipt")
    await running.act("seller", case, "inspection", {"finding": "defect_confirmed"})
    await running.act("seller", case, "remedy", {"remedy": "replacement"})
    unnamed = await running.act("seller", case, "resolution", {"tracking_number": "BACK1"}, 422)
    assert unnamed["code"] == "replacement_not_named"
    done = {"tracking_number": "BACK1", "replacement_unit": NEW_PHONE}
    assert (await running.act("seller", case, "resolution", done))["state"] == "resolved"
    assert (await running.open(status=409))["code"] == "unit_replaced"
    again = await running.open(NEW_PHONE)
    assert (again["unit"], again["warranty_until"]) == (NEW_PHONE, case["warranty_until"])
    await running.act("seller", again, "receipt")
    await running.act("operator", again, "inspection", {"finding": "defect_confirmed"})
    await running.act("operator", again, "impossibility", {"reason": "no_stock"})
    async with running.engine.connect() as connection:
        data = await connection.scalar(text("select data from outbox where type like '%refund_due%'"))
    # The invoice knows the first phone only.
    assert data["lines"] == [{"line_no": 1, "units": [{"imei": IMEI}]}]


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"finding": "no_fault_found"}, "no_fault"),
        ({"finding": "excluded", "exclusion": "oxidation"}, "rejected"),
        ({"finding": "account_locked"}, "on_hold"),
    ],
)
async def test_what_the_seller_finds(running: Running, body: dict[str, str], state: str) -> None:
    case = await running.open()
    await running.act("seller", case, "receipt")
    assert (await running.act("seller", case, "inspection", body))["state"] == state


@pytest.mark.parametrize(
    "body",
    [
        {"finding": "excluded"},
        {"finding": "excluded", "exclusion": "bad_luck"},
        {"finding": "no_fault_found", "exclusion": "wear"},
    ],
)
async def test_only_what_the_market_excludes_is_excluded(running: Running, body: dict[str, str]) -> None:
    case = await running.open()
    await running.act("seller", case, "receipt")
    assert (await running.act("seller", case, "inspection", body, 422))["code"] == "exclusion_unknown"


@pytest.mark.policy("B2", "fr-pro")
@pytest.mark.parametrize("finding", [{"finding": "no_fault_found"}, {"finding": "excluded", "exclusion": "wear"}])
async def test_a_battery_below_its_floor_on_receipt_is_a_defect(running: Running, finding: dict[str, str]) -> None:
    case = await running.open(defect="battery")
    await running.act("seller", case, "receipt")
    for measured, code in ((None, "battery_not_measured"), (84, "battery_below_floor")):
        body = {**finding, "battery_health_percent": measured}
        problem = await running.act("seller", case, "inspection", body, 422)
        assert (problem["code"], problem["floor_percent"]) == (code, 85)
    # Of a battery that has what was promised nothing is owed.
    fine = await running.act("seller", case, "inspection", {**finding, "battery_health_percent": 85})
    assert fine["state"] == ("no_fault" if finding["finding"] == "no_fault_found" else "rejected")


async def test_after_the_claim_window_a_battery_may_have_worn(running: Running) -> None:
    running.clock.advance(seconds=(BROKEN - DELIVERED).total_seconds())
    case = await running.open(defect="battery")
    await running.act("seller", case, "receipt")
    assert (await running.act("seller", case, "inspection", {"finding": "no_fault_found"}))["state"] == "no_fault"


async def test_nobody_touches_anothers_case(running: Running) -> None:
    case = await running.open()
    assert (await running.act("another buyer", case, "withdrawal", status=404))["code"] == "case_not_found"
    assert (await running.act("another seller", case, "receipt", status=404))["code"] == "case_not_found"
    assert (await running.act("seller", case, "withdrawal", status=403))["code"] == "scope_missing"
    assert (await running.act("buyer", case, "receipt", status=403))["code"] == "scope_missing"
    stranger = running.tokens.headers("buyer", new_id(), "aftersales:read")
    assert (await running.client.get(f"/v1/cases/{case['id']}", headers=stranger)).status_code == 404
    assert (await running.client.get("/v1/cases", headers=stranger)).json()["items"] == []


async def test_both_parties_read_it_and_its_version_is_the_etag(running: Running) -> None:
    case = await running.open()
    for who in ("buyer", "seller", "operator"):
        response = await running.client.get(f"/v1/cases/{case['id']}", headers=running.headers(who))
        assert response.headers["ETag"] == '"2"'
        assert response.json() == case
        listed = await running.client.get("/v1/cases?open=true&limit=1", headers=running.headers(who))
        assert [one["id"] for one in listed.json()["items"]] == [case["id"]]
    ended = await running.client.get("/v1/cases?open=false", headers=running.headers("buyer"))
    assert ended.json()["items"] == []


async def test_the_words_of_the_buyer_stay_in_the_database(running: Running) -> None:
    body = {
        "order_id": str(running.shipment.order_id),
        "unit": IMEI,
        "defect": "screen",
        "description": "Marie dropped it",
    }
    case = await running.call("buyer", "/v1/cases", body, 201)
    assert case["description"] == "Marie dropped it"
    async with running.engine.connect() as connection:
        rows = (await connection.execute(text("select data::text as data from outbox"))).all()
    assert rows
    assert not any("Marie" in row.data for row in rows)


@pytest.mark.parametrize(
    "changes", [{"unit": "SN\x00"}, {"unit": "SN\n1"}, {"description": "a\x00b"}, {"surprise": 1}, {"defect": "mood"}]
)
async def test_what_cannot_be_stored_or_is_not_known_is_refused_at_the_door(
    running: Running, changes: dict[str, Any]
) -> None:
    body = {"order_id": str(running.shipment.order_id), "unit": IMEI, "defect": "screen", **changes}
    assert (await running.call("buyer", "/v1/cases", body, 422))["code"] == "validation_failed"


async def test_pages_of_cases_go_from_new_to_old(running: Running) -> None:
    first, second = await running.open(), await running.open(SERIAL)
    page = await running.client.get("/v1/cases?limit=1", headers=running.headers("buyer"))
    assert [one["id"] for one in page.json()["items"]] == [second["id"]]
    rest = await running.client.get(
        f"/v1/cases?limit=1&cursor={page.json()['next_cursor']}", headers=running.headers("buyer")
    )
    assert [one["id"] for one in rest.json()["items"]] == [first["id"]]
