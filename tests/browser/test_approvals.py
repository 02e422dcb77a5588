"""The page on which orders over a limit are approved or refused, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from regrade.platform import wait_for
from tests.browser.test_accessibility import found_on
from tests.journeys.test_approvals import PASSWORD, Company, company
from tests.journeys.world import World

__all__ = ["company"]

pytestmark = pytest.mark.browser


def test_whoever_is_asked_says_no_to_one_and_yes_to_the_other(browser: Browser, world: World, company: Company) -> None:
    limit = {"amount": 1, "currency": company.offer["price"]["currency"]}
    company.set_rules(limits=[{"person_id": company.dee.id, "per_order": limit}])
    wait_for(lambda: company.obeyed("po_number_required", buyer_reference=None), "the rules to be obeyed")
    first, second = company.order(1), company.order(2)
    wrong: list[Any] = []
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Paris")
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(error))
        page.goto(f"{world.stack.url('gateway')}/approvals?order={first['id']}")
        page.get_by_label("E-mail").fill(company.ben.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        cards = page.locator("#orders form")
        expect(cards).to_have_count(2)
        # The order that the mail was about comes first, although the other one is newer.
        expect(cards.first.get_by_role("heading")).to_contain_text(str(first["number"]))
        assert found_on(page) == []
        cards.first.get_by_label("Comment").fill("Not this one")
        cards.first.get_by_role("button", name="Refuse").click()
        expect(page.locator("#told")).to_have_text(f"Order {first['number']} is refused.")
        expect(cards).to_have_count(1)
        cards.first.get_by_role("button", name="Approve").click()
        expect(page.locator("#told")).to_contain_text(f"Order {second['number']} is approved")
        expect(page.locator("#none")).to_be_visible()
    finally:
        context.close()
    assert wrong == []
    refused = world.story.order_in(company.member, first["id"], "REFUSED")
    assert refused["approval"]["decisions"][0]["comment"] == "Not this one"
    assert world.story.order_in(company.member, second["id"], "AWAITING_PAYMENT")
