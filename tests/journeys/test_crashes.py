"""Processes, database and broker are killed in the middle of purchases: nothing that was answered is lost or doubled."""

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from launcher.paths import clone_root
from launcher.ports import free_port_base
from launcher.problems import LauncherProblem
from launcher.stack import Stack
from regrade import demo
from regrade.platform import wait_for
from tests.journeys.conftest import NO_LIMITS
from tests.journeys.persistence import Trade, insist
from tests.journeys.world import Said, World, settled

pytestmark = pytest.mark.journey

# Where a process dies, one place after the other: each time it comes back it runs into the next.
PLACES = {
    "orders": ("relay.acked_not_marked:1", "relay.acked_not_marked:3", "executor.after_commit:2"),
    "catalog": ("consumer.before_commit:1", "consumer.handled_not_committed:1"),
    "payments": ("consumer.before_commit:2", "consumer.handled_not_committed:2", "executor.before_commit:1"),
    "aftersales": ("consumer.before_commit:1", "relay.acked_not_marked:1"),
}
SERVICES = ("gateway", "accounts", "catalog", "orders", "payments", "aftersales", "sandbox")


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """A platform of its own, safe against power cuts, after the demo."""
    stack = Stack(tmp_path_factory.mktemp("crashes") / "state", free_port_base(), extra=NO_LIMITS)
    said = Said()
    try:
        stack.start()
        demo.play(stack, said)
        yield Trade(settled(stack, said))
    finally:
        stack.stop()
        stack.paths.remove()


@pytest.fixture(scope="module")
def stack(trade: Trade) -> Stack:
    return trade.world.stack


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.mark.parametrize("service", PLACES)
def test_a_purchase_survives_deaths_at_the_worst_places(
    trade: Trade, stack: Stack, aside: ThreadPoolExecutor, service: str
) -> None:
    places = PLACES[service]
    stack.kill(service)
    start_towards(stack, service, places[0])
    purchase = aside.submit(trade.buy, f"places-{service}")
    for following in [*places[1:], None]:
        # Each place must really be reached: a crash that never came would prove nothing.
        wait_for(lambda: died(stack, service, purchase), f"{service} to die", seconds=180)
        start_towards(stack, service, following)
    order = trade.see(purchase.result(timeout=400), "delivered")
    assert one_of_each(trade.world, order)


def start_towards(stack: Stack, service: str, place: str | None) -> None:
    """Start a service that dies at this place, which it may reach before it is ready."""
    try:
        stack.start_one(service, {"REGRADE_FAILPOINTS": place} if place else None)
    except LauncherProblem as problem:
        if place is None or problem.code != "child_died":
            raise


def died(stack: Stack, service: str, purchase: "Future[str]") -> bool | None:
    if purchase.done():
        # What a service tells the others may come after the end of the purchase, unless that end was a failure.
        purchase.result()
    return service in stack.dead() or None


@pytest.mark.parametrize("server", ["postgres", "kafka"])
def test_orders_placed_while_a_server_dies_are_there_once(trade: Trade, stack: Stack, server: str) -> None:
    stop = threading.Event()
    keys: list[str] = []

    def place_orders() -> None:
        while not stop.is_set():
            keys.append(f"{server}-{len(keys)}")
            trade.order(keys[-1], (1, 0))
            # Enough to be in the middle of one all the time; each more only makes the end longer.
            stop.wait(0.3)

    with ThreadPoolExecutor(1) as pool:
        placing = pool.submit(place_orders)

        def wait_for_orders(count: int) -> None:
            def look() -> bool | None:
                if placing.done():
                    placing.result()
                return len(keys) >= count or None

            wait_for(look, f"order {count}")

        try:
            wait_for_orders(3)
            stack.kill(server)
            taken = len(keys)
            if server == "kafka":
                # Orders are taken while the broker is away, each after its wait for the stock: together longer than a
                # relay waits for an acknowledgement, so that it fails and has to begin anew.
                wait_for_orders(taken + 3)
            stack.start_one(server)
            taken = len(keys)
            wait_for_orders(taken + 3)
        finally:
            stop.set()
        placing.result(timeout=400)
    caller = trade.world.buyer.caller
    mine = [one for one in caller.each("/v1/orders") if str(one["buyer_reference"]).startswith(f"{server}-")]
    assert Counter(one["buyer_reference"] for one in mine) == Counter(keys)
    assert {one["buyer_reference"]: one["id"] for one in mine} == {key: trade.answered[key] for key in keys}
    for key in keys:
        trade.see(trade.answered[key], "awaiting_payment")


