"""What the use cases and doors need of the outside: stores inside a transaction, and queries outside of one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from catalog.domain.offer import Offer, StockedOffer
from catalog.domain.policies import MarketRules
from catalog.domain.price_bounds import PriceOnSale
from catalog.domain.reservation import Reservation
from catalog.domain.seller import Seller
from catalog.domain.stock import Movement, Stock
from catalog.domain.terms import SaleTerms
from catalog.domain.trader import Trader
from catalog.use_cases.ports_buy_box import BuyBoxes, ServiceBook
from catalog.use_cases.ports_imports import StockImports
from catalog.use_cases.ports_products import Products
from catalog.use_cases.ports_quotes import Quotes
from catalog.use_cases.ports_traders import Traders
from catalog.use_cases.ports_units import Units
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id


class Rulebook(Protocol):
    """The market rules by day."""

    def of(self, market: str, day: date) -> MarketRules:
        """The rules in force; raises UnknownMarket or MarketNotOpen."""
        ...

    def default_market(self) -> str:
        """The market of whoever names none."""
        ...


class Sellers(Protocol):
    """Sellers, which are also the aggregates whose `version` counts the catalogue's events."""

    async def locked(self, id: Id) -> Seller | None:
        """The seller, locked: pushes of one seller run one after the other."""
        ...

    async def save(self, seller: Seller) -> None:
        """Insert or replace."""
        ...


class Offers(Protocol):
    """Offers with their stock; whoever reads them here holds the lock on their stock until the commit."""

    async def of_seller(self, seller_id: Id, sku_keys: Collection[str]) -> list[StockedOffer]:
        """A seller's offers of these SKUs."""
        ...

    async def with_ids(self, ids: Collection[Id]) -> list[StockedOffer]:
        """Those that exist, in id order, with the word whether their seller is active."""
        ...

    async def on_sale(self, product_ids: Collection[Id]) -> Mapping[Id, Sequence[PriceOnSale]]:
        """What these products cost at the moment in each grade and currency; those that nobody sells are left out."""
        ...

    async def write(self, offers: Sequence[Offer], now: datetime) -> None:
        """Insert or replace all in one statement."""
        ...


class StockBook(Protocol):
    """Figures and the movements they are the fold of."""

    async def write(self, stocks: Sequence[Stock], movements: Sequence[Movement], now: datetime) -> None:
        """Insert or replace the figures of locked offers, and append the movements."""
        ...

    async def sold_since(self, counts: Mapping[Id, datetime]) -> dict[Id, int]:
        """Units sold at or after an instant, by offer; offers without a sale are left out."""
        ...


class Reservations(Protocol):
    """The units of orders."""

    async def locked(self, id: Id) -> Reservation | None:
        """The reservation of an order, locked."""
        ...

    async def open(self, reservation: Reservation) -> None:
        """Store a new reservation and hold its units, each only if that many are free: all, or StaleVersion."""
        ...

    async def settle(self, reservation: Reservation, now: datetime) -> None:
        """Store the new state, if nobody else has settled it: else StaleVersion."""
        ...

    async def units_held(self, buyer_id: Id, of_ids: Collection[Id]) -> Mapping[Id, int]:
        """What a buyer holds unpaid of these offers and sellers; orders of one buyer take turns from here on."""
        ...

    async def units_on_sale(self, seller_ids: Collection[Id], now: datetime) -> Mapping[Id, int]:
        """What these sellers have on sale, free or held, as it was at the most a minute ago."""
        ...


class Publisher(Protocol):
    """The part of the unit of work that makes facts public."""

    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None:
        """Make these facts public when, and only when, the transaction commits."""
        ...


class Timers(Protocol):
    """One open deadline or errand per (kind, key)."""

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None: ...
    async def cancel(self, kind: str, key: Id) -> None: ...


class CatalogUnit(Publisher, Protocol):
    """The unit of work of every use case here."""

    @property
    def rulebook(self) -> Rulebook: ...
    @property
    def sellers(self) -> Sellers: ...
    @property
    def products(self) -> Products: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def stock(self) -> StockBook: ...
    @property
    def reservations(self) -> Reservations: ...
    @property
    def traders(self) -> Traders: ...
    @property
    def quotes(self) -> Quotes: ...
    @property
    def imports(self) -> StockImports: ...
    @property
    def units(self) -> Units: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def buy_boxes(self) -> BuyBoxes: ...
    @property
    def service(self) -> ServiceBook: ...


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Which offers of a market, at the prices of a country in a currency; None means any."""

    market: str
    price_country: str
    currency: str
    q: str | None = None
    # Facet → its values, of which an offer has one.
    facets: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    price_min: int | None = None
    price_max: int | None = None
    in_stock: bool = False
    # So many units can be had at once, and the price is that of so many.
    quantity: int | None = None
    battery_min: int | None = None
    warranty_min: int | None = None
    dispatch_max: int | None = None


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer as a buyer reads it; amounts in minor units of `currency`."""

    id: Id
    version: int
    seller_id: Id
    sku: str
    title: str
    brand: str
    model: str
    category: str
    storage: str | None
    ram: str | None
    color: str | None
    launch_year: int | None
    gtin: str | None
    mpn: str | None
    # As JSON.
    attributes: str
    grade: str
    price_minor: int
    currency: str
    available: int
    paused: bool
    vat_regime: str
    ship_from: str
    warranty_months: int
    battery_health_percent: int | None
    dispatch_business_days: int
    shipping_fee_minor: int
    shipping_fee_currency: str
    created_at: datetime
    min_order_quantity: int = 1
    pack_size: int = 1
    seller_name: str | None = None
    # Whether it holds the buy box, as was decided last for one unit; None where nothing was decided about it.
    is_best_offer: bool | None = None
    # Units, and what each of so many costs.
    price_tiers: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class OfferDetail:
    """One offer as a buyer reads it, with all its terms, at the prices of a country."""

    view: OfferView
    terms: SaleTerms
    price_country: str
    trader: Trader | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of hits, and the key behind which more follow. Where it was asked for: how many hits there are, and per facet
    how many have each value, most frequent first."""

    hits: Sequence[OfferView]
    following: tuple[int, int] | None
    facets: Mapping[str, Sequence[tuple[str, int]]] | None
    total: int | None


@dataclass(frozen=True, slots=True)
class SellerOfferView:
    """An offer as its seller reads it, with the figures of its stock."""

    offer: Offer
    stock: Stock
    updated_at: datetime


class CatalogQueries(Protocol):
    """Reads outside of any transaction."""

    async def search(
        self, wanted: OfferFilter, sort: str, limit: int, after: tuple[int, int] | None, *, counted: bool
    ) -> SearchResult:
        """A page in the order of `sort` behind the key of the last hit seen, with facets and total if `counted`."""
        ...

    async def offer(self, id: Id, market: str, price_country: str) -> OfferDetail | None:
        """One offer on sale in the market, with its terms."""
        ...

    async def stocked(self, ids: Collection[Id]) -> list[StockedOffer]:
        """Offers with their figures of the moment; those that exist."""
        ...

    async def seller(self, id: Id) -> Seller | None:
        """A seller, as `accounts` last described it."""
        ...

    async def seller_offers(
        self, seller_id: Id, sku: str | None, updated_since: datetime | None, limit: int, after: Sequence[Any] | None
    ) -> tuple[list[SellerOfferView], bool]:
        """A seller's offers by the time of their last change, and whether more follow."""
        ...
