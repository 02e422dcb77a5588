"""VAT on the platform's commission: a service to a business, directive 2006/112/EC art. 44 and 196."""

from tax.cases import ServiceCase, VatDecision
from tax.places import is_member, vat_country
from tax.rates import standard_rate
from tax.texts import texts


def decide_service(case: ServiceCase) -> VatDecision:
    """C1 same country: VAT of the platform's country. C2 other member state: reverse charge. C3 elsewhere: out of scope.

    A customer in another member state without a number (missing or refused) is charged like a domestic one (C1); an
    unreachable VIES is not a refusal. Raises NoStandardRate when the platform's country has no known rate.
    """
    platform, customer = vat_country(case.platform_country), vat_country(case.customer_country)
    taxable = case.customer_vat.number is not None and case.customer_vat.status in ("valid", "unavailable")
    if customer != platform and not is_member(customer, case.date):
        return VatDecision(
            rule="C3",
            category_code="O",
            rate_percent=None,
            vatex="VATEX-EU-O",
            notes=texts("out_of_scope", case.date),
            explanation=(f"Directive 2006/112/EC art. 44: the service is taxed in {customer}, outside the EU.",),
        )
    if customer != platform and taxable:
        return VatDecision(
            rule="C2",
            category_code="AE",
            rate_percent="0",
            vatex="VATEX-EU-AE",
            notes=texts("service_reverse_charge", case.date),
            buyer_must_self_assess=True,
            explanation=(f"Directive 2006/112/EC art. 44 and 196: the seller accounts for the VAT in {customer}.",),
        )
    rate = standard_rate(platform, case.date)
    reason = "in the platform's country" if customer == platform else "without a VAT number of its member state"
    return VatDecision(
        rule="C1",
        category_code="S",
        rate_percent=rate,
        explanation=(f"The seller is {reason}: VAT of {platform}, {rate} %.",),
    )
