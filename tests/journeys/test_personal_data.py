"""Who leaves is forgotten: a search through every table, kept file, topic, log and mail proves it.

A company buys, complains, asks what is kept of it and leaves, as one of its people did before.
"""

import io
import re
import time
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest

from regrade.platform import Caller, Refused, wait_for
from regrade.story import CompanyCard, Member
from tests.journeys.traces import Traces, found_in, texts_of
from tests.journeys.world import World

pytestmark = pytest.mark.journey

CARD = CompanyCard("Canari Quintessence SAS", "direction@canari-quint.example", "Ploumanac", "22700", "9 quai Zibeline")
PHONE, REFERENCE = "+33 1 23 45 67 00", "BC-CANARI-4711"
COMPLAINT = "L'écran de Clotilde Canari reste noir depuis Trégastel."
CANARIES = (CARD.name, CARD.email, CARD.city, CARD.street, PHONE, REFERENCE, CARD.iban, CARD.vat_number, COMPLAINT)
SECOND = ("Zoé Canari-Seconde", "zoe.seconde@canari-quint.example")


@dataclass(frozen=True)
class Owner:
    """The company, its person, the seller it buys from, and a device that broke."""

    member: Member
    person: Caller
    seller: Member

    def close(self, world: World, *, erase: bool) -> dict[str, Any]:
        """Ask for the end of the account."""
        seen = self.person.get("/v1/company")["version"]
        body = {"password": world.story.password_of(CARD.email), "erase": erase}
        closing: dict[str, Any] = self.person.post("/v1/company/closure", body, **{"If-Match": f'"v{seen}"'})
        return closing


@pytest.fixture(scope="module")
def traces(world: World) -> Traces:
    return Traces(world.stack)


@pytest.fixture(scope="module")
def owner(world: World) -> Owner:
    """A company that has bought two devices, got them, and had one refunded with words about it."""
    story = world.story
    member = story.buyer(CARD)
    person = world.platform.signed_in(CARD.email, story.password_of(CARD.email))
    seller = world.sellers[0]
    order, shipment = sold(world, member, seller, 2)
    with pytest.raises(Refused) as refused:
        Owner(member, person, seller).close(world, erase=True)
    assert refused.value.code == "open_business"
    story.deliver(shipment)
    story.order_in(member, order["id"], "delivered")
    case = complained(person, order["id"], shipment["lines"][0]["units"][0]["imei"])
    story.cannot_repair(seller, case)
    story.refund_of(member, case, "sent", "settled")
    story.live(40)
    story.order_in(member, order["id"], "completed")
    return Owner(member, world.platform.signed_in(CARD.email, story.password_of(CARD.email)), seller)


