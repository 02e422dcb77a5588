"""Faults that are waiting to happen."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.faults import Fault
from sandbox.storage.tables import faults


async def put_fault(tx: AsyncConnection, fault: Fault) -> None:
    """One fault per place: the newer one replaces the older one."""
    values = {"mode": fault.mode, "times": fault.times, "delay_seconds": fault.delay_seconds}
    await tx.execute(
        insert(faults).values(name=fault.name, **values).on_conflict_do_update(index_elements=["name"], set_=values)
    )


async def remove_fault(tx: AsyncConnection, name: str) -> None:
    await tx.execute(delete(faults).where(faults.c.name == name))


async def take_fault(tx: AsyncConnection, name: str) -> Fault | None:
    """The fault at this place, one time used up; None where all is well."""
    row = (await tx.execute(select(faults).where(faults.c.name == name).with_for_update())).first()
    if row is None:
        return None
    if row.times == 1:
        await remove_fault(tx, name)
    elif row.times is not None:
        await tx.execute(update(faults).where(faults.c.name == name).values(times=row.times - 1))
    return _fault(row)


async def list_faults(tx: AsyncConnection) -> Sequence[Fault]:
    return [_fault(row) for row in await tx.execute(select(faults).order_by(faults.c.name))]


def _fault(row: Row[Any]) -> Fault:
    return Fault(row.name, row.mode, row.times, row.delay_seconds)
