"""A buyer opens a case for one device of an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersales.domain.case import Case, CaseState, Complaint, find_unit, new_case
from aftersales.domain.coverage import Coverage
from aftersales.domain.errors import CaseAlreadyOpen, NotDelivered, UnitRefunded, UnitReplaced, UnknownUnit
from aftersales.domain.warranty import CoveredLine
from aftersales.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id, new_id

SEND_BY = "case_send_by"
AFTER_THE_LAST_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class OpenCase:
    """`buyer_id` is None where an operator does it for the buyer."""

    buyer_id: Id | None
    order_id: Id
    complaint: Complaint


async def open_case(command: OpenCase, markets: Markets, uow: UnitOfWork, now: datetime) -> Case:
    """Opened and authorised at once where the device is covered and in warranty; everything else is refused by name."""
    covered = await _covered(command, uow)
    coverage = covered[0]
    # Whoever opens or ends a case, or closes the claim window, is alone with the parcel.
    await uow.lock(coverage.id)
    _check_no_rival(await uow.cases.of_unit(coverage.id, covered[2]), command.complaint.unit)
    rules = markets.case_rules(coverage.market, coverage.policy_version, coverage.delivered_at)
    sold = {line.line_no: line for line in await uow.sold_lines.of(coverage.seller_order_id)}
    ship_from = sold[covered[1].line_no].ship_from if covered[1].line_no in sold else None
    places = await uow.sellers.find(coverage.seller_id)
    return_to = places.of(ship_from) if places else None
    case, opened = new_case(new_id(), command.complaint, covered, ship_from, return_to, rules, now)
    case, authorised = case.authorise(rules, now)
    await uow.cases.add(case)
    uow.publish(opened, authorised)
    await uow.timers.set(SEND_BY, case.id, case.send_until + AFTER_THE_LAST_SECOND)
    return case


async def _covered(command: OpenCase, uow: UnitOfWork) -> tuple[Coverage, CoveredLine, str]:
    """The parcel, its line and the device on the invoice; a device that replaced another one stands in its place."""
    coverages = {one.id: one for one in await uow.coverages.of_order(command.order_id)}
    mine = {id: one for id, one in coverages.items() if command.buyer_id in (None, one.buyer_id)}
    unit = command.complaint.unit
    invoiced = unit
    for case in await uow.cases.replaced_by(command.order_id, unit):
        invoiced = case.invoiced_unit
    found = find_unit(invoiced, mine)
    if found is not None:
        return *found, invoiced
    shipments = await uow.shipments.of_order(command.order_id)
    if any(
        unit in line.units
        for shipment in shipments
        if command.buyer_id in (None, shipment.buyer_id)
        for line in shipment.lines
    ):
        raise NotDelivered(unit=unit)
    raise UnknownUnit(unit=unit)


def _check_no_rival(cases: Sequence[Case], unit: str) -> None:
    for case in cases:
        if case.is_open:
            raise CaseAlreadyOpen(case_id=str(case.id), rma=case.rma)
        if case.state is CaseState.REFUNDED:
            raise UnitRefunded(case_id=str(case.id))
    replacements = [case.replacement_unit for case in cases if case.replacement_unit]
    if replacements and replacements[-1] != unit:
        raise UnitReplaced(unit=unit)
