"""A device goes back to the seller's own place for the country it came from, as it was when the case was opened."""

from dataclasses import replace
from typing import Any

from aftersales.domain.case import Case, Complaint, Defect
from aftersales.domain.return_place import return_places_of
from aftersales.use_cases.open_case import OpenCase, open_case
from aftersales.use_cases.record_seller import record_seller
from services.aftersales.tests.builders import (
    BROKEN,
    IMEI,
    MARKET_FILES,
    SOLD,
    FakeUnitOfWork,
    a_coverage,
    a_shipment,
)

HOME = {"street": "1 rue du Siège", "postal_code": "75002", "city": "Paris", "country": "FR"}
DEPOT = {"street": "Lagerweg 3", "postal_code": "10115", "city": "Berlin", "country": "DE"}


def a_party(version: int = 3, **changes: Any) -> dict[str, Any]:
    """As far as it matters here."""
    party = {
        "version": version,
        "legal_name": "Reparo SAS",
        "return_address": HOME,
        "return_addresses": {"FR": HOME, "DE": DEPOT},
    }
    return {**party, **changes}


async def opened(uow: FakeUnitOfWork, ship_from: str | None) -> Case:
    """A case about a device that came from there."""
    coverage = next(iter(uow.coverages.rows.values()))
    lines = [replace(line, ship_from=ship_from) for line in SOLD]
    await uow.sold_lines.add(coverage.seller_order_id, lines)
    command = OpenCase(coverage.buyer_id, coverage.order_id, Complaint(IMEI, Defect.SCREEN, ""))
    return await open_case(command, MARKET_FILES, uow, BROKEN)


def with_a_delivery() -> FakeUnitOfWork:
    return FakeUnitOfWork(a_coverage(), shipments=[a_shipment()])


async def told(uow: FakeUnitOfWork, **party: Any) -> None:
    coverage = next(iter(uow.coverages.rows.values()))
    await record_seller(return_places_of(coverage.seller_id, a_party(**party)), uow, BROKEN)


async def test_what_came_from_germany_goes_back_to_germany() -> None:
    uow = with_a_delivery()
    await told(uow)
    case = await opened(uow, "DE")
    assert case.return_to is not None
    assert (case.return_to.company, case.return_to.street, case.return_to.country) == ("Reparo SAS", "Lagerweg 3", "DE")


async def test_without_a_place_for_the_country_the_usual_one_is_right() -> None:
    for ship_from in ("ES", None):
        uow = with_a_delivery()
        await told(uow)
        case = await opened(uow, ship_from)
        assert case.return_to is not None
        assert case.return_to.street == "1 rue du Siège"


async def test_a_case_keeps_the_place_that_its_buyer_was_told() -> None:
    uow = with_a_delivery()
    await told(uow)
    case = await opened(uow, "DE")
    await told(uow, version=4, return_addresses={"DE": {**DEPOT, "street": "Umzugsallee 9"}})
    kept = uow.cases.rows[case.id].return_to
    assert kept is not None
    assert kept.street == "Lagerweg 3"


async def test_who_opens_a_case_before_the_place_is_known_hears_of_it_with_the_answer() -> None:
    uow = with_a_delivery()
    case = await opened(uow, "DE")
    assert case.return_to is None
    await told(uow)
    late = uow.cases.rows[case.id]
    assert late.return_to is not None
    assert (late.return_to.street, late.version) == ("Lagerweg 3", case.version)


async def test_an_older_answer_that_comes_later_is_dropped() -> None:
    uow = with_a_delivery()
    await told(uow, version=5)
    await told(uow, version=4, return_addresses={})
    case = await opened(uow, "DE")
    assert case.return_to is not None
    assert case.return_to.street == "Lagerweg 3"


async def test_a_seller_that_has_told_nothing_yet_has_no_place() -> None:
    uow = with_a_delivery()
    await told(uow, return_address=None, return_addresses={})
    assert (await opened(uow, "DE")).return_to is None
