"""The HTTP door: everybody sees what is theirs, and every refusal has a name."""

from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from aftersales.domain.coverage import Coverage
from aftersales.domain.errors import CoverageNotFound
from aftersales.main import ROUTERS
from aftersales.use_cases.ports import Reader, Wanted
from chassis.kernel.ids import Id, new_id
from chassis.testing.tokens import TestTokens
from chassis.web.app import make_app
from services.aftersales.tests.builders import IMEI, SERIAL, SOLD, a_coverage, a_shipment


class MemoryQueries:
    """The read side without a database."""

    def __init__(self) -> None:
        self.rows: list[Coverage] = []

    async def coverage(self, reader: Reader, shipment_id: Id) -> Coverage:
        for one in await self.coverages(reader, Wanted(), None, len(self.rows)):
            if one.id == shipment_id:
                return one
        raise CoverageNotFound

    async def coverages(self, reader: Reader, wanted: Wanted, after: Id | None, limit: int) -> Sequence[Coverage]:
        seen = [
            one
            for one in sorted(self.rows, key=lambda one: one.id)
            if reader.buyer_id in (None, one.buyer_id)
            and reader.seller_id in (None, one.seller_id)
            and wanted.order_id in (None, one.order_id)
            and wanted.seller_order_id in (None, one.seller_order_id)
            and (after is None or one.id > after)
        ]
        return seen[:limit]


@pytest.fixture
def tokens() -> TestTokens:
    return TestTokens()


@pytest.fixture
def queries() -> MemoryQueries:
    return MemoryQueries()


@pytest.fixture
async def client(tokens: TestTokens, queries: MemoryQueries) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(title="aftersales", description="", routers=ROUTERS)
    app.state.verifier = tokens.verifier
    app.state.queries = queries
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://aftersales") as client:
        yield client


def problem_of(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


async def test_a_buyer_reads_what_may_be_claimed_and_until_when(
    client: httpx.AsyncClient, tokens: TestTokens, queries: MemoryQueries
) -> None:
    shipment = a_shipment()
    coverage = a_coverage(shipment=shipment, sold=SOLD)
    queries.rows = [coverage]
    headers = tokens.headers("buyer", shipment.buyer_id, "aftersales:read")
    response = await client.get(f"/v1/coverages/{shipment.id}", headers=headers)
    assert response.status_code == 200
    assert response.json() == {
        "shipment_id": str(shipment.id),
        "version": 1,
        "state": "open",
        "seller_order_id": str(shipment.seller_order_id),
        "order_id": str(shipment.order_id),
        "seller_id": str(shipment.seller_id),
        "buyer_id": str(shipment.buyer_id),
        "market": "fr-pro",
        "policy_version": shipment.policy_version,
        "calendar_version": coverage.windows.calendar_version,
        "delivery_country": "FR",
        "delivered_at": "2026-11-20T10:00:00Z",
        "damage_until": "2026-11-25T22:59:59Z",
        "claim_until": "2026-11-25T22:59:59Z",
        "withdraw_until": None,
        "closes_at": "2026-11-25T23:00:00Z",
        "closed_at": None,
        "lines": [
            {"line_no": 1, "units": [IMEI], "warranty_until": "2028-11-20T22:59:59Z"},
            {"line_no": 2, "units": [SERIAL], "warranty_until": "2027-11-20T22:59:59Z"},
        ],
    }


async def test_everybody_sees_what_is_theirs(
    client: httpx.AsyncClient, tokens: TestTokens, queries: MemoryQueries
) -> None:
    coverage, other = a_coverage(), a_coverage()
    queries.rows = [coverage, other]
    readers = [
        (("buyer", coverage.buyer_id, "aftersales:read"), [coverage]),
        (("seller", coverage.seller_id, "seller_orders:read"), [coverage]),
        # A company's id says nothing by itself: a seller is no buyer.
        (("seller", coverage.buyer_id, "seller_orders:read"), []),
        (("buyer", coverage.seller_id, "aftersales:read"), []),
        (("operator", new_id(), "aftersales:read"), [coverage, other]),
        (("auditor", new_id(), "audit:read"), [coverage, other]),
    ]
    for reader, seen in readers:
        headers = tokens.headers(*reader)
        listed = (await client.get("/v1/coverages", headers=headers)).json()["items"]
        assert {item["shipment_id"] for item in listed} == {str(one.id) for one in seen}, reader
        for one in queries.rows:
            response = await client.get(f"/v1/coverages/{one.id}", headers=headers)
            if one in seen:
                assert response.status_code == 200, reader
            else:
                assert problem_of(response) == (404, "coverage_not_found"), reader


async def test_a_sign_in_without_the_scope_of_its_kind_is_refused(
    client: httpx.AsyncClient, tokens: TestTokens
) -> None:
    refused = [
        ("buyer", "orders:read"),
        # A scope that opens the door for another kind does not open it for this one.
        ("buyer", "audit:read"),
        ("seller", "aftersales:read"),
        ("auditor", "aftersales:read"),
        ("robot", "aftersales:read"),
    ]
    for kind, scope in refused:
        for path in ("/v1/coverages", f"/v1/coverages/{new_id()}"):
            response = await client.get(path, headers=tokens.headers(kind, new_id(), scope))
            assert problem_of(response) == (403, "scope_missing"), (kind, scope)


async def test_every_other_refusal_has_a_name(client: httpx.AsyncClient, tokens: TestTokens) -> None:
    headers = tokens.headers("buyer", new_id(), "aftersales:read")
    assert problem_of(await client.get("/v1/coverages")) == (401, "not_signed_in")
    cases = [
        (f"/v1/coverages/{new_id()}", (404, "coverage_not_found")),
        ("/v1/coverages/nonsense", (422, "validation_failed")),
        ("/v1/coverages?order_id=nonsense", (422, "validation_failed")),
        ("/v1/coverages?cursor=nonsense", (422, "cursor_invalid")),
        # A cursor of another list: well made, but no id.
        ("/v1/coverages?cursor=WyJ0b2RheSJd", (422, "cursor_invalid")),
    ]
    for path, expected in cases:
        assert problem_of(await client.get(path, headers=headers)) == expected, path


async def test_a_list_is_narrowed_to_an_order_or_a_seller_order(
    client: httpx.AsyncClient, tokens: TestTokens, queries: MemoryQueries
) -> None:
    queries.rows = [a_coverage(), a_coverage(), a_coverage()]
    wanted = queries.rows[1]
    headers = tokens.headers("auditor", new_id(), "audit:read")
    for query in (f"order_id={wanted.order_id}", f"seller_order_id={wanted.seller_order_id}"):
        listed = (await client.get(f"/v1/coverages?{query}", headers=headers)).json()
        assert [item["shipment_id"] for item in listed["items"]] == [str(wanted.id)]


async def test_a_list_is_read_page_by_page(
    client: httpx.AsyncClient, tokens: TestTokens, queries: MemoryQueries
) -> None:
    queries.rows = [a_coverage() for _ in range(5)]
    headers = tokens.headers("auditor", new_id(), "audit:read")
    seen: list[str] = []
    url: str | None = "/v1/coverages?limit=2"
    while url:
        response = await client.get(url, headers=headers)
        seen.extend(item["shipment_id"] for item in response.json()["items"])
        url = response.links["next"]["url"] if "next" in response.links else None
    assert seen == sorted(str(one.id) for one in queries.rows)