def sold(world: World, member: Member, seller: Member, quantity: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ordered from the seller, paid by transfer and sent: the order and its parcel."""
    story = world.story
    own = {one["id"] for one in seller.caller.each("/v1/seller/offers")}
    in_stock = member.caller.each("/v1/offers", category="smartphone", in_stock=True)
    found = next(one for one in in_stock if one["id"] in own and one["available"] >= quantity)
    order = story.place_order(member, [(found, quantity)], {**CARD.deliver_to(), "contact_phone": PHONE}, REFERENCE)
    order, _ = story.purchase_order(member, order["id"])
    story.wire(member, order)
    shipment = story.ship(seller, order["id"])
    story.invoices(member, order["id"], 1)
    return order, shipment


def complained(person: Caller, order_id: str, unit: str) -> dict[str, Any]:
    """A case with words, as soon as the news of the delivery is there."""

    def opened() -> dict[str, Any] | None:
        body = {"order_id": order_id, "unit": unit, "defect": "does_not_start", "description": COMPLAINT}
        try:
            case: dict[str, Any] = person.post("/v1/cases", body)
        except Refused as refusal:
            if refusal.code in ("not_delivered", "warranty_not_known_yet"):
                return None
            raise
        return case

    return wait_for(opened, "a case")


def erased(world: World, company_id: str, user_id: str | None = None) -> dict[str, Any]:
    """The erasure of a company, or of a person of it, once every holder has obeyed."""

    def done() -> dict[str, Any] | None:
        found = world.story.operator.each("/v1/operator/erasures")
        mine = (one for one in found if (one["company_id"], one["user_id"]) == (company_id, user_id))
        return next((one for one in mine if one["state"] == "done"), None)

    return wait_for(done, "every holder to obey", seconds=300)


def nobody_tells(world: World, traces: Traces, *words: str) -> None:
    """Neither a topic nor a log has one of the words, nor any mail that is written from now on."""
    assert traces.topics_with(*words) == set()
    assert traces.logs_with(*words) == set()
    since = world.story.now()
    world.story.live(10)
    assert traces.mails_with(world.platform.outside, *words, since=since) == set()


def test_the_company_gets_everything_that_is_kept_of_it_in_one_archive(world: World, owner: Owner) -> None:
    asked = owner.person.post("/v1/company/exports")
    path = f"/v1/me/exports/{asked['id']}"

    def ready() -> dict[str, Any] | None:
        export: dict[str, Any] = owner.person.get(path)
        return export if export["state"] == "ready" else None

    export = wait_for(ready, "the archive")
    archive = zipfile.ZipFile(io.BytesIO(owner.person.content(export["href"])))
    told = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".json")).decode()
    for canary in CANARIES:
        assert canary in told, canary
    assert any(name.startswith("orders/documents/") for name in archive.namelist())
    assert any(name.startswith("payments/invoice_files/") for name in archive.namelist())
    assert "password_hash" not in told
    world.platform.mail_to(CARD.email, "données")


def test_the_search_finds_what_is_there_in_rows_files_and_mails(world: World, owner: Owner, traces: Traces) -> None:
    found = traces.words_in_tables(*CANARIES)
    assert {CARD.name, CARD.street, REFERENCE} <= found["orders.documents"], "purchase orders are compressed pages"
    assert {CARD.name, CARD.street} <= found["payments.invoice_files"]
    assert COMPLAINT in found["aftersales.cases"]
    assert {CARD.name, CARD.email, CARD.iban} <= found["accounts.data_exports"], "an archive is opened"
    assert PHONE in found["orders.orders"]
    files = owner.person.get("/v1/invoices", limit=1)["items"][0]["id"]
    packed = owner.person.content(f"/v1/invoices/{files}/pdf")
    assert CARD.name.encode() not in packed
    assert any(found_in(text, [CARD.name]) for text in texts_of(packed))
    invoice_mails = traces.mails_with(
        world.platform.outside, CARD.street, since=world.story.now().replace(year=world.story.now().year - 1)
    )
    assert any("RCDT" in subject or "acture" in subject for subject in invoice_mails), "an attached paper is read"


def test_a_person_who_leaves_is_found_nowhere(world: World, owner: Owner, traces: Traces) -> None:
    name, email = SECOND
    owner.person.post("/v1/company/invitations", {"email": email, "name": name, "role": "buyer"})
    token = re.search(r"/join\?token=([\w.%-]+)", world.platform.mail_to(email)["text"])
    assert token is not None
    password = world.story.password_of(email)
    world.platform.anybody.post("/v1/invitation-acceptances", {"token": token[1], "password": password})
    person = world.platform.signed_in(email, password)
    user_id = person.get("/v1/me")["subject"]["id"]
    assert {"accounts.users", "accounts.invitations"} <= traces.tables_with(name, email)
    person.post("/v1/me/erasure", {"password": password})
    assert erased(world, owner.member.company_id, user_id)["cause"] == "person"
    assert traces.tables_with(name, email) == set()
    nobody_tells(world, traces, name, email)
    with pytest.raises(Refused):
        world.platform.signed_in(email, password)


def test_money_that_comes_while_a_company_closes_opens_it_again(world: World, owner: Owner) -> None:
    (paid,) = owner.person.get("/v1/payments")["items"]
    assert owner.close(world, erase=True)["state"] == "closing"
    transfer = {
        "iban": paid["virtual_account"]["iban"],
        "amount": {"amount": 5000, "currency": "EUR"},
        "debtor_name": CARD.name,
        "debtor_iban": CARD.iban,
        "remittance": "encore merci",
    }
    world.platform.outside.post("/bank/transfers", transfer)
    told = world.platform.mail_to(CARD.email, "pas été clôturé", seconds=180)["text"]
    assert "balance" in told
    # Every sign-in of it was taken back; it signs in again.
    again = world.platform.signed_in(CARD.email, world.story.password_of(CARD.email))
    assert again.get("/v1/company")["state"] == "active"


def test_what_is_left_of_an_erased_company_are_its_invoices_and_the_proof_for_them(
    world: World, owner: Owner, traces: Traces
) -> None:
    # What came in goes back first.
    world.story.live(25)
    again = world.platform.signed_in(CARD.email, world.story.password_of(CARD.email))
    began = time.monotonic()
    assert Owner(owner.member, again, owner.seller).close(world, erase=True)["state"] == "closing"
    erasure = erased(world, owner.member.company_id)
    assert time.monotonic() - began > 30, "it was looked at once more, when every process had heard of it"
    kept = {one["what"] for holder in erasure["confirmations"] for one in holder["kept"]}
    assert kept == {"invoices", "vat_evidence", "mandate"}
    left = traces.words_in_tables(*CANARIES)
    assert set(left) <= {"payments.invoices", "payments.invoice_files", "accounts.vat_evidence"}
    assert CARD.name in left["payments.invoice_files"]
    assert COMPLAINT not in set().union(*left.values())
    nobody_tells(world, traces, *CANARIES)
    with pytest.raises(Refused):
        world.platform.signed_in(CARD.email, world.story.password_of(CARD.email))
