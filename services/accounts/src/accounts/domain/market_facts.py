"""What a stranger may know of a market before signing up: who trades there, in what, and how support is reached."""

from dataclasses import dataclass
from datetime import time

from chassis.kernel.calendar import calendar
from chassis.kernel.policy import PolicyPack


@dataclass(frozen=True)
class PhoneHours:
    """When calls are taken: weekdays in the order of the week, local times of `time_zone` (IANA)."""

    weekdays: tuple[str, ...]
    opens: time
    closes: time
    time_zone: str


@dataclass(frozen=True)
class Support:
    """Ways to reach support, the preferred one first; `phone` is None where nobody answers one."""

    channels: tuple[str, ...]
    reply_business_days: int
    phone: PhoneHours | None


@dataclass(frozen=True)
class MarketFacts:
    """`kept_years` is how long after the last purchase personal data stays; None where it stays until somebody asks."""

    market: str
    title: str
    is_default: bool
    is_single_seller: bool
    customers: tuple[str, ...]
    country: str
    delivery_countries: tuple[str, ...]
    languages: tuple[str, ...]
    currencies: tuple[str, ...]
    support_only_fields: tuple[str, ...]
    kept_years: int | None
    support: Support


def market_facts(pack: PolicyPack) -> MarketFacts:
    """The rules of a pack that concern whoever thinks of joining (policy rows A1, A3, A5–A7)."""
    erased_by_itself = pack.text("accounts.erasure") == "years_after_last_purchase"
    return MarketFacts(
        market=pack.market,
        title=pack.text("identity.title"),
        is_default=pack.flag("identity.is_default"),
        is_single_seller=pack.text("identity.model") == "single_seller",
        customers=pack.texts("accounts.customers"),
        country=pack.text("identity.country"),
        delivery_countries=pack.texts("delivery.countries"),
        languages=pack.texts("identity.languages"),
        currencies=pack.texts("identity.currencies"),
        support_only_fields=pack.texts("accounts.support_only_fields"),
        kept_years=pack.integer("accounts.erasure_years") if erased_by_itself else None,
        support=_support(pack),
    )


def _support(pack: PolicyPack) -> Support:
    channels = pack.texts("support.channels")
    hours = PhoneHours(
        pack.texts("support.phone_weekdays"),
        pack.time("support.phone_from"),
        pack.time("support.phone_until"),
        calendar(pack.text("calendars.market")).zone,
    )
    return Support(channels, pack.integer("support.reply_business_days"), hours if "phone" in channels else None)
