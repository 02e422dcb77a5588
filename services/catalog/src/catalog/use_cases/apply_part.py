"""A part of an import is pushed like any other batch; its results are stored with its effect.

Whoever dies in between goes on with the next part, and nothing is applied twice.
"""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.stock_import import ImportState, StockImport
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.push_offers import PushOffers, ReadLine, judge_push, push_offers
from chassis.kernel.ids import Id, derived_id


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


def _meant(line: ReadLine, one: StockImport) -> ReadLine:
    """What the file says as a whole holds for every line that says nothing else."""
    patch = line.patch
    if patch is None:
        return line
    confirm = True if one.confirm_prices else patch.confirm_price
    return line._replace(patch=patch._replace(as_of=patch.as_of or one.as_of, confirm_price=confirm))
