"""A parcel arrives: its coverage opens once, with its deadline, whether or not its offers are known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aftersales.domain.coverage import CoverageState
from aftersales.domain.errors import ShipmentNotFound
from aftersales.domain.events import CoverageOpened
from aftersales.use_cases.note_seller_order import NoteSellerOrder, note_seller_order
from aftersales.use_cases.note_shipment import NoteShipment, note_shipment
from aftersales.use_cases.open_coverage import CLAIM_WINDOW, OpenCoverage, open_coverage
from chassis.kernel.ids import new_id
from services.aftersales.tests.builders import (
    CLAIM_UNTIL,
    CLOSES_AT,
    DELIVERED,
    IN_A_YEAR,
    IN_TWO_YEARS,
    MARKET_FILES,
    SOLD,
    FakeUnitOfWork,
    a_shipment,
    the_rules,
)


async def test_a_delivery_opens_a_coverage_with_its_deadline() -> None:
    shipment, uow = a_shipment(), FakeUnitOfWork()
    await note_shipment(NoteShipment(shipment), uow, DELIVERED)
    await note_seller_order(NoteSellerOrder(shipment.seller_order_id, SOLD), MARKET_FILES, uow, DELIVERED)
    await open_coverage(OpenCoverage(shipment.id, DELIVERED), MARKET_FILES, uow, DELIVERED)

    coverage = uow.coverages.rows[shipment.id]
    assert (coverage.state, coverage.windows.claim_until) == (CoverageState.OPEN, CLAIM_UNTIL)
    assert [line.warranty_until for line in coverage.lines] == [IN_TWO_YEARS, IN_A_YEAR]
    assert uow.timers.due(CLAIM_WINDOW, shipment.id) == CLOSES_AT
    (event,) = uow.published(CoverageOpened)
    assert (event.aggregate_id, event.seq, event.buyer_id) == (shipment.id, 1, shipment.buyer_id)
    assert (event.windows, event.lines) == (coverage.windows, coverage.lines)


async def test_a_delivery_that_is_told_again_changes_nothing() -> None:
    shipment = a_shipment()
    uow = FakeUnitOfWork(shipments=[shipment])
    await open_coverage(OpenCoverage(shipment.id, DELIVERED), MARKET_FILES, uow, DELIVERED)
    before = uow.coverages.rows[shipment.id]
    later = DELIVERED + timedelta(days=30)
    await open_coverage(OpenCoverage(shipment.id, later), MARKET_FILES, uow, later)
    assert uow.coverages.rows[shipment.id] == before
    assert uow.timers.due(CLAIM_WINDOW, shipment.id) == CLOSES_AT
    assert len(uow.events) == 1


async def test_a_dispatch_that_is_told_again_changes_nothing() -> None:
    shipment, uow = a_shipment(), FakeUnitOfWork()
    await note_shipment(NoteShipment(shipment), uow, DELIVERED)
    await note_shipment(NoteShipment(replace(shipment, delivery_country="DE")), uow, DELIVERED)
    assert uow.shipments.rows == {shipment.id: shipment}
    assert not uow.events


async def test_unknown_offers_do_not_hold_a_coverage_up() -> None:
    shipment = a_shipment()
    uow = FakeUnitOfWork(shipments=[shipment])
    await open_coverage(OpenCoverage(shipment.id, DELIVERED), MARKET_FILES, uow, DELIVERED)
    assert [line.warranty_until for line in uow.coverages.rows[shipment.id].lines] == [None, None]
    assert uow.timers.due(CLAIM_WINDOW, shipment.id) == CLOSES_AT


async def test_a_parcel_that_never_left_cannot_arrive() -> None:
    uow = FakeUnitOfWork()
    with pytest.raises(ShipmentNotFound):
        await open_coverage(OpenCoverage(new_id(), DELIVERED), MARKET_FILES, uow, DELIVERED)
    assert not uow.events


async def test_a_policy_version_that_is_gone_gives_way_to_the_rules_of_the_day() -> None:
    shipment = a_shipment(policy_version="2026-01-01.000000000000")
    uow = FakeUnitOfWork(shipments=[shipment])
    await open_coverage(OpenCoverage(shipment.id, DELIVERED), MARKET_FILES, uow, DELIVERED)
    coverage = uow.coverages.rows[shipment.id]
    assert coverage.windows.claim_until == CLAIM_UNTIL
    assert coverage.policy_version == the_rules("fr-pro").version
