"""The page behind the QR code on a device's box: the device, and no person, company or order.

Whoever has the code may look; a code is found by nothing but the label.
"""

from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from chassis.kernel.errors import NotFound, Unavailable
from gateway.api.limits import RateLimits
from gateway.api.pages import Pages, page, wanted_languages
from gateway.domain.language import Count, Language

router = APIRouter(prefix="/check", include_in_schema=False)

Code = Annotated[str, Path(max_length=200)]


class UnitChecks(Protocol):
    """What catalog knows of a code; raises NotFound, or Unavailable where catalog is silent."""

    async def read(self, code: str) -> dict[str, Any]: ...


@router.get("/{code}")
async def check_page(code: Code, request: Request) -> Response:
    """Grade, battery, tests, replaced parts, erasure, and where the device was when."""
    limits: RateLimits = request.app.state.limits
    # Looking is counted as any read of whoever has not signed in.
    limits.check(request.client.host if request.client else "unknown", None)
    checks: UnitChecks = request.app.state.unit_checks
    pages: Pages = request.app.state.pages
    language = pages.language(wanted_languages(request))
    words = language.pages["check"]
    try:
        found = await checks.read(code)
    except NotFound:
        return page(request, "check_nowhere", language.code, 404, words=words, text="unknown")
    except Unavailable:
        return page(request, "check_nowhere", language.code, 503, words=words, text="try_later")
    return page(request, "check", language.code, words=words, **_shown(found, language))


def _shown(found: dict[str, Any], language: Language) -> dict[str, Any]:
    words = language.pages["check"]
    erasure = found["erasure"]
    return {
        "device": found["title"],
        "number": f"{'IMEI' if found['number_kind'] == 'imei' else words['serial']} {found['masked_number']}",
        "state": words[f"state_{found['state']}"],
        "grade": found["grade"].replace("_", " ").capitalize(),
        "battery": found["battery_health_percent"],
        "cycles": None if found["battery_cycles"] is None else Count(found["battery_cycles"]),
        "tests": [
            {"name": one["test"], "result": words[f"result_{one['result']}"], "on": _day(one["at"], language)}
            for one in found["diagnostics"]
        ],
        "parts": [{"name": one["part"], "kind": words[f"part_{one['kind']}"]} for one in found["replaced_parts"]],
        "erasure": None if erasure is None else {**erasure, "on": _day(erasure["at"], language)},
        "history": [{"what": words[f"was_{one['what']}"], "on": _day(one["at"], language)} for one in found["history"]],
    }


def _day(at: str, language: Language) -> str:
    return language.day(datetime.fromisoformat(at).date())
