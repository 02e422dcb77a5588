"""The catalogue's stores in memory, with the same promises: use-case tests need no database."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from catalog.domain.errors import ProductNotFound
from catalog.domain.offer import Offer, StockedOffer
from catalog.domain.policies import MarketRules
from catalog.domain.price_bounds import PriceOnSale
from catalog.domain.product import Evidence, Product, ProductSpec, Recognised
from catalog.domain.push import Conflict
from catalog.domain.reservation import Reservation, ReservationState
from catalog.domain.seller import Seller, SellerState
from catalog.domain.stock import Movement, MovementKind, Stock
from catalog.domain.trader import Trader
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id
from chassis.testing.memory import MemoryUnitOfWork

from .builders import rules


class MemoryRulebook:
    """The builders' rules, in every market."""

    def of(self, market: str, day: date) -> MarketRules:
        return rules(market=market)

    def default_market(self) -> str:
        return "fr-pro"


class MemorySellers:
    def __init__(self) -> None:
        self.rows: dict[Id, Seller] = {}

    async def locked(self, id: Id) -> Seller | None:
        return self.rows.get(id)

    async def save(self, seller: Seller) -> None:
        self.rows[seller.id] = seller


class MemoryProducts:
    def __init__(self) -> None:
        self.rows: dict[Id, Product] = {}
        self.names: dict[Evidence, Id] = {}
        self.conflicts: list[Conflict] = []

    async def matching(self, specs: Collection[ProductSpec]) -> list[Recognised]:
        wanted = {evidence for spec in specs for evidence in spec.evidence()}
        return [Recognised(one, self.rows[id]) for one, id in self.names.items() if one in wanted]

    async def add(self, products: Collection[Product]) -> list[Recognised]:
        for product in products:
            if not await self.matching([product.spec]):
                self.rows[product.id] = product
                self.names |= dict.fromkeys(product.spec.evidence(), product.id)
        return await self.matching([product.spec for product in products])

    async def note_conflicts(self, conflicts: Collection[Conflict], seller_id: Id, now: datetime) -> None:
        known = {(one.product_id, one.other_id) for one in self.conflicts}
        self.conflicts += [one for one in conflicts if (one.product_id, one.other_id) not in known]

    async def locked(self, ids: Collection[Id]) -> list[Product]:
        missing = set(ids) - self.rows.keys()
        if missing:
            raise ProductNotFound(id=str(min(missing)))
        return [self.rows[id] for id in sorted(ids)]

    async def save(self, product: Product, now: datetime) -> None:
        self.rows[product.id] = product

    async def save_facts(self, product: Product, before: Product, now: datetime) -> None:
        self.rows[product.id] = product
        self.names |= dict.fromkeys(product.spec.evidence(), product.id)

    async def save_merged(self, product: Product, now: datetime) -> int:
        assert product.merged_into is not None
        self.rows[product.id] = product
        self.names = {one: product.merged_into if id == product.id else id for one, id in self.names.items()}
        return 0


class MemoryStockBook:
    def __init__(self) -> None:
        self.rows: dict[Id, Stock] = {}
        self.movements: list[Movement] = []

    async def write(self, stocks: Sequence[Stock], movements: Sequence[Movement], now: datetime) -> None:
        self.rows |= {stock.offer_id: stock for stock in stocks}
        self.movements += movements

    async def sold_since(self, counts: Mapping[Id, datetime]) -> dict[Id, int]:
        units: dict[Id, int] = {}
        for one in self.movements:
            sign = {MovementKind.SOLD: 1, MovementKind.RETURNED: -1}.get(one.kind, 0)
            if sign and one.offer_id in counts and one.at >= counts[one.offer_id]:
                units[one.offer_id] = units.get(one.offer_id, 0) + sign * one.quantity
        return units


