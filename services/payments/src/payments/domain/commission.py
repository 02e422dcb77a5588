"""The platform's commission on a seller order: a rate on the goods, rounded once, plus VAT on the service."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chassis.kernel.money import Money
from tax import BuyerVat, ServiceCase, decide_service, half_up, percent_of


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


def reversal_of(earned: Commission, goods_minor: int, credited_minor: int, now_minor: int) -> tuple[Money, Money]:
    """Rule P9: net and VAT of the commission on what is credited now, pro rata of the goods.

    `credited_minor` was credited before. Both sums are shared cumulatively, so that the last reversal takes the rest and
    all of them together are the commission, to the cent.
    """
    return (
        Money(_share(earned.net.minor, goods_minor, credited_minor, now_minor), earned.net.currency),
        Money(_share(earned.vat.minor, goods_minor, credited_minor, now_minor), earned.vat.currency),
    )


def _share(whole: int, goods: int, before: int, now: int) -> int:
    return half_up(Fraction(whole * (before + now), goods)) - half_up(Fraction(whole * before, goods))


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
