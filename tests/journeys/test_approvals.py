"""Buying with approvals: an order over a limit waits for the buyer's own people, and nothing is held until they said yes."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from regrade.platform import Caller, Refused, wait_for
from regrade.story import DAY_SECONDS, CompanyCard, Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey

HOUSE = CompanyCard("Atelier Lumen SAS", "direction@atelier-lumen.example", "Rennes", "35000", "9 quai Duguay-Trouin")
PASSWORD = "a password long enough"
NOWHERE = "019aa000-0000-7000-8000-000000000000"


@dataclass
class Person:
    """Somebody of the company, found by the mail of the invitation."""

    email: str
    id: str
    caller: Caller


@dataclass
class Company:
    """A buyer with an owner, an approver, somebody who stands in, and somebody who buys."""

    world: World
    member: Member
    owner: Caller
    ben: Person
    cas: Person
    dee: Person
    offer: dict[str, Any]

    def set_rules(self, **rules: Any) -> None:
        """Set them, and wait until orders obeys them: it then wants a PO number on each order."""
        seen = self.owner.get("/v1/company/purchasing-rules")["version"]
        body = {"po_number_required": True, "approval_steps": [{"approver_ids": [self.ben.id]}], **rules}
        write = self.owner._write
        answer = write("PUT", "/v1/company/purchasing-rules", None, {"If-Match": f'"v{seen}"'}, json=body)
        assert answer.status_code == 200, answer.text

    def order(self, quantity: int, who: Caller | None = None, **changes: Any) -> dict[str, Any]:
        """Dee orders so many of the offer."""
        line = {"offer_id": self.offer["id"], "quantity": quantity}
        body = {"lines": [line], "deliver_to": HOUSE.deliver_to(), "buyer_reference": "PO 4711", **changes}
        placed: dict[str, Any] = (who or self.dee.caller).post("/v1/orders", body, prefer="wait=30")
        return placed

    def obeyed(self, code: str, **changes: Any) -> bool | None:
        """Whether an order that can never be had is refused for this reason by now."""
        try:
            self.order(1, lines=[{"offer_id": NOWHERE, "quantity": 1}], **changes)
        except Refused as refusal:
            return refusal.code == code or None
        return None

    def available(self) -> int:
        """What is free of the offer."""
        return int(self.world.buyer.caller.get(f"/v1/offers/{self.offer['id']}")["available"])


def joined(world: World, owner: Caller, name: str, role: str) -> Person:
    email = f"{name.lower()}-{uuid4().hex[:8]}@atelier-lumen.example"
    owner.post("/v1/company/invitations", {"email": email, "name": name, "role": role})
    token = re.search(r"/join\?token=([\w.%-]+)", world.platform.mail_to(email)["text"])
    assert token is not None
    world.platform.anybody.post("/v1/invitation-acceptances", {"token": token[1], "password": PASSWORD})
    person = next(one for one in owner.get("/v1/company/people")["items"] if one["email"] == email)
    return Person(email, person["id"], world.platform.signed_in(email, PASSWORD))


@pytest.fixture(scope="module")
def company(world: World) -> Company:
    member = world.story.buyer(HOUSE)
    owner = world.platform.signed_in(HOUSE.email, world.story.password_of(HOUSE.email))
    ben, cas = joined(world, owner, "Ben", "approver"), joined(world, owner, "Cas", "approver")
    dee = joined(world, owner, "Dee", "buyer")
    wanted = world.sellers[0].company_id
    found = world.buyer.caller.each("/v1/offers", in_stock=True)
    offer = next(one for one in found if one["seller_id"] == wanted and one["available"] >= 12)
    return Company(world, member, owner, ben, cas, dee, offer)


def code_of(asking: Any) -> str:
    with pytest.raises(Refused) as refused:
        asking()
    return refused.value.code


def test_an_order_over_a_limit_is_approved_by_a_delegate_held_and_paid(company: Company) -> None:
    story, platform = company.world.story, company.world.platform
    first = story.order_in(company.member, company.order(1)["id"], "AWAITING_PAYMENT")
    one_unit = first["totals"]["gross"]
    now = story.now()
    company.set_rules(
        limits=[{"person_id": company.dee.id, "per_order": one_unit}],
        delegations=[
            {
                "approver_id": company.ben.id,
                "delegate_id": company.cas.id,
                "starts_at": (now - timedelta(hours=1)).isoformat(),
                "ends_at": (now + timedelta(hours=2)).isoformat(),
            }
        ],
    )
    wait_for(lambda: company.obeyed("po_number_required", buyer_reference=None), "the rules to be obeyed")
    assert company.order(1)["state"] == "awaiting_payment"

    before = company.available()
    waiting = company.order(2)
    assert waiting["state"] == "awaiting_approval"
    (reason,) = waiting["approval"]["reasons"]
    assert (reason["code"], reason["limit"]) == ("person_per_order", one_unit)
    assert waiting["approval"]["approver_ids"] == [company.ben.id, company.cas.id]
    assert waiting["payment"] is waiting["totals"] is None
    assert company.available() == before

    path = f"/v1/orders/{waiting['id']}/approval"
    mail = platform.mail_to(company.ben.email, str(waiting["number"]))
    assert waiting["id"] in mail["text"]
    assert platform.mail_to(company.cas.email, str(waiting["number"]))
    assert [one["id"] for one in company.cas.caller.get("/v1/approvals")["items"]] == [waiting["id"]]
    assert [one["waits_for_me"] for one in company.owner.get("/v1/approvals")["items"]] == [False]
    stranger = company.world.buyer
    outsider = platform.signed_in(stranger.email, stranger.password)
    assert code_of(lambda: outsider.get(f"/v1/orders/{waiting['id']}")) == "order_not_found"
    assert code_of(lambda: outsider.post(path, {"decision": "approve"})) == "order_not_found"
    assert code_of(lambda: company.dee.caller.post(path, {"decision": "approve"})) == "scope_missing"
    assert code_of(lambda: company.owner.post(path, {"decision": "approve"})) == "not_your_approval"

    company.cas.caller.post(path, {"decision": "approve", "comment": "For the new branch", "step": 1})
    held = story.order_in(company.member, waiting["id"], "AWAITING_PAYMENT")
    assert company.available() == before - 2
    (said,) = held["approval"]["decisions"]
    assert (said["person_id"], said["on_behalf_of"]) == (company.cas.id, company.ben.id)
    assert platform.mail_to(company.dee.email, str(waiting["number"]))
    assert code_of(lambda: company.ben.caller.post(path, {"decision": "refuse"})) == "order_move_refused"
    payable, _ = story.purchase_order(company.member, waiting["id"])
    assert payable["payment"]["amount_due"] == waiting["approval"]["totals"]["gross"]
    story.wire(company.member, payable)
    assert story.order_in(company.member, waiting["id"], "SECURED", "IN_FULFILMENT")


def test_what_a_month_leaves_no_room_for_is_refused_withdrawn_or_lapses(company: Company) -> None:
    story, platform = company.world.story, company.world.platform
    cent = {"amount": 1, "currency": company.offer["price"]["currency"]}
    company.set_rules(
        limits=[{"person_id": company.dee.id, "per_month": cent}], cost_centres=[{"code": "IT", "name": "Computers"}]
    )
    # The cost centre is what is new about these rules: before them it would have been unknown.
    wait_for(lambda: company.obeyed("stock_unavailable", cost_centre="IT"), "the new rules to be obeyed")
    assert code_of(lambda: company.order(1, cost_centre="OPS")) == "cost_centre_unknown"

    before = company.available()
    refused = company.order(1, cost_centre="IT")
    assert [one["code"] for one in refused["approval"]["reasons"]] == ["person_per_month"]
    assert refused["approval"]["reasons"][0]["spent"]["amount"] > 0
    path = f"/v1/orders/{refused['id']}/approval"
    no = company.ben.caller.post(path, {"decision": "refuse", "comment": "Not this year"})
    assert (no["state"], no["refusal"]["reason"]) == ("refused", "approval_refused")
    assert "Not this year" in platform.mail_to(company.dee.email, str(refused["number"]))["text"]

    withdrawn = company.order(1)
    company.dee.caller.post(f"/v1/orders/{withdrawn['id']}/cancellation")
    assert story.order_in(company.member, withdrawn["id"], "CANCELLED_BY_BUYER")

    # A program is not bound by a person's limit.
    assert company.order(1, company.member.caller)["state"] == "awaiting_payment"
    left = company.order(1)
    assert left["state"] == "awaiting_approval"
    assert company.available() == before - 1
    platform.advance_clock(story.operator, seconds=15 * DAY_SECONDS)
    lapsed = story.order_in(company.member, left["id"], "REFUSED")
    assert lapsed["refusal"]["reason"] == "approval_lapsed"
    assert platform.mail_to(company.dee.email, str(left["number"]))
