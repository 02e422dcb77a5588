"""What an operator sees while the platform lives: everything arrives without a reload."""

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import asyncpg
import pytest
from playwright.sync_api import expect

from regrade import demo
from tests.browser.board import PATIENCE_MS, Board
from tests.journeys.world import World

pytestmark = pytest.mark.browser

REFERENCES = itertools.count(1)
expect.set_options(timeout=PATIENCE_MS)


def an_order(world: World, quantity: int = 1) -> dict[str, Any]:
    """A held order of the demo's buyer."""
    offer = next(one for one in world.buyer.caller.each("/v1/offers", in_stock=True) if one["available"] >= quantity)
    return world.story.place_order(world.buyer, [(offer, quantity)], demo.BUYER.deliver_to(), f"B-{next(REFERENCES)}")


def paid(world: World, order: dict[str, Any]) -> None:
    order, _ = world.story.purchase_order(world.buyer, order["id"])
    world.story.wire(world.buyer, order)
    world.story.order_in(world.buyer, order["id"], "SECURED", "IN_FULFILMENT")


def in_database(world: World, service: str, statement: str) -> None:
    """As the administrator; in a thread, because the browser's driver keeps this one's loop busy."""

    async def run() -> None:
        connection = await asyncpg.connect(world.stack.admin_url().rsplit("/", 1)[0] + f"/{service}")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(run())).result()


def test_an_order_arrives_in_the_stream_and_in_the_counts_without_a_reload(board: Board) -> None:
    board.sign_in()
    before = board.count("awaiting_payment")
    order = an_order(board.world)
    board.fact(f"Order {order['number']} holds stock").wait_for()
    board.until_count("awaiting_payment", before + 1)
    escrow = board.page.locator('[data-kind="buyer.escrow"] td')
    empty = escrow.inner_text()
    paid(board.world, order)
    board.fact("The whole amount is in escrow").wait_for()
    board.until_count("awaiting_payment", before)
    expect(escrow).not_to_have_text(empty)


def test_a_hold_is_shown_with_its_amount_and_marked_on_its_last_day(board: Board) -> None:
    world = board.world
    order = an_order(world, quantity=2)
    board.sign_in()
    row = board.page.locator(f'[data-order="{order["id"]}"]')
    expect(row).to_contain_text(str(order["number"]))
    gross = order["totals"]["gross"]["amount"]
    expect(row).to_contain_text(f"€{gross // 100:,}.{gross % 100:02}")
    expect(row).not_to_have_class("soon")
    left = datetime.fromisoformat(order["hold_until"]) - world.story.now()
    world.story.live((left.total_seconds() - 20 * 3600) / 86_400)
    expect(row).to_have_class("soon")
    expect(row).to_contain_text(" h ")
    expect(board.page.locator("#holds-soon")).to_contain_text("within 24 h")
    paid(world, order)
    expect(row).to_have_count(0)


def test_a_parked_message_is_shown_and_redriven_by_the_button(board: Board) -> None:
    board.sign_in()
    in_database(board.world, "gateway", "alter table deliveries rename to deliveries_away")
    try:
        order = an_order(board.world)
        row = board.page.locator(f'[data-aggregate="{order["id"]}"]')
        expect(row).to_contain_text("poison")
        expect(row).to_contain_text("orders.order.purchase_order_ready.v1")
        board.page.get_by_text("Something waits for an operator in: gateway.").wait_for()
        # 409: it fails again as long as the cause is there, and the page says so.
        board.expected = lambda said: "409" in said
        row.get_by_role("button", name="Redrive").click()
        board.page.get_by_text("It failed again, and everything stays parked").wait_for()
    finally:
        in_database(board.world, "gateway", "alter table deliveries_away rename to deliveries")
    row.get_by_role("button", name="Redrive").click()
    board.page.get_by_text("message was handled in gateway.").wait_for()
    expect(row).to_have_count(0)
    board.world.platform.mail_to(board.world.buyer.email, str(order["number"]))


def test_an_auditor_sees_what_is_parked_and_no_button_that_would_refuse(board: Board) -> None:
    in_database(board.world, "gateway", "alter table deliveries rename to deliveries_away")
    try:
        board.open()
        board.page.get_by_text("Use an API key instead").click()
        board.page.get_by_label("API key").fill(board.world.contract["auditor"]["api_key"])
        board.page.get_by_role("button", name="Sign in with the key").click()
        order = an_order(board.world)
        row = board.page.locator(f'[data-aggregate="{order["id"]}"]')
        expect(row).to_contain_text("poison")
        expect(row.get_by_role("button")).to_have_count(0)
    finally:
        in_database(board.world, "gateway", "alter table deliveries_away rename to deliveries")
    handler = f"gateway:orders.order/{order['id']}"
    board.world.story.operator.post(f"/v1/operator/parked/gateway/{handler}/redrive")
    expect(row).to_have_count(0)


