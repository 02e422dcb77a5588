"""A seller's way through the HTTP door: application, decision, mandate, suspension."""

from typing import Any

import httpx
import pytest

from accounts.domain.mandates import current_mandate
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import FRENCH_VAT, IBAN, SIREN
from services.accounts.tests.conftest import OPERATOR_KEY, Door
from services.accounts.tests.papers import a_pdf
from services.accounts.tests.test_api.test_people import BUYER, PASSWORD, link_of, published

pytestmark = pytest.mark.storage

APPLICATION: dict[str, Any] = {
    "legal_name": "Reconditio SARL",
    "country": "FR",
    "registration_number": SIREN,
    "vat_numbers": {"FR": FRENCH_VAT},
    "address": BUYER["address"],
    "contact": {"email": "sam@reconditio.example", "name": "Sam Exemple"},
    "markets": ["fr-pro"],
    "regimes": ["normal", "margin"],
    "payout_iban": IBAN,
    "payout_holder": "Reconditio SARL",
    "return_address": BUYER["address"],
    "support_phone": "+33 1 98 76 54 32",
    "beneficial_owners": {
        "owners": [
            {
                "person": {"name": "Sam Exemple", "birth_date": "1980-04-01", "country": "FR"},
                "share_basis_points": 10000,
                "control": "shares",
            }
        ]
    },
    "tax_data": {"nature": "entity", "tax_number": SIREN, "tax_country": "FR"},
}
MANDATE = {"version": current_mandate().version, "accepted": True, "signatory": "Sam Exemple"}


async def applied(door: Door, **changes: Any) -> tuple[str, str]:
    """The id and the access token of a seller who has applied: every paper is there, was accepted, and the case submitted."""
    seller_id, token = await begun(door, **changes)
    operator = await door.token_of(OPERATOR_KEY)
    for kind in await papers_missing(door, token):
        uploaded = await upload(door, token, kind, a_pdf())
        path = f"/v1/operator/sellers/{seller_id}/documents/{uploaded.json()['id']}/acceptance"
        assert (await door.ask("POST", path, {}, token=operator)).status_code == 201
    submitted = await door.ask("POST", "/v1/sellers/me/submission", token=token)
    assert (submitted.status_code, submitted.json()["state"]) == (201, "submitted"), submitted.text
    return seller_id, token


async def papers_missing(door: Door, token: str) -> list[str]:
    case = (await door.ask("GET", "/v1/sellers/me", token=token)).json()
    return [one["subject"] for one in case["requirements"] if (one["name"], one["state"]) == ("document", "missing")]


async def upload(
    door: Door, token: str, kind: str, content: bytes, name: str = "paper.pdf", **query: str
) -> httpx.Response:
    headers = {"Idempotency-Key": str(new_id()), "Authorization": f"Bearer {token}", "Content-Type": "text/html"}
    params = {"kind": kind, "file_name": name, **query}
    return await door.client.post("/v1/sellers/me/documents", params=params, content=content, headers=headers)


async def begun(door: Door, **changes: Any) -> tuple[str, str]:
    """The id and the access token of a seller whose application waits for its papers."""
    body = {**APPLICATION, **changes}
    answer = await door.ask("POST", "/v1/sellers", body)
    assert answer.status_code == 201, answer.text
    token = await link_of(door, answer.json()["user_id"])
    await door.ask("POST", "/v1/activations", {"token": token, "password": PASSWORD})
    session = await door.ask("POST", "/v1/sessions", {"email": body["contact"]["email"], "password": PASSWORD})
    return answer.json()["company_id"], session.json()["access_token"]


async def decide(door: Door, seller_id: str, what: str, body: Any = None) -> tuple[int, str]:
    operator = await door.token_of(OPERATOR_KEY)
    answer = await door.ask("POST", f"/v1/operator/sellers/{seller_id}/{what}", body, token=operator)
    return answer.status_code, answer.json().get("code") or answer.json()["state"]


