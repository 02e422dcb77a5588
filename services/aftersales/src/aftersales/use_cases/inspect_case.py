"""The seller looked at the device and says what it found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aftersales.domain.case import Case
from aftersales.domain.case_rules import CaseRules
from aftersales.domain.errors import ExclusionUnknown
from aftersales.domain.events import CaseEvent
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id

Finding = Literal["defect_confirmed", "account_locked", "no_fault_found", "excluded"]


@dataclass(frozen=True)
class InspectCase:
    """`exclusion` names what the warranty does not cover, and only with the finding `excluded`."""

    actor: Actor
    case_id: Id
    finding: Finding
    exclusion: str | None = None


async def inspect_case(command: InspectCase, markets: Markets, uow: UnitOfWork, now: datetime) -> Case:
    """Broken as told, locked by an account, without a fault, or broken in a way that the warranty excludes."""
    case = await the_case(command.case_id, command.actor, uow)
    rules = markets.case_rules(case.market, case.policy_version, case.opened_at)
    if (command.finding == "excluded") != (command.exclusion is not None) or (
        command.exclusion is not None and command.exclusion not in rules.exclusions
    ):
        raise ExclusionUnknown(exclusion=command.exclusion, known=list(rules.exclusions))
    return await move_case(case, lambda one: _found(one, command, rules, now), uow, now)


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
