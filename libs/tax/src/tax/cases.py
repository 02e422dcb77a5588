"""What a VAT question looks like and what an answer looks like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

Regime = Literal["normal", "margin"]
VatStatus = Literal["valid", "invalid", "unavailable", "missing"]
CategoryCode = Literal["S", "E", "AE", "K", "G", "O"]


@dataclass(frozen=True, slots=True)
class BuyerVat:
    """The buyer's VAT number and what VIES (or HMRC) last said about it.

    `country` is the prefix of the number ("" without one; EL and XI as written). `checked_at` is the time of that answer.
    After an answer "unavailable", `last_valid_at` is the last time the number was found valid, if it ever was.
    """

    number: str | None
    country: str
    status: VatStatus
    checked_at: datetime | None = None
    last_valid_at: datetime | None = None


NO_VAT_NUMBER = BuyerVat(number=None, country="", status="missing")


@dataclass(frozen=True, slots=True)
class GoodsAmount:
    """Net amount of one product category, in minor units of the case's currency."""

    category: str
    net_minor: int


@dataclass(frozen=True, slots=True)
class SaleCase:
    """One line of a sale, with what the rules need to know around it.

    `seller_country_from` is the country the goods leave from (XI for Northern Ireland); `seller_vat_countries` the prefixes
    of the seller's VAT numbers; `seller_country` where the seller is established (the same country if None).
    `invoice_goods` and `order_goods` are all goods under the normal regime on the same invoice (shipment) and in the same
    order of this seller, this line included: the thresholds of the domestic reverse charge count them. Empty means that
    this line is all there is. `exchange_rate` is how much of the threshold's currency one unit of `currency` buys; it is
    only looked at where the two differ. `country_served` is the market's word on the delivery country.
    """

    seller_country_from: str
    seller_vat_countries: frozenset[str]
    delivery_country: str
    delivery_postal_code: str
    regime: Regime
    category: str
    buyer_vat: BuyerVat
    date: date
    currency: str
    net_minor: int = 0
    invoice_goods: tuple[GoodsAmount, ...] = ()
    order_goods: tuple[GoodsAmount, ...] = ()
    seller_country: str | None = None
    buyer_is_reseller: bool = False
    buyer_is_business: bool = True
    country_served: bool = True
    exchange_rate: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ServiceCase:
    """The platform's commission: a service from the platform to a seller."""

    platform_country: str
    customer_country: str
    customer_vat: BuyerVat
    date: date


@dataclass(frozen=True, slots=True)
class VatDecision:
    """The treatment of one line.

    `rule` is the row of the decision table. When `blocked` is set (a stable code), the sale cannot be made and the other
    fields say nothing. `rate_percent` is text ("20", "25.5", "0"), None when out of scope. `vatex` is the code of EN 16931
    BT-121. `notes` is the sentence for BT-120 and the paper, by language. `hold_reason` (a stable code) asks the caller to
    wait for a better answer before the shipment; if none comes, the decision stands. `explanation` says in sentences which
    conditions matched and where the rule comes from.
    """

    rule: str
    category_code: CategoryCode = "S"
    rate_percent: str | None = None
    blocked: str | None = None
    vatex: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    buyer_must_self_assess: bool = False
    hold_reason: str | None = None
    explanation: tuple[str, ...] = ()

    def note(self, language: str) -> str | None:
        """The sentence in this language, in English where it is not known in it, None when there is nothing to say."""
        return self.notes.get(language) or self.notes.get("en")
