"""VAT decision and sums of one seller's part of an order, by the rules of `tax`.

Each VAT regime becomes an invoice of its own at shipment, so each has its own sums here, with its share of shipping.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import cast

from chassis.kernel.ids import Id
from orders.domain.money import Totals, sum_of
from orders.domain.party import Party
from orders.domain.policies import OrderRules
from orders.domain.reservation import ChosenOption, HeldLine, IncludedLevy, RefusedLine
from tax import (
    BuyerVat,
    CategoriesDoNotMix,
    CategoryCode,
    GoodsAmount,
    InvoiceTotals,
    PriceBasis,
    PricedLine,
    Regime,
    SaleCase,
    VatDecision,
    decide,
    half_up,
    invoice_totals,
    split,
    standard_rate,
)

REGIMES: tuple[Regime, ...] = ("normal", "margin")


@dataclass(frozen=True, slots=True)
class LineVat:
    """How a line is taxed: EN 16931 category, rate as text (None when out of scope), reason code, and the table's row."""

    category: str
    rate: str | None
    vatex: str | None
    rule: str
    notes: Mapping[str, str]

    @classmethod
    def of(cls, decision: VatDecision) -> "LineVat":
        """What a line keeps of a decision."""
        return cls(decision.category_code, decision.rate_percent, decision.vatex, decision.rule, dict(decision.notes))


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a seller order. `unit_price` is on the basis of its regime's sums, `net` is what the line adds to them."""

    line_no: int
    offer_id: Id
    sku: str
    title: str
    category: str
    grade: str
    quantity: int
    unit_price: int
    vat_regime: str
    ship_from: str
    warranty_months: int
    dispatch_business_days: int
    net: int
    vat: LineVat
    # Of the unit price, and on its basis.
    options: tuple[ChosenOption, ...] = ()
    levies: tuple[IncludedLevy, ...] = ()
    # Units that a quote promised for a day do not leave before it.
    ready_on: date | None = None

    @property
    def option_titles(self) -> tuple[str, ...]:
        """What was chosen with each unit, in words."""
        return tuple(option.title for option in self.options)


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of the VAT breakdown, in minor units."""

    category: str
    rate: str | None
    base: int
    vat: int


@dataclass(frozen=True, slots=True)
class RegimeSums:
    """What one invoice of this seller order will come to; `shipping_fee` is on `price_basis`, as the unit prices are."""

    vat_regime: str
    price_basis: str
    shipping_fee: int
    totals: Totals
    breakdown: tuple[VatRow, ...]


@dataclass(frozen=True, slots=True)
class PricedSale:
    """One seller's part, priced. `vat_hold_reason` asks for a better answer about the buyer's VAT before the shipment."""

    lines: tuple[SoldLine, ...]
    regimes: tuple[RegimeSums, ...]
    shipping_fee: int
    totals: Totals
    vat_hold_reason: str | None


@dataclass(frozen=True, slots=True)
class Sale:
    """What is known around one seller's lines."""

    rules: OrderRules
    seller: Party
    buyer_vat: BuyerVat
    delivery_country: str
    delivery_postal_code: str
    currency: str
    on: date


def price_sale(sale: Sale, lines: Sequence[HeldLine], shipping_fee: int) -> PricedSale | tuple[RefusedLine, ...]:
    """The priced part of one seller, or the lines that cannot be sold this way, with the tax rules' reason."""
    decisions = decisions_on(sale, lines, [_shown_net(sale, line.quantity * line.unit_price) for line in lines])
    blocked = tuple(
        RefusedLine(line.line_no, line.offer_id, decision.blocked)
        for line, decision in zip(lines, decisions, strict=True)
        if decision.blocked
    )
    if blocked:
        return blocked
    parts: list[tuple[RegimeSums, list[SoldLine]]] = []
    try:
        for regime, fee in _fees(lines, shipping_fee):
            chosen = [
                (line, decision) for line, decision in zip(lines, decisions, strict=True) if line.vat_regime == regime
            ]
            parts.append(_price_regime(sale, regime, chosen, fee))
    except CategoriesDoNotMix as refusal:
        return tuple(RefusedLine(line.line_no, line.offer_id, refusal.code) for line in lines)
    sold = sorted((line for _, part in parts for line in part), key=lambda line: line.line_no)
    holds = [decision.hold_reason for decision in decisions if decision.hold_reason]
    return PricedSale(
        lines=tuple(sold),
        regimes=tuple(sums for sums, _ in parts),
        shipping_fee=sum(sums.shipping_fee for sums, _ in parts),
        totals=sum_of(sums.totals for sums, _ in parts),
        vat_hold_reason=holds[0] if holds else None,
    )


def decisions_on(sale: Sale, lines: Sequence[HeldLine | SoldLine], nets: Sequence[int]) -> list[VatDecision]:
    """How each line is taxed in this sale, from what it comes to net (minor units).

    The thresholds of the domestic reverse charge count all normal goods of the seller in the order.
    """
    goods = tuple(
        GoodsAmount(line.category, net) for line, net in zip(lines, nets, strict=True) if line.vat_regime == "normal"
    )
    return [
        decide(
            SaleCase(
                seller_country_from=line.ship_from,
                seller_vat_countries=sale.seller.vat_prefixes,
                delivery_country=sale.delivery_country,
                delivery_postal_code=sale.delivery_postal_code,
                regime=cast(Regime, line.vat_regime),
                category=line.category,
                buyer_vat=sale.buyer_vat,
                date=sale.on,
                currency=sale.currency,
                net_minor=net,
                invoice_goods=goods,
                order_goods=goods,
                seller_country=sale.seller.country,
                country_served=sale.delivery_country in sale.rules.delivery_countries,
            )
        )
        for line, net in zip(lines, nets, strict=True)
    ]


