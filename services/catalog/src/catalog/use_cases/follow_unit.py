"""Passports follow their devices: out with a parcel, back to the bench with a case, and on from there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from catalog.domain.unit import MOVES, UnitChange
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.ports_units import KeptUnit
from chassis.kernel.ids import Id

Step = Literal["opened", "received", "sent_back", "given_back", "replaced"]


@dataclass(frozen=True, slots=True)
class NoteShipped:
    """A parcel of the seller left with the devices that have these numbers."""

    seller_id: Id
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowCase:
    """What a case says about where its device is. `number` comes with the first fact only."""

    case_id: Id
    seller_id: Id
    what: Step
    number: str | None = None
    replacement: str | None = None


async def note_shipped(command: NoteShipped, uow: CatalogUnit, now: datetime) -> None:
    """Devices without a passport, or with one of another seller, are passed over: parcels need no passports."""
    await _move(uow, command.seller_id, command.numbers, "ship", now)


async def follow_case(command: FollowCase, uow: CatalogUnit, now: datetime) -> None:
    """A fact that does not fit where the device is changes nothing."""
    if command.what == "opened":
        if command.number:
            await uow.units.remember_case(command.case_id, command.seller_id, command.number.upper())
        return
    number = await uow.units.unit_of_case(command.case_id)
    if number is None:
        return
    move = {"received": "receive", "sent_back": "send_back", "given_back": "give_back", "replaced": "give_back"}
    await _move(uow, command.seller_id, [number], move[command.what], now)
    if command.what == "replaced" and command.replacement:
        await _move(uow, command.seller_id, [command.replacement.upper()], "ship", now)


async def _move(uow: CatalogUnit, seller_id: Id, numbers: Collection[str], move: str, now: datetime) -> None:
    found = await uow.units.with_numbers([number.upper() for number in numbers])
    kept = []
    for unit in found:
        if unit.seller_id == seller_id and MOVES.allows(move, unit.state):
            after, event = unit.move(move)
            kept.append(KeptUnit(after, [UnitChange(event.name, now, after.version, {})]))
            uow.publish(event)
    if kept:
        await uow.units.save(kept, now)
