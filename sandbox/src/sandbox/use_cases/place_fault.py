"""Lay down a fault for the next times something happens."""

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.faults import Fault, check_fault
from sandbox.storage.faults import put_fault


async def place_fault(fault: Fault, tx: AsyncConnection) -> None:
    """Raises FaultDoesNotFit."""
    check_fault(fault.name, fault.mode)
    await put_fault(tx, fault)