class MemoryOffers:
    def __init__(self, stock: MemoryStockBook, sellers: MemorySellers) -> None:
        self.rows: dict[Id, Offer] = {}
        self._stock = stock
        self._sellers = sellers

    async def of_seller(self, seller_id: Id, sku_keys: Collection[str]) -> list[StockedOffer]:
        mine = [one for one in self.rows.values() if one.seller_id == seller_id]
        return [StockedOffer(one, self._stock.rows[one.id]) for one in mine if one.sku.casefold() in sku_keys]

    async def with_ids(self, ids: Collection[Id]) -> list[StockedOffer]:
        return [
            StockedOffer(one, self._stock.rows[one.id], self._sellers.rows[one.seller_id].state is SellerState.ACTIVE)
            for one in sorted(self.rows.values(), key=lambda offer: offer.id)
            if one.id in ids
        ]

    async def on_sale(self, product_ids: Collection[Id]) -> Mapping[Id, Sequence[PriceOnSale]]:
        found: dict[Id, list[PriceOnSale]] = {}
        for one in self.rows.values():
            if one.product.id in product_ids and not one.paused and self._stock.rows[one.id].available:
                found.setdefault(one.product.id, []).append(PriceOnSale(one.grade, one.price))
        return found

    async def write(self, offers: Sequence[Offer], now: datetime) -> None:
        self.rows |= {offer.id: offer for offer in offers}


class MemoryReservations:
    def __init__(self, stock: MemoryStockBook, offers: Mapping[Id, Offer]) -> None:
        self.rows: dict[Id, Reservation] = {}
        self._stock = stock
        self._offers = offers

    async def locked(self, id: Id) -> Reservation | None:
        return self.rows.get(id)

    async def open(self, reservation: Reservation) -> None:
        if any(self._stock.rows[offer].available < units for offer, units in reservation.units):
            raise StaleVersion(id=str(reservation.id))
        for offer, units in reservation.units:
            self._stock.rows[offer] = self._stock.rows[offer].hold(units)
            held = Movement(offer, MovementKind.HELD, units, reservation.held_at, reservation.id)
            self._stock.movements.append(held)
        self.rows[reservation.id] = reservation

    async def settle(self, reservation: Reservation, now: datetime) -> None:
        if self.rows[reservation.id].state is not ReservationState.HELD:
            raise StaleVersion(id=str(reservation.id))
        self.rows[reservation.id] = reservation

    async def units_held(self, buyer_id: Id, of_ids: Collection[Id]) -> Mapping[Id, int]:
        mine = [one for one in self.rows.values() if one.buyer_id == buyer_id and one.state is ReservationState.HELD]
        held: Counter[Id] = Counter()
        for one in mine:
            for offer, units in one.units:
                held.update({offer: units, self._offers[offer].seller_id: units})
        return {id: held[id] for id in of_ids}

    async def units_on_sale(self, seller_ids: Collection[Id], now: datetime) -> Mapping[Id, int]:
        on_sale: Counter[Id] = Counter()
        for id, offer in self._offers.items():
            on_sale[offer.seller_id] += self._stock.rows[id].available + self._stock.rows[id].held
        return {id: on_sale[id] for id in seller_ids}


class MemoryTraders:
    def __init__(self) -> None:
        self.rows: dict[Id, Trader] = {}

    async def keep(self, trader: Trader, at: datetime) -> None:
        known = self.rows.get(trader.seller_id)
        if known is None or known.version <= trader.version:
            self.rows[trader.seller_id] = trader


class MemoryQuotes:
    """Nobody asked for quotes."""

    @property
    def requests(self) -> "MemoryQuotes":
        return self

    async def locked_with_order(self, order_id: Id) -> None:
        return None


class MemoryCatalog(MemoryUnitOfWork):
    """A unit of work that is never rolled back: one per test."""

    def __init__(self, *sellers: Seller) -> None:
        super().__init__()
        self.rulebook = MemoryRulebook()
        self.sellers = MemorySellers()
        self.sellers.rows = {seller.id: replace(seller) for seller in sellers}
        self.products = MemoryProducts()
        self.stock = MemoryStockBook()
        self.offers = MemoryOffers(self.stock, self.sellers)
        self.reservations = MemoryReservations(self.stock, self.offers.rows)
        self.traders = MemoryTraders()
        self.quotes = MemoryQuotes()
