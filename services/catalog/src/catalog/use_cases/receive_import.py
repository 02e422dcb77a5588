"""A seller uploads a file of stock: it is stored whole, and an errand works through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.domain.seller import active
from catalog.domain.stock_import import KEPT_FOR, ImportMode, ImportState, Reading, StockImport, receive
from catalog.domain.stock_import_errors import ImportRunning
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.ports_imports import ImportPart
from chassis.kernel.ids import Id

RUN_IMPORT = "run_import"
FORGET_IMPORT = "forget_import"


@dataclass(frozen=True, slots=True)
class ReceiveImport:
    """A file that was read through. `as_of` None: its figures are right now."""

    id: Id
    seller_id: Id
    mode: ImportMode
    dry_run: bool
    confirm_prices: bool
    as_of: datetime | None
    sha256: str
    rows: int
    reading: Reading
    parts: Sequence[ImportPart]


async def receive_import(command: ReceiveImport, uow: CatalogUnit, now: datetime) -> StockImport:
    """One file of a seller at a time: its row is locked, so that two uploads cannot both be the first."""
    seller = active(await uow.sellers.locked(command.seller_id))
    running = await uow.imports.unfinished_of(seller.id)
    if running is not None:
        raise ImportRunning(f"Wait for {running}, or cancel it", import_id=str(running))
    newest = await uow.imports.newest_full_sync(seller.id)
    new = StockImport(
        id=command.id,
        version=1,
        seller_id=seller.id,
        state=ImportState.RECEIVED,
        mode=command.mode,
        dry_run=command.dry_run,
        confirm_prices=command.confirm_prices,
        as_of=command.as_of or now,
        sha256=command.sha256,
        rows=command.rows,
        parts=len(command.parts),
        reading=command.reading,
        received_at=now,
    )
    received, event = receive(new, newest, now)
    await uow.imports.add(received, command.parts)
    uow.publish(event)
    await uow.timers.set(RUN_IMPORT, received.id, now)
    await uow.timers.set(FORGET_IMPORT, received.id, now + KEPT_FOR)
    return received
