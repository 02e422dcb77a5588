"""The market rules this service obeys, as typed values read from a policy pack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from chassis.kernel.calendar import Calendar, calendar
from chassis.kernel.policy import PolicyPack
from orders.domain.address_terms import AddressTerms, address_terms_of
from orders.domain.cancellation_request import DelayReason
from orders.domain.delivery_terms import DeliveryTerms, delivery_terms_of
from orders.domain.errors import (
    AreaNotServed,
    CarrierNotAccepted,
    CountryNotServed,
    CurrencyNotAccepted,
    PriceCountryNotServed,
)
from orders.domain.trust import TrustTier, tier_of

_EXCUSES = {
    DelayReason.OUTSIDE_CONTROL: "seller_changes.uncontrollable_delay_excused",
    DelayReason.BUSY_PERIOD: "seller_changes.busy_periods_excused",
}
# As the catalogue knows them.
WITH_BATTERY = frozenset({"smartphone", "tablet", "laptop", "watch"})


@dataclass(frozen=True, slots=True)
class ExcludedArea:
    """Postal codes of a country that are not delivered to, by prefix."""

    country: str
    postal_prefixes: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class OrderRules:
    """One market's rules about orders under one policy version. Percentages are text, days are business days."""

    market: str
    version: str
    title: str
    languages: tuple[str, ...]
    grade_labels: Mapping[str, Mapping[str, str]]
    currencies: tuple[str, ...]
    price_basis: str  # net | gross
    price_vat_country: str
    price_countries: tuple[str, ...]
    price_currency: str
    currency_by_country: Mapping[str, str]
    delivery_countries: tuple[str, ...]
    excluded_areas: tuple[ExcludedArea, ...]
    market_calendar: str
    calendars_by_country: Mapping[str, str]
    hold_business_days: int
    reminder_business_days: tuple[int, ...]
    hold_on_default: str  # cancel_at_deadline | end_after_reminder
    hold_end_days_after_reminder: int
    acceptance: str  # automatic | manual
    acceptance_business_days: int
    cancellation_while_unpaid: str
    vat_hold_business_days: int
    cutoff: time
    stock_ships_within_business_days: int
    delivered_after_business_days: int
    shows_card_link: bool  # row E1
    carriers: tuple[str, ...]
    carriers_by_country: Mapping[str, tuple[str, ...]]
    trust_tiers: tuple[TrustTier, ...]
    approval_lapses_after: timedelta
    delivery_terms: DeliveryTerms
    address_terms: AddressTerms
    refusal_reasons: tuple[str, ...]  # row C2
    obvious_price_error_ends: bool  # row B9
    on_stock_out: str  # row C10: refund | inform_of_delay
    cancellation_while_paid: (
        str  # row C5: seller_consent | self_service_until_shipment | change_request | withdrawal_only
    )
    cancellation_answer_business_days: int  # row C5
    late_shipment_business_days: int  # row F8
    excused_delays: frozenset[DelayReason]  # row F8
    battery_floor_by_grade: Mapping[str, int] | None = None  # row B2; None where no floor is promised

    def grade_label(self, grade: str, language: str) -> str:
        """The grade as readers of a language know it, its code where the market has no word."""
        return self.grade_labels.get(grade, {}).get(language, grade)

    def tier(self, paid_orders: int, granted: str | None) -> TrustTier:
        """How far a buyer is trusted here."""
        return tier_of(self.trust_tiers, paid_orders, granted)

    @property
    def is_accepted_automatically(self) -> bool:
        """Whether a paid order goes to the seller without being asked for."""
        return self.acceptance == "automatic"

    @property
    def cancels_itself(self) -> bool:
        """Whether a buyer cancels an unpaid order without asking anybody."""
        return self.cancellation_while_unpaid == "self_service"

    def calendar_of_market(self) -> Calendar:
        """Business days of the payment hold."""
        return calendar(self.market_calendar)

    def calendar_of(self, country: str) -> Calendar:
        """Business days of a place; a place the market has no calendar for follows the market's."""
        return calendar(self.calendars_by_country.get(country, self.market_calendar))

    def price_country(self, asked: str | None) -> str:
        """The country whose prices count; the market's first one where the buyer named none."""
        if asked is None:
            return self.price_countries[0]
        if asked not in self.price_countries:
            raise PriceCountryNotServed(price_country=asked, served=list(self.price_countries))
        return asked

    def currency(self, asked: str | None, price_country: str) -> str:
        """The currency of an order; a price country has exactly one."""
        own = self.currency_by_country.get(price_country, self.price_currency)
        if asked is not None and asked not in self.currencies:
            raise CurrencyNotAccepted(currency=asked, accepted=list(self.currencies))
        return asked or own

    def must_deliver_to(self, country: str, postal_code: str) -> None:
        """Refuse places the market does not deliver to (row C9)."""
        if country not in self.delivery_countries:
            raise CountryNotServed(country=country, served=list(self.delivery_countries))
        bare = postal_code.upper().replace(" ", "")
        for area in self.excluded_areas:
            if area.country == country and bare.startswith(area.postal_prefixes):
                raise AreaNotServed(area.reason, country=country, postal_code=postal_code)

    def battery_floor(self, category: str, grade: str) -> int | None:
        """The least health of a battery in percent that this market promises for a device (row B2)."""
        if self.battery_floor_by_grade is None or category not in WITH_BATTERY:
            return None
        return self.battery_floor_by_grade.get(grade) or None

    def must_use_carrier(self, carrier: str, delivery_country: str) -> None:
        """Refuse carriers the market does not use there (row F4); an empty list means any."""
        allowed = self.carriers_by_country.get(delivery_country) or self.carriers
        if allowed and carrier.lower() not in allowed:
            raise CarrierNotAccepted(carrier=carrier, accepted=list(allowed))


