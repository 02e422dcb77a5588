"""A device ships once, unless it came back for good: then its number is free for another parcel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chassis.kernel.ids import Id
from orders.use_cases.ports import UnitOfWork
from orders.use_cases.ports_units import CaseUnit


@dataclass(frozen=True)
class FollowReturnedUnit:
    """What a case says about its device: `unit` comes with the first fact only, `replacement` with the last."""

    case_id: Id
    what: Literal["opened", "refund_due", "replaced"]
    unit: CaseUnit | None = None
    replacement: str | None = None


async def follow_returned_unit(command: FollowReturnedUnit, uow: UnitOfWork, now: datetime) -> None:
    """Refunded or replaced, the broken device stays with its seller. What was repaired goes back to its buyer, so its number
    stays taken. A replacement left like any other device. A repeated fact changes nothing."""
    if command.what == "opened":
        if command.unit is not None:
            await uow.units.remember_case(command.unit)
        return
    unit = await uow.units.of_case(command.case_id)
    if unit is None:
        return
    await uow.units.free(unit.number, unit.shipment_id)
    if command.replacement:
        await uow.units.claim(command.replacement.upper(), unit.shipment_id)
