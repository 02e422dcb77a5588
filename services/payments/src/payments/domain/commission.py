"""The platform's commission on a seller order: a rate on the goods, rounded once, plus VAT on the service."""

from dataclasses import dataclass
from datetime import date

from chassis.kernel.money import Money, percent_of
from tax import BuyerVat, ServiceCase, decide_service


@dataclass(frozen=True, slots=True)
class Commission:
    """`net` and `vat` leave the seller's money; the commission invoice names the VAT category."""

    net: Money
    vat: Money
    vat_category: str
    vat_rate_percent: str | None

    @property
    def total(self) -> Money:
        """What is taken from the seller."""
        return self.net + self.vat


def commission_on(
    goods: Money, rate_percent: str, platform_country: str, seller_country: str, seller_vat: BuyerVat, day: date
) -> Commission:
    """Rule P5: rate x net goods (margin goods: their price; never shipping), HALF_UP per seller order; VAT by libs/tax."""
    net = percent_of(goods.minor, rate_percent)
    decision = decide_service(ServiceCase(platform_country, seller_country, seller_vat, day))
    return Commission(
        net=Money(net, goods.currency),
        vat=Money(percent_of(net, decision.rate_percent or "0"), goods.currency),
        vat_category=decision.category_code,
        vat_rate_percent=decision.rate_percent,
    )
