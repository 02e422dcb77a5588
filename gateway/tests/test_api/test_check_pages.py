"""The page behind a device's QR code: all of the device, all text escaped, and an end to looking."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from chassis.kernel.errors import NotFound
from chassis.web.app import make_app
from gateway.api import check_pages, pages
from gateway.api.limits import RateLimits
from gateway.clients.unit_checks import CatalogUnitChecks
from gateway.clients.wording import PageTexts
from gateway.domain.errors import ServiceSilent

CODE = "0f" * 16
DEVICE: dict[str, Any] = {
    "title": "Apple <iPhone> 13",
    "category": "smartphone",
    "number_kind": "imei",
    "masked_number": "•••••••••••7518",
    "state": "shipped",
    "grade": "very_good",
    "battery_health_percent": 91,
    "battery_cycles": 230,
    "diagnostics": [{"test": "<script>alert(1)</script>", "result": "pass", "at": "2026-11-20T09:00:00Z"}],
    "replaced_parts": [{"part": "battery", "kind": "original"}],
    "erasure": {"standard": "NIST 800-88", "certificate_sha256": "ab" * 32, "at": "2026-11-20T09:00:00Z", "tool": "X"},
    "history": [
        {"what": "registered", "at": "2026-11-20T10:00:00Z"},
        {"what": "shipped", "at": "2026-11-21T10:00:00Z"},
    ],
}


@dataclass
class Checks:
    """What catalog would say; `silent` makes it say nothing."""

    found: dict[str, Any] = field(default_factory=lambda: DEVICE)
    silent: bool = False

    async def read(self, code: str) -> dict[str, Any]:
        if self.silent:
            raise ServiceSilent("catalog: ConnectError", service="catalog")
        if code != CODE:
            raise NotFound("catalog does not know it")
        return self.found


def a_browser(checks: Checks, per_address: str = "1000/minute") -> httpx.AsyncClient:
    app = make_app(title="gateway", description="", routers=[pages.router, check_pages.router])
    app.state.pages = PageTexts(None)
    app.state.unit_checks = checks
    app.state.limits = RateLimits("1000/minute", per_address)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://edge")


async def test_whoever_scans_the_label_reads_of_the_device() -> None:
    answer = await a_browser(Checks()).get(f"/check/{CODE}")
    assert answer.status_code == 200
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    for said in (
        "Apple &lt;iPhone&gt; 13",
        "IMEI •••••••••••7518",
        "Very good",
        "91 %",
        "230 charge",
        "ab" * 32,
        "passed",
    ):
        assert said in answer.text
    assert "<script>alert" not in answer.text
    assert "20 November 2026: recorded" in answer.text


@pytest.mark.parametrize("language", ["en", "fr", "da", "nl"])
@pytest.mark.parametrize("state", ["in_stock", "shipped", "in_repair", "returned", "retired"])
async def test_every_state_has_words_in_every_language(language: str, state: str) -> None:
    bare = {
        **DEVICE,
        "number_kind": "serial",
        "state": state,
        "battery_health_percent": None,
        "battery_cycles": None,
        "diagnostics": [],
        "replaced_parts": [],
        "erasure": None,
        "history": [
            {"what": what, "at": "2026-11-20T10:00:00Z"}
            for what in ("registered", "shipped", "received", "sent_back", "returned", "restocked", "retired")
        ],
    }
    answer = await a_browser(Checks(bare)).get(f"/check/{CODE}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


async def test_an_unknown_code_and_a_silent_service_are_told_apart() -> None:
    unknown = await a_browser(Checks()).get("/check/" + "a" * 32)
    assert (unknown.status_code, "No device has this code" in unknown.text) == (404, True)
    assert unknown.headers["content-type"].startswith("text/html")
    silent = await a_browser(Checks(silent=True)).get(f"/check/{CODE}")
    assert (silent.status_code, "try again in a minute" in silent.text) == (503, True)


async def test_nobody_tries_codes_without_end() -> None:
    browser = a_browser(Checks(), per_address="2/minute")
    answers = [(await browser.get("/check/" + "a" * 32)).status_code for _ in range(3)]
    assert answers == [404, 404, 429]


@pytest.mark.parametrize("code", ["..", "a/b", "x" * 65, "%00", "é"])
async def test_what_cannot_be_a_code_is_not_even_asked_for(code: str) -> None:
    with pytest.raises(NotFound):
        await CatalogUnitChecks(None).read(code)  # type: ignore[arg-type]
