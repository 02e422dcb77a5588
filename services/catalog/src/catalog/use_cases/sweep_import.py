"""A full sync takes offline what its file does not name, after its last line."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.offer import OfferPatch
from catalog.domain.push import LineStatus
from catalog.domain.stock_import import ImportState, StockImport
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.push_offers import PushOffers, ReadLine, push_offers
from catalog.use_cases.start_import import await_word
from chassis.kernel.ids import Id, derived_id

# As many as a push may hold: what is left is looked for anew each time.
SWEPT_AT_ONCE = 5_000
# The line number of what the file does not name.
NO_LINE = 0


@dataclass(frozen=True, slots=True)
class SweepImport:
    """Take the next offers offline that a full sync does not name; `n` numbers the result as a part of its own.

    The `first` step of a worker looks once more how many there are.
    """

    import_id: Id
    n: int
    first: bool


async def sweep_import(command: SweepImport, uow: CatalogUnit, now: datetime) -> bool:
    """Whether there may be more. Their count becomes zero, so that live or paused stays the seller's own word, and a
    later file brings them back by naming them."""
    found = await uow.imports.locked(command.import_id)
    if found.state is not ImportState.RUNNING or not found.is_full_sync or found.dry_run:
        return False
    seller = await uow.sellers.locked(found.seller_id)
    if command.first and await _asks(found, uow, now):
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


async def _asks(found: StockImport, uow: CatalogUnit, now: datetime) -> bool:
    """Whether so much more would go than when it began that the seller has to say it means it."""
    offline = await uow.imports.offline(found)
    is_more = found.offline is not None and offline.going > found.offline.going
    if not is_more or not offline.needs_confirmation(found.confirmed_offline):
        return False
    asking, event = found.ask(offline)
    await uow.imports.save(asking)
    uow.publish(event)
    await await_word(asking, uow, now)
    return True