def test_purchases_survive_every_service_dying_at_some_moment(
    trade: Trade, stack: Stack, aside: ThreadPoolExecutor
) -> None:
    seed = int(os.environ.get("REGRADE_SEED", random.randrange(10**6)))
    print(f"REGRADE_SEED={seed}")
    chance = random.Random(seed)
    stop = threading.Event()

    def go_on_buying() -> list[str]:
        done: list[str] = []
        while not (stop.is_set() and done):
            done.append(trade.buy(f"random-{len(done)}"))
        return done

    purchases = aside.submit(go_on_buying)
    try:
        for name in chance.sample(SERVICES, len(SERVICES)):
            stop.wait(chance.uniform(0, 1.5))
            stack.kill(name)
            stack.start_one(name)
    finally:
        stop.set()
    for order_id in purchases.result(timeout=600):
        assert one_of_each(trade.world, trade.see(order_id, "delivered"))


def test_afterwards_everything_ends_as_if_nothing_had_happened(trade: Trade) -> None:
    world = trade.world
    assert len(trade.bought) > len(PLACES)
    insist(lambda: world.story.live(14), "two weeks")
    for order_id in trade.bought:
        assert one_of_each(world, trade.see(order_id, "completed"))
    unpaid = [id for key, id in trade.answered.items() if key.startswith(("postgres-", "kafka-"))]
    for order_id in unpaid:
        trade.see(order_id, "auto_cancelled")
    for seller in world.sellers:
        wait_for(lambda seller=seller: all_paid_out(world, seller) or None, "payouts")  # type: ignore[misc]
        paid = Counter(id for payout in seller.caller.each("/v1/payouts") for id in payout["seller_order_ids"])
        earned = [one["seller_order_id"] for one in seller.caller.each("/v1/seller/settlements")]
        assert paid == Counter(earned)
    status = world.story.operator.get("/v1/operator/status")
    assert {row["service"]: row["parked"] for row in status if row["parked"]} == {}


def test_the_audit_finds_nothing(trade: Trade, stack: Stack) -> None:
    command = [sys.executable, "-m", "regrade", "audit", "--state", str(stack.paths.state), "--output", "json"]
    environment = {**os.environ, "REGRADE_PORT_BASE": str(stack.ports.base)}
    audit = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=clone_root(), timeout=600)
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert json.loads(audit.stdout)


def one_of_each(world: World, order: dict[str, Any]) -> bool:
    """One seller order per seller, one parcel each, one invoice each; paid once."""
    parts = order["seller_orders"]
    invoices = list(world.buyer.caller.each("/v1/invoices", order_id=order["id"]))
    payments = list(world.buyer.caller.each("/v1/payments", order_id=order["id"]))
    sellers = {seller.company_id for seller in world.sellers}
    assert sorted(part["seller_id"] for part in parts) == sorted(sellers)
    assert sorted(one["seller_order_id"] for one in invoices) == sorted(part["id"] for part in parts)
    assert len({one["number"] for one in invoices}) == len(parts)
    (payment,) = payments
    assert payment["state"] == "secured"
    assert payment["received"] == payment["due"] == order["totals"]["gross"]
    return True


def all_paid_out(world: World, seller: Any) -> bool:
    states: Sequence[str] = [one["state"] for one in seller.caller.each("/v1/seller/settlements")]
    return bool(states) and set(states) == {"paid_out"}
