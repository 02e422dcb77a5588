"""A seller and the invoices issued in its name: contested and corrected, contested in vain, and none without its mandate."""

from dataclasses import replace
from typing import Any

import pytest

from regrade import demo
from regrade.platform import Caller, Refused, wait_for
from regrade.story import CompanyCard
from tests.journeys.test_audit import audit, not_ok
from tests.journeys.test_return import Shop, shop_of
from tests.journeys.traces import found_in, texts_of
from tests.journeys.world import World

pytestmark = pytest.mark.journey

STALL = CompanyCard("Encore Une Fois SAS", "bonjour@encore-une-fois.example", "Vannes", "56000", "4 rue du Port")
BUYER = CompanyCard("Papeterie Ancienne SARL", "achats@papeterie.example", "Quimper", "29000", "2 quai de l'Odet")
NEW_NAME = "Papeterie Nouvelle SARL"


@pytest.fixture(scope="module")
def stall(world: World) -> Shop:
    return shop_of(replace(world, buyer=world.story.buyer(BUYER)), STALL)


@pytest.fixture
def seller(world: World, stall: Shop) -> Caller:
    """The seller's owner, signed in."""
    return world.platform.signed_in(STALL.email, stall.seller.password)


def issued(world: World, stall: Shop, order_id: str, count: int) -> list[dict[str, Any]]:
    """The seller's documents of an order, the oldest first, once so many are issued."""

    def look() -> list[dict[str, Any]] | None:
        found = [one for one in stall.seller.caller.each("/v1/invoices", order_id=order_id) if one["state"] == "issued"]
        return sorted(found, key=lambda one: one["numbered_at"]) if len(found) == count else None

    return wait_for(look, f"{count} documents of order {order_id}")


@pytest.mark.policy("1.10", "fr-pro")
def test_a_wrong_name_is_corrected_by_a_credit_note_and_a_new_invoice(
    world: World, stall: Shop, seller: Caller
) -> None:
    order, _ = stall.sell("to an old name")
    (old,) = issued(world, stall, order["id"], 1)
    books = stall.balance()
    path = f"/v1/seller/invoices/{old['id']}/contest"
    contest = seller.post(path, {"reason": "buyer_data", "says": "Our customer has another name."})
    assert contest["state"] == "open"
    operator_address = world.contract["operator"]["email"]
    assert contest["id"] in world.platform.mail_to(operator_address, old["number"])["text"]
    with pytest.raises(Refused) as twice:
        seller.post(path, {"reason": "vat", "says": "And the VAT."})
    assert twice.value.code == "invoice_contested_already"
    decision = f"/v1/operator/invoice-contests/{contest['id']}/upholding"
    with pytest.raises(Refused) as early:
        world.story.operator.post(decision, {"answer": "You are right."})
    assert early.value.code == "nothing_to_correct"
    owner = world.platform.signed_in(BUYER.email, world.story.password_of(BUYER.email))
    seen = owner.get("/v1/company")["version"]
    owner.patch("/v1/company", {"legal_name": NEW_NAME}, if_match=f'"v{seen}"')

    def upheld() -> dict[str, Any] | None:
        try:
            done: dict[str, Any] = world.story.operator.post(decision, {"answer": "You are right."})
        except Refused as refusal:
            # The news of the name is on its way.
            if refusal.code != "nothing_to_correct":
                raise
            return None
        return done

    done = wait_for(upheld, "the new name to be known")
    documents = {one["id"]: one for one in issued(world, stall, order["id"], 3)}
    new, note = documents[done["corrected_invoice_id"]], documents[done["credit_note_id"]]
    assert (new["replaces_id"], note["credits_id"]) == (old["id"], old["id"])
    assert new["gross"] == note["gross"] == old["gross"]
    assert said_on(owner, new, NEW_NAME)
    assert not said_on(owner, old, NEW_NAME)
    assert said_on(owner, note, new["number"])
    assert stall.balance() == books
    assert list(owner.get("/v1/refunds", order_id=order["id"])["items"]) == []
    for number in (new["number"], note["number"]):
        mail = world.platform.mail_to(BUYER.email, number)
        assert old["number"] in mail["subject"]
        assert [one["content_type"] for one in mail["attachments"]] == ["application/pdf"]
    assert not_ok(audit(world)[1]) == []


def test_what_was_agreed_stays_and_the_seller_is_told_why(world: World, stall: Shop, seller: Caller) -> None:
    order, _ = stall.sell("as agreed")
    (invoice,) = issued(world, stall, order["id"], 1)
    path = f"/v1/seller/invoices/{invoice['id']}/contest"
    contest = seller.post(path, {"reason": "amount", "says": "We wanted more."})
    decision = f"/v1/operator/invoice-contests/{contest['id']}"
    with pytest.raises(Refused) as refused:
        world.story.operator.post(f"{decision}/upholding", {"answer": "Yes."})
    assert (refused.value.code, refused.value.problem["why"]) == ("correction_not_carried", "reason")
    answer = {"reason": "document_is_right", "answer": "The buyer paid the price of your offer."}
    world.story.operator.post(f"{decision}/dismissal", answer)
    assert seller.get(path)["answer"] == answer["answer"]
    world.platform.mail_to(STALL.email, invoice["number"] + " reste")
    world.story.live(8)
    later, _ = stall.sell("too late")
    (late,) = issued(world, stall, later["id"], 1)
    world.story.live(8)
    again = world.platform.signed_in(STALL.email, stall.seller.password)
    with pytest.raises(Refused) as too_late:
        again.post(f"/v1/seller/invoices/{late['id']}/contest", {"reason": "other", "says": "Only now."})
    assert too_late.value.code == "contest_too_late"


def test_what_is_shipped_without_a_mandate_waits_for_the_signature(world: World, stall: Shop) -> None:
    story, buyer = world.story, stall.world.buyer
    order = story.place_order(buyer, [(stall.offer, 1)], demo.BUYER.deliver_to(), "before the end")
    order, _ = story.purchase_order(buyer, order["id"])
    story.wire(buyer, order)
    story.order_in(buyer, order["id"], "SECURED", "IN_FULFILMENT")
    person = world.platform.signed_in(STALL.email, stall.seller.password)
    person.post("/v1/sellers/me/mandate-revocation")
    # Its mail says what that means for open orders.
    world.platform.mail_to(STALL.email, "suspendues")
    story.ship(stall.seller, order["id"])

    def blocked() -> dict[str, Any] | None:
        found = stall.seller.caller.each("/v1/invoices", order_id=order["id"])
        return next((one for one in found if one["state"] == "blocked"), None)

    waiting = wait_for(blocked, "the invoice to wait")
    assert (waiting["blocked_reason"], waiting["next_step"]) == ("mandate_revoked", "sign_mandate")
    assert list(buyer.caller.each("/v1/invoices", order_id=order["id"])) == []
    mandate = person.get("/v1/sellers/me/mandate")
    signature = {"version": mandate["version"], "accepted": True, "signatory": "Direction"}
    person.post("/v1/sellers/me/mandate", signature)
    (invoice,) = story.invoices(buyer, order["id"], 1)
    assert (invoice["id"], invoice["number"]) == (waiting["id"], waiting["number"])


def said_on(reader: Caller, document: dict[str, Any], words: str) -> bool:
    """Whether the words stand on the document's pages or in its data."""
    content = reader.content(f"/v1/invoices/{document['id']}/pdf")
    return any(found_in(text, [words]) for text in texts_of(content))
