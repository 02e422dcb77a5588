"""A buyer opens the link of its purchase order in a real browser and pays by card; every page on the way keeps the guidelines."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from regrade import demo
from regrade.story import DECLINED_CARD, GOOD_CARD
from tests.browser.test_accessibility import found_on
from tests.journeys.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def unpaid(world: World) -> dict[str, Any]:
    offer = next(one for one in world.buyer.caller.each("/v1/offers", in_stock=True) if one["available"] >= 2)
    placed = world.story.place_order(world.buyer, [(offer, 1)], demo.BUYER.deliver_to(), "BY-CARD")
    order, _ = world.story.purchase_order(world.buyer, placed["id"])
    return order


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def test_a_buyer_pays_by_card_after_a_first_card_was_declined(world: World, unpaid: dict[str, Any], page: Page) -> None:
    page.goto(unpaid["payment"]["card_payment_link"])
    assert str(unpaid["number"]) in page.get_by_role("heading", level=1).inner_text()
    assert found_on(page) == []
    enter(page, DECLINED_CARD)
    # Our pages speak the buyer's language, so nothing is looked for by its words.
    page.locator("main [role=alert]").wait_for()
    assert found_on(page) == []
    page.locator(f"main a[href='{path_of(unpaid)}']").click()
    enter(page, GOOD_CARD)
    page.locator("main [role=status]").wait_for()
    world.story.order_in(world.buyer, unpaid["id"], "secured", "in_fulfilment")
    page.reload()
    assert found_on(page) == []
    # Who opens the link again is told, and is offered nothing to pay.
    page.goto(unpaid["payment"]["card_payment_link"])
    assert page.get_by_role("button").count() == 0


def test_looking_at_the_link_starts_nothing(world: World, unpaid: dict[str, Any], page: Page) -> None:
    for _ in range(2):
        page.goto(unpaid["payment"]["card_payment_link"])
    path = f"/v1/payments/{unpaid['payment']['payment_id']}/card_payments"
    assert world.buyer.caller.get(path) == []


def path_of(order: dict[str, Any]) -> str:
    """The link without the host."""
    return urlsplit(order["payment"]["card_payment_link"]).path


def enter(page: Page, card: str) -> None:
    """From our page to the provider's, the card, the bank's code, and back."""
    page.locator("main form button").click()
    page.get_by_label("Card number").fill(card)
    assert found_on(page) == []
    page.get_by_role("button", name="Pay").click()
    code = page.locator("#sent").inner_text()
    assert found_on(page) == []
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="It is me").click()
