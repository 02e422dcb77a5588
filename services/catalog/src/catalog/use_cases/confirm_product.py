"""An operator looked at a product: its facts are right, and nothing that spoke for another one was a double."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.product import Product
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class ConfirmProduct:
    """The product."""

    product_id: Id


async def confirm_product(command: ConfirmProduct, uow: CatalogUnit, now: datetime) -> Product:
    """Raises ProductNotFound or ProductMoveRefused."""
    (product,) = await uow.products.locked([command.product_id])
    after, confirmed = product.confirm()
    await uow.products.save(after, now)
    uow.publish(confirmed)
    return after
