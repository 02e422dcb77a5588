"""The steps of an import, each a transaction of its own: begin, one part after the other, what the file leaves out, the end.

A part's results are stored with its effect. Whoever dies in between goes on with the next part, and nothing is applied twice.
"""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.offer import OfferPatch
from catalog.domain.push import LineStatus
from catalog.domain.stock_import import CONFIRM_WITHIN, ImportState, StockImport
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.push_offers import PushOffers, ReadLine, judge_push, push_offers
from chassis.kernel.ids import Id, derived_id

LAPSE_IMPORT = "lapse_import"
SWEPT_AT_ONCE = 1_000
# The line number of what the file does not name.
NO_LINE = 0


@dataclass(frozen=True, slots=True)
class StartImport:
    """Begin with an import, or go on with one."""

    import_id: Id


async def start_import(command: StartImport, uow: CatalogUnit, now: datetime) -> StockImport:
    """Before the first line is applied, a full sync that would empty too much of the shop waits for a word."""
    found = await uow.imports.locked(command.import_id)
    if found.state is not ImportState.RECEIVED:
        return found
    asks = found.is_full_sync and not found.dry_run
    changed, event = found.start(await uow.imports.offline(found) if asks else None)
    await uow.imports.save(changed)
    uow.publish(event)
    await _await_word(changed, uow, now)
    return changed


@dataclass(frozen=True, slots=True)
class ApplyPart:
    """A part of the file with its lines as they were read."""

    import_id: Id
    n: int
    lines: tuple[ReadLine, ...]


async def apply_part(command: ApplyPart, uow: CatalogUnit, now: datetime) -> StockImport:
    """Push the part's lines, or judge them; a part that has its results already is left alone."""
    found = await uow.imports.locked(command.import_id)
    if found.state is not ImportState.RUNNING or not await uow.imports.is_open(found.id, command.n):
        return found
    lines = tuple(_meant(line, found) for line in command.lines)
    push = PushOffers(found.seller_id, derived_id(found.id, f"part {command.n}"), lines)
    results = await (judge_push if found.dry_run else push_offers)(push, uow, now)
    await uow.imports.settle(found.id, command.n, results, now)
    return found


@dataclass(frozen=True, slots=True)
class SweepImport:
    """Take the next offers offline that a full sync does not name; `n` numbers the result as a part of its own."""

    import_id: Id
    n: int


async def sweep_import(command: SweepImport, uow: CatalogUnit, now: datetime) -> bool:
    """Whether there may be more. Their count becomes zero, so that live or paused stays the seller's own word, and a
    later file brings them back by naming them."""
    found = await uow.imports.locked(command.import_id)
    if found.state is not ImportState.RUNNING or not found.is_full_sync or found.dry_run:
        return False
    seller = await uow.sellers.locked(found.seller_id)
    offline = await uow.imports.offline(found)
    if (
        found.offline is not None
        and offline.going > found.offline.going
        and offline.needs_confirmation(found.confirmed_offline)
    ):
        asking, event = found.ask(offline)
        await uow.imports.save(asking)
        uow.publish(event)
        await _await_word(asking, uow, now)
        return False
    skus = await uow.imports.unnamed(found, SWEPT_AT_ONCE) if seller else []
    if not skus:
        return False
    lines = tuple(ReadLine(NO_LINE, sku, OfferPatch(sku, quantity=0, as_of=found.as_of)) for sku in skus)
    numbered = tuple(line._replace(line=n) for n, line in enumerate(lines, start=1))
    push = PushOffers(found.seller_id, derived_id(found.id, f"part {command.n}"), numbered)
    results = [one._replace(line=NO_LINE) for one in await push_offers(push, uow, now)]
    await uow.imports.settle_sweep(found.id, command.n, results, now)
    # An offer that refuses to go would be found again for ever.
    return any(one.status is LineStatus.UPDATED for one in results)


@dataclass(frozen=True, slots=True)
class FinishImport:
    """All parts have their results."""

    import_id: Id


async def finish_import(command: FinishImport, uow: CatalogUnit, now: datetime) -> None:
    """The figures go out with the event."""
    found = await uow.imports.locked(command.import_id)
    if found.state is ImportState.RUNNING:
        changed, event = found.finish(dict(await uow.imports.counts(found.id)), now)
        await uow.imports.save(changed)
        uow.publish(event)


@dataclass(frozen=True, slots=True)
class FailImport:
    """It cannot go on, for the reason of this code."""

    import_id: Id
    reason: str


async def fail_import(command: FailImport, uow: CatalogUnit, now: datetime) -> None:
    """A seller that was suspended half way, for example."""
    found = await uow.imports.locked(command.import_id)
    if found.state in (ImportState.RECEIVED, ImportState.RUNNING):
        changed, event = found.fail(command.reason, now)
        await uow.imports.save(changed)
        uow.publish(event)


def _meant(line: ReadLine, one: StockImport) -> ReadLine:
    """What the file says as a whole holds for every line that says nothing else."""
    patch = line.patch
    if patch is None:
        return line
    confirm = True if one.confirm_prices else patch.confirm_price
    return line._replace(patch=patch._replace(as_of=patch.as_of or one.as_of, confirm_price=confirm))


async def _await_word(one: StockImport, uow: CatalogUnit, now: datetime) -> None:
    if one.state is ImportState.AWAITING_CONFIRMATION:
        await uow.timers.set(LAPSE_IMPORT, one.id, now + CONFIRM_WITHIN)
