"""Every page of ours, looked at by a checker of the Web Content Accessibility Guidelines, in light and dark and on a phone."""

import json
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.board import Board
from tests.journeys.world import World
from tests.tools.node import axe

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
PAGES = (
    "/",
    "/dashboard",
    "/seller",
    "/approvals",
    "/account/security",
    "/activate?token=none&lang=fr",
    "/new-password?token=none&lang=da",
    "/join?token=none&lang=nl",
    "/forgot-password?lang=nl",
    "/new-email?token=none&lang=en",
    "/check/00000000000000000000000000000000?lang=fr",
)


def found_on(page: Page) -> list[str]:
    """Each violation with the elements it is about."""
    # Added by the driver, which the page's own policy does not forbid.
    page.evaluate(axe().read_text(encoding="utf-8"))
    options = json.dumps({"runOnly": {"type": "tag", "values": RULES}})
    result: dict[str, Any] = page.evaluate(f"axe.run(document, {options})")
    assert result["passes"], "the checker looked at nothing"
    return [f"{one['id']}: {node['html'][:200]}" for one in result["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_the_guidelines(
    browser: Browser, world: World, path: str, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(color_scheme=scheme)
    try:
        page = context.new_page()
        page.goto(world.stack.url("gateway") + path)
        assert found_on(page) == []
    finally:
        context.close()


@pytest.fixture(scope="module")
def check_url(world: World) -> str:
    """The page behind the label of a device."""
    seller = world.sellers[0].caller
    offer = seller.get("/v1/seller/offers", limit=1)["items"][0]
    at = "2026-11-01T09:00:00Z"
    unit = {
        "serial": "AXE-00001",
        "sku": offer["sku"],
        "grade": offer["grade"],
        "diagnostics": [{"test": "Screen", "result": "pass", "at": at}, {"test": "Sound", "result": "fail", "at": at}],
        "replaced_parts": [{"part": "Case", "kind": "compatible"}],
        "erasure": {"standard": "NIST 800-88", "certificate_sha256": "ab" * 32, "at": at, "tool": "Eraser 7"},
    }
    (line,) = seller.patch_lines("/v1/seller/units", json.dumps(unit).encode())
    url: str = line["check_url"]
    return url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_device_keeps_them(browser: Browser, check_url: str, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 740})
    try:
        page = context.new_page()
        page.goto(check_url)
        assert page.locator("h1").inner_text()
        assert found_on(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    finally:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_keeps_them_with_everything_in_it(board: Board, scheme: Literal["light", "dark"]) -> None:
    board.page.emulate_media(color_scheme=scheme)
    board.sign_in()
    board.page.locator("#events-list li, .as-of").first.wait_for()
    assert found_on(board.page) == []


def test_on_a_phone_nothing_is_wider_than_the_screen(board: Board) -> None:
    board.page.set_viewport_size({"width": 360, "height": 740})
    board.sign_in()
    assert found_on(board.page) == []
    assert board.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_checker_finds_what_is_wrong(board: Board) -> None:
    board.open()
    board.page.evaluate("document.querySelector('label[for=email]').remove()")
    assert any(one.startswith("label:") for one in found_on(board.page))
