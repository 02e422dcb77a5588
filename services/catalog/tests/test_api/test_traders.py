"""Who stands behind an offer: asked of accounts ahead of need, shown on each offer, and forgotten when it must be."""

from typing import Any

import httpx
import pytest

from catalog.clients.trader_errand import fetch_trader
from catalog.domain.errors import TraderNotKnownYet
from catalog.domain.trader import trader_of
from catalog.storage.personal_data import PERSONAL_DATA
from chassis.db.personal_data import EraseSubject, erase_personal_data
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id, new_id
from chassis.kernel.personal_data import Subject

from ..builders import NOW, a_line
from ..conftest import Door, results
from ..test_messaging.test_messages import Story

BUYER = new_id()


def a_party(**changes: Any) -> dict[str, Any]:
    """As accounts tells it of a Belgian seller with a Dutch VAT number beside its own."""
    return {
        "version": 3,
        "legal_name": "Reparo Lux NV",
        "legal_form": "NV",
        "share_capital": None,
        "country": "BE",
        "address": {"street": "Kaai 1", "postal_code": "2000", "city": "Antwerpen", "country": "BE"},
        "registration_number": "0403019261",
        "registration_scheme": "0208",
        "vat_numbers": {"NL": "NL004495445B01", "BE": "BE0403019261"},
        "contacts": [{"role": "main", "email": "sales@reparo.example", "name": "Jo Peeters"}],
        "support_phone": "+32 3 123 45 67",
        "payout": {"iban": "BE71096123456769", "holder_name": "Reparo Lux NV"},
        **changes,
    }


def test_a_trader_is_what_the_law_asks_for_and_nobodys_name_or_account() -> None:
    trader = trader_of(BUYER, a_party())
    assert (trader.name, trader.vat_number, trader.email) == ("Reparo Lux NV", "BE0403019261", "sales@reparo.example")
    assert "Peeters" not in repr(trader)
    assert "BE71096123456769" not in repr(trader)
    elsewhere = trader_of(BUYER, a_party(vat_numbers={"NL": "NL004495445B01"}, contacts=[], address=None))
    assert (elsewhere.vat_number, elsewhere.email, elsewhere.address) == ("NL004495445B01", None, None)


async def fetched(catalog: Any, seller_id: Id, status: int = 200, **changes: Any) -> None:
    """The errand, played."""

    def accounts(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("GET", f"/internal/parties/{seller_id}")
        assert request.headers["Regrade-Internal-Token"] == "token"
        return httpx.Response(status, json=a_party(**changes))

    async with httpx.AsyncClient(transport=httpx.MockTransport(accounts)) as http:
        errand = fetch_trader(catalog.executor, http, "http://accounts", "token")
        await errand(DueTimer(new_id(), "fetch_trader", seller_id, NOW, {}))


async def offered(door: Door) -> tuple[Id, str]:
    seller = await door.catalog.admit()
    (line,) = results(await door.push(seller, [a_line()]))
    return seller.id, f"/v1/offers/{line['offer_id']}"


async def seen(door: Door, path: str) -> tuple[Any, Any]:
    """The trader on the offer, and the seller's name among the hits."""
    one = (await door.get(path, "buyer", BUYER, "catalog:read")).json()
    (hit,) = (await door.get("/v1/offers", "buyer", BUYER, "catalog:read")).json()["items"]
    assert hit["seller_name"] == one["seller_name"]
    return one["trader"], hit["seller_name"]


@pytest.mark.storage
async def test_each_offer_says_who_sells_it(door: Door) -> None:
    seller_id, path = await offered(door)
    assert await seen(door, path) == (None, None)
    etag = (await door.get(path, "buyer", BUYER, "catalog:read")).headers["ETag"]
    await fetched(door.catalog, seller_id)
    trader, name = await seen(door, path)
    assert name == "Reparo Lux NV"
    assert trader == {
        "name": "Reparo Lux NV",
        "country": "BE",
        "address": {"street": "Kaai 1", "postal_code": "2000", "city": "Antwerpen", "country": "BE"},
        "legal_form": "NV",
        "share_capital": None,
        "registration_number": "0403019261",
        "registration_scheme": "0208",
        "vat_number": "BE0403019261",
        "email": "sales@reparo.example",
        "phone": "+32 3 123 45 67",
    }
    assert (await door.get(path, "buyer", BUYER, "catalog:read")).headers["ETag"] != etag


@pytest.mark.storage
async def test_an_older_snapshot_never_replaces_a_newer_one(door: Door) -> None:
    seller_id, path = await offered(door)
    await fetched(door.catalog, seller_id, version=4, legal_name="Reparo NV")
    await fetched(door.catalog, seller_id, version=3)
    assert (await seen(door, path))[1] == "Reparo NV"


@pytest.mark.storage
async def test_accounts_is_asked_again_while_it_cannot_say(door: Door) -> None:
    seller_id, path = await offered(door)
    with pytest.raises(TraderNotKnownYet):
        await fetched(door.catalog, seller_id, status=503)
    assert (await seen(door, path)) == (None, None)


@pytest.mark.storage
async def test_a_forgotten_trader_is_named_nowhere_and_not_written_again(door: Door) -> None:
    seller_id, path = await offered(door)
    await fetched(door.catalog, seller_id)
    command = EraseSubject(new_id(), Subject(seller_id))
    await door.catalog.executor.run(lambda uow, now: erase_personal_data(command, uow, now))
    # A snapshot that was already on its way when the erasure came.
    await fetched(door.catalog, seller_id, version=9)
    trader, name = await seen(door, path)
    assert (name, trader["email"], trader["vat_number"], trader["address"]) == ("erased", None, None, None)
    async with door.catalog.engine.connect() as connection:
        told = await PERSONAL_DATA.export(connection, Subject(seller_id))
    assert "reparo" not in str(told).lower()


@pytest.mark.storage
async def test_a_seller_is_asked_for_when_it_comes_and_changes_and_a_buyer_never(catalog: Any) -> None:
    companies, sellers = Story(catalog), Story(catalog)
    seller, buyer = new_id(), new_id()

    async def asked() -> list[Id]:
        """Whom the errand would ask for; then it is done."""
        found = await catalog.rows("select key from timers where kind = 'fetch_trader' and state = 'open'")
        async with catalog.engine.begin() as connection:
            await connection.exec_driver_sql("update timers set state = 'done'")
        return [row.key for row in found]

    companies.tell("accounts.company", "registered", seller, {"company_id": str(seller), "kind": "seller"})
    companies.tell("accounts.company", "changed", buyer, {"company_id": str(buyer), "what": ["address"]})
    await companies.broker.deliver()
    # Nobody sells here yet.
    assert await asked() == []
    sellers.tell("accounts.seller", "submitted", seller, {"seller_id": str(seller), "markets": ["fr-pro"]})
    await sellers.broker.deliver()
    assert await asked() == [seller]
    companies.tell("accounts.company", "changed", seller, {"company_id": str(seller), "what": ["address"]})
    await companies.broker.deliver()
    assert await asked() == [seller]
    sellers.tell("accounts.seller", "changed", seller, {"seller_id": str(seller)})
    await sellers.broker.deliver()
    assert await asked() == [seller]
