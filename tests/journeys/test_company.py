"""A company looks after itself: it invites people, asks support for what it may not change, and an applicant answers."""

import re
from uuid import uuid4

import pytest

from regrade.platform import Refused, wait_for
from regrade.story import CompanyCard
from tests.journeys.world import World

pytestmark = pytest.mark.journey

HOUSE = CompanyCard("Maison Garnier SAS", "direction@maison-garnier.example", "Tours", "37000", "2 rue Nationale")
SHOP = CompanyCard("Relais Numérique SAS", "pro@relais-numerique.example", "Pau", "64000", "4 rue Serviez")


def test_somebody_who_is_invited_by_mail_acts_for_the_company_within_the_role_and_leaves(world: World) -> None:
    story, platform = world.story, world.platform
    story.buyer(HOUSE)
    owner = platform.signed_in(HOUSE.email, story.password_of(HOUSE.email))
    email, password = f"kim-{uuid4().hex[:8]}@maison-garnier.example", "a password long enough"
    owner.post("/v1/company/invitations", {"email": email, "name": "Kim", "role": "accountant"})
    mail = platform.mail_to(email)
    assert HOUSE.name in mail["subject"]
    token = re.search(r"/join\?token=([\w.%-]+)", mail["text"])
    assert token is not None
    platform.anybody.post("/v1/invitation-acceptances", {"token": token[1], "password": password})
    kim = platform.signed_in(email, password)
    assert kim.get("/v1/orders")["items"] == []
    with pytest.raises(Refused) as refused:
        kim.post("/v1/company/invitations", {"email": "x@maison-garnier.example", "name": "X", "role": "owner"})
    assert refused.value.code == "scope_missing"
    person = next(one for one in owner.get("/v1/company/people")["items"] if one["email"] == email)
    owner.post(f"/v1/company/people/{person['id']}/deactivation")

    def out() -> bool | None:
        try:
            kim.get("/v1/company")
        except Refused as gone:
            return gone.code == "not_signed_in"
        return None

    wait_for(out, "a token of somebody who has left to be refused")
    with pytest.raises(Refused) as refused:
        platform.signed_in(email, password)
    assert refused.value.code == "sign_in_refused"


def test_what_a_market_leaves_to_support_is_asked_for_and_granted(world: World) -> None:
    story, platform = world.story, world.platform
    story.buyer(HOUSE)
    owner = platform.signed_in(HOUSE.email, story.password_of(HOUSE.email))
    moved = {**HOUSE.address(), "street": f"{uuid4().hex[:4]} rue Colbert"}
    request = owner.post("/v1/company/change-requests", {"change": {"address": moved}, "note": "We have moved."})
    assert owner.get("/v1/company")["address"] != moved
    story.operator.post(f"/v1/operator/change-requests/{request['id']}/approval")
    assert owner.get("/v1/company")["address"] == moved


def test_an_applicant_is_asked_by_mail_answers_and_sells(world: World) -> None:
    story, platform = world.story, world.platform
    applied = platform.anybody.post("/v1/sellers", SHOP.seller_application("fr-pro", ["normal"]))
    seller = f"/v1/operator/sellers/{applied['company_id']}"
    token = re.search(r"/activate\?token=([\w.%-]+)", platform.mail_to(SHOP.email, "Activez")["text"])
    assert token is not None
    password = story.password_of(SHOP.email)
    platform.anybody.post("/v1/activations", {"token": token[1], "password": password})
    person = platform.signed_in(SHOP.email, password)
    story.hand_in(person, applied["company_id"])
    question = {"reason": "documents_missing", "next_step": "Send the extract of the register."}
    story.operator.post(f"{seller}/information-requests", question)
    mail = platform.mail_to(SHOP.email, "il manque un élément")
    assert question["next_step"] not in mail["text"]
    assert person.get("/v1/sellers/me")["next_step"] == question["next_step"]
    assert person.post("/v1/sellers/me/information", {"answer": "Here it is."})["state"] == "in_review"
    assert story.operator.post(f"{seller}/approval")["state"] == "approved"
