"""What the use cases and doors need of the products' store, and how operators read them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from catalog.domain.product import Category, Product, ProductSpec, ProductState, Recognised
from catalog.domain.push import Conflict
from chassis.kernel.ids import Id

# The numbers that makers give.
NumberKind = Literal["gtin", "mpn"]


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

    async def find(self, id: Id) -> Product | None:
        """One product, merged ones too, without a lock."""
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


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as an operator reads it, with how many offers of how many sellers hang on it."""

    product: Product
    created_at: datetime
    offers: int
    sellers: int
    open_conflicts: int


@dataclass(frozen=True, slots=True)
class LikelyDouble:
    """Another product that may be the same; `alike` is the likeness of the titles in percent."""

    product: Product
    same: tuple[NumberKind, ...]
    alike: int


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A push that named two products, as it was noticed."""

    product_id: Id
    other_id: Id
    other_title: str
    kind: Literal["gtin", "mpn", "key"]
    value: str
    seller_id: Id
    sku: str
    noticed_at: datetime


class ProductQueries(Protocol):
    """Reads for moderation, outside of any transaction."""

    async def waiting(
        self, state: ProductState | None, category: Category | None, q: str | None, after: Id | None, limit: int
    ) -> list[ProductView]:
        """Products in id order: those in a state, or, where none is named, all that an operator should look at."""
        ...

    async def one(self, id: Id) -> ProductView | None:
        """One product, merged ones too."""
        ...

    async def likely_doubles(self, product: Product) -> list[LikelyDouble]:
        """Up to 20, those with an equal number first, then the most alike."""
        ...

    async def conflicts(self, id: Id) -> list[ConflictView]:
        """The open conflicts of a product, oldest first."""
        ...
