"""The stream of facts: who may watch, what an event looks like, and how a stream ends."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from chassis.kafka.live import Cursor, End, Fact, FactsNotReadable, Watcher
from chassis.kernel.ids import new_id
from chassis.testing.tokens import TestTokens
from chassis.web.app import make_app
from gateway.api import events
from gateway.domain.sentences import sentence
from gateway.tests.builders import a_message

TOKENS = TestTokens()


class Scripted(Watcher):
    """Sees what the script says, then the end."""

    script: tuple[Fact, ...] = ()
    then: End = End.CLOSING

    async def next(self) -> Fact | End:
        while self.script:
            fact, *rest = self.script
            self.script = tuple(rest)
            if self.wanted(fact.message.topic):
                return fact
        return self.then


class Facts:
    """What the application reads instead of Kafka."""

    def __init__(self, live: tuple[Fact, ...] = (), missed: list[Fact] | None = None, then: End = End.CLOSING) -> None:
        self.live, self.before, self.then = live, missed, then
        self.watching = 0
        self.since: Cursor | None = None
        self.unreadable = False

    @contextlib.asynccontextmanager
    async def watch(self, wanted: Callable[[str], bool], since: Cursor | None = None) -> AsyncIterator[Watcher]:
        if self.unreadable:
            raise FactsNotReadable()
        watcher = Scripted(wanted, since, {})
        watcher.script, watcher.then, self.since = self.live, self.then, since
        self.watching += 1
        yield watcher
        self.watching -= 1

    async def missed(self, watcher: Watcher) -> list[Fact] | None:
        return self.before if watcher.since is not None else []


def a_fact(topic: str = "orders.order", name: str = "secured", offset: int = 7, **data: Any) -> Fact:
    message = a_message(topic, name, data or None)
    message.headers.update({"ce_time": "2026-11-27T09:00:00Z", "ce_source": f"/{topic.split('.')[0]}"})  # type: ignore[attr-defined]
    return Fact(message, Cursor(1_763_734_390_123, topic, 3, offset))


def a_client(facts: Facts) -> httpx.AsyncClient:
    app = make_app(title="gateway", description="", routers=[events.router])
    app.state.facts = facts
    app.state.verifier = TOKENS.verifier
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge")


def signed_in(scope: str = "audit:read") -> dict[str, str]:
    return TOKENS.headers("auditor", new_id(), scope, market=None)


async def read(facts: Facts, params: Any = None, **headers: str) -> list[dict[str, str]]:
    """The events of a whole stream, each with its fields."""
    response = await a_client(facts).get("/v1/events", headers={**signed_in(), **headers}, params=params)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    blocks = [block for block in response.text.split("\n\n") if block]
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


@pytest.mark.parametrize("scope", ["operator:events", "audit:read"])
async def test_operators_and_auditors_watch(scope: str) -> None:
    answer = await a_client(Facts()).get("/v1/events", headers=signed_in(scope))
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["buyer", "seller"])
async def test_buyers_and_sellers_do_not(kind: str) -> None:
    headers = TOKENS.headers(kind, new_id(), "orders:read", "payments:read")
    answer = await a_client(Facts()).get("/v1/events", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_nobody_watches_without_a_sign_in() -> None:
    answer = await a_client(Facts()).get("/v1/events")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_a_fact_is_a_cloud_event_with_its_cursor_and_a_sentence() -> None:
    fact = a_fact("payments.payout", "settled")
    ready, told, end = await read(Facts((fact,)))
    assert (ready["event"], ready["retry"]) == ("ready", "1000")
    assert Cursor.parse(ready["id"]).topic == ""
    assert told["id"] == str(fact.cursor) == "payments.payout/3/7/1763734390123"
    assert "event" not in told
    body = json.loads(told["data"])
    assert body == {
        "specversion": "1.0",
        "id": str(fact.message.event_id),
        "type": "payments.payout.settled.v1",
        "source": "/payments",
        "time": "2026-11-27T09:00:00Z",
        "subject": str(fact.message.aggregate_id),
        "datacontenttype": "application/json",
        "topic": "payments.payout",
        "seq": 1,
        "summary": "Payout of 1234.50 EUR reached the seller's bank.",
        "data": fact.message.data,
    }
    assert end["event"] == "closing"


async def test_text_with_line_breaks_stays_one_event() -> None:
    _, told, _ = await read(Facts((a_fact(reason="one\ntwo\r\n\r\nthree", order_id="x"),)))
    assert json.loads(told["data"])["data"]["reason"] == "one\ntwo\r\n\r\nthree"


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ([], ["orders.order", "orders.shipment", "payments.payout"]),
        (["orders.order"], ["orders.order"]),
        (["orders"], ["orders.order", "orders.shipment"]),
        (["orders.shipment", "payments"], ["orders.shipment", "payments.payout"]),
        (["order"], []),
    ],
)
async def test_only_the_topics_asked_for_are_told(topic: list[str], expected: list[str]) -> None:
    facts = (a_fact(), a_fact("orders.shipment", "dispatched"), a_fact("payments.payout", "settled"))
    told = await read(Facts(facts), {"topic": topic})
    assert [json.loads(one["data"])["topic"] for one in told if "event" not in one] == expected


async def test_who_comes_again_is_told_first_what_it_missed() -> None:
    facts = Facts((a_fact(offset=9),), missed=[a_fact(offset=8)])
    ready, missed, live, _ = await read(facts, **{"Last-Event-ID": str(a_fact().cursor)})
    assert facts.since == a_fact().cursor
    assert ready["id"] == str(a_fact().cursor)
    assert [one["id"].split("/")[2] for one in (missed, live)] == ["8", "9"]


async def test_who_missed_too_much_is_told_so_and_goes_on_live() -> None:
    names = [one.get("event") for one in await read(Facts((a_fact(),)), **{"Last-Event-ID": "/1"})]
    assert names == ["ready", "gap", None, "closing"]


async def test_who_reads_too_slowly_is_let_go_by_name() -> None:
    assert (await read(Facts(then=End.TOO_SLOW)))[-1]["event"] == "dropped"


async def test_a_stream_ends_so_that_the_sign_in_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.0)
    assert [one["event"] for one in await read(Facts((a_fact(),)))] == ["ready", "renew"]


@pytest.mark.parametrize(
    ("params", "headers", "code"),
    [
        ({}, {"Last-Event-ID": "yesterday"}, "cursor_invalid"),
        ({"topic": "Orders!"}, {}, "validation_failed"),
        ({"topic": ["orders"] * 51}, {}, "validation_failed"),
    ],
)
async def test_what_makes_no_sense_is_refused_before_the_stream(
    params: dict[str, Any], headers: dict[str, str], code: str
) -> None:
    answer = await a_client(Facts()).get("/v1/events", params=params, headers={**signed_in(), **headers})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_more_watchers_than_the_limit_are_asked_to_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "STREAMS_MAX", 1)
    facts = Facts()
    facts.watching = 1
    answer = await a_client(facts).get("/v1/events", headers=signed_in())
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_streams")
    assert answer.headers["retry-after"] == "10"


async def test_nobody_watches_any_more_once_the_stream_is_over() -> None:
    facts = Facts((a_fact(),))
    await read(facts)
    assert facts.watching == 0


async def test_without_kafka_the_answer_is_a_problem_and_no_stream() -> None:
    facts = Facts()
    facts.unreadable = True
    answer = await a_client(facts).get("/v1/events", headers=signed_in())
    assert (answer.status_code, answer.json()["code"]) == (503, "facts_not_readable")


def test_a_fact_without_a_sentence_is_told_by_its_own_words() -> None:
    assert sentence("aftersales.claim.parts_ordered.v1", {}) == "Claim parts ordered."
    assert sentence("orders.order.held.v1", {"number": 1}) == "Order held."
