"""What catalog says about a reservation: the frozen snapshot of what was held, or which lines could not be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from chassis.kernel.ids import Id

LevyKind = Literal["eco_contribution", "private_copying"]


@dataclass(frozen=True, slots=True)
class ChosenOption:
    """What the buyer chose with each unit; its `price` (minor units) is part of the unit price."""

    code: str
    kind: str  # operating_system | accessory | other
    title: str
    price: int


@dataclass(frozen=True, slots=True)
class IncludedLevy:
    """A levy on each unit; its `amount` (minor units) is part of the unit price."""

    kind: LevyKind
    amount: int


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
    options: tuple[ChosenOption, ...] = ()
    levies: tuple[IncludedLevy, ...] = ()
    # The day on which units are ready that a quote promised while they were being refurbished.
    ready_on: date | None = None


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
    """A line that could not be had, and why (a stable code); figures where they are known.

    Where the buyer holds too much of a seller's stock: `held` already, where `held_max` is the most.
    """

    line_no: int
    offer_id: Id
    reason: str
    requested: int | None = None
    available: int | None = None
    held: int | None = None
    held_max: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order never came about, with the lines that stood in the way.

    `stock`, `vat`, `open_holds_limit`, `stock_share_limit` (too much of a seller's stock); `price_changed` (dearer than what
    was weighed or approved); `award_unknown`, `award_used`, `award_expired`, `award_elsewhere` (it was made for another
    country); `approval_impossible` (nobody else could approve it), `approval_refused`, `approval_lapsed`.
    """

    reason: str
    lines: tuple[RefusedLine, ...] = ()


def held_stock(data: Mapping[str, Any]) -> HeldStock:
    """Out of catalog's words, in its event and in its estimate alike."""
    return HeldStock(
        order_id=Id(data["order_id"]),
        lines=tuple(_held_line(line) for line in data["lines"]),
        shipping={Id(fee["seller_id"]): fee["fee"]["amount"] for fee in data["shipping"]},
    )


def _held_line(line: Mapping[str, Any]) -> HeldLine:
    return HeldLine(
        line_no=line["line_no"],
        offer_id=Id(line["offer_id"]),
        seller_id=Id(line["seller_id"]),
        sku=line["sku"],
        title=line["title"],
        category=line["category"],
        grade=line["grade"],
        quantity=line["quantity"],
        unit_price=line["unit_price"]["amount"],
        currency=line["unit_price"]["currency"],
        vat_regime=line["vat_regime"],
        ship_from=line["ship_from"],
        warranty_months=line["warranty_months"],
        dispatch_business_days=line["dispatch_business_days"],
        options=tuple(
            ChosenOption(one["code"], one["kind"], one["title"], one["price"]["amount"])
            for one in line.get("options", ())
        ),
        levies=tuple(IncludedLevy(one["kind"], one["amount"]["amount"]) for one in line.get("levies", ())),
        ready_on=date.fromisoformat(line["ready_on"]) if line.get("ready_on") else None,
    )


def refusal_of(data: Mapping[str, Any]) -> Refusal:
    """Why catalog holds nothing, out of its words, in its event and in its estimate alike."""
    lines = data["refused"] if "refused" in data else data["lines"]
    return Refusal(data.get("reason") or "stock", tuple(refused_line(line) for line in lines))


def refused_line(line: Mapping[str, Any]) -> RefusedLine:
    """A line that catalog refuses, out of its words."""
    return RefusedLine(
        line["line_no"],
        Id(line["offer_id"]),
        line["reason"],
        line.get("requested"),
        line.get("available"),
        line.get("held"),
        line.get("held_max"),
    )