def resummed(sums: RegimeSums, lines: Sequence[SoldLine]) -> RegimeSums:
    """What its invoice comes to if the lines of its regime are taxed as they say now, at the same prices."""
    priced = [
        PricedLine(line.quantity, line.unit_price, cast(CategoryCode, line.vat.category), line.vat.rate)
        for line in lines
        if line.vat_regime == sums.vat_regime
    ]
    totals = invoice_totals(priced, shipping_minor=sums.shipping_fee, basis=cast(PriceBasis, sums.price_basis))
    return _sums(sums.vat_regime, sums.price_basis, sums.shipping_fee, totals)


def _price_regime(
    sale: Sale, regime: str, chosen: Sequence[tuple[HeldLine, VatDecision]], shipping_fee: int
) -> tuple[RegimeSums, list[SoldLine]]:
    basis: PriceBasis = cast(PriceBasis, sale.rules.price_basis)
    prices = [line.unit_price for line, _ in chosen]
    lines = [line for line, _ in chosen]
    if basis == "gross" and regime == "normal" and not _taxed_as_shown(sale, [decision for _, decision in chosen]):
        # A displayed price includes the VAT of the market's own country. Where another rate applies, or none, that VAT is
        # taken out first: an exempt buyer must not pay the tax of a country that does not ask for it.
        basis = "net"
        prices = [_shown_net(sale, price) for price in prices]
        lines = [_parts_net(sale, line) for line in lines]
        shipping_fee = _shown_net(sale, shipping_fee)
    if regime == "margin":
        basis = "net"
    totals = invoice_totals(
        [
            PricedLine(line.quantity, price, decision.category_code, decision.rate_percent)
            for (line, decision), price in zip(chosen, prices, strict=True)
        ],
        shipping_minor=shipping_fee,
        basis=basis,
    )
    sums = _sums(regime, basis, shipping_fee, totals)
    sold = [
        _sold(line, price, net, decision)
        for line, (_, decision), price, net in zip(lines, chosen, prices, totals.line_nets, strict=True)
    ]
    return sums, sold


def _sums(regime: str, basis: str, shipping_fee: int, totals: InvoiceTotals) -> RegimeSums:
    return RegimeSums(
        vat_regime=regime,
        price_basis=basis,
        shipping_fee=shipping_fee,
        totals=_totals(totals),
        breakdown=tuple(
            VatRow(row.category_code, row.rate_percent, row.base_minor, row.vat_minor) for row in totals.breakdown
        ),
    )


def _totals(sums: InvoiceTotals) -> Totals:
    return Totals(sums.net_minor, sums.vat_minor, sums.rounding_minor, sums.payable_minor)


def _sold(line: HeldLine, unit_price: int, net: int, decision: VatDecision) -> SoldLine:
    return SoldLine(
        line_no=line.line_no,
        offer_id=line.offer_id,
        sku=line.sku,
        title=line.title,
        category=line.category,
        grade=line.grade,
        quantity=line.quantity,
        unit_price=unit_price,
        vat_regime=line.vat_regime,
        ship_from=line.ship_from,
        warranty_months=line.warranty_months,
        dispatch_business_days=line.dispatch_business_days,
        net=net,
        vat=LineVat.of(decision),
        options=line.options,
        levies=line.levies,
        ready_on=line.ready_on,
    )


def _fees(lines: Sequence[HeldLine], shipping_fee: int) -> list[tuple[Regime, int]]:
    """The regimes that occur, each with its share of the fee: shipping follows the goods, by value."""
    values = [
        (regime, sum(line.quantity * line.unit_price for line in lines if line.vat_regime == regime))
        for regime in REGIMES
        if any(line.vat_regime == regime for line in lines)
    ]
    shares = split(shipping_fee, [value for _, value in values])
    return [(regime, share) for (regime, _), share in zip(values, shares, strict=True)]


def _taxed_as_shown(sale: Sale, decisions: Sequence[VatDecision]) -> bool:
    shown = Fraction(_shown_rate(sale))
    return all(
        decision.category_code == "S" and Fraction(decision.rate_percent or "0") == shown for decision in decisions
    )


def _parts_net(sale: Sale, line: HeldLine) -> HeldLine:
    return replace(
        line,
        options=tuple(replace(one, price=_shown_net(sale, one.price)) for one in line.options),
        levies=tuple(replace(one, amount=_shown_net(sale, one.amount)) for one in line.levies),
    )


def _shown_net(sale: Sale, price: int) -> int:
    if sale.rules.price_basis == "net":
        return price
    return half_up(Fraction(price) / (1 + Fraction(_shown_rate(sale)) / 100))


def _shown_rate(sale: Sale) -> str:
    return standard_rate(sale.rules.price_vat_country, sale.on)