async def test_a_seller_applies_is_approved_signs_and_sells(door: Door) -> None:
    seller_id, token = await applied(door)
    case = (await door.ask("GET", "/v1/sellers/me", token=token)).json()
    assert (case["state"], case["invoice_prefix"], case["payout_iban"]) == ("submitted", "RECO", "FR76****0189")
    early = await door.ask("POST", "/v1/sellers/me/mandate", MANDATE, token=token)
    assert (early.status_code, early.json()["code"], early.json()["state"]) == (409, "seller_state", "submitted")
    assert await decide(door, seller_id, "approval") == (201, "approved")
    mandate = (await door.ask("GET", "/v1/sellers/me/mandate", token=token)).json()
    assert (mandate["version"], mandate["signed_at"]) == (current_mandate().version, None)
    assert mandate["text"] == current_mandate().text("fr")
    signed = await door.ask("POST", "/v1/sellers/me/mandate", MANDATE, token=token)
    assert (signed.status_code, signed.json()["state"]) == (201, "active")
    assert (await door.ask("GET", "/v1/sellers/me/mandate", token=token)).json()["signatory"] == "Sam Exemple"
    assert await published(door, "accounts.seller.activated.v1") == [
        {
            "seller_id": seller_id,
            "markets": ["fr-pro"],
            "ship_from": ["FR"],
            "mandate_version": current_mandate().version,
        }
    ]
    party = (await door.internal("GET", f"/internal/parties/{seller_id}")).json()
    assert (party["payout"]["iban"], party["invoice_prefix"]) == (IBAN, "RECO")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"payout_iban": "FR7630006000011234567890180"}, 422, "iban_invalid"),
        ({"vat_numbers": {"DE": "DE136695976"}}, 422, "vat_numbers_missing"),
        ({"markets": []}, 422, "validation_failed"),
        ({"markets": ["no-such-market"]}, 422, "unknown_market"),
        ({"regimes": ["none"]}, 422, "validation_failed"),
        ({"registration_number": "732829321"}, 422, "registration_number_invalid"),
    ],
)
async def test_a_wrong_application_is_refused_by_name(
    door: Door, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await door.ask("POST", "/v1/sellers", {**APPLICATION, **changes})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_mistyped_iban_is_not_repeated_in_the_answer(door: Door) -> None:
    answer = await door.ask("POST", "/v1/sellers", {**APPLICATION, "payout_iban": "FR7630006000011234567890180"})
    assert "FR7630006" not in answer.text


async def test_a_rejected_seller_reads_why_and_what_to_do(door: Door) -> None:
    seller_id, token = await applied(door)
    body = {"reason": "quality", "next_step": "Send three sample devices."}
    assert await decide(door, seller_id, "rejection", body) == (201, "rejected")
    case = (await door.ask("GET", "/v1/sellers/me", token=token)).json()
    assert (case["reason"], case["next_step"]) == ("quality", "Send three sample devices.")
    assert await decide(door, seller_id, "approval") == (409, "seller_state")
    assert await published(door, "accounts.seller.rejected.v1") == [{"seller_id": seller_id, "reason": "quality"}]


async def test_a_suspended_seller_may_be_reinstated(door: Door) -> None:
    seller_id, token = await applied(door)
    assert await decide(door, seller_id, "suspension", {"reason": "compliance"}) == (409, "seller_state")
    await decide(door, seller_id, "approval")
    await door.ask("POST", "/v1/sellers/me/mandate", MANDATE, token=token)
    assert await decide(door, seller_id, "suspension", {"reason": "compliance"}) == (201, "suspended")
    operator = await door.token_of(OPERATOR_KEY)
    lifted = await door.ask("DELETE", f"/v1/operator/sellers/{seller_id}/suspension", token=operator)
    assert (lifted.status_code, lifted.json()["state"]) == (200, "active")
    assert len(await published(door, "accounts.seller.activated.v1")) == 2


async def test_a_shop_of_one_seller_admits_one(door: Door) -> None:
    first, _ = await applied(door, markets=["be-shop"])
    second, _ = await applied(
        door, markets=["be-shop"], contact={"email": "kim@second.example", "name": "Kim"}, legal_name="Second BV"
    )
    assert await decide(door, first, "approval") == (201, "approved")
    assert await decide(door, second, "approval") == (409, "market_has_its_seller")
    third = {**APPLICATION, "markets": ["be-shop"], "contact": {"email": "third@third.example", "name": "T"}}
    answer = await door.ask("POST", "/v1/sellers", third)
    assert (answer.status_code, answer.json()["code"]) == (409, "market_has_its_seller")


async def test_the_operator_sees_what_waits_and_sellers_do_not(door: Door) -> None:
    seller_id, token = await applied(door)
    operator = await door.token_of(OPERATOR_KEY)
    (waiting,) = (await door.ask("GET", "/v1/operator/sellers?state=submitted", token=operator)).json()["items"]
    assert (waiting["seller_id"], waiting["company"]["legal_name"]) == (seller_id, "Reconditio SARL")
    assert waiting["company"]["vat_numbers"] == [
        {
            "country": "FR",
            "number": FRENCH_VAT,
            "status": "not_asked",
            "checked_at": None,
            "consultation_number": None,
        }
    ]
    approved = (await door.ask("GET", "/v1/operator/sellers?state=approved", token=operator)).json()
    assert approved == {"items": [], "next_cursor": None}
    for method, path in (("GET", "/v1/operator/sellers"), ("POST", f"/v1/operator/sellers/{seller_id}/approval")):
        assert (await door.ask(method, path, token=token)).json()["code"] == "scope_missing"
    nobody = await decide(door, "00000000-0000-7000-8000-000000000000", "approval")
    assert nobody == (404, "seller_not_found")


async def test_who_never_applied_has_no_case(door: Door) -> None:
    operator = await door.token_of(OPERATOR_KEY)
    for path in ("/v1/sellers/me", "/v1/sellers/me/mandate"):
        answer = await door.ask("GET", path, token=operator)
        assert (answer.status_code, answer.json()["code"]) == (404, "seller_not_found")


async def test_an_applicant_is_asked_answers_and_is_admitted(door: Door) -> None:
    seller_id, token = await applied(door)
    assert await decide(door, seller_id, "review") == (201, "in_review")
    question = {"reason": "numbers_wrong", "next_step": "Your IBAN is closed. Give us another one."}
    assert await decide(door, seller_id, "information-requests", question) == (201, "info_requested")
    case = (await door.ask("GET", "/v1/sellers/me", token=token)).json()
    assert (case["reason"], case["next_step"]) == (question["reason"], question["next_step"])
    wrong = {"answer": "Here.", "payout_iban": "FR7630006000011234567890180"}
    refused = await door.ask("POST", "/v1/sellers/me/information", wrong, token=token)
    assert (refused.status_code, refused.json()["code"]) == (422, "iban_invalid")
    answer = {"answer": "Sorry, here it is.", "payout_iban": "FR7630006000011234567890189"}
    given = await door.ask("POST", "/v1/sellers/me/information", answer, token=token)
    assert (given.status_code, given.json()["state"]) == (201, "in_review")
    assert await decide(door, seller_id, "approval") == (201, "approved")
    assert await decide(door, seller_id, "offboarding", {"reason": "own_wish"}) == (201, "offboarded")
    text = str(await published(door, "accounts.seller.info_requested.v1"))
    assert "IBAN" not in text
