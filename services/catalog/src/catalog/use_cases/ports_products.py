"""What the use cases and doors need of the products' store."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from catalog.domain.product import Product, ProductSpec, Recognised
from catalog.domain.push import Conflict
from chassis.kernel.ids import Id


class Products(Protocol):
    """The platform's products."""

    async def matching(self, specs: Collection[ProductSpec]) -> list[Recognised]:
        """Those that any evidence in these descriptions names, never one that was merged. Until the commit none of them can
        be merged or corrected."""
        ...

    async def add(self, products: Collection[Product]) -> list[Recognised]:
        """Insert what is new, and give back what is stored under these descriptions (a rival may have been first)."""
        ...

    async def note_conflicts(self, conflicts: Collection[Conflict], seller_id: Id, now: datetime) -> None:
        """Keep them for an operator; what was noted before, settled or not, is not noted again."""
        ...

    async def locked(self, ids: Collection[Id]) -> list[Product]:
        """These products, merged ones too, in id order: nobody else changes them, nor opens offers of them, until the commit.
        The stock of all their offers is locked first, in id order."""
        ...

    async def save(self, product: Product, now: datetime) -> None:
        """Store a confirmation, and settle the product's conflicts."""
        ...

    async def save_facts(self, product: Product, before: Product, now: datetime) -> None:
        """Store corrected facts and copy them to all offers of the product; what it was called before still means it."""
        ...

    async def save_merged(self, product: Product, now: datetime) -> int:
        """Store the merge, and make its offers and its other names those of the survivor: how many offers there were."""
        ...
