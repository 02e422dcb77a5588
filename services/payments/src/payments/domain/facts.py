"""Facts of `orders` that invoices are made of: what was ordered from a seller, and what left in which parcel."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from chassis.kernel.ids import Id
from tax import CategoryCode, PriceBasis, Regime


@dataclass(frozen=True, slots=True)
class LineExtra:
    """A part of a line's unit price, on its basis: an option with its title, or a levy that an invoice shows."""

    kind: Literal["option", "eco_contribution", "private_copying"]
    unit_minor: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """`unit_price_minor` is on the basis of its regime, `net_minor` the line's net. The VAT is as decided at the order."""

    line_no: int
    sku: str
    title: str
    grade: str
    quantity: int
    unit_price_minor: int
    net_minor: int
    regime: Regime
    ship_from: str
    vat_category: CategoryCode
    vat_rate_percent: str | None
    vatex: str | None
    extras: tuple[LineExtra, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderedRegime:
    """What one invoice of this seller order comes to; `shipping_minor` is on `price_basis`, as the unit prices are."""

    regime: Regime
    price_basis: PriceBasis
    shipping_minor: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class OrderedParts:
    """One seller's part of an order; each VAT regime in it becomes an invoice."""

    seller_order_id: Id
    order_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    currency: str
    lines: tuple[OrderedLine, ...]
    regimes: tuple[OrderedRegime, ...]

    def taxed_as(self, dispatch: "Dispatch") -> "OrderedParts":
        """As it left: the place it goes to, and with it the VAT, may have changed since the order, never the sums."""
        vat = {one.line_no: one for one in dispatch.vat}
        return replace(
            self, lines=tuple(vat[line.line_no].on(line) if line.line_no in vat else line for line in self.lines)
        )


@dataclass(frozen=True, slots=True)
class ShippedVat:
    """How a line is taxed where its parcel went."""

    line_no: int
    category: CategoryCode
    rate_percent: str | None
    vatex: str | None

    def on(self, line: OrderedLine) -> OrderedLine:
        """The line, taxed so."""
        return replace(line, vat_category=self.category, vat_rate_percent=self.rate_percent, vatex=self.vatex)


@dataclass(frozen=True, slots=True)
class Unit:
    """A device by its IMEI or its serial number."""

    kind: Literal["IMEI", "S/N"]
    value: str


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A parcel that left."""

    shipment_id: Id
    seller_order_id: Id
    order_id: Id
    seller_id: Id
    buyer_id: Id
    tracking_number: str
    dispatched_at: datetime
    delivery_country: str
    units: tuple[tuple[int, tuple[Unit, ...]], ...]
    # Empty for parcels that left before the fact said it: those are taxed as they were ordered.
    vat: tuple[ShippedVat, ...] = ()

    def units_of(self, line_no: int) -> tuple[Unit, ...]:
        """The devices of one line."""
        return next((units for number, units in self.units if number == line_no), ())


@dataclass(frozen=True, slots=True)
class DeliveryAddress:
    """Where the buyer wanted the goods, and under which number of their own; personal, so asked for and never on a topic."""

    name: str
    address: dict[str, Any]
    buyer_reference: str | None
