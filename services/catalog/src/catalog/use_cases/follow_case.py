"""A device came back: its passport follows it to the bench, and on from there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from catalog.use_cases.move_units import move_units
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id

Step = Literal["opened", "received", "sent_back", "given_back", "replaced"]
_MOVES = {"received": "receive", "sent_back": "send_back", "given_back": "give_back", "replaced": "give_back"}


@dataclass(frozen=True, slots=True)
class FollowCase:
    """What a case says about where its device is. `number` comes with the first fact only."""

    case_id: Id
    seller_id: Id
    what: Step
    number: str | None = None
    replacement: str | None = None


async def follow_case(command: FollowCase, uow: CatalogUnit, now: datetime) -> None:
    """A fact that does not fit where the device is changes nothing."""
    if command.what == "opened":
        if command.number:
            await uow.units.remember_case(command.case_id, command.seller_id, command.number.upper())
        return
    number = await uow.units.unit_of_case(command.case_id)
    if number is None:
        return
    await move_units(uow, command.seller_id, [number], _MOVES[command.what], now)
    if command.what == "replaced" and command.replacement:
        await move_units(uow, command.seller_id, [command.replacement], "ship", now)
