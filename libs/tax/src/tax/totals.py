"""The sums of an invoice or order: line nets, VAT per category and rate, totals; nothing appears or vanishes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tax.cases import CategoryCode
from tax.errors import CategoriesDoNotMix, DiscountAboveGoods, NothingToInvoice
from tax.rounding import half_up, percent_of, split

PriceBasis = Literal["net", "gross"]


@dataclass(frozen=True, slots=True)
class PricedLine:
    """`unit_price_minor` is on the basis of the call; for margin goods (E) it is the VAT-inclusive price on any basis."""

    quantity: int
    unit_price_minor: int
    category_code: CategoryCode
    rate_percent: str | None


@dataclass(frozen=True, slots=True)
class VatShare:
    """What one VAT category and rate carries of a document-level amount (shipping or discount), net, in minor units."""

    category_code: CategoryCode
    rate_percent: str | None
    net_minor: int


@dataclass(frozen=True, slots=True)
class VatBreakdown:
    """One row of EN 16931 BG-23: base = lines + shipping - discount; VAT = base x rate, HALF_UP (BR-CO-17)."""

    category_code: CategoryCode
    rate_percent: str | None
    base_minor: int
    vat_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceTotals:
    """All in minor units. `line_nets` and the breakdown follow the order of the lines.

    `gross_minor` = net + VAT (BT-112). `rounding_minor` (BT-114) is not zero only on the gross basis, where some displayed
    prices cannot be net + VAT of any net; `payable_minor` = gross + rounding is then what was displayed.
    """

    line_nets: tuple[int, ...]
    shipping: tuple[VatShare, ...]
    discount: tuple[VatShare, ...]
    breakdown: tuple[VatBreakdown, ...]
    lines_net_minor: int
    net_minor: int
    vat_minor: int
    gross_minor: int
    rounding_minor: int
    payable_minor: int


_Group = tuple[CategoryCode, str | None]


def invoice_totals(
    lines: Sequence[PricedLine], shipping_minor: int = 0, basis: PriceBasis = "net", discount_minor: int = 0
) -> InvoiceTotals:
    """Sums of one document of one seller. `shipping_minor` and `discount_minor` (not negative) are on the same basis.

    Shipping and discount follow the goods: split over the VAT categories by net value, largest remainder. On the gross
    basis a line's net is price / (1 + rate) HALF_UP, and the largest lines are then adjusted by a cent each until net + VAT
    is the displayed price. Raises NothingToInvoice, CategoriesDoNotMix or DiscountAboveGoods.
    """
    _check(lines, shipping_minor, discount_minor)
    prices = [line.quantity * line.unit_price_minor for line in lines]
    if discount_minor > sum(prices):
        raise DiscountAboveGoods(f"{discount_minor} on goods of {sum(prices)}")
    groups = list(dict.fromkeys(_group(line) for line in lines))
    nets = [_net(price, line.rate_percent, basis) for price, line in zip(prices, lines, strict=True)]
    weights = [sum(net for net, line in zip(nets, lines, strict=True) if _group(line) == group) for group in groups]
    shipping_prices = split(shipping_minor, weights)
    discount_prices = split(discount_minor, weights)
    shipping = [_net(part, rate, basis) for part, (_, rate) in zip(shipping_prices, groups, strict=True)]
    discount = [_net(part, rate, basis) for part, (_, rate) in zip(discount_prices, groups, strict=True)]
    displayed = sum(prices) + shipping_minor - discount_minor
    if basis == "gross":
        for index, group in enumerate(groups):
            members = [i for i, line in enumerate(lines) if _group(line) == group]
            wanted = sum(prices[i] for i in members) + shipping_prices[index] - discount_prices[index]
            _adjust(nets, members, shipping[index] - discount[index], group[1], wanted)
    breakdown = tuple(
        _breakdown(group, lines, nets, shipping[index] - discount[index]) for index, group in enumerate(groups)
    )
    net = sum(row.base_minor for row in breakdown)
    vat = sum(row.vat_minor for row in breakdown)
    payable = displayed if basis == "gross" else net + vat
    return InvoiceTotals(
        line_nets=tuple(nets),
        shipping=_shares(groups, shipping),
        discount=_shares(groups, discount),
        breakdown=breakdown,
        lines_net_minor=sum(nets),
        net_minor=net,
        vat_minor=vat,
        gross_minor=net + vat,
        rounding_minor=payable - net - vat,
        payable_minor=payable,
    )


def _check(lines: Sequence[PricedLine], shipping_minor: int, discount_minor: int) -> None:
    if not lines or any(line.quantity < 1 or line.unit_price_minor < 0 for line in lines) or shipping_minor < 0:
        raise NothingToInvoice("a line without quantity, a negative price or no line at all")
    if discount_minor < 0:
        raise DiscountAboveGoods(f"a discount of {discount_minor}")
    codes = {line.category_code for line in lines}
    if "O" in codes and len(codes) > 1:
        raise CategoriesDoNotMix(", ".join(sorted(codes)))


def _group(line: PricedLine) -> _Group:
    return line.category_code, line.rate_percent


def _net(price: int, rate_percent: str | None, basis: PriceBasis) -> int:
    if basis == "net":
        return price
    return half_up(price / (1 + Fraction(rate_percent or "0") / 100))


def _adjust(nets: list[int], members: list[int], other_net: int, rate_percent: str | None, wanted: int) -> None:
    """Move the nets of one category, a cent a line from the largest down, to the base whose gross is nearest `wanted`."""
    base = sum(nets[i] for i in members) + other_net
    near = half_up(wanted / (1 + Fraction(rate_percent or "0") / 100))
    target = min(
        range(near - 1, near + 2), key=lambda b: (abs(b + percent_of(b, rate_percent or "0") - wanted), abs(b - base))
    )
    largest_first = sorted(members, key=lambda i: (-nets[i], i))
    step = 1 if target > base else -1
    for turn in range(abs(target - base)):
        nets[largest_first[turn % len(members)]] += step


def _breakdown(group: _Group, lines: Sequence[PricedLine], nets: Sequence[int], other_net: int) -> VatBreakdown:
    base = sum(net for net, line in zip(nets, lines, strict=True) if _group(line) == group) + other_net
    category, rate = group
    return VatBreakdown(category, rate, base, percent_of(base, rate or "0"))


def _shares(groups: Sequence[_Group], nets: Sequence[int]) -> tuple[VatShare, ...]:
    return tuple(VatShare(category, rate, net) for (category, rate), net in zip(groups, nets, strict=True) if net)
