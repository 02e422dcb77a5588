"""The operator's board as a person uses it, and what went wrong in the browser meanwhile."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request

from tests.journeys.world import World

PATIENCE_MS = 60_000


class Board:
    """A page with the board in it."""

    def __init__(self, page: Page, world: World) -> None:
        self.page = page
        self.world = world
        self.url = world.stack.url("gateway")
        # Errors of scripts and of the browser; a test that takes something away says which ones are its own doing.
        self.wrong: list[str] = []
        self.elsewhere: list[str] = []
        self.expected: Callable[[str], bool] = lambda said: False
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self._asked)

    def open(self) -> None:
        """Before anybody has signed in."""
        self.page.goto(f"{self.url}/dashboard")

    def sign_in(self) -> None:
        """With the operator's e-mail and password, until the stream is live and the figures are there."""
        operator = self.world.contract["operator"]
        self.open()
        self.page.get_by_label("E-mail").fill(operator["email"])
        self.page.get_by_label("Password").fill(operator["password"])
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.get_by_text("live", exact=True).wait_for()
        self.page.locator("#orders-open [data-state]").first.wait_for()

    def count(self, state: str) -> int:
        """How many orders the board shows in a state."""
        return int(self.page.locator(f'[data-state="{state}"] dd').inner_text())

    def until_count(self, state: str, expected: int) -> None:
        """Wait, without touching the page, until it shows so many."""
        self.page.locator(f'[data-state="{state}"] dd', has_text=f"{expected}").wait_for()
        assert self.count(state) == expected

    def fact(self, text: str) -> Locator:
        """The line of the stream with this sentence."""
        return self.page.locator("#events-list li", has_text=text)

    def service(self, name: str) -> Locator:
        """The line of a service."""
        return self.page.locator(f'#services-rows [data-service="{name}"]')

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not self.expected(message.text):
            self.wrong.append(message.text)

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self.elsewhere.append(request.url)