def test_a_service_that_dies_is_shown_as_down_and_the_others_stay(board: Board) -> None:
    stack = board.world.stack
    board.sign_in()
    expect(board.service("payments")).to_contain_text("up")
    stack.kill("payments")
    try:
        expect(board.service("payments")).to_contain_text("not answering")
        board.page.get_by_text("Not answering: payments.").wait_for()
        money = board.page.locator("#money .as-of")
        expect(money).to_contain_text("payments did not answer; figures of")
        expect(board.page.locator("#orders .as-of")).to_contain_text("Figures of")
    finally:
        stack.start_one("payments")
    expect(board.service("payments")).to_contain_text("up")
    expect(board.service("payments")).not_to_contain_text("not answering")
    expect(money).not_to_contain_text("did not answer")


def test_a_gateway_that_is_restarted_ends_the_stream_at_once_and_the_board_comes_back(board: Board) -> None:
    stack = board.world.stack
    board.sign_in()
    board.expected = lambda said: "net::ERR" in said or "Failed to load resource" in said
    stack.stop_one("gateway")
    # An open stream would keep the server until its patience is over, and then be cut off.
    assert "timeout graceful shutdown exceeded" not in (stack.paths.logs / "gateway.log").read_text()
    expect(board.page.locator("#live")).to_have_text("reconnecting")
    stack.start_one("gateway")
    expect(board.page.locator("#live")).to_have_text("live")
    order = an_order(board.world)
    board.fact(f"Order {order['number']} holds stock").wait_for()


def test_the_reader_pauses_and_chooses_what_to_see(board: Board) -> None:
    board.sign_in()
    board.page.get_by_role("button", name="Pause").click()
    order = an_order(board.world)
    expect(board.page.locator("#events-state")).to_contain_text("waiting")
    expect(board.fact(f"Order {order['number']} holds stock")).to_have_count(0)
    board.page.get_by_role("button", name="Go on").click()
    line = board.fact(f"Order {order['number']} holds stock")
    expect(line).to_be_visible()
    board.page.get_by_role("checkbox", name="orders").uncheck()
    expect(line).to_be_hidden()
    board.page.get_by_role("checkbox", name="orders").check()
    line.get_by_role("button").click()
    dialog = board.page.get_by_role("dialog", name="orders.order.held")
    expect(dialog).to_contain_text(order["id"])
    expect(dialog).to_contain_text("awaiting_payment")
    board.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_an_auditor_looks_with_a_key_and_a_buyer_does_not_get_in(board: Board) -> None:
    world = board.world
    board.open()
    board.page.get_by_text("Use an API key instead").click()
    key = board.page.get_by_label("API key", exact=True)
    board.expected = lambda said: "403" in said
    key.fill(world.buyer.api_key)
    board.page.get_by_role("button", name="Sign in with the key").click()
    board.page.get_by_text("Your sign-in does not allow this").wait_for()
    key.fill(world.contract["auditor"]["api_key"])
    board.page.get_by_role("button", name="Sign in with the key").click()
    board.page.get_by_text("live", exact=True).wait_for()
    expect(board.service("orders")).to_contain_text("up")
    board.page.get_by_role("button", name="Sign out").click()
    expect(board.page.get_by_label("E-mail")).to_be_visible()
    expect(board.page.locator("#board")).to_be_hidden()


def test_a_sign_in_that_ended_leaves_what_was_seen_and_asks_again(board: Board) -> None:
    board.sign_in()
    board.expected = lambda said: "401" in said
    board.page.route("**/v1/operator/*", lambda route: route.fulfill(status=401, json={"code": "not_signed_in"}))
    board.page.get_by_text("Your session has ended. Please sign in again.").wait_for()
    expect(board.page.locator("#money .as-of")).to_contain_text("You are not signed in any more; figures of")
    board.page.unroute("**/v1/operator/*")
    board.page.get_by_label("Password").fill(board.world.contract["operator"]["password"])
    board.page.keyboard.press("Enter")
    board.page.get_by_text("live", exact=True).wait_for()
    expect(board.page.locator("#money .as-of")).to_contain_text("Figures of")
