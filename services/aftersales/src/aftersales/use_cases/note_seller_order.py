"""A seller order was opened: keep what its offers promised. It may come after the delivery, which did not wait for it."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.warranty import SoldLine
from aftersales.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class NoteSellerOrder:
    """What orders told."""

    seller_order_id: Id
    lines: tuple[SoldLine, ...]


async def note_seller_order(command: NoteSellerOrder, markets: Markets, uow: UnitOfWork, now: datetime) -> None:
    """Keep the lines, and complete the coverages that were opened without them."""
    await uow.sold_lines.add(command.seller_order_id, command.lines)
    for coverage in await uow.coverages.of_seller_order(command.seller_order_id):
        if coverage.lacks_warranties:
            rules = markets.rules(coverage.market, coverage.policy_version, coverage.delivered_at)
            completed, warranties_set = coverage.set_warranties(command.lines, rules)
            await uow.coverages.save(completed)
            uow.publish(warranties_set)
