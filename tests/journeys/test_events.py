"""The stream of facts through the gateway: live, again after a break, for operators and auditors only."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from regrade import demo
from tests.journeys.world import World

pytestmark = pytest.mark.journey

PATIENCE = httpx.Timeout(10.0, read=60.0)


@contextmanager
def stream(world: World, key: str, last: str | None = None, **params: str) -> Iterator[Iterator[dict[str, str]]]:
    """The events of an open stream, each with its fields."""
    headers = {"Authorization": f"Bearer {key}", **({"Last-Event-ID": last} if last else {})}
    url = f"{world.stack.url('gateway')}/v1/events"
    with httpx.stream("GET", url, headers=headers, params=params, timeout=PATIENCE) as response:
        assert response.status_code == 200
        yield _events(response.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        else:
            yield fields
            fields = {}


def until(events: Iterator[dict[str, str]], type: str, subject: str) -> tuple[str, dict[str, Any]]:
    """The cursor and the fact of this type about this thing."""
    for event in events:
        fact = json.loads(event["data"]) if "event" not in event and "data" in event else {}
        if fact.get("type") == type and fact["subject"] == subject:
            return event["id"], fact
    raise AssertionError(f"the stream ended before {type}")


def an_order(world: World) -> str:
    offer = next(iter(world.buyer.caller.each("/v1/offers", in_stock=True)))
    placed = world.story.place_order(world.buyer, [(offer, 1)], demo.BUYER.deliver_to(), "EVENTS")
    order_id: str = placed["id"]
    return order_id


def test_facts_are_told_as_they_happen_and_again_to_who_was_away(world: World) -> None:
    operator = world.contract["operator"]["api_key"]
    with stream(world, operator) as events:
        assert next(events)["event"] == "ready"
        first = an_order(world)
        cursor, fact = until(events, "orders.order.placed.v1", first)
    assert (fact["source"], fact["seq"], fact["data"]["order_id"]) == ("/orders", 1, first)
    # Nobody watches now; what happens is told to the one who comes again, from where it stopped.
    second = an_order(world)
    with stream(world, operator, last=cursor) as events:
        _, fact = until(events, "orders.order.held.v1", second)
        number = world.buyer.caller.get(f"/v1/orders/{second}")["number"]
        assert fact["summary"].startswith(f"Order {number} holds stock for")
        world.buyer.caller.post(f"/v1/orders/{second}/cancellation")
        until(events, "orders.order.cancelled.v1", second)
    world.buyer.caller.post(f"/v1/orders/{first}/cancellation")


def test_an_auditor_sees_only_the_topics_asked_for(world: World) -> None:
    with stream(world, world.contract["auditor"]["api_key"], topic="payments.payment") as events:
        assert next(events)["event"] == "ready"
        order = an_order(world)
        fact = json.loads(next(event for event in events if "event" not in event and "data" in event)["data"])
    assert fact["topic"] == "payments.payment"
    world.buyer.caller.post(f"/v1/orders/{order}/cancellation")


def test_companies_do_not_watch(world: World) -> None:
    for member in (world.buyer, *world.sellers):
        answer = httpx.get(
            f"{world.stack.url('gateway')}/v1/events", headers={"Authorization": f"Bearer {member.api_key}"}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
