"""Facts of the catalogue; `messaging.outbound` makes them public."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

if TYPE_CHECKING:
    from catalog.domain.product import ProductSpec
    from catalog.domain.reservation import HeldLine, RefusedLine


class PushedLine(NamedTuple):
    """An offer after a push changed it."""

    offer_id: Id
    sku: str
    quantity: int
    available: int
    shortage: int
    price: Money
    state: str


@dataclass(frozen=True, kw_only=True)
class StockPushed(DomainEvent):
    """A seller's push changed these offers; a push of more than 500 changes is several facts with rising `seq`."""

    push_id: Id
    lines: tuple[PushedLine, ...]


@dataclass(frozen=True, kw_only=True)
class ReservationHeld(DomainEvent):
    """All units of the order are held, at these terms; `shipping` is the fee of each seller's part."""

    lines: tuple["HeldLine", ...]
    shipping: tuple[tuple[Id, Money], ...]


@dataclass(frozen=True, kw_only=True)
class ReservationRefused(DomainEvent):
    """No unit is held, because of these lines, or, where there are none, of the award that was to be ordered."""

    lines: tuple["RefusedLine", ...]
    reason: str = "stock"


@dataclass(frozen=True, kw_only=True)
class ReservationConsumed(DomainEvent):
    """The held units are sold, since the money was secured at `at`."""

    at: datetime


@dataclass(frozen=True, kw_only=True)
class ReservationReleased(DomainEvent):
    """The held units are free again."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ProductDescribed(DomainEvent):
    """A seller described a product that nobody had described before."""

    spec: "ProductSpec"


@dataclass(frozen=True, kw_only=True)
class ProductConfirmed(DomainEvent):
    """An operator looked at a product and found its facts right."""


@dataclass(frozen=True, kw_only=True)
class ProductCorrected(DomainEvent):
    """An operator put a product's facts right; `spec` is all of them."""

    spec: "ProductSpec"


@dataclass(frozen=True, kw_only=True)
class ProductMerged(DomainEvent):
    """A product is a double: `into` stands for it from now on."""

    into: Id
