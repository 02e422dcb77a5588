"""Uploads through the HTTP door: what is taken, what is refused, and who may read it."""

import zlib
from typing import Any

import pytest

from accounts.domain.file_types import FILE_MAX_BYTES
from services.accounts.tests.builders import SIREN
from services.accounts.tests.conftest import OPERATOR_KEY, Door
from services.accounts.tests.papers import a_jpeg, a_pdf, a_png
from services.accounts.tests.test_api.test_people import published
from services.accounts.tests.test_api.test_sellers import MANDATE, applied, begun, decide, papers_missing, upload

pytestmark = pytest.mark.storage

OTHER: dict[str, Any] = {
    "contact": {"email": "kim@second.example", "name": "Kim"},
    "legal_name": "Second SARL",
    "registration_number": SIREN,
}
_ZEROS = zlib.compress(bytes(200 * 1024 * 1024))
# Two hundred megabytes in two hundred kilobytes, where whoever opens the file has to unpack them: its table of contents.
BOMB = (
    b"%%PDF-1.7\n1 0 obj\n<< /Type /XRef /Size 9 /W [1 2 1] /Root 2 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
    b"%b\nendstream\nendobj\nstartxref\n9\n%%%%EOF\n" % (len(_ZEROS), _ZEROS)
)


async def test_a_draft_lists_what_is_missing_until_it_can_be_submitted(door: Door) -> None:
    seller_id, token = await begun(door, tax_data=None, support_phone=None)
    refused = await door.ask("POST", "/v1/sellers/me/submission", token=token)
    assert (refused.status_code, refused.json()["code"]) == (409, "requirements_open")
    missing = {one["name"] for one in refused.json()["requirements"]}
    assert missing == {"support_phone", "tax_data", "document"}
    rest = {
        "support_phone": "+33 1 98 76 54 32",
        "tax_data": {"nature": "entity", "tax_number": SIREN, "tax_country": "FR"},
    }
    saved = await door.ask("PATCH", "/v1/sellers/me", rest, token=token)
    assert (saved.status_code, saved.json()["state"]) == (200, "draft")
    for kind in await papers_missing(door, token):
        assert (await upload(door, token, kind, a_pdf())).status_code == 201
    submitted = await door.ask("POST", "/v1/sellers/me/submission", token=token)
    assert (submitted.status_code, submitted.json()["state"]) == (201, "submitted")
    assert await decide(door, seller_id, "approval") == (409, "requirements_open")


async def test_a_file_is_kept_as_what_it_is_and_read_by_its_own_company_and_the_operator(door: Door) -> None:
    seller_id, token = await begun(door)
    _, stranger = await begun(door, **OTHER)
    operator = await door.token_of(OPERATOR_KEY)
    for content, media_type, name in (
        (a_pdf(), "application/pdf", "Kbis.pdf"),
        (a_png(), "image/png", "Kbis.png"),
        (a_jpeg(), "image/jpeg", "Kbis.jpg"),
    ):
        kept = await upload(door, token, "register_extract", content, "../Kbis.exe", valid_until="2099-12-31")
        assert kept.status_code == 201, kept.text
        document = kept.json()
        assert (document["media_type"], document["file_name"], document["state"]) == (media_type, name, "uploaded")
        own = await door.ask("GET", f"/v1/sellers/me/documents/{document['id']}/file", token=token)
        path = f"/v1/operator/sellers/{seller_id}/documents/{document['id']}"
        assert own.content == (await door.ask("GET", f"{path}/file", token=operator)).content == content
        assert own.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert own.headers["x-content-type-options"] == "nosniff"
        foreign = await door.ask("GET", f"/v1/sellers/me/documents/{document['id']}/file", token=stranger)
        assert (foreign.status_code, foreign.json()["code"]) == (404, "document_not_found")
        assert (await door.ask("GET", f"{path}/file", token=token)).json()["code"] == "scope_missing"
    listed = (await door.ask("GET", "/v1/sellers/me/documents", token=token)).json()["items"]
    assert [one["state"] for one in listed] == ["replaced", "replaced", "uploaded"]
    refused = await door.ask(
        "POST", f"{path}/refusal", {"reason": "unreadable", "next_step": "Scan it again."}, token=operator
    )
    assert (refused.status_code, refused.json()["state"]) == (201, "refused")
    (raised,) = await published(door, "accounts.seller.requirement_raised.v1")
    assert (raised["subject"], raised["why"]) == ("register_extract", "unreadable")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file_type_refused"),
        (b"<html><script>alert(1)</script>", 422, "file_type_refused"),
        (a_png() + b"PK\x03\x04", 422, "file_type_refused"),
        (a_png(100_000, 100_000), 422, "file_not_readable"),
        (b"%PDF-1.7 nothing %%EOF", 422, "file_not_readable"),
        (BOMB, 422, "file_not_readable"),
        (a_pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), 422, "file_active"),
        (a_pdf(page=b"/AA << /O << /S /Launch /F (calc.exe) >> >>"), 422, "file_active"),
        (a_pdf(catalog=b"/Names 4 0 R", more=(b"<< /EmbeddedFiles << /Names [] >> >>",)), 422, "file_active"),
        (bytes(FILE_MAX_BYTES + 1), 413, "body_too_large"),
    ],
)
async def test_a_bad_file_is_refused_by_name_and_nothing_of_it_is_kept(
    door: Door, content: bytes, status: int, code: str
) -> None:
    _, token = await begun(door)
    answer = await upload(door, token, "register_extract", content, "extract.pdf")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await door.ask("GET", "/v1/sellers/me/documents", token=token)).json() == {"items": []}


