"""The audit on a living platform: clean after everything that happens to money, and not blind to one cent."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

import asyncpg
import pytest

from regrade import demo
from tests.journeys.world import World

pytestmark = pytest.mark.journey

# Both sides tell of these; a platform that sold something has all of them.
COUNTED = {
    "journals",
    "accounts",
    "prefixes",
    "orders with money",
    "bank lines and refunds",
    "money moves",
    "bank lines",
    "offers",
    "pushed lines",
    "orders",
    "offers with sales",
    "devices",
    "stories",
    "histories",
    "holds",
    "invoices",
    "invoices and credit notes",
    "documents",
    "deadlines",
    "versions",
    "facts",
    "event ids",
    "events",
    "entries",
    "published hashes",
    "services",
}


def audit(world: World, *options: str) -> tuple[int, dict[str, Any]]:
    """The command as an operator runs it: its exit code and its report."""
    command = [sys.executable, "-m", "regrade", "audit", "--state", str(world.stack.paths.state), "--output", "json"]
    environment = {**os.environ, "REGRADE_PORT_BASE": str(world.stack.ports.base)}
    done = subprocess.run(
        [*command, *options], env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def not_ok(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [law for law in report["laws"] if law["verdict"] != "ok"]


def an_offer(world: World) -> dict[str, Any]:
    found = world.buyer.caller.each("/v1/offers", in_stock=True)
    return next(one for one in found if one["available"] >= 4)


def ordered(world: World, reference: str) -> dict[str, Any]:
    order = world.story.place_order(world.buyer, [(an_offer(world), 1)], demo.BUYER.deliver_to(), reference)
    order, _ = world.story.purchase_order(world.buyer, order["id"])
    return order


def test_every_law_holds_whatever_happens_to_money(world: World) -> None:
    cancelled = world.story.place_order(world.buyer, [(an_offer(world), 1)], demo.BUYER.deliver_to(), "cancelled")
    world.buyer.caller.post(f"/v1/orders/{cancelled['id']}/cancellation")
    too_much, too_little, never = (ordered(world, reference) for reference in ("too much", "too little", "never"))
    due = too_much["payment"]["amount_due"]["amount"]
    world.story.wire(world.buyer, too_much, due + 500)
    world.story.order_in(world.buyer, too_much["id"], "IN_FULFILMENT")
    world.story.wire(world.buyer, too_little, too_little["payment"]["amount_due"]["amount"] - 100)
    world.story.order_in(world.buyer, too_little["id"], "PARTIALLY_PAID")
    world.story.live(9)
    for unpaid in (too_little, never):
        world.story.order_in(world.buyer, unpaid["id"], "AUTO_CANCELLED")
    # Too late: it goes back as a whole.
    world.story.wire(world.buyer, never)
    world.story.live(1)
    code, report = audit(world)
    assert not_ok(report) == []
    assert (code, report["verdict"]) == (0, "clean")
    counted = {what["what"] for law in report["laws"] for what in law["checked"] if what["count"] > 0}
    assert counted == COUNTED
    refunds = [one for one in world.buyer.caller.each("/v1/refunds") if one["order_id"] == never["id"]]
    assert [one["amount"]["amount"] for one in refunds] == [never["payment"]["amount_due"]["amount"]]


def test_each_side_alone_finds_nothing_wrong_and_says_what_it_cannot_tell(world: World) -> None:
    for side, silent in (("--no-inside", {"I8", "I11", "I16"}), ("--no-outside", {"I1", "I11", "I16", "I17"})):
        code, report = audit(world, side)
        assert (code, report["verdict"]) == (0, "clean")
        assert {law["verdict"] for law in not_ok(report)} == {"not_asked"}
        assert silent <= {law["id"] for law in not_ok(report)}


def test_one_cent_that_appeared_in_a_balance_is_found(world: World) -> None:
    def move(minor: int) -> None:
        asyncio.run(_add(world.stack.admin_url(), minor))

    move(1)
    try:
        code, report = audit(world, "--no-outside")
    finally:
        move(-1)
    assert (code, report["verdict"]) == (1, "violated")
    (law,) = not_ok_but_asked(report)
    assert law["id"] == "I2"
    assert law["witness"]["account"] == "mkt.cash"


def not_ok_but_asked(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [law for law in not_ok(report) if law["verdict"] != "not_asked"]


async def _add(admin_url: str, minor: int) -> None:
    connection = await asyncpg.connect(admin_url.rsplit("/", 1)[0] + "/payments")
    try:
        await connection.execute(
            "update ledger_accounts set balance_minor = balance_minor + $1 where name = 'mkt.cash'", minor
        )
    finally:
        await connection.close()
