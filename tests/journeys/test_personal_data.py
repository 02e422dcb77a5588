"""A company buys, asks what is kept of it, leaves, and is forgotten: a search through every table, topic and log proves it."""

import asyncio
import io
import time
import zipfile
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from chassis.testing.kafka import records_of
from regrade.audit.machines import MACHINES
from regrade.platform import Caller, Refused, wait_for
from regrade.story import CompanyCard, Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey

CARD = CompanyCard("Canari Quintessence SAS", "direction@canari-quint.example", "Ploumanac", "22700", "9 quai Zibeline")
PHONE, REFERENCE = "+33 1 23 45 67 00", "BC-CANARI-4711"
CANARIES = (CARD.name, CARD.email, CARD.city, CARD.street, PHONE, REFERENCE, CARD.iban, CARD.vat_number)
TOPICS = sorted(MACHINES)
SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")


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


def tables_with(world: World, *canaries: str) -> set[str]:
    """`service.table` wherever one of these words stands in a row of any database."""
    return asyncio.run(_tables_with(world, canaries))


async def _tables_with(world: World, canaries: tuple[str, ...]) -> set[str]:
    server, found = world.stack.admin_url().rsplit("/", 1)[0], set()
    for service in SERVICES:
        connection = await asyncpg.connect(f"{server}/{service}")
        try:
            for row in await connection.fetch("select tablename from pg_tables where schemaname = 'public'"):
                table = row["tablename"]
                words = " or ".join(f"strpos(lower(t::text), lower(${n})) > 0" for n in range(1, len(canaries) + 1))
                if await connection.fetchval(f'select exists (select from "{table}" t where {words})', *canaries):
                    found.add(f"{service}.{table}")
        finally:
            await connection.close()
    return found


def topics_with(world: World, *canaries: str) -> set[str]:
    """Every topic with one of these words in any message since the beginning."""
    return asyncio.run(_topics_with(world, canaries))


async def _topics_with(world: World, canaries: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for topic in TOPICS:
        records = await records_of(world.contract["kafka"], topic)
        if any(one.encode() in record.value for record in records for one in canaries):
            found.add(topic)
    return found


def logs_with(world: World, *canaries: str) -> set[str]:
    """Every log of ours; the sandbox is the world outside."""
    logs = [world.stack.paths.logs / f"{service}.log" for service in SERVICES]
    return {log.name for log in logs if log.exists() and any(one in log.read_text() for one in canaries)}


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
    left = tables_with(world, *CANARIES)
    assert left <= {"payments.invoices", "payments.invoice_files", "accounts.vat_evidence"}
    assert "payments.invoices" in left
    assert topics_with(world, *CANARIES) == set()
    assert logs_with(world, *CANARIES) == set()
    with pytest.raises(Refused):
        world.platform.signed_in(CARD.email, world.story.password_of(CARD.email))
