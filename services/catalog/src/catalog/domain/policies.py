"""The market rules the catalogue obeys, as typed values, and whether an offer keeps them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.domain.grades import Scale, own_words, scale_of
from catalog.domain.price_bounds import PriceGuard, price_guard_of
from catalog.domain.product import WITH_BATTERY
from catalog.domain.shares import ShareCap
from chassis.kernel.policy import PolicyPack

if TYPE_CHECKING:
    from catalog.domain.offer import Offer

Violation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MarketRules:
    """What one market asks of an offer. Keys as in `markets/schema.toml`; rows of the policy table in brackets."""

    market: str
    country: str
    grades: tuple[str, ...]  # B1
    battery_floor_by_grade: Mapping[str, int] | None  # B2; None where no floor is promised
    warranty_months: int  # I1
    warranty_may_exceed: bool  # I1
    dispatch_days_by_category: Mapping[str, int] | None  # F2; None where the limits only measure
    currencies: tuple[str, ...]  # L4
    price_countries: tuple[str, ...]  # C9
    currency: str  # L4
    currency_by_country: Mapping[str, str]  # L4
    price_guard: PriceGuard  # 1.3
    stock_is_binding: bool  # B7
    battery_floor_months: int  # B2; 0 where the floor is promised on receipt only
    battery_replaced_below: bool  # B2
    water_resistance_kept: bool  # B5
    own_grades: Mapping[str, str] = field(default_factory=dict)  # B1; words of all markets that have an equal here
    accessories: Mapping[str, tuple[str, ...]] | None = None  # B3; None where the offer's own words decide
    share_caps: Mapping[str, ShareCap] = field(default_factory=dict)  # C3; by how far a buyer is trusted

    def currency_in(self, country: str) -> str:
        """The currency a price country usually pays in."""
        return self.currency_by_country.get(country, self.currency)

    def default_price_country(self) -> str:
        """The market's own country, or the first it serves."""
        return self.country if self.country in self.price_countries else self.price_countries[0]

    def share_cap(self, trust_tier: str | None) -> ShareCap | None:
        """Of what a seller has, so much may a buyer of this tier hold unpaid; None where the order names no tier.

        A tier that is none of this market's any more counts as its first.
        """
        if trust_tier is None or not self.share_caps:
            return None
        return self.share_caps.get(trust_tier) or next(iter(self.share_caps.values()))

    def grade(self, code: str) -> str | None:
        """This market's word for a grade of any market; None where it has none."""
        return code if code in self.grades else self.own_grades.get(code)

    def words_for(self, grade: str) -> tuple[str, ...]:
        """The words of all markets for a grade of this one."""
        return tuple(dict.fromkeys((grade, *(code for code, own in self.own_grades.items() if own == grade))))

    def in_the_box(self, category: str, listed: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """What a buyer finds: what the seller lists, else what this market promises; None where nobody promises anything."""
        if listed is not None or self.accessories is None:
            return listed
        return self.accessories.get(category, ())

    def violations(self, offer: "Offer") -> Iterator[Violation]:
        """Every rule of this market that the offer breaks, by name."""
        if self.grade(offer.grade) is None:
            yield self._broken("grades.scale", "/grade", f"grade {offer.grade} is none of {', '.join(self.grades)}")
        yield from self._battery(offer)
        yield from self._accessories(offer)
        months = offer.warranty_months
        if months < self.warranty_months:
            yield self._broken(
                "warranty.months", "/warranty_months", f"{months} is below {self.warranty_months} months"
            )
        if months > self.warranty_months and not self.warranty_may_exceed:
            yield self._broken(
                "warranty.offer_may_extend", "/warranty_months", f"must be {self.warranty_months} months"
            )
        yield from self._dispatch(offer)
        yield from self._prices(offer)

    def battery_floor(self, category: str, grade: str) -> int | None:
        """The least health in percent that is promised for a battery; None where nothing is."""
        if self.battery_floor_by_grade is None or category not in WITH_BATTERY:
            return None
        return self.battery_floor_by_grade.get(self.grade(grade) or grade) or None

    def _battery(self, offer: "Offer") -> Iterator[Violation]:
        floor = self.battery_floor(offer.product.spec.category, offer.grade)
        if floor is None:
            return
        rule, pointer = "battery.floor_percent_by_grade", "/battery_health_percent"
        if offer.battery_health_percent is None:
            yield self._broken(rule, pointer, f"the battery health must be known, at least {floor} %")
        elif offer.battery_health_percent < floor:
            yield self._broken(rule, pointer, f"{offer.battery_health_percent} % is below {floor} %")

    def _accessories(self, offer: "Offer") -> Iterator[Violation]:
        listed = offer.terms.accessories
        if listed is None or self.accessories is None:
            return
        category = offer.product.spec.category
        missing = [code for code in self.accessories.get(category, ()) if code not in listed]
        if missing:
            detail = f"{category}: {', '.join(missing)} must be in the box"
            yield self._broken("accessories.required", "/accessories", detail)

    def _dispatch(self, offer: "Offer") -> Iterator[Violation]:
        if self.dispatch_days_by_category is None:
            return
        category = offer.product.spec.category
        most = self.dispatch_days_by_category.get(category)
        if most is not None and offer.dispatch_business_days > most:
            detail = f"{offer.dispatch_business_days} business days are above {most} for {category}"
            yield self._broken("shipping.sla_business_days", "/dispatch_business_days", detail)

    def _prices(self, offer: "Offer") -> Iterator[Violation]:
        for pointer, price in (("/price", offer.price), *((f"/prices/{c}", p) for c, p in offer.prices.items())):
            if price.currency not in self.currencies:
                known = ", ".join(self.currencies)
                yield self._broken("identity.currencies", pointer, f"{price.currency} is none of {known}")

    def _broken(self, rule: str, pointer: str, detail: str) -> Violation:
        return {"rule": rule, "market": self.market, "pointer": pointer, "detail": f"{self.market}: {rule}: {detail}"}


def rules_of(pack: PolicyPack, ladder: Scale) -> MarketRules:
    """The catalogue's part of a market pack, read beside the grades of all markets."""
    scale = scale_of(pack.records("grades.scale"))
    floors = pack.mapping("battery.floor_percent_by_grade") if pack.flag("battery.floor_guaranteed") else None
    days = pack.mapping("shipping.sla_business_days") if pack.flag("shipping.sla_binding") else None
    return MarketRules(
        market=pack.market,
        country=pack.text("identity.country"),
        grades=tuple(scale),
        own_grades=own_words(scale, ladder),
        accessories=pack.mapping("accessories.required") if pack.text("accessories.rule") == "listed_set" else None,
        battery_floor_by_grade=floors,
        warranty_months=pack.integer("warranty.months"),
        warranty_may_exceed=pack.flag("warranty.offer_may_extend"),
        dispatch_days_by_category=days,
        currencies=pack.texts("identity.currencies"),
        price_countries=pack.texts("prices.countries"),
        currency=pack.text("prices.currency"),
        currency_by_country=pack.mapping("prices.currency_by_country"),
        price_guard=price_guard_of(pack, ladder),
        stock_is_binding=pack.flag("offers.stock_is_binding"),
        battery_floor_months=pack.integer("battery.floor_holds_months"),
        battery_replaced_below=pack.text("battery.below_floor_remedy") == "replace_battery",
        water_resistance_kept=pack.flag("warranty.water_resistance_kept"),
        share_caps={
            tier["name"]: ShareCap(
                tier["offer_share_percent"], tier["seller_share_percent"], tier["share_counts_above_units"]
            )
            for tier in pack.records("hold.trust_tiers")
        },
    )
