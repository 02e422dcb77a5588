"""An operator found two products to be one: the double's offers and names become the survivor's."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from catalog.domain.product import Product
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class MergeProducts:
    """`product_id` is the double, `into` the survivor."""

    product_id: Id
    into: Id


class Merged(NamedTuple):
    """The double as it is now, and how many offers have moved."""

    product: Product
    offers: int


async def merge_products(command: MergeProducts, uow: CatalogUnit, now: datetime) -> Merged:
    """Raises ProductNotFound, ProductsDiffer or ProductMoveRefused."""
    found = {one.id: one for one in await uow.products.locked({command.product_id, command.into})}
    after, merged = found[command.product_id].merge_into(found[command.into])
    moved = await uow.products.save_merged(after, now)
    uow.publish(merged)
    return Merged(after, moved)
