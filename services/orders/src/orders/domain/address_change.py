"""A delivery address that changes after the order: who was asked, and what it may not change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from orders.domain.order import DeliverTo
from orders.domain.pricing import Sale, SoldLine
from tax import GoodsAmount, Regime, SaleCase, VatDecision, decide


class AddressAnswer(StrEnum):
    """ASKED while the seller may answer; then what it said, or that it said nothing."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class AddressChange:
    """The last wish of a seller order's buyer; `answer_by` is frozen when the seller is asked."""

    deliver_to: DeliverTo
    answer: AddressAnswer
    asked_at: datetime
    answer_by: datetime


def taxed_otherwise(lines: Sequence[SoldLine], before: Sale, after: Sale) -> tuple[int, ...]:
    """The lines whose VAT would be another one at the new place, by the same rules as at checkout.

    The sums are paid and printed, so both places are asked today: what changed for another reason is not the address's doing.
    """
    return tuple(line.line_no for line in lines if _vat(line, lines, before) != _vat(line, lines, after))


def _vat(line: SoldLine, lines: Sequence[SoldLine], sale: Sale) -> tuple[str, str | None, str | None, str | None, str | None]:
    goods = tuple(GoodsAmount(one.category, one.net) for one in lines if one.vat_regime == "normal")
    decision: VatDecision = decide(
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
            net_minor=line.net,
            invoice_goods=goods,
            order_goods=goods,
            seller_country=sale.seller.country,
            country_served=sale.delivery_country in sale.rules.delivery_countries,
        )
    )
    return (
        decision.category_code,
        decision.rate_percent,
        decision.vatex,
        decision.blocked,
        decision.hold_reason,
    )
