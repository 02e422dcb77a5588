"""The seller looked at the device and says what it found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aftersales.domain.case import Case, Defect
from aftersales.domain.case_rules import CaseRules
from aftersales.domain.errors import BatteryBelowFloor, BatteryNotMeasured, ExclusionUnknown
from aftersales.domain.events import CaseEvent
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id

# The exclusion that a battery below its floor is not.
WEAR = "wear"
Finding = Literal["defect_confirmed", "account_locked", "no_fault_found", "excluded"]


@dataclass(frozen=True)
class InspectCase:
    """`exclusion` names what the warranty does not cover, and only with the finding `excluded`. `battery_health_percent` is
    what the seller measured."""

    actor: Actor
    case_id: Id
    finding: Finding
    exclusion: str | None = None
    battery_health_percent: int | None = None


async def inspect_case(command: InspectCase, markets: Markets, uow: UnitOfWork, now: datetime) -> Case:
    """Broken as told, locked by an account, without a fault, or broken in a way that the warranty excludes."""
    case = await the_case(command.case_id, command.actor, uow)
    rules = markets.case_rules(case.market, case.policy_version, case.opened_at)
    if (command.finding == "excluded") != (command.exclusion is not None) or (
        command.exclusion is not None and command.exclusion not in rules.exclusions
    ):
        raise ExclusionUnknown(exclusion=command.exclusion, known=list(rules.exclusions))
    if case.defect is Defect.BATTERY and (command.finding == "no_fault_found" or command.exclusion == WEAR):
        await _must_keep_its_floor(case, command.battery_health_percent, rules, uow)
    return await move_case(case, lambda one: _found(one, command, rules, now), uow, now)


async def _must_keep_its_floor(case: Case, measured: int | None, rules: CaseRules, uow: UnitOfWork) -> None:
    """A battery that is complained of is neither fine nor merely worn while the market's floor holds and it is below."""
    sold = {line.line_no: line for line in await uow.sold_lines.of(case.seller_order_id)}
    if rules.battery is None or case.line_no not in sold:
        return
    coverage = await uow.coverages.get(case.shipment_id)
    place = rules.calendar_of(coverage.delivery_country)
    floor = rules.battery.floor_of(
        sold[case.line_no], place, coverage.delivered_at, coverage.windows.claim_until, case.opened_at
    )
    if floor is None:
        return
    if measured is None:
        raise BatteryNotMeasured(floor_percent=floor)
    if measured < floor:
        raise BatteryBelowFloor(floor_percent=floor, battery_health_percent=measured)


def _found(case: Case, command: InspectCase, rules: CaseRules, now: datetime) -> tuple[Case, CaseEvent]:
    match command.finding:
        case "defect_confirmed":
            return case.confirm_defect(rules, now)
        case "account_locked":
            return case.hold(now)
        case "no_fault_found":
            return case.find_no_fault(rules, now)
        case "excluded":
            return case.exclude(command.exclusion or "", now)
