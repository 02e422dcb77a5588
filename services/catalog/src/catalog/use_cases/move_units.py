"""Devices went somewhere: their passports follow."""

from collections.abc import Collection
from datetime import datetime

from catalog.domain.unit import MOVES, UnitChange
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.ports_units import KeptUnit
from chassis.kernel.ids import Id


async def move_units(uow: CatalogUnit, seller_id: Id, numbers: Collection[str], move: str, now: datetime) -> None:
    """A device without a passport, with one of another seller, or that is where the move does not begin, is passed over."""
    found = await uow.units.with_numbers([number.upper() for number in numbers])
    kept = []
    for unit in found:
        if unit.seller_id == seller_id and MOVES.allows(move, unit.state):
            after, event = unit.move(move)
            kept.append(KeptUnit(after, [UnitChange(event.name, now, after.version, {})]))
            uow.publish(event)
    if kept:
        await uow.units.save(kept, now)
