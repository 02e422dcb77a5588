"""The pages behind a payment link: looking starts nothing, the button leads to ourselves, and every outcome has a sentence."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from chassis.kernel.errors import NotFound
from chassis.web.app import make_app
from gateway.api import card_pages, pages
from gateway.clients.wording import PageTexts, languages
from gateway.domain.errors import ServiceSilent

TOKEN = "q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6"
HOSTED = "https://pay.test/psp/pay/cp_1"


def euro(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency": "EUR"}


@dataclass
class Links:
    """What payments would say of the link; `silent` makes it say nothing."""

    state: str = "opened"
    capture: str | None = None
    to_pay: int | None = 156_048
    latest: dict[str, Any] | None = None
    language: str | None = "en"
    silent: bool = False
    started: int = 0
    opens: bool = True
    tokens: set[str] = field(default_factory=lambda: {TOKEN})

    async def read(self, token: str) -> dict[str, Any]:
        self._check(token)
        return {
            "company_name": "Atelier <Vidal> SARL",
            "language": self.language,
            "to_pay": euro(self.to_pay) if self.to_pay else None,
            "latest": self.latest,
            "payment": {
                "reference": "100042",
                "due": euro(156_048),
                "received": euro(0),
                "state": self.state,
                "capture": self.capture,
            },
        }

    async def start(self, token: str) -> bool:
        self._check(token)
        self.started += 1
        return self.opens

    def _check(self, token: str) -> None:
        if self.silent:
            raise ServiceSilent("payments: ConnectError", service="payments")
        if token not in self.tokens:
            raise NotFound("payments does not know it")


def an_attempt(state: str = "requires_3ds", **changes: Any) -> dict[str, Any]:
    return {"state": state, "hosted_page": HOSTED, "failure_reason": None, **changes}


def a_browser(links: Links) -> httpx.AsyncClient:
    app = make_app(title="gateway", description="", routers=[pages.router, card_pages.router])
    app.state.pages = PageTexts(None)
    app.state.card_links = links
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://edge")


async def test_looking_starts_nothing_and_the_button_stays_with_us() -> None:
    links = Links()
    browser = a_browser(links)
    for path in ("", "/card", "/result"):
        response = await browser.get(f"/pay/{TOKEN}{path}")
        assert response.status_code == 200
        assert (response.headers["cache-control"], response.headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert "form-action 'self'" in response.headers["content-security-policy"]
    page = (await browser.get(f"/pay/{TOKEN}")).text
    assert f'<form method="post" action="/pay/{TOKEN}">' in page
    assert "€1,560.48" in page
    assert "Atelier &lt;Vidal&gt; SARL" in page
    assert links.started == 0


async def test_the_button_leads_over_a_page_of_ours_to_the_provider() -> None:
    links = Links(latest=an_attempt())
    browser = a_browser(links)
    pressed = await browser.post(f"/pay/{TOKEN}")
    assert (pressed.status_code, pressed.headers["location"], links.started) == (303, f"/pay/{TOKEN}/card", 1)
    page = (await browser.get(pressed.headers["location"])).text
    assert f'<meta http-equiv="refresh" content="0; url={HOSTED}">' in page
    assert re.search(rf'<a id="provider"[^>]* href="{HOSTED}">', page)


async def test_who_pays_twice_is_shown_that_it_is_paid() -> None:
    links = Links(state="secured", capture="done", to_pay=None, latest=an_attempt("captured"), opens=False)
    browser = a_browser(links)
    assert (await browser.post(f"/pay/{TOKEN}")).headers["location"] == f"/pay/{TOKEN}"
    page = (await browser.get(f"/pay/{TOKEN}")).text
    assert "<form" not in page
    assert "This order is paid" in page


@pytest.mark.parametrize(
    ("links", "said", "looks_again"),
    [
        (Links(latest=an_attempt()), "We are waiting", True),
        (Links(state="secured", capture="done", to_pay=None, latest=an_attempt("captured")), "This order is paid", False),
        (Links(state="secured", capture="at_dispatch", to_pay=None, latest=an_attempt("authorised")), "reserved on", False),
        (Links(latest=an_attempt("failed", failure_reason="declined")), "Your bank declined", False),
        (Links(latest=an_attempt("failed", failure_reason="new_reason")), "did not take the payment", False),
        (Links(state="closed", to_pay=None, latest=an_attempt("failed", failure_reason="cancelled")), "no longer open", False),
    ],
)  # fmt: skip
async def test_every_outcome_has_a_sentence(links: Links, said: str, looks_again: bool) -> None:
    page = (await a_browser(links).get(f"/pay/{TOKEN}/result")).text
    assert said in page
    assert ('http-equiv="refresh"' in page) is looks_again


@pytest.mark.parametrize("path", ["", "/card", "/result"])
async def test_a_wrong_link_and_a_silent_service_are_told_apart(path: str) -> None:
    assert (await a_browser(Links()).get(f"/pay/{'x' * 32}{path}")).status_code == 404
    assert (await a_browser(Links(silent=True)).get(f"/pay/{TOKEN}{path}")).status_code == 503
    assert (await a_browser(Links(silent=True)).post(f"/pay/{TOKEN}")).status_code == 503


def test_every_language_has_every_sentence() -> None:
    english = languages()["en"].pages["pay"]
    for language in languages().values():
        assert set(language.pages["pay"]) == set(english), language.code


async def test_the_company_reads_its_own_language() -> None:
    assert "Régler la commande 100042 par carte" in (await a_browser(Links(language="fr")).get(f"/pay/{TOKEN}")).text
