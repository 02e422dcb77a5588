"""What catalog says about a reservation: the frozen snapshot of what was held, or which lines could not be had."""

from dataclasses import dataclass

from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One line as it was held; `unit_price` in minor units on the market's price basis."""

    line_no: int
    offer_id: Id
    seller_id: Id
    sku: str
    title: str
    category: str
    grade: str
    quantity: int
    unit_price: int
    currency: str
    vat_regime: str  # normal | margin
    ship_from: str
    warranty_months: int
    dispatch_business_days: int


@dataclass(frozen=True, slots=True)
class HeldStock:
    """All lines of an order, held, with each seller's shipping fee on the market's price basis."""

    order_id: Id
    lines: tuple[HeldLine, ...]
    shipping: dict[Id, int]

    @property
    def seller_ids(self) -> tuple[Id, ...]:
        """The sellers in the order of their first line."""
        return tuple(dict.fromkeys(line.seller_id for line in self.lines))

    def lines_of(self, seller_id: Id) -> tuple[HeldLine, ...]:
        """What this seller delivers."""
        return tuple(line for line in self.lines if line.seller_id == seller_id)


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that could not be had, and why (a stable code); figures where they are known."""

    line_no: int
    offer_id: Id
    reason: str
    requested: int | None = None
    available: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order never came about, with the lines that stood in the way.

    `stock`, `vat`, `open_holds_limit`; `price_changed` (dearer than what was weighed or approved); `approval_impossible`
    (nobody else could approve it), `approval_refused`, `approval_lapsed`.
    """

    reason: str
    lines: tuple[RefusedLine, ...] = ()
