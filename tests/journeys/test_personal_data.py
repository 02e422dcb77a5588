"""A company buys, asks what is kept of it, leaves, and is forgotten: a search through every table, topic and log proves it."""

import io
import time
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest

from regrade.platform import Caller, Refused, wait_for
from regrade.story import CompanyCard, Member
from tests.journeys.traces import Traces
from tests.journeys.world import World

pytestmark = pytest.mark.journey

CARD = CompanyCard("Canari Quintessence SAS", "direction@canari-quint.example", "Ploumanac", "22700", "9 quai Zibeline")
PHONE, REFERENCE = "+33 1 23 45 67 00", "BC-CANARI-4711"
CANARIES = (CARD.name, CARD.email, CARD.city, CARD.street, PHONE, REFERENCE, CARD.iban, CARD.vat_number)


@dataclass(frozen=True)
class Owner:
    """The company, its person, and the seller it buys from."""

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
def owner(world: World) -> Owner:
    """A company that has bought one device, paid it, and got it."""
    story = world.story
    member = story.buyer(CARD)
    person = world.platform.signed_in(CARD.email, story.password_of(CARD.email))
    seller = world.sellers[0]
    own = {one["id"] for one in seller.caller.each("/v1/seller/offers")}
    found = next(one for one in member.caller.each("/v1/offers", in_stock=True) if one["id"] in own)
    order = story.place_order(member, [(found, 1)], {**CARD.deliver_to(), "contact_phone": PHONE}, REFERENCE)
    order, _ = story.purchase_order(member, order["id"])
    with pytest.raises(Refused) as refused:
        Owner(member, person, seller).close(world, erase=True)
    assert refused.value.code == "open_business"
    story.wire(member, order)
    shipment = story.ship(seller, order["id"])
    story.deliver(shipment)
    story.invoices(member, order["id"], 1)
    story.live(40)
    story.order_in(member, order["id"], "completed")
    return Owner(member, world.platform.signed_in(CARD.email, story.password_of(CARD.email)), seller)


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


def test_what_is_left_of_an_erased_company_are_its_invoices_and_the_proof_for_them(world: World, owner: Owner) -> None:
    assert owner.close(world, erase=True)["state"] == "closing"
    began = time.monotonic()

    def done() -> dict[str, Any] | None:
        found = world.story.operator.each("/v1/operator/erasures")
        erasures = (one for one in found if one["company_id"] == owner.member.company_id)
        return next((one for one in erasures if one["state"] == "done"), None)

    erasure = wait_for(done, "every holder to obey", seconds=120)
    assert time.monotonic() - began > 30, "it was looked at once more, when every process had heard of it"
    kept = {one["what"] for holder in erasure["confirmations"] for one in holder["kept"]}
    assert kept == {"invoices", "vat_evidence", "mandate"}
    left = Traces(world.stack).tables_with(*CANARIES)
    assert left <= {"payments.invoices", "payments.invoice_files", "accounts.vat_evidence"}
    assert "payments.invoices" in left
    assert Traces(world.stack).topics_with(*CANARIES) == set()
    assert Traces(world.stack).logs_with(*CANARIES) == set()
    with pytest.raises(Refused):
        world.platform.signed_in(CARD.email, world.story.password_of(CARD.email))
