"""A person's own sign-in in a real browser, with a device in it that makes passkeys: got, used and given up."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from regrade.story import CompanyCard, Member
from tests.browser.board import PATIENCE_MS
from tests.browser.test_accessibility import found_on
from tests.journeys.world import World

pytestmark = pytest.mark.browser

CARD = CompanyCard("Clé Sûre SARL", "achats@cle-sure.example", "Tours", "37000", "8 rue Nationale")
OTHER = CompanyCard("Deux Pas SARL", "achats@deux-pas.example", "Angers", "49000", "2 rue Beaurepaire")


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    """At the address by its name: WebAuthn knows no numbers. Nothing may go wrong in it."""
    port = urlsplit(world.stack.url("gateway")).port
    context = browser.new_context(base_url=f"http://localhost:{port}", locale="en-GB", timezone_id="Europe/Paris")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # A refused sign-in is on purpose here; everything else that the browser complains of is not.
    page.on(
        "console", lambda said: wrong.append(said.text) if said.type == "error" and "401" not in said.text else None
    )
    yield page
    context.close()
    assert wrong == []


def with_device(page: Page) -> None:
    """A device that keeps passkeys and whose user is always there, as DevTools have it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def enter(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.locator("#password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, password: str) -> None:
    page.get_by_label("Name of the new passkey").fill("Telephone")
    page.locator("#passkey-password").fill(password)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Keep these recovery codes").wait_for()


def test_a_passkey_is_added_and_signs_in_without_a_password(page: Page, world: World) -> None:
    person = world.story.buyer(CARD)
    with_device(page)
    page.goto("/account/security")
    enter(page, person.email, person.password)
    page.get_by_text("Not set up.").wait_for()
    assert found_on(page) == []
    add_passkey(page, person.password)
    assert page.locator("#codes-list li").count() == 10
    assert found_on(page) == []
    page.get_by_role("button", name="I have kept them").click()
    expect(page.locator("#codes")).to_be_hidden()
    expect(page.locator("#passkeys")).to_contain_text("Telephone")
    world.platform.mail_to(person.email, "facteur")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#whom")).to_have_text(person.email)
    expect(page.locator("#passkeys")).to_contain_text("used")
    # The session before was ended when its owner signed out.
    expect(page.locator("#sessions li")).to_have_count(1)


def test_an_app_is_set_up_asked_for_and_given_up(page: Page, world: World) -> None:
    person = world.story.buyer(OTHER)
    page.goto("/account/security")
    enter(page, person.email, person.password)
    page.get_by_label("Your password, to set one up").fill(person.password)
    page.get_by_role("button", name="Set up an app").click()
    page.get_by_role("img", name="The key as a QR code").wait_for()
    assert found_on(page) == []
    app = pyotp.TOTP(page.locator("#app-key").inner_text().replace(" ", ""))
    page.get_by_label("Six digits of the app").fill(app.now())
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_text("On. A code of it is asked for").wait_for()
    codes = page.locator("#codes-list li").all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    enter(page, person.email, person.password)
    one_more = page.get_by_label("Code of your authenticator app, or a recovery code").first
    # The code that turned it on was used by that.
    one_more.fill("000 000")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("This code or passkey was not accepted").wait_for()
    assert found_on(page) == []
    one_more.fill(codes[0].upper())
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("9 of them are left.").wait_for()
    page.get_by_role("button", name="Remove the app").click()
    proof = page.get_by_role("dialog", name="Remove the authenticator app")
    assert found_on(page) == []
    proof.get_by_label("Your password").fill(person.password)
    proof.get_by_label("Code of your authenticator app").fill(codes[1])
    proof.get_by_role("button", name="Confirm").click()
    page.get_by_text("The app is removed.").wait_for()
    page.get_by_text("Not set up.").wait_for()
    expect(page.locator("#recovery")).to_be_hidden()


def test_the_board_takes_a_passkey_beside_the_password_and_alone(page: Page, world: World) -> None:
    email, password = world.contract["operator"]["email"], world.contract["operator"]["password"]
    with_device(page)
    page.goto("/account/security")
    enter(page, email, password)
    add_passkey(page, password)
    try:
        page.goto("/dashboard")
        enter(page, email, password)
        page.locator("#second-passkey").click()
        page.get_by_text("live", exact=True).wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.locator("#passkey-sign-in").click()
        page.get_by_text("live", exact=True).wait_for()
    finally:
        page.goto("/account/security")
        page.locator("#passkey-sign-in").click()
        page.get_by_role("button", name="Remove: Telephone").click()
        page.get_by_role("dialog").get_by_label("Your password").fill(password)
        page.get_by_role("button", name="Use a passkey instead").click()
        page.get_by_text("The passkey is removed.").wait_for()
    expect(page.locator("#passkeys li")).to_have_count(0)


def test_where_a_name_is_needed_the_page_says_so(browser: Browser, world: World) -> None:
    person: Member = world.buyer
    context = browser.new_context(base_url=world.stack.url("gateway"))
    try:
        page = context.new_page()
        page.goto("/account/security")
        expect(page.locator("#passkey-sign-in")).to_be_hidden()
        enter(page, person.email, person.password)
        expect(page.locator("#passkeys-here a")).to_have_attribute("href", page.url.replace("127.0.0.1", "localhost"))
        assert found_on(page) == []
    finally:
        context.close()
