"""A whole platform and a real browser. Without a browser the tests are left out, loudly; in CI they fail."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade import demo
from tests.browser.board import Board
from tests.browser.finder import NoBrowser, find_browser
from tests.journeys.world import Said, World, settled

_LEFT_OUT = pytest.StashKey[str]()
# The board asks every few seconds; what is proven here is not the limits.
_NO_LIMITS = {"REGRADE_RATE_PER_ADDRESS": "100000/minute", "REGRADE_RATE_PER_CALLER": "100000/minute"}
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Iterator[Browser]:
    try:
        program = find_browser()
    except NoBrowser as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI looks at the pages with a browser. {missing}", pytrace=False)
        pytestconfig.stash[_LEFT_OUT] = str(missing)
        pytest.skip(str(missing))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def world(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    state: Path = tmp_path_factory.mktemp("browser") / "state"
    stack = Stack(state, free_port_base(), durable=False, extra=_NO_LIMITS)
    said = Said()
    try:
        stack.start()
        demo.play(stack, said)
        yield settled(stack, said)
    finally:
        stack.stop()
        stack.paths.remove()


@pytest.fixture
def board(browser: Browser, world: World) -> Iterator[Board]:
    """The operator's board, opened and not signed in yet. Nothing may go wrong in it, and nothing may leave the host."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Paris")
    board = Board(context.new_page(), world)
    yield board
    context.close()
    assert board.wrong == []
    assert board.elsewhere == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The last thing a reader sees must not be "passed" where half of it was left out."""
    if (why := config.stash.get(_LEFT_OUT, None)) is not None:
        terminalreporter.section("NO BROWSER: the pages were not looked at", sep="!", red=True, bold=True)
        terminalreporter.line(why, red=True)
