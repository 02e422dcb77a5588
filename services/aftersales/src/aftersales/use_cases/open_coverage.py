"""A parcel has arrived: open its coverage, and set the deadline at which the seller's money becomes free."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.coverage import new_coverage
from aftersales.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id

CLAIM_WINDOW = "claim_window"


@dataclass(frozen=True)
class OpenCoverage:
    """What the carrier told, by way of orders."""

    shipment_id: Id
    delivered_at: datetime


async def open_coverage(command: OpenCoverage, markets: Markets, uow: UnitOfWork, now: datetime) -> None:
    """Once per shipment: a repeat changes nothing, whatever instant it names."""
    if await uow.coverages.find(command.shipment_id):
        return
    shipment = await uow.shipments.get(command.shipment_id)
    rules = markets.rules(shipment.market, shipment.policy_version, command.delivered_at)
    sold = await uow.sold_lines.of(shipment.seller_order_id)
    coverage, opened = new_coverage(shipment, command.delivered_at, rules, sold)
    await uow.coverages.add(coverage)
    await uow.timers.set(CLAIM_WINDOW, coverage.id, coverage.windows.closes_at)
    uow.publish(opened)
