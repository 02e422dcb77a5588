"""Decides the buy boxes of products whose offers changed, all of them with a few statements."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.boxes import BuyBox
from catalog.domain.buy_box import CURRENT
from catalog.domain.comparisons import Decision, decide
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import new_id

# At a time, so that no decision takes long.
PRODUCTS_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class DecideBuyBoxes:
    """The next marked products."""


async def decide_buy_boxes(command: DecideBuyBoxes, uow: CatalogUnit, now: datetime) -> int:
    """How many products were looked at. A decision is written only where what decides has changed."""
    products = await uow.buy_boxes.take_marked(PRODUCTS_AT_ONCE)
    if not products:
        return 0
    decisions = decide(await uow.buy_boxes.entries(products))
    boxes = {box.comparison: box for box in await uow.buy_boxes.of_products(products)}
    decided = []
    for comparison in [*decisions, *(one for one in boxes if one not in decisions)]:
        decision = decisions.get(comparison, Decision(CURRENT.version, ()))
        box = boxes.get(comparison) or BuyBox(new_id(), comparison)
        if (changed := box.decided(decision, now)) is not None:
            decided.append((changed, decision))
    if decided:
        await uow.buy_boxes.keep(decided)
    return len(products)
