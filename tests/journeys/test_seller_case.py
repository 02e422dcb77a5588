"""A refurbisher's whole way through the gateway: from a draft to selling, and from a mandate taken back to one signed anew."""

import json
import re
from typing import Any

import pytest

from regrade import numbers
from regrade.companies import TRADES
from regrade.papers import paper
from regrade.platform import Caller, Refused, wait_for
from regrade.story import CompanyCard, Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey

SHOP = CompanyCard("Seconde Main SAS", "pro@seconde-main.example", "Reims", "51100", "4 rue de Vesle")
LATER = ("payout_iban", "payout_holder", "support_phone", "beneficial_owners", "tax_data")


def missing(person: Caller) -> set[tuple[str, str | None]]:
    """What the case still needs to be handed in, by name and subject."""
    case = person.get("/v1/sellers/me")
    return {
        (one["name"], one["subject"])
        for one in case["requirements"]
        if one["state"] in ("missing", "refused", "expired")
    }


def test_a_refurbisher_goes_from_a_draft_to_selling_and_back_through_a_mandate_taken_back(world: World) -> None:
    story, platform = world.story, world.platform
    whole = SHOP.seller_application("fr-pro", ["normal"])
    applied = platform.anybody.post("/v1/sellers", {name: whole[name] for name in whole if name not in LATER})
    seller = f"/v1/operator/sellers/{applied['company_id']}"
    token = re.search(r"/activate\?token=([\w.%-]+)", platform.mail_to(SHOP.email, "Activez")["text"])
    assert token is not None
    password = story.password_of(SHOP.email)
    platform.anybody.post("/v1/activations", {"token": token[1], "password": password})
    person = platform.signed_in(SHOP.email, password)

    # A draft says what is missing, part by part.
    assert person.get("/v1/sellers/me")["state"] == "draft"
    parts = {("payout_account", None), ("support_phone", None), ("beneficial_owners", None), ("tax_data", None)}
    kinds = ["register_extract", "representative_identity", "bank_account_proof", "waste_registration"]
    assert missing(person) == parts | {("document", kind) for kind in kinds}
    assert person.patch("/v1/sellers/me", {name: whole[name] for name in LATER})["state"] == "draft"
    assert missing(person) == {("document", kind) for kind in kinds}
    with pytest.raises(Refused) as early:
        person.post("/v1/sellers/me/submission")
    assert early.value.code == "requirements_open"

    # Papers are looked into; what was refused is uploaded again.
    path = "/v1/sellers/me/documents?kind={}&file_name={}.pdf"
    with pytest.raises(Refused) as html:
        person.post_file(path.format(kinds[0], "extract"), b"<html>%PDF-1.4")
    assert html.value.code == "file_type_refused"
    kept = {kind: person.post_file(path.format(kind, kind), paper(kind)) for kind in kinds}
    file = f"/v1/sellers/me/documents/{kept[kinds[0]]['id']}/file"
    assert person.content(file) == paper(kinds[0])
    with pytest.raises(Refused) as stranger:
        world.sellers[0].caller.content(file)
    assert stranger.value.status == 404
    assert person.post("/v1/sellers/me/submission")["state"] == "submitted"
    refusal = {"reason": "unreadable", "next_step": "Scan both sides of the passport."}
    story.operator.post(f"{seller}/documents/{kept[kinds[1]]['id']}/refusal", refusal)
    told = platform.mail_to(SHOP.email, "document")
    assert refusal["next_step"] not in told["text"]
    assert ("document", kinds[1]) in missing(person)
    kept[kinds[1]] = person.post_file(path.format(kinds[1], "passport"), paper("passport"))

    # A question and its answer; approval waits for every paper.
    question = {"reason": "quality", "next_step": "How do you erase data?"}
    story.operator.post(f"{seller}/information-requests", question)
    assert person.get("/v1/sellers/me")["next_step"] == question["next_step"]
    person.post("/v1/sellers/me/information", {"answer": "With a certified tool."})
    with pytest.raises(Refused) as unread:
        story.operator.post(f"{seller}/approval")
    assert unread.value.code == "requirements_open"
    for document in kept.values():
        story.operator.post(f"{seller}/documents/{document['id']}/acceptance", {})
    assert story.operator.post(f"{seller}/approval")["state"] == "approved"

    # The mandate is read, signed, taken back and signed anew.
    mandate = person.get("/v1/sellers/me/mandate")
    signature = {name: mandate[name] for name in ("version", "sha256")} | {"accepted": True, "signatory": "Direction"}
    assert person.post("/v1/sellers/me/mandate", signature)["effects"]["offers"] == "live"
    line = TRADES["fr-pro"].line("SM-1", 20_000, 3)
    member = Member(SHOP.name, applied["company_id"], SHOP.email, password, "", SHOP.iban, person)
    assert story.push(member, [line])[0]["offer_id"]
    ended = person.post("/v1/sellers/me/mandate-revocation")
    assert (ended["state"], ended["effects"]["offers"]) == ("suspended", "paused")
    assert platform.mail_to(SHOP.email, "suspendu")
    wait_for(lambda: _push_is_refused(person, line), "the sale to stop")
    assert person.post("/v1/sellers/me/mandate", signature)["state"] == "active"
    assert story.push(member, [{**line, "quantity": 4}])[0]["offer_id"]

    # Another bank account is no program's to grant, and what is refused is told by mail.
    elsewhere = {"iban": numbers.iban("FR", "another bank"), "holder": SHOP.name}
    asked = person.post("/v1/company/change-requests", {"payout": elsewhere, "note": "Another bank."})
    request = f"/v1/operator/change-requests/{asked['id']}"
    with pytest.raises(Refused) as alone:
        story.operator.post(f"{request}/approval")
    assert alone.value.status == 403
    story.operator.post(f"{request}/rejection", {"reason": "proof_missing", "next_step": "Send the bank's letter."})
    assert platform.mail_to(SHOP.email, "modification")
    assert person.get("/v1/sellers/me")["payout_iban"][-4:] == SHOP.iban[-4:]
    (reported,) = [
        one for one in story.operator.each("/v1/operator/dac7", year=2099) if one["seller_id"] == applied["company_id"]
    ]
    assert (reported["tax_number"], reported["payout_iban"]) == (SHOP.tax_number, SHOP.iban)


def _push_is_refused(person: Caller, line: dict[str, Any]) -> bool | None:
    try:
        person.patch_lines("/v1/seller/offers", json.dumps(line).encode())
    except Refused as refusal:
        return True if refusal.code == "seller_not_active" else None
    return None