async def test_nobody_else_may_send_large_bodies(door: Door) -> None:
    _, token = await begun(door)
    answer = await door.ask("PATCH", "/v1/sellers/me", {"support_phone": "1" * (1024 * 1024)}, token=token)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_taking_the_mandate_back_stops_the_sale_and_says_what_that_means(door: Door) -> None:
    seller_id, token = await applied(door)
    await decide(door, seller_id, "approval")
    mandate = (await door.ask("GET", "/v1/sellers/me/mandate", token=token)).json()
    signature = {**MANDATE, "sha256": mandate["sha256"]}
    signed = await door.ask("POST", "/v1/sellers/me/mandate", signature, token=token)
    assert signed.json()["effects"] == {"offers": "live", "open_orders": "to_be_finished", "payouts": "go_on"}
    ended = await door.ask("POST", "/v1/sellers/me/mandate-revocation", token=token)
    assert (ended.status_code, ended.json()["state"], ended.json()["effects"]["offers"]) == (201, "suspended", "paused")
    operator = await door.token_of(OPERATOR_KEY)
    lifted = await door.ask("DELETE", f"/v1/operator/sellers/{seller_id}/suspension", token=operator)
    assert (lifted.status_code, lifted.json()["code"]) == (409, "mandate_not_signed")
    again = await door.ask("POST", "/v1/sellers/me/mandate", signature, token=token)
    assert again.json()["state"] == "active"


async def test_the_operator_sees_the_whole_file_and_the_seller_its_tax_number_masked(door: Door) -> None:
    seller_id, token = await applied(door)
    operator = await door.token_of(OPERATOR_KEY)
    seen = (await door.ask("GET", f"/v1/operator/sellers/{seller_id}", token=operator)).json()
    own = (await door.ask("GET", "/v1/sellers/me", token=token)).json()
    assert (seen["tax_data"]["tax_number"], own["tax_data"]["tax_number"]) == (SIREN, f"****{SIREN[-4:]}")
    assert seen["beneficial_owners"]["owners"][0]["person"]["birth_date"] == "1980-04-01"
    asked = await door.ask("POST", f"/v1/operator/sellers/{seller_id}/tax-data-requests", token=operator)
    assert asked.status_code == 201
    tax = next(
        one
        for one in (await door.ask("GET", "/v1/sellers/me", token=token)).json()["requirements"]
        if one["name"] == "tax_data"
    )
    assert (tax["state"], tax["needed_for"]) == ("refused", "payout")


async def test_the_yearly_extract_names_who_ever_sold(door: Door) -> None:
    seller_id, token = await applied(door)
    operator = await door.token_of(OPERATOR_KEY)
    assert (await door.ask("GET", "/v1/operator/dac7?year=2099", token=operator)).json()["items"] == []
    await decide(door, seller_id, "approval")
    await door.ask("POST", "/v1/sellers/me/mandate", MANDATE, token=token)
    (one,) = (await door.ask("GET", "/v1/operator/dac7?year=2099", token=operator)).json()["items"]
    assert (one["seller_id"], one["tax_number"], one["tax_country"]) == (seller_id, SIREN, "FR")
    assert (one["payout_holder"], one["missing"]) == (None, [])
    assert (await door.ask("GET", "/v1/operator/dac7?year=2023", token=operator)).json()["items"] == []
