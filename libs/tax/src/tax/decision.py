"""The VAT decision table for goods: the first row that matches wins.

Rows V0 to V11, in their order: directive 2006/112/EC art. 32 (place of supply), 138 (intra-Community), 146 (export),
199a (domestic reverse charge), 313-325 (margin scheme), and the United Kingdom's rules with the Windsor Framework.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tax.cases import SaleCase, VatDecision
from tax.errors import NoStandardRate
from tax.places import (
    GREAT_BRITAIN,
    NORTHERN_IRELAND,
    UNITED_KINGDOM,
    UNITED_STATES,
    follows_eu_goods_rules,
    is_member,
    special_area,
    territory,
    vat_country,
)
from tax.rates import standard_rate
from tax.reverse_charge import reverse_charge_of
from tax.texts import texts

# An answer of VIES may be used for a later shipment for this long when VIES cannot be reached.
VALID_ANSWER_KEEPS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Route:
    """A case with its two places named once: `origin` (F) and `destination` (T)."""

    case: SaleCase
    origin: str
    destination: str

    @property
    def within_eu(self) -> bool:
        return self.origin_in_eu and self.destination_in_eu

    @property
    def origin_in_eu(self) -> bool:
        return follows_eu_goods_rules(self.origin, self.case.date)

    @property
    def destination_in_eu(self) -> bool:
        return follows_eu_goods_rules(self.destination, self.case.date)

    @property
    def within_uk(self) -> bool:
        return self.origin in UNITED_KINGDOM and self.destination in UNITED_KINGDOM


def decide(case: SaleCase) -> VatDecision:
    """The treatment of one line: the first row of the table that matches, or a named block; never neither."""
    origin = vat_country(case.seller_country_from)
    route = _Route(case, origin, territory(case.delivery_country, case.delivery_postal_code, case.date))
    for row in _ROWS:
        decision = row(route)
        if decision is not None:
            return decision
    return _block("route_not_supported", f"No rule covers goods from {route.origin} to {route.destination}.")


def _v0_sale_not_possible(route: _Route) -> VatDecision | None:
    case = route.case
    area = special_area(case.delivery_country, case.delivery_postal_code, case.date)
    if area is not None:
        return _block("special_area", f"{area} lies outside the VAT territory of the countries served.")
    if not case.country_served:
        return _block("country_not_served", f"The market does not deliver to {case.delivery_country}.")
    needs = UNITED_KINGDOM if route.origin in UNITED_KINGDOM else {route.origin}
    has = {vat_country(prefix) for prefix in case.seller_vat_countries}
    # A sale inside the United States is outside the scope of VAT, so no number can be asked for it (V11).
    if not needs & has and route.origin != UNITED_STATES:
        return _block(
            "seller_not_registered", f"The seller has no VAT number of {route.origin}, where the goods leave from."
        )
    return None


def _v1_margin_within_eu(route: _Route) -> VatDecision | None:
    if route.case.regime != "margin" or not (route.within_eu or route.within_uk):
        return None
    in_eu = route.within_eu
    law = "Directive 2006/112/EC art. 313-325" if in_eu else "VAT Notice 718"
    return VatDecision(
        rule="V1",
        category_code="E",
        rate_percent="0",
        # The code stands for the EU directive, so a sale inside Great Britain carries the sentence alone.
        vatex="VATEX-EU-F" if in_eu else None,
        notes=texts("margin", route.case.date),
        explanation=(
            f"{law}: second-hand goods under the margin scheme, taxed on the seller's margin where they leave from, "
            "also across a border.",
            "The price includes the VAT, none is shown, and the buyer cannot deduct any.",
        ),
    )


def _v2_margin_exported(route: _Route) -> VatDecision | None:
    if route.case.regime != "margin" or not is_member(route.origin, route.case.date) or route.destination_in_eu:
        return None
    return VatDecision(
        rule="V2",
        category_code="G",
        rate_percent="0",
        vatex="VATEX-EU-G",
        notes=texts("export", route.case.date, route.origin),
        explanation=("Directive 2006/112/EC art. 321: an export of margin goods is exempt; keep the customs proof.",),
    )


def _v3_domestic_reverse_charge(route: _Route) -> VatDecision | None:
    case = route.case
    if not _domestic_eu(route) or not _taxable_in(case, {route.origin}):
        return None
    answer = reverse_charge_of(case)
    if answer.applies is None:
        return _standard(route, "V4", answer.because, hold="threshold_currency_unknown")
    if not answer.applies:
        return None
    return VatDecision(
        rule="V3",
        category_code="AE",
        rate_percent="0",
        vatex="VATEX-EU-AE",
        notes=texts("reverse_charge", case.date),
        buyer_must_self_assess=True,
        explanation=(*answer.because, f"The buyer is a taxable person with a VAT number of {route.origin}."),
    )


def _v4_domestic(route: _Route) -> VatDecision | None:
    if not _domestic_eu(route):
        return None
    return _standard(route, "V4", (f"The goods stay in {route.origin}.", *_domestic_remarks(route)))


def _v5_intra_community(route: _Route) -> VatDecision | None:
    return _exempt_intra_community(route, "V5") if route.origin != NORTHERN_IRELAND else None


def _v6_intra_community_without_number(route: _Route) -> VatDecision | None:
    case = route.case
    if not _crosses_border_in_eu(route):
        return None
    if not case.buyer_is_business:
        return _block("consumer_across_border", "Sales to consumers in another member state (OSS) are not supported.")
    if vat_country(case.buyer_vat.country) == route.origin:
        because = f"The buyer's VAT number is of {route.origin}, the state the goods leave from."
        return _standard(route, "V6", (because,))
    unclear = case.buyer_vat.number is not None and case.buyer_vat.status in ("unavailable", "valid")
    if unclear and _counts_as_eu_number(route):
        because = "The buyer's VAT number could not be checked, and there is no valid answer of the last 7 days."
        return _standard(route, "V6", (because,), hold="buyer_vat_unchecked")
    because = f"The buyer has no valid VAT number of another member state (status: {case.buyer_vat.status})."
    return _standard(
        route, "V6", (because, "A valid listing in VIES is a condition of the exemption (directive 2018/1910).")
    )


def _v7_export(route: _Route) -> VatDecision | None:
    if not is_member(route.origin, route.case.date) or route.destination_in_eu:
        return None
    return VatDecision(
        rule="V7",
        category_code="G",
        rate_percent="0",
        vatex="VATEX-EU-G",
        notes=texts("export", route.case.date, route.origin),
        explanation=(
            f"Directive 2006/112/EC art. 146: goods leave the EU for {route.destination}; keep the customs proof.",
        ),
    )


def _v8_united_kingdom(route: _Route) -> VatDecision | None:
    case = route.case
    if not route.within_uk or case.regime == "margin":
        return None
    answer = reverse_charge_of(case)
    if not _taxable_in(case, UNITED_KINGDOM) or not answer.applies:
        hold = "threshold_currency_unknown" if answer.applies is None and _taxable_in(case, UNITED_KINGDOM) else None
        return _standard(route, "V8", ("The goods stay in the United Kingdom.", *answer.because), hold=hold)
    return VatDecision(
        rule="V8",
        category_code="AE",
        rate_percent="0",
        notes=texts("reverse_charge_uk", case.date),
        buyer_must_self_assess=True,
        explanation=(*answer.because, "The buyer is VAT-registered in the United Kingdom."),
    )


def _v9_from_northern_ireland(route: _Route) -> VatDecision | None:
    return _exempt_intra_community(route, "V9") if route.origin == NORTHERN_IRELAND else None


def _v10_export_from_great_britain(route: _Route) -> VatDecision | None:
    case = route.case
    if route.origin != GREAT_BRITAIN or not is_member(route.destination, case.date) or case.regime == "margin":
        return None
    return VatDecision(
        rule="V10",
        category_code="G",
        rate_percent="0",
        notes=texts("export_uk", case.date),
        explanation=("VATA 1994 s. 30(6): a UK export is zero-rated; the buyer owes the import VAT.",),
    )


def _v11_united_states(route: _Route) -> VatDecision | None:
    if route.origin != UNITED_STATES or route.destination != UNITED_STATES:
        return None
    return VatDecision(
        rule="V11",
        category_code="O",
        rate_percent=None,
        vatex="VATEX-EU-O",
        notes=texts("out_of_scope", route.case.date),
        hold_reason="us_sales_tax_not_handled",
        explanation=(
            "A sale inside the United States is outside the scope of VAT.",
            "US sales tax needs a tax adviser.",
        ),
    )


def _exempt_intra_community(route: _Route, rule: str) -> VatDecision | None:
    case = route.case
    if not _crosses_border_in_eu(route) or not case.buyer_is_business:
        return None
    if not _counts_as_eu_number(route) or not _vies_says_valid(case):
        return None
    return VatDecision(
        rule=rule,
        category_code="K",
        rate_percent="0",
        vatex="VATEX-EU-IC",
        notes=texts("intra_eu", case.date, route.origin),
        buyer_must_self_assess=True,
        explanation=(
            f"Directive 2006/112/EC art. 138: goods go from {route.origin} to {route.destination}.",
            f"The buyer's VAT number was issued by {vat_country(case.buyer_vat.country)} and is valid in VIES.",
        ),
    )


def _domestic_eu(route: _Route) -> bool:
    return (
        route.origin == route.destination and is_member(route.origin, route.case.date) and route.case.regime == "normal"
    )


def _crosses_border_in_eu(route: _Route) -> bool:
    return (
        route.case.regime == "normal"
        and route.origin != route.destination
        and route.within_eu
        # Goods between Northern Ireland and Great Britain never leave the United Kingdom (V8).
        and not route.within_uk
    )


def _taxable_in(case: SaleCase, countries: set[str] | frozenset[str]) -> bool:
    # A domestic reverse charge asks for a taxable person, not for a listing in VIES: no answer is not a refusal.
    vat = case.buyer_vat
    return (
        case.buyer_is_business
        and vat.number is not None
        and vat_country(vat.country) in countries
        and vat.status in ("valid", "unavailable")
    )


def _counts_as_eu_number(route: _Route) -> bool:
    country = vat_country(route.case.buyer_vat.country)
    return country != route.origin and follows_eu_goods_rules(country, route.case.date)


def _vies_says_valid(case: SaleCase) -> bool:
    vat = case.buyer_vat
    if vat.number is None or vat.status not in ("valid", "unavailable"):
        return False
    valid_at = vat.checked_at if vat.status == "valid" else vat.last_valid_at
    return valid_at is not None and case.date - valid_at.date() <= VALID_ANSWER_KEEPS


def _domestic_remarks(route: _Route) -> tuple[str, ...]:
    answer = reverse_charge_of(route.case)
    if answer.applies is False:
        return answer.because
    return ("The reverse charge does not apply: it needs a buyer with a VAT number of this country.",)


def _standard(route: _Route, rule: str, because: tuple[str, ...], hold: str | None = None) -> VatDecision:
    try:
        rate = standard_rate(route.origin, route.case.date)
    except NoStandardRate as unknown:
        return _block(
            unknown.code, f"No standard VAT rate is known for {route.origin} on {route.case.date.isoformat()}."
        )
    return VatDecision(
        rule=rule,
        category_code="S",
        rate_percent=rate,
        hold_reason=hold,
        explanation=(*because, f"Directive 2006/112/EC art. 32: the rate of {route.origin} applies, {rate} %."),
    )


def _block(reason: str, sentence: str) -> VatDecision:
    return VatDecision(rule="V0", blocked=reason, explanation=(sentence,))


_ROWS: tuple[Callable[[_Route], VatDecision | None], ...] = (
    _v0_sale_not_possible,
    _v1_margin_within_eu,
    _v2_margin_exported,
    _v3_domestic_reverse_charge,
    _v4_domestic,
    _v5_intra_community,
    _v9_from_northern_ireland,
    _v6_intra_community_without_number,
    _v7_export,
    _v8_united_kingdom,
    _v10_export_from_great_britain,
    _v11_united_states,
)
