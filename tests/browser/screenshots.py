"""Takes the pictures of the documentation from a platform of its own: `make screenshots`."""

import itertools
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade import demo
from tests.browser.board import Board
from tests.browser.conftest import ARGUMENTS
from tests.browser.finder import find_browser
from tests.journeys.world import Said, World, settled

IMAGES = Path(__file__).parents[2] / "docs" / "images"
# A picture in the documentation is loaded by everybody who reads it.
BYTES_MAX = 250_000


def main() -> None:
    """Play some purchases while the board is open, and look."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder) / "state", free_port_base(), durable=False)
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        try:
            stack.start()
            said = Said()
            demo.play(stack, said)
            take(browser, settled(stack, said))
        finally:
            browser.close()
            stack.stop()
            stack.paths.remove()


def take(browser: Browser, world: World) -> None:
    """The board in light and dark and on a phone, the start page, and how a buyer pays by card."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1440, "height": 960}, locale="en-GB", timezone_id="Europe/Paris")
    page = context.new_page()
    board = Board(page, world)
    board.sign_in()
    unpaid = live_a_little(world)
    board.fact("of a payment is there").wait_for()
    page.wait_for_timeout(3_000)
    save(page.screenshot(), "dashboard.png")
    page.emulate_media(color_scheme="dark")
    save(page.screenshot(), "dashboard-dark.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    save(page.screenshot(), "dashboard-phone.png")
    page.set_viewport_size({"width": 1200, "height": 760})
    page.goto(world.stack.url("gateway"))
    page.wait_for_load_state("networkidle")
    save(page.screenshot(), "start.png")
    page.goto(unpaid["payment"]["card_payment_link"])
    save(page.screenshot(), "pay.png")
    page.locator("main form button").click()
    page.get_by_label("Card number").wait_for()
    save(page.screenshot(), "card.png")
    context.close()


def live_a_little(world: World) -> dict[str, Any]:
    """Orders in several states: unpaid, paid in part, in escrow, shipped. Gives one that nobody has paid yet."""
    numbers = itertools.count(1)

    def order(seller: int, quantity: int) -> dict[str, Any]:
        offer = next(
            one
            for one in world.buyer.caller.each("/v1/offers", in_stock=True)
            if one["seller_id"] == world.sellers[seller].company_id
            and one["available"] >= quantity
            and one["price"]["amount"] > 10_000
        )
        placed = world.story.place_order(
            world.buyer, [(offer, quantity)], demo.BUYER.deliver_to(), f"CMD-{next(numbers):04d}"
        )
        return world.story.purchase_order(world.buyer, placed["id"])[0]

    shipped, secured = order(0, 4), order(1, 6)
    for one in (shipped, secured):
        world.story.wire(world.buyer, one)
    unpaid, *_ = order(0, 2), order(1, 3), order(0, 10)
    world.story.ship(world.sellers[0], str(shipped["id"]))
    world.story.wire(world.buyer, order(1, 5), amount=50_000)
    return unpaid


def save(picture: bytes, name: str) -> None:
    """Into the documentation, unless it is too large for it."""
    if len(picture) > BYTES_MAX:
        raise RuntimeError(f"{name} has {len(picture)} bytes, more than {BYTES_MAX}")
    (IMAGES / name).write_bytes(picture)
    sys.stdout.write(f"docs/images/{name}: {len(picture) // 1000} kB\n")


if __name__ == "__main__":
    main()
