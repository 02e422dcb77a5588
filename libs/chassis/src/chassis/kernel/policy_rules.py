"""Rules across policy keys: values that are right one by one and yet contradict each other."""

from collections.abc import Iterator, Mapping
from typing import Any

Values = Mapping[str, Any]
Problem = tuple[str, str]


def contradictions(values: Values) -> Iterator[Problem]:
    """(key, reason) for each contradiction in a merged, schema-checked pack of raw values."""
    yield from _grades(values)
    yield from _places(values)
    yield from _tenders(values)
    yield from _hold(values)
    yield from _currencies(values)
    yield from _conditions(values)


def _grades(values: Values) -> Iterator[Problem]:
    codes = [grade["code"] for grade in values["grades.scale"]]
    if len(set(codes)) != len(codes):
        yield "grades.scale", "names a grade twice"
    rungs = [grade["rung"] for grade in values["grades.scale"]]
    if rungs != sorted(set(rungs)):
        yield "grades.scale", "must name the best grade first, and each rung once"
    floors = values["battery.floor_percent_by_grade"]
    if set(floors) != set(codes):
        yield "battery.floor_percent_by_grade", f"must name exactly the grades {', '.join(codes)}"
    for grade in values["grades.scale"]:
        for language in values["identity.languages"]:
            if language not in grade["label"]:
                yield "grades.scale", f"{grade['code']} has no label in {language}"


def _places(values: Values) -> Iterator[Problem]:
    delivered = values["delivery.countries"]
    for country in values["prices.countries"]:
        if country not in delivered:
            yield "prices.countries", f"{country} has a price but is not delivered to"
    for country in delivered:
        if country not in values["calendars.by_country"]:
            yield "calendars.by_country", f"has no calendar for {country}, which is delivered to"


def _tenders(values: Values) -> Iterator[Problem]:
    accepted = values["tenders.accepted"]
    for tender in values["tenders.refused"]:
        if tender in accepted:
            yield "tenders.refused", f"{tender} is accepted as well"
    for tender in (*values["tenders.countries"], *values["tenders.split_first"]):
        if tender not in accepted:
            yield "tenders.accepted", f"has rules for {tender}, which is not accepted"
    if "eco_voucher" in accepted and not values["tenders.eco_voucher_issuers"]:
        yield "tenders.eco_voucher_issuers", "names nobody, but eco_voucher is accepted"
    if values["tenders.instalments_least"] > values["tenders.instalments_most"]:
        yield "tenders.instalments_least", "is above tenders.instalments_most"


def _hold(values: Values) -> Iterator[Problem]:
    for day in values["hold.reminder_business_days"]:
        if day >= values["hold.business_days"]:
            yield "hold.reminder_business_days", f"reminds on day {day}, when the order is already cancelled"


def _currencies(values: Values) -> Iterator[Problem]:
    known = values["identity.currencies"]
    for country, currency in values["prices.currency_by_country"].items():
        if currency not in known:
            yield "prices.currency_by_country", f"{country} pays in {currency}, which the market does not use"
    for key, value in values.items():
        amounts = value if isinstance(value, list) else [value]
        for amount in amounts:
            # An amount of nothing needs no currency of the market: it is how base says that a fee is not charged.
            if isinstance(amount, dict) and amount.get("minor", 0) and amount.get("currency") not in known:
                yield key, f"is in {amount.get('currency')}, which the market does not use"


def _conditions(values: Values) -> Iterator[Problem]:
    if values["fees.no_fault_found_charged"] and not values["fees.no_fault_found"]["minor"]:
        yield "fees.no_fault_found", "is nothing, but is charged"
    if values["shipping.fee_rule"] == "per_carrier" and not values["shipping.carrier_fees"]:
        yield "shipping.carrier_fees", "names no carrier, but fees are per carrier"
    if values["shipping.fee_rule"] == "free_from_order_value" and not values["shipping.free_from"]["minor"]:
        yield "shipping.free_from", "is nothing, so that no order would ever pay shipping"
    if values["damage.device_photos_least"] and "device_photos" not in values["damage.evidence"]:
        yield "damage.device_photos_least", "counts photos that damage.evidence does not ask for"