def rules_of(pack: PolicyPack) -> OrderRules:
    """The rules in a pack."""
    return OrderRules(
        market=pack.market,
        version=pack.version,
        title=pack.text("identity.title"),
        languages=pack.texts("identity.languages"),
        grade_labels={grade["code"]: grade["label"] for grade in pack.records("grades.scale")},
        currencies=pack.texts("identity.currencies"),
        price_basis=pack.text("prices.basis"),
        price_vat_country=pack.text("prices.vat_country"),
        price_countries=pack.texts("prices.countries"),
        price_currency=pack.text("prices.currency"),
        currency_by_country=pack.mapping("prices.currency_by_country"),
        delivery_countries=pack.texts("delivery.countries"),
        excluded_areas=tuple(
            ExcludedArea(area["country"], tuple(area["postal_prefixes"]), area["reason"])
            for area in pack.records("delivery.excluded_areas")
        ),
        market_calendar=pack.text("calendars.market"),
        calendars_by_country=pack.mapping("calendars.by_country"),
        hold_business_days=pack.integer("hold.business_days"),
        reminder_business_days=pack.integers("hold.reminder_business_days"),
        hold_on_default=pack.text("hold.on_default"),
        hold_end_days_after_reminder=pack.integer("hold.end_days_after_reminder"),
        acceptance=pack.text("contract.acceptance"),
        acceptance_business_days=pack.integer("contract.acceptance_business_days"),
        cancellation_while_unpaid=pack.text("cancellation.while_unpaid"),
        vat_hold_business_days=pack.integer("vat.vies_hold_business_days"),
        cutoff=pack.time("shipping.cutoff"),
        stock_ships_within_business_days=pack.integer("offers.stock_ships_within_business_days"),
        delivered_after_business_days=pack.integer("shipping.delivered_after_business_days"),
        shows_card_link="card_link" in pack.texts("documents.shows_payment"),
        carriers=pack.texts("shipping.carriers"),
        carriers_by_country={
            country: tuple(names) for country, names in pack.mapping("shipping.carriers_by_country").items()
        },
        trust_tiers=tuple(
            TrustTier(
                tier["name"],
                tier["after_paid_orders"],
                tier["granted_only"],
                tier["value_max_minor"],
                tier["units_max"],
            )
            for tier in pack.records("hold.trust_tiers")
        ),
        battery_floor_by_grade=(
            pack.mapping("battery.floor_percent_by_grade") if pack.flag("battery.floor_guaranteed") else None
        ),
        approval_lapses_after=timedelta(days=pack.integer("hold.approval_lapses_days")),
        delivery_terms=delivery_terms_of(pack),
        address_terms=address_terms_of(pack),
        refusal_reasons=pack.texts("contract.refusal_reasons"),
        obvious_price_error_ends=pack.flag("prices.obvious_error_voids_order"),
        on_stock_out=pack.text("seller_changes.on_stock_out"),
        cancellation_while_paid=pack.text("cancellation.while_paid"),
        cancellation_answer_business_days=pack.integer("cancellation.answer_business_days"),
        late_shipment_business_days=pack.integer("cancellation.late_shipment_business_days"),
        excused_delays=frozenset(reason for reason, key in _EXCUSES.items() if pack.flag(key)),
    )
